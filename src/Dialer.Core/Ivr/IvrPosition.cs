using NodaTime;

namespace Dialer.Core.Ivr;

/// <summary>Where one caller stands in one flow: everything the next step needs and nothing a caller typed to prove who they are.</summary>
/// <remarks>Stored between steps. <see cref="Verified"/> only ever goes from false to true, by <see cref="IvrEngine"/>; debt words exist in prompts only where it is true.</remarks>
public sealed record IvrPosition
{
    public required string Flow { get; init; }

    /// <summary>The flow's version when the call began; the call finishes on it.</summary>
    public required int Version { get; init; }

    public required string Step { get; init; }

    public required string Language { get; init; }

    /// <summary>Two identifiers matched in this call.</summary>
    public bool Verified { get; init; }

    /// <summary>Whom the caller claims to be: the person dialled, or the owner of the caller's number or of the account number entered. Not proof.</summary>
    public long? PersonId { get; init; }

    /// <summary>The account talked about; null until one is chosen.</summary>
    public long? AccountId { get; init; }

    /// <summary>The claim rests on an account number that was typed in: then the record must not choose the questions, or they would tell whether it exists.</summary>
    public bool AccountNumberEntered { get; init; }

    /// <summary>A digest of the account number that was typed in, the same for the same number; null while none was. Failures are counted by it where the number is nobody's.</summary>
    public string? Claim { get; init; }

    /// <summary>Silences and wrong keys in a row at this step.</summary>
    public int Tries { get; init; }

    public IReadOnlyList<Identifier> Asked { get; init; } = [];

    /// <summary>An identifier of this round was wrong. Said only after the last one, so that nobody learns which.</summary>
    public bool Mismatch { get; init; }

    /// <summary>Failed rounds of verification in this call.</summary>
    public int Failures { get; init; }

    public decimal? Amount { get; init; }

    public LocalDate? Date { get; init; }

    public PaymentMethod? Method { get; init; }

    /// <summary>The saved card or bank account that is to be charged; null: one that is entered now.</summary>
    public long? SavedMethodId { get; init; }

    /// <summary>The settlement that <see cref="Amount"/> fulfils.</summary>
    public long? SettlementId { get; init; }

    /// <summary>The plan of the catalogue that is talked about.</summary>
    public long? PlanId { get; init; }

    /// <summary>The caller chose to wait for an agent.</summary>
    public bool Waiting { get; init; }

    /// <summary>How often nobody was free since then.</summary>
    public int WaitRounds { get; init; }

    /// <summary>Why the payment rules refused what was last asked for, by its code; null when they did not.</summary>
    public string? Refusal { get; init; }

    /// <summary>Told that the same amount was paid a short while ago, the caller wants to pay it again.</summary>
    public bool PayAgain { get; init; }

    /// <summary>Payment sessions begun in this call; part of each one's idempotency key.</summary>
    public int Payments { get; init; }

    /// <summary>The row of the last of them; null until one began.</summary>
    public long? PaymentId { get; init; }

    /// <summary>Sessions the processor declined in this call.</summary>
    public int Declines { get; init; }

    public string? ConfirmationCode { get; init; }

    /// <summary>The disposition this call has earned so far; see <see cref="IvrOutcome"/>.</summary>
    public string Outcome { get; init; } = IvrOutcome.HungUp;

    /// <summary>An agent took the call over; they give its disposition.</summary>
    public bool HandedOver { get; init; }

    /// <summary>Nothing more will be asked.</summary>
    public bool Ended { get; init; }
}

/// <summary>What a caller can prove themselves with. Two are needed, in the account's policy's order.</summary>
public enum Identifier
{
    Zip,
    BirthDate,
    SsnLast4,
}

public enum PaymentMethod
{
    CreditCard,
    AchDebit,
}

/// <summary>Disposition codes an IVR call can end with, weakest first: a call keeps the strongest it earned.</summary>
public static class IvrOutcome
{
    /// <summary>Hung up before saying who they are.</summary>
    public const string HungUp = "HUP";
    public const string Abandoned = "ABAND";
    public const string LimitedContentMessage = "LM-LCM";
    public const string VerificationFailed = "RPC-VERIFYFAIL";
    public const string ThirdParty = "TPC";
    public const string RightPartyHungUp = "RPC-HUP";
    public const string Transferred = "XFER-ESC";
    public const string CallBack = "RPC-CB";
    public const string Voicemail = "VM-LEFT";
    public const string WrongNumber = "WN";
    public const string OptOut = "IVR-OPTOUT";
    public const string Dispute = "RPC-DISP";
    public const string Hardship = "RPC-HARD";
    public const string Promise = "IVR-PTP";
    public const string Plan = "RPC-PLAN";
    public const string Paid = "IVR-PAID";

    private static readonly string[] Weakest =
        [HungUp, Abandoned, LimitedContentMessage, VerificationFailed, ThirdParty, RightPartyHungUp, Transferred, Voicemail, CallBack, WrongNumber, OptOut, Dispute, Hardship, Promise, Plan, Paid];

    public static string Stronger(string one, string other) => Array.IndexOf(Weakest, one) >= Array.IndexOf(Weakest, other) ? one : other;
}
