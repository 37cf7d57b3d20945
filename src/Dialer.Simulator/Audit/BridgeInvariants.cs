namespace Dialer.Simulator.Audit;

/// <summary>Who spoke to whom.</summary>
internal static class BridgeInvariants
{
    /// <summary>I9: an agent's leg is bridged to at most one called person at a time, an agent hears and is heard in at most one room, whatever legs they have, and (with lease rows) only while their lease lives.</summary>
    public static IEnumerable<Violation> OneBridgePerAgent(Evidence evidence)
    {
        var agents = evidence.Ledger.Of("call-created").Where(c => (c.Text("from") ?? string.Empty).StartsWith("client:", StringComparison.Ordinal))
            .ToDictionary(c => c.Text("call")!, c => c.Text("from")!, StringComparer.Ordinal);
        var leases = evidence.Dump.Of("lease").ToLookup(l => l.Text("user") ?? string.Empty, StringComparer.Ordinal);
        var customers = evidence.Outbound("call-created").Select(c => c.Text("call")!).ToHashSet(StringComparer.Ordinal);
        var inRoom = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var line in evidence.Ledger.All.Where(l => l.Kind is "joined" or "left"))
        {
            var room = line.Text("conference") ?? string.Empty;
            if (!inRoom.TryGetValue(room, out var members))
                inRoom[room] = members = new HashSet<string>(StringComparer.Ordinal);
            if (line.Kind == "left")
                members.Remove(line.Text("call")!);
            else
                members.Add(line.Text("call")!);
            if (line.Kind == "joined" && members.Any(agents.ContainsKey) && members.Count(customers.Contains) > 1)
                yield return new Violation("I9", line.Text("call")!, $"two called people were in the room {line.Text("room")} with one agent");
        }

        foreach (var broken in OneRoomPerAgent(evidence, agents))
            yield return broken;

        foreach (var bridge in evidence.Ledger.Of("bridged").Where(b => agents.ContainsKey(b.Text("call")!)))
        {
            var user = agents[bridge.Text("call")!]["client:".Length..];
            if (leases.Count > 0 && !leases[user].Any(l => l.Instant("from") <= bridge.At && (l.Instant("until") is not { } until || bridge.At <= until)))
                yield return new Violation("I9", bridge.Text("call")!, $"{user} was bridged without a living lease");
        }
    }

    /// <summary>One person has one pair of ears: two legs of one identity may share a room (a tab that came back before the old leg was gone), but not be bridged in two.</summary>
    private static IEnumerable<Violation> OneRoomPerAgent(Evidence evidence, Dictionary<string, string> agents)
    {
        var bridged = new Dictionary<string, HashSet<(string Leg, string Room)>>(StringComparer.Ordinal);
        foreach (var line in evidence.Ledger.All)
        {
            if (line.Kind is not ("bridged" or "unbridged" or "completed") || line.Text("call") is not { } leg || !agents.TryGetValue(leg, out var agent))
                continue;
            if (!bridged.TryGetValue(agent, out var rooms))
                bridged[agent] = rooms = [];
            var room = line.Text("conference") is { Length: > 0 } conference ? conference : line.Text("room") ?? string.Empty;
            if (line.Kind == "completed")
                rooms.RemoveWhere(at => at.Leg == leg);
            else if (line.Kind == "unbridged")
                rooms.Remove((leg, room));
            else if (rooms.Add((leg, room)) && rooms.Select(at => at.Room).Distinct(StringComparer.Ordinal).Count() > 1)
                yield return new Violation("I9", leg, $"{agent["client:".Length..]} was bridged in two rooms at once");
        }
    }
}
