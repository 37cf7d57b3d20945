using NodaTime;

namespace Dialer.Features.Timelines;

/// <summary>One thing that happened to a call.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">Decision, State, Webhook, Said, Heard, Agent, Disclosure, Recording, Pause, Payment, Promise, Ledger or Outcome.</param>
/// <param name="Code">What, as a code: a state, a webhook's name, a step of the flow.</param>
/// <param name="Facts">The details, by name; never a number of a card or a telephone.</param>
/// <param name="Twiml">The document that was answered, where there was one.</param>
/// <param name="Until">Of something that lasted: its end.</param>
public sealed record TimelineEntry(Instant At, string Kind, string Code, IReadOnlyDictionary<string, string> Facts, string? Twiml = null, Instant? Until = null);

/// <summary>A call from its decision to its money.</summary>
public sealed record CallTimeline(TimelineCall Call, IReadOnlyList<TimelineEntry> Entries);

/// <summary>What the call was. The number shows its last four digits.</summary>
public sealed class TimelineCall
{
    public long AttemptId { get; init; }

    public string Direction { get; init; } = "";

    public string Mode { get; init; } = "";

    public string State { get; init; } = "";

    public long? AccountId { get; init; }

    public string? ClientAccountNo { get; init; }

    public long? PersonId { get; init; }

    public long? CampaignId { get; init; }

    public string? Campaign { get; init; }

    public long? AgentId { get; init; }

    public string? Agent { get; init; }

    public string Last4 { get; init; } = "";

    public string? LineType { get; init; }

    public string? Treatment { get; init; }

    public string? AnsweredBy { get; init; }

    public bool Abandoned { get; init; }

    public string? Disposition { get; init; }

    public string? Note { get; init; }

    public int? SipCode { get; init; }

    public Instant CreatedAt { get; init; }

    public Instant? SubmittedAt { get; init; }

    public Instant? PlacedAt { get; init; }

    public Instant? RingingAt { get; init; }

    public Instant? AnsweredAt { get; init; }

    public Instant? BridgedAt { get; init; }

    public Instant? EndedAt { get; init; }

    /// <summary>Recordings of the call that can be listened to.</summary>
    public string[] RecordingSids { get; init; } = [];

    /// <summary>The person's names: what no scenario may quote.</summary>
    internal string? FirstName { get; init; }

    internal string? LastName { get; init; }
}
