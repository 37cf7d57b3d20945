using Dialer.Core;
using Dialer.Core.Compliance;

namespace Dialer.Features.Dialing;

/// <summary>One call that a person at a desk, or a kept place in the queue, wants made for one agent who is Available.</summary>
/// <param name="CallBack">The call-back of the list that this makes.</param>
/// <param name="Epoch">The agent's epoch when the index reserved him; null: whatever it is.</param>
public sealed record AgentDialRequest(Guid Session, long AgentId, long Person, long Account, long Phone, string Why, long? Epoch = null, long? CallBack = null)
{
    /// <summary><see cref="ContactPurpose.CallbackRequested"/> when its person asked to be called.</summary>
    public ContactPurpose Purpose { get; init; } = ContactPurpose.Collect;

    /// <summary>The campaign that put the account before the agent; null: a call of no campaign.</summary>
    public CampaignId? Campaign { get; init; }

    public ContactMode Mode { get; init; } = ContactMode.Manual;
}

/// <summary>An account that a campaign of preview or of calls by hand has put before one agent, away from the list until <see cref="UntilAt"/>.</summary>
public sealed record PreviewedLead
{
    public long AccountPreviewId { get; init; }

    public long CampaignId { get; init; }

    public string Campaign { get; init; } = "";

    public ContactMode Mode { get; init; }

    public long AccountId { get; init; }

    public long PersonId { get; init; }

    public long PhoneId { get; init; }

    public NodaTime.Instant UntilAt { get; init; }
}

/// <summary>Puts accounts of campaigns that agents dial by hand before them, one at a time, and takes them back.</summary>
public sealed partial class PreviewLeads;

/// <summary>The attempt that was made, or why there is none: the law's reason codes with the time from which it would be allowed, or that the agent is not free.</summary>
public sealed record AgentDialOutcome(long? AttemptId, IReadOnlyList<string> Reasons, NodaTime.Instant? RetryAt, string? Detail, bool AgentGone)
{
    public static AgentDialOutcome Made(long attempt) => new(attempt, [], null, null, false);

    public static AgentDialOutcome Denied(IReadOnlyList<string> reasons, NodaTime.Instant? retryAt) => new(null, reasons, retryAt, $"Not allowed: {string.Join(", ", reasons)}.", false);

    public static AgentDialOutcome Refused(string detail, NodaTime.Instant? retryAt) => new(null, [], retryAt, detail, false);

    public static AgentDialOutcome Gone() => new(null, [], null, "The agent is not available any more.", true);
}

/// <summary>An outbox item: makes a live leg run another document. A leg that has ended needs nothing more.</summary>
public sealed record CallMove(string Sid, string Twiml)
{
    public const string Kind = "call.move";
}

/// <summary>For whoever writes down that a person or an account is not to be called any more.</summary>
public static partial class StopDialing;

/// <summary>Dials for one agent: the same gate, the same single request to the carrier as every other call; the person who answers joins that agent.</summary>
public sealed partial class AgentDial;
