using NodaTime;

namespace Dialer.Simulator.Audit;

/// <summary>One broken invariant, with the call, person or row it is about.</summary>
public sealed record Violation(string Invariant, string Subject, string Detail);

/// <summary>What was checked, what was found, and figures worth knowing. An invariant whose facts are missing is named as not checked, never as kept.</summary>
public sealed record AuditReport(
    IReadOnlyList<string> Checked, IReadOnlyList<string> NotChecked, IReadOnlyList<Violation> Violations, IReadOnlyDictionary<string, double> Figures);

/// <summary>A file or stream in which no card number and no canary may be found: a log, an export.</summary>
public sealed record AuditSink(string Name, IEnumerable<string> Lines);

/// <summary>The law's and the account's limits the auditor holds calls against.</summary>
public sealed record AuditLimits
{
    public double CallsPerSecond { get; init; } = 30;

    public int CallsInSevenDays { get; init; } = 7;

    /// <summary>Local time at which the first call may ring, and from which none may (12 CFR 1006.6(b)(1)(i)).</summary>
    public LocalTime WindowStart { get; init; } = new(8, 0);

    public LocalTime WindowEnd { get; init; } = new(21, 0);

    /// <summary>Seconds after the end of the person's greeting within which somebody must speak (47 CFR 64.1200(a)(7)).</summary>
    public double LongestWaitSeconds { get; init; } = 2;

    /// <summary>Seconds by which the product's clock and the network's may disagree.</summary>
    public double LargestDriftSeconds { get; init; } = 1;

    /// <summary>What a person hears whom no agent was free for.</summary>
    public IReadOnlyList<SpokenMessage> AbandonmentMessages { get; init; } = [];

    /// <summary>What reveals a debt.</summary>
    public DebtVocabulary DebtWords { get; init; } = DebtVocabulary.Empty;

    /// <summary>Texts planted as secrets, which must turn up nowhere.</summary>
    public IReadOnlyList<string> Canaries { get; init; } = [];
}

/// <summary>Recomputes the invariants I1 to I15 from the network's ledger and a dump of the product's database, who heard of a debt, who was rung without leave, and who met nobody while an agent was free; and compares the two clocks.</summary>
public static class Auditor
{
    private static readonly (string Name, string Needs, Func<Evidence, IEnumerable<Violation>> Check)[] Checks =
    [
        ("I1", "", DialInvariants.OnePostPerAttempt),
        ("I2", "", DialInvariants.OneLiveCall),
        ("I3", "attempt", DialInvariants.SevenInSeven),
        ("I4", "", DialInvariants.InsideWindow),
        ("I5", "attempt", DialInvariants.NotOnDnc),
        ("I6", "", RateInvariants.CallsPerSecond),
        ("I7", "attempt", RecordInvariants.EveryCallHasItsAttempt),
        ("I8", "attempt", RecordInvariants.EveryAttemptEnds),
        ("I9", "", BridgeInvariants.OneBridgePerAgent),
        ("I10", "", AnswerInvariants.AnsweredAreServed),
        ("I11", "attempt", MoneyInvariants.ChargesMatch),
        ("I12", "effect", RecordInvariants.OneEffectPerFire),
        ("I13", "attempt", RecordInvariants.AuditChain),
        ("I14", "", SinkInvariants.NothingSecretWritten),
        ("I15", "", PayInvariants.NoRecordingOverPay),
        ("debt", "listener", WordInvariants.NobodyUnverifiedHeardOfADebt),
        ("gate", "attempt", GateInvariants.NobodyRingsAroundTheGate),
        ("free", "free", AnswerInvariants.NobodyIsAbandonedWhileAnAgentIsFree),
        ("clock", "attempt", Clocks.Agree),
    ];

    public static AuditReport Run(Lines ledger, Lines dump, AuditLimits limits, IReadOnlyList<AuditSink>? sinks = null)
    {
        var evidence = new Evidence(ledger, dump, limits, sinks ?? []);
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

        return new AuditReport(done, skipped, found, evidence.Figures);
    }
}
