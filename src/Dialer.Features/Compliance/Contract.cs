using Dialer.Core;
using Dialer.Core.Compliance;

namespace Dialer.Features.Compliance;

/// <summary>Who wants the call: the dialler by itself, or a human being who pressed a button.</summary>
public enum CallDirector
{
    Dialer,
    Manual,
}

/// <summary>One call somebody wants to place. <paramref name="Phone"/> must be a number of <paramref name="Person"/>.</summary>
/// <param name="ArtificialVoice">A machine's voice will be heard. What the campaign's own settings imply (an abandon message, an IVR, voicemail drops) is added by the gate.</param>
/// <param name="Attempt">The attempt this is asked for, when its row exists already; it is not counted against itself.</param>
public sealed record GateRequest(
    PersonId Person,
    AccountId Account,
    PhoneId Phone,
    CampaignId? Campaign,
    ContactMode Mode,
    ContactPurpose Purpose = ContactPurpose.Collect,
    bool ArtificialVoice = false,
    CallDirector Director = CallDirector.Dialer,
    Relation Relation = Relation.Consumer,
    AttemptId? Attempt = null);

/// <summary>The gate's answer to one request, already written to the decision ledger.</summary>
/// <param name="DecisionId">Row of the ledger; a repeated denial returns the row it was folded into.</param>
/// <param name="ArtificialVoice">What the attempt's row must say: an artificial voice may be heard.</param>
/// <param name="Counted">What the attempt's row must say: false only for a call under direct permission, with <paramref name="Exclusion"/> as its reason.</param>
public sealed record GateResult(GateRequest Request, long DecisionId, ContactDecision Decision, bool ArtificialVoice, bool Counted, string? Exclusion)
{
    public bool Allowed => Decision.Allowed;
}

/// <summary>May a call that was lawful when it was dialled still be connected? <paramref name="Codes"/> says what has changed.</summary>
public sealed record AnswerVerdict(bool Lawful, IReadOnlyList<string> Codes);
