using System.Security.Cryptography;
using System.Text;

namespace Dialer.Simulator.Audit;

/// <summary>What the product's own records say about the calls.</summary>
internal static class RecordInvariants
{
    private static readonly HashSet<string> Terminal = new(["completed", "busy", "no-answer", "failed", "canceled", "refused", "unknown", "not-placed"], StringComparer.Ordinal);

    /// <summary>I7: every call of the ledger has exactly one attempt row, with its status and duration.</summary>
    public static IEnumerable<Violation> EveryCallHasItsAttempt(Evidence evidence)
    {
        var rows = evidence.Dump.Of("attempt").Where(a => a.Text("sid") is not null).ToLookup(a => a.Text("sid")!, StringComparer.Ordinal);
        foreach (var call in evidence.Outbound("completed"))
        {
            var sid = call.Text("call")!;
            var mine = rows[sid].ToList();
            if (mine.Count != 1)
                yield return new Violation("I7", sid, $"{mine.Count} attempt rows for one call");
            else if (mine[0].Text("status") != call.Text("status"))
                yield return new Violation("I7", sid, $"the attempt says {mine[0].Text("status")}, the network {call.Text("status")}");
            else if (mine[0].Number("durationSeconds") is { } seconds && Math.Abs(seconds - (call.Number("duration") ?? 0)) > 0.5)
                yield return new Violation("I7", sid, $"the attempt lasted {seconds} s, the call {call.Number("duration")} s");
        }
    }

    /// <summary>I8: every attempt is terminal, or unknown and counted.</summary>
    public static IEnumerable<Violation> EveryAttemptEnds(Evidence evidence) => evidence.Dump.Of("attempt")
        .Where(a => !Terminal.Contains(a.Text("status") ?? string.Empty) || (a.Text("status") == "unknown" && !a.Flag("counted")))
        .Select(a => new Violation("I8", $"attempt {a.Text("id")}", $"it was left {a.Text("status")}"));

    /// <summary>I12: one effect for each schedule and fire time.</summary>
    public static IEnumerable<Violation> OneEffectPerFire(Evidence evidence) => evidence.Dump.Of("effect")
        .GroupBy(e => $"{e.Text("schedule")} at {e.Text("fireTime")}", StringComparer.Ordinal)
        .Where(g => g.Count() > 1)
        .Select(g => new Violation("I12", g.Key, $"{g.Count()} effects of one firing"));

    /// <summary>I13: the audit chain verifies, and each attempt has its decision.</summary>
    /// <remarks>hash = hex SHA-256 of the previous hash (empty for the first) followed by the payload.</remarks>
    public static IEnumerable<Violation> AuditChain(Evidence evidence)
    {
        var previous = string.Empty;
        foreach (var row in evidence.Dump.Of("audit").OrderBy(a => a.Number("seq")))
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(previous + row.Text("payload"))));
            if (hash != row.Text("hash"))
                yield return new Violation("I13", $"audit row {row.Text("seq")}", "the chain is broken here");
            previous = row.Text("hash") ?? string.Empty;
        }

        var decided = evidence.Dump.Of("decision").Select(d => d.Text("attemptId")).ToHashSet();
        foreach (var attempt in evidence.Dump.Of("attempt").Where(a => !decided.Contains(a.Text("id"))))
            yield return new Violation("I13", $"attempt {attempt.Text("id")}", "it has no decision row");
    }
}
