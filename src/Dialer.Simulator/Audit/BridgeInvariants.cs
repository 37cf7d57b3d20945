using NodaTime;

namespace Dialer.Simulator.Audit;

/// <summary>Who spoke to whom, and who waited.</summary>
internal static class BridgeInvariants
{
    /// <summary>I9: an agent's leg is bridged to at most one called person at a time, and (with lease rows) only while its lease lives.</summary>
    public static IEnumerable<Violation> OneBridgePerAgent(Evidence evidence)
    {
        var agents = evidence.Ledger.Of("call-created").Where(c => (c.Text("from") ?? string.Empty).StartsWith("client:", StringComparison.Ordinal))
            .ToDictionary(c => c.Text("call")!, c => c.Text("from")!, StringComparer.Ordinal);
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

        foreach (var bridge in evidence.Ledger.Of("bridged").Where(b => agents.ContainsKey(b.Text("call")!)))
        {
            var user = agents[bridge.Text("call")!]["client:".Length..];
            var leases = evidence.Dump.Of("lease").Where(l => l.Text("user") == user).ToList();
            if (leases.Count > 0 && !leases.Exists(l => l.Instant("from") <= bridge.At && (l.Instant("until") is not { } until || bridge.At <= until)))
                yield return new Violation("I9", bridge.Text("call")!, $"{user} was bridged without a living lease");
        }
    }

    /// <summary>I10: an answered live person is bridged within two seconds, or is served by words; and the product's abandonment count is the ledger's.</summary>
    public static IEnumerable<Violation> AnsweredAreServed(Evidence evidence)
    {
        var first = evidence.Ledger.All.Where(l => l.Kind is "bridged" or "heard" && l.Text("what") is null or "say" or "play")
            .GroupBy(l => l.Text("call") ?? string.Empty, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        var ended = evidence.Ledger.Of("completed").GroupBy(l => l.Text("call")!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        var limit = Duration.FromSeconds(evidence.Limits.LongestWaitSeconds);
        foreach (var answered in evidence.Outbound("answered").Where(a => a.Text("by") is "human" or "script" or "browser"))
        {
            var call = answered.Text("call")!;
            var served = first.TryGetValue(call, out var line) ? line.At : (Instant?)null;
            var hungUp = ended.TryGetValue(call, out var end) && end.Text("by") == "caller" && end.At - answered.At <= limit;
            if (!hungUp && (served is not { } at || at - answered.At > limit))
                yield return new Violation("I10", call, served is { } late ? $"nobody spoke for {(late - answered.At).TotalSeconds:0.0} s after the answer" : "nobody ever spoke to the person");
        }

        if (evidence.Dump.Of("abandonment") is not { Count: > 0 } claims)
            yield break;
        var abandoned = evidence.Ledger.Of("heard").Where(h => evidence.Limits.AbandonmentWords.Any(w => h.Text("text")!.Contains(w, StringComparison.OrdinalIgnoreCase)))
            .Select(h => h.Text("call")).Distinct(StringComparer.Ordinal).Count();
        var claimed = claims.Sum(c => c.Number("abandoned") ?? 0);
        if ((int)claimed != abandoned)
            yield return new Violation("I10", "abandonment", $"the product counts {claimed} abandoned calls, the network {abandoned}");
    }
}
