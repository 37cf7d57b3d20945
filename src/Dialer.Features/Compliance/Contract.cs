using Dialer.Core;
using Dialer.Core.Compliance;
using NodaTime;

namespace Dialer.Features.Compliance;

/// <summary>Who wants the call: the dialler by itself, or a human being who pressed a button.</summary>
public enum CallDirector
{
    Dialer,
    Manual,
}

/// <summary>One call somebody wants to place, or one letter, e-mail or text to send. <paramref name="Phone"/> must be a number of <paramref name="Person"/>.</summary>
/// <param name="ArtificialVoice">A machine's voice will be heard. What the campaign's own settings imply (an abandon message, an IVR, voicemail drops) is added by the gate.</param>
/// <param name="Channel">How; a letter and an e-mail are asked about with the number by which their person is found.</param>
/// <param name="Attempt">The attempt this is asked for, when its row exists already; it is not counted against itself.</param>
/// <param name="Notice">The same for a letter, e-mail or text: the row of <c>customer_notice</c>.</param>
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
    AttemptId? Attempt = null,
    Channel Channel = Channel.Voice,
    long? Notice = null);

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

/// <summary>What a person said about being contacted. <paramref name="E164"/> is one of their numbers.</summary>
/// <param name="Person">Null: an unknown caller spoke for the number.</param>
/// <param name="Source">Where it was said: "ivr", "agent", "letter", "placement".</param>
/// <param name="Evidence">What proves it: a recording's SID, a document's id, a key pressed.</param>
public sealed record ConsentStatement(
    PersonId? Person, string E164, Channel Channel, ConsentKind Kind, ConsentScope Scope, string Source, string Evidence = "", AccountId? Account = null, Instant? ValidFrom = null, Instant? ValidUntil = null);

/// <summary>A limit on how often somebody may be called, as a row of the policy in force says it.</summary>
/// <param name="Unit">"PersonDebt", "Person", "Account" or "Line".</param>
/// <param name="Counts">"Counted", "Connected", "Artificial" or "Abandoned": which calls it counts.</param>
/// <param name="IsLaw">False: the house's own policy.</param>
public sealed record CallCap(string Id, string Jurisdiction, int Max, int WindowHours, string Unit, string Counts, string Citation, bool IsLaw);

/// <summary>Reads the limits on calls out of the policy in force.</summary>
public sealed partial class CallCaps;

/// <summary>A disclosure that a call owes, and whether it was given. <paramref name="Text"/> are the words owed, where the row gives them.</summary>
public sealed record OwedDisclosure(string Code, string Text, string Citation, Instant? GivenAt, string? GivenBy)
{
    /// <summary>Ticks that were taken back.</summary>
    public IReadOnlyList<WithdrawnTick> Withdrawn { get; init; } = [];
}

/// <summary>A tick made by mistake, and who took it back, when and why.</summary>
public sealed record WithdrawnTick(Instant GivenAt, string GivenBy, Instant WithdrawnAt, string WithdrawnBy, string Reason);

// Every module that hears a person say something writes it down through these, in its own transaction, and confirms it to the person after the commit.
public static partial class ConsentRegister;

public static partial class HoldRegister;

/// <summary>The policy in force on this node: the shipped packs with the house's approved rows over them. Payments asks it for its own kind of rows.</summary>
public sealed partial class PolicyBook;

/// <summary>What the IVR's step <paramref name="Step"/> has disclosed, by the input that came after it.</summary>
public sealed record PlayedTick(long AttemptId, int Step, string Code, string Evidence);

/// <summary>Writes down what a conversation with the right party owed and did not tick (<c>NoteAsync</c>), and counts what nobody has looked at yet (<c>CountAsync</c>).</summary>
public static partial class MissingDisclosures;

/// <summary>What a call that the person placed owes: written down when an agent gets it (<c>NoteAsync</c>), and ticked and looked at like the rest.</summary>
public sealed partial class InboundDisclosures;

/// <summary>Ticks what a call has really said or played (<c>GiveAsync</c>, <c>Played</c>) and tells what it still owes (<c>OwedAsync</c>).</summary>
public static partial class Disclosures;
