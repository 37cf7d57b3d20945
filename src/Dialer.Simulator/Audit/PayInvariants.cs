namespace Dialer.Simulator.Audit;

/// <summary>The recordings that must not run over a payment.</summary>
internal static class PayInvariants
{
    /// <summary>
    /// I15: no recording that can hear the payer runs while a payment is captured: of the call, of the conference it sits in, of any other leg in that room, or of the leg that dialled it or was dialled by it.
    /// </summary>
    public static IEnumerable<Violation> NoRecordingOverPay(Evidence evidence)
    {
        var paying = new HashSet<string>(StringComparer.Ordinal);
        var recording = new Dictionary<string, (string? Call, string? Conference)>(StringComparer.Ordinal);
        var rooms = new Dictionary<string, string>(StringComparer.Ordinal);
        var parents = evidence.Ledger.Of("call-created").Where(c => c.Text("parent") is not null)
            .GroupBy(c => c.Text("call")!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Text("parent")!, StringComparer.Ordinal);

        bool Family(string one, string other) => parents.GetValueOrDefault(one) == other || parents.GetValueOrDefault(other) == one;
        string? Hears((string? Call, string? Conference) recorder, string payer)
        {
            var room = rooms.GetValueOrDefault(payer);
            if (recorder.Call == payer)
                return "a recording";
            if (recorder.Conference is { Length: > 0 } conference)
                return conference == room ? "a recording of the conference" : null;
            if (recorder.Call is not { } leg)
                return null;
            return room is not null && rooms.GetValueOrDefault(leg) == room ? "a recording of another leg in the room"
                : Family(leg, payer) ? "a recording of the leg at the other end of the dial" : null;
        }

        foreach (var line in evidence.Ledger.All)
        {
            if (!Take(line, rooms, recording, paying))
                continue;
            foreach (var payer in paying.ToList())
            {
                if (recording.Values.Select(r => Hears(r, payer)).FirstOrDefault(why => why is not null) is not { } found)
                    continue;
                paying.Remove(payer);
                yield return new Violation("I15", payer, $"{found} ran while a payment was captured");
            }
        }
    }

    /// <summary>Follows who sits where, what records and who pays; false when the line says nothing of it.</summary>
    private static bool Take(Line line, Dictionary<string, string> rooms, Dictionary<string, (string? Call, string? Conference)> recording, HashSet<string> paying)
    {
        var call = line.Text("call");
        switch (line.Kind)
        {
            case "joined":
                rooms[call!] = line.Text("conference")!;
                return true;
            case "bridged" when string.IsNullOrEmpty(line.Text("conference")):
                rooms[call!] = line.Text("room") ?? string.Empty;
                return true;
            case "left" or "completed":
            case "unbridged" when string.IsNullOrEmpty(line.Text("conference")):
                rooms.Remove(call!);
                return true;
            case "recording" when line.Text("event") is "started" or "resumed":
                recording[line.Text("recording")!] = (call, line.Text("conference"));
                return true;
            case "recording":
                recording.Remove(line.Text("recording")!);
                return true;
            case "pay" when line.Text("event") == "started":
                paying.Add(call!);
                return true;
            case "pay" when line.Text("event") == "result":
                paying.Remove(call!);
                return true;
            default:
                return false;
        }
    }
}
