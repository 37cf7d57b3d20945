using NodaTime;

namespace Dialer.Simulator.Audit;

/// <summary>One broken invariant, with the call, person or row it is about.</summary>
public sealed record Violation(string Invariant, string Subject, string Detail);

/// <summary>What was checked and what was found. An invariant whose facts are missing is named as not checked, never as kept.</summary>
public sealed record AuditReport(IReadOnlyList<string> Checked, IReadOnlyList<string> NotChecked, IReadOnlyList<Violation> Violations);

/// <summary>The law's and the account's limits the auditor holds calls against.</summary>
public sealed record AuditLimits
{
    public double CallsPerSecond { get; init; } = 30;

    public int CallsInSevenDays { get; init; } = 7;

    /// <summary>Local time at which the first call may ring, and from which none may.</summary>
    public LocalTime WindowStart { get; init; } = new(8, 0);

    public LocalTime WindowEnd { get; init; } = new(21, 0);

    public double LongestWaitSeconds { get; init; } = 2;

    /// <summary>Words that make a message the abandonment message, lower case.</summary>
    public IReadOnlyList<string> AbandonmentWords { get; init; } = ["sorry", "lo sentimos"];
}

/// <summary>Everything a check needs.</summary>
public sealed record Evidence(Lines Ledger, Lines Dump, AuditLimits Limits)
{
    public IReadOnlyDictionary<string, Line> AttemptBySid { get; } = Dump.Of("attempt").Where(a => a.Text("sid") is not null)
        .GroupBy(a => a.Text("sid")!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);

    /// <summary>Calls that rang or were to ring: dialled legs of the REST API.</summary>
    public IReadOnlyList<Line> Dialled { get; } = OutboundCalls(Ledger, "dialled");

    public IReadOnlyList<Line> Outbound(string kind) => OutboundCalls(Ledger, kind);

    private static List<Line> OutboundCalls(Lines ledger, string kind)
    {
        var api = ledger.Of("call-created").Where(c => c.Text("direction") == "outbound-api" && (c.Text("to") ?? string.Empty).StartsWith('+')).Select(c => c.Text("call")!).ToHashSet(StringComparer.Ordinal);
        return [.. ledger.Of(kind).Where(d => d.Text("call") is { } call && api.Contains(call))];
    }
}

/// <summary>Recomputes the invariants I1 to I15 from the network's ledger and a dump of the product's database.</summary>
public static class Auditor
{
    private static readonly (string Name, string Needs, Func<Evidence, IEnumerable<Violation>> Check)[] Checks =
    [
        ("I1", "", DialInvariants.OnePostPerAttempt),
        ("I2", "", DialInvariants.OneLiveCall),
        ("I3", "attempt", DialInvariants.SevenInSeven),
        ("I4", "", DialInvariants.InsideWindow),
        ("I5", "dnc", DialInvariants.NotOnDnc),
        ("I6", "", DialInvariants.CallsPerSecond),
        ("I7", "attempt", RecordInvariants.EveryCallHasItsAttempt),
        ("I8", "attempt", RecordInvariants.EveryAttemptEnds),
        ("I9", "", BridgeInvariants.OneBridgePerAgent),
        ("I10", "", BridgeInvariants.AnsweredAreServed),
        ("I11", "payment", MoneyInvariants.ChargesMatch),
        ("I12", "effect", RecordInvariants.OneEffectPerFire),
        ("I13", "decision", RecordInvariants.AuditChain),
        ("I14", "", MoneyInvariants.NoCardNumbers),
        ("I15", "", MoneyInvariants.NoRecordingOverPay),
    ];

    public static AuditReport Run(Lines ledger, Lines dump, AuditLimits limits)
    {
        var evidence = new Evidence(ledger, dump, limits);
        var (done, skipped, found) = (new List<string>(), new List<string>(), new List<Violation>());
        foreach (var (name, needs, check) in Checks)
        {
            if (needs.Length > 0 && dump.Of(needs).Count == 0)
            {
                skipped.Add($"{name}: the dump has no {needs} rows");
                continue;
            }

            done.Add(name);
            found.AddRange(check(evidence));
        }

        return new AuditReport(done, skipped, found);
    }
}
