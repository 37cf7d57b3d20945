using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace Dialer.Simulator.Audit;

/// <summary>What the product's own records say about the calls.</summary>
internal static class RecordInvariants
{
    private static readonly HashSet<string> Terminal = new(["completed", "busy", "no-answer", "failed", "canceled", "refused", "unknown", "not-placed"], StringComparer.Ordinal);

    /// <summary>I7: every call of the ledger has exactly one attempt row, with its status and duration; and every call the product says was placed is the ledger's.</summary>
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

        var known = evidence.Ledger.Of("call-created").Select(c => c.Text("call")!).ToHashSet(StringComparer.Ordinal);
        var begins = evidence.Ledger.All.Count > 0 ? evidence.Ledger.All[0].At : Instant.MaxValue;
        foreach (var stranger in evidence.AttemptBySid.Where(a => !known.Contains(a.Key) && (a.Value.Instant("createdAt") ?? Instant.MinValue) >= begins))
            yield return new Violation("I7", stranger.Key, "the product says it was placed, and the network knows no such call");
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

    /// <summary>I13: the audit chain verifies from its first row to its recorded head, and each attempt has the decision that allowed it.</summary>
    /// <remarks>
    /// hash = SHA-256 of the previous hash, then number and milliseconds since 1970 as 8 bytes each, most significant first, then actor, action, subject and detail,
    /// each as UTF-8 with its length before it in the same 8 bytes.
    /// </remarks>
    public static IEnumerable<Violation> AuditChain(Evidence evidence)
    {
        byte[] previous = [];
        var last = 0L;
        foreach (var row in evidence.Dump.Of("audit").OrderBy(a => a.Number("id")))
        {
            var id = (long)(row.Number("id") ?? 0);
            var hash = HashOf(previous, id, row);
            if (id != last + 1)
                yield return new Violation("I13", $"audit row {id}", $"row {last + 1} is missing");
            else if (Convert.ToHexStringLower(hash) != row.Text("hash"))
                yield return new Violation("I13", $"audit row {id}", "the chain is broken here");
            previous = Convert.FromHexString(row.Text("hash") ?? string.Empty);
            last = id;
        }

        foreach (var head in evidence.Dump.Of("audit-head").Where(h => h.Text("hash") != Convert.ToHexStringLower(previous)))
            yield return new Violation("I13", $"audit row {head.Text("id")}", $"is the recorded end of the chain, but the last row is {last}");
        var decided = evidence.Dump.Of("decision").Select(d => d.Text("attemptId")).ToHashSet();
        foreach (var attempt in evidence.Dump.Of("attempt").Where(a => !decided.Contains(a.Text("id"))))
            yield return new Violation("I13", $"attempt {attempt.Text("id")}", "it has no decision row");
    }

    private static byte[] HashOf(byte[] previous, long id, Line row)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var number = new byte[8];
        void Add(long value)
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value);
            sha.AppendData(number);
        }

        sha.AppendData(previous);
        Add(id);
        Add(row.At.ToUnixTimeMilliseconds());
        foreach (var field in (ReadOnlySpan<string>)["actor", "action", "subject", "detail"])
        {
            var text = Encoding.UTF8.GetBytes(row.Text(field) ?? string.Empty);
            Add(text.Length);
            sha.AppendData(text);
        }

        return sha.GetHashAndReset();
    }
}
