using NodaTime;

namespace Dialer.Core.Calls;

/// <summary>One attempt, as the state machine sees it. Times are null until they happen.</summary>
/// <param name="Sequence">The highest SequenceNumber applied, -1 before the first.</param>
/// <param name="Counted">Whether it counts as a call under 12 CFR 1006.14(b)(2)(i)(A). Starts true: what is not known to be excluded counts.</param>
public sealed record Attempt(
    AttemptState State,
    string? Sid = null,
    int Sequence = -1,
    long Epoch = 0,
    Instant? Deadline = null,
    Instant? SubmittedAt = null,
    Instant? PlacedAt = null,
    Instant? RingingAt = null,
    Instant? AnsweredAt = null,
    Instant? EndedAt = null,
    string? AnsweredBy = null,
    int? SipCode = null,
    int? DurationSeconds = null,
    int? ErrorCode = null,
    bool Counted = true,
    string? Exclusion = null)
{
    public bool AnsweredByMachine => IsMachine(AnsweredBy);

    /// <summary>Twilio's AnsweredBy names a machine: machine_start, machine_end_beep and the like, or fax. "unknown" is treated as a person.</summary>
    public static bool IsMachine(string? answeredBy) =>
        answeredBy is not null && (answeredBy.StartsWith("machine", StringComparison.Ordinal) || answeredBy == "fax");
}

/// <summary>What an event did: the new attempt, whether anything changed, and what the shell must do about it.</summary>
public sealed record AttemptChange(Attempt Attempt, bool Applied, AttemptEffect Effect)
{
    /// <summary>A second call SID claimed the same attempt: one person may have been called twice. Must never happen; page someone.</summary>
    public bool Conflict { get; init; }
}

public enum AttemptEffect
{
    None,

    /// <summary>No call was made: put the lead back.</summary>
    ReturnLead,

    /// <summary>It ended: free the agent, close the IVR, schedule the lead's next turn.</summary>
    Ended,

    /// <summary>A machine answered: apply the campaign's machine treatment and free the agent.</summary>
    MachineAnswered,
}
