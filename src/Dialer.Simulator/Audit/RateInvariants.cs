using NodaTime;

namespace Dialer.Simulator.Audit;

/// <summary>How fast was dialled, and how many lines were held.</summary>
internal static class RateInvariants
{
    /// <summary>Real seconds by which a request may reach the network later than its neighbours: the sender's threads and the loop-back, on a busy machine.</summary>
    private const double ArrivalJitterSeconds = 0.1;

    /// <summary>I6: accepted POSTs in any sliding second within the account's limit; each campaign's live calls within its lines.</summary>
    /// <remarks>On a running clock requests bunch on their way by a few real milliseconds, which are so many more simulated ones: that much earlier calls may arrive in the same second.</remarks>
    public static IEnumerable<Violation> CallsPerSecond(Evidence evidence)
    {
        var limit = evidence.Limits.CallsPerSecond;
        var most = (int)Math.Max(1, Math.Ceiling(limit) + Math.Ceiling(limit * ArrivalJitterSeconds * evidence.Speed));
        var window = new Queue<Instant>();
        var top = 0;
        Violation? found = null;
        foreach (var call in evidence.Outbound("call-created").OrderBy(c => c.At))
        {
            while (window.TryPeek(out var oldest) && call.At - oldest >= Duration.FromSeconds(1))
                window.Dequeue();
            window.Enqueue(call.At);
            top = Math.Max(top, window.Count);
            if (window.Count > most)
                found ??= new Violation("I6", call.Text("call")!, $"{window.Count} calls were posted within one second; the limit is {most}");
        }

        evidence.Figures["mostCallsInOneSecond"] = top;
        return [.. found is null ? [] : new[] { found }, .. LinesOfCampaigns(evidence)];
    }

    private static IEnumerable<Violation> LinesOfCampaigns(Evidence evidence)
    {
        var caps = evidence.Dump.Of("campaign").Where(c => c.Number("maxLines") is not null).ToDictionary(c => c.Text("id")!, c => c.Number("maxLines")!.Value, StringComparer.Ordinal);
        if (caps.Count == 0)
            yield break;
        var live = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var line in evidence.Ledger.All.Where(line => line.Kind is "call-created" or "completed").OrderBy(line => line.At))
        {
            if (evidence.AttemptBySid.GetValueOrDefault(line.Text("call")!)?.Text("campaignId") is not { } campaign || !caps.TryGetValue(campaign, out var cap))
                continue;
            if (!live.TryGetValue(campaign, out var calls))
                live[campaign] = calls = new HashSet<string>(StringComparer.Ordinal);
            if (line.Kind == "completed")
                calls.Remove(line.Text("call")!);
            else if (calls.Add(line.Text("call")!) && calls.Count > cap)
            {
                caps.Remove(campaign); // once is enough
                yield return new Violation("I6", line.Text("call")!, $"campaign {campaign} held {calls.Count} lines; it may hold {cap}");
            }
        }
    }
}
