using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Ivr;
using NodaTime;

namespace Dialer.Features.Payments;

/// <summary>A payment about to be asked for. <paramref name="Number"/> counts the sessions of one attempt from 1.</summary>
public sealed record NewPayment(long AccountId, long PersonId, long AttemptId, int Number, Money Amount, PaymentMethod Method, string Source, long? SettlementId = null)
{
    /// <summary>Amount, date, account and instrument were read back to the consumer, who said yes.</summary>
    public bool Confirmed { get; init; }

    /// <summary>Told that the same amount was paid within a day, they want to pay it again.</summary>
    public bool Again { get; init; }

    /// <summary>Told of the bankruptcy or the dispute, they ask for this payment nevertheless.</summary>
    public bool Insists { get; init; }

    /// <summary>What was said of a telephone authorisation of a bank debit.</summary>
    public TelPart Said { get; init; }

    /// <summary>The least the channel takes, unless the balance is smaller.</summary>
    public decimal Minimum { get; init; }

    /// <summary>What the processor keeps for the person is charged; null: the instrument is entered in a session.</summary>
    public long? SavedMethodId { get; init; }

    /// <summary>The session has the instrument kept; the charge follows it.</summary>
    public bool Keeps { get; init; }
}

/// <summary>Whether a payment was stored. Not so when one is open on the account (then <paramref name="Reasons"/> is empty), or when the rules object.</summary>
/// <param name="Reasons">The rules that forbid it, the gravest first.</param>
public sealed record PaymentStart(bool Started, IReadOnlyList<Reason> Reasons)
{
    /// <summary>The payment that was stored; null when none was.</summary>
    public long? PaymentId { get; init; }
}

/// <summary>What somebody wants to take or to arrange, as far as the one who asks knows it; the database's own facts are added by the gate.</summary>
/// <param name="Source">"Ivr", "Agent" or "Plan".</param>
public sealed record PaymentQuestion(long AccountId, long PersonId, long? AttemptId, string Source, Money Amount, PaymentMeans Means)
{
    public PaymentStep Step { get; init; } = PaymentStep.Charge;

    public AuthorizedBy AuthorizedBy { get; init; } = AuthorizedBy.Telephone;

    public TelPart Said { get; init; }

    public bool Recurring { get; init; }

    public bool Signed { get; init; }

    public bool Confirmed { get; init; }

    public bool Again { get; init; }

    public bool Insists { get; init; }

    public decimal Minimum { get; init; }

    public Money Fee { get; init; } = Money.Usd(0);

    public FeeBasis FeeBasis { get; init; }

    /// <summary>The fee is charged because a card is used.</summary>
    public bool Surcharge { get; init; }

    /// <summary>What the card costs us; null when not known.</summary>
    public Money? CardCost { get; init; }

    /// <summary>The day the money is to be taken; null: today.</summary>
    public LocalDate? ScheduledOn { get; init; }
}

/// <summary>The gate's answer, already written to <c>payment_decision</c>.</summary>
public sealed record PaymentVerdict(long DecisionId, PaymentDecision Decision)
{
    /// <summary>The objections that forbid it; warnings are not among them.</summary>
    public IReadOnlyList<Reason> Objections => [.. Decision.Reasons.Where(reason => reason.Severity != Severity.Warn)];
}

/// <summary>Asks the payment rules. Nothing is taken and no plan is agreed without its word, in the same transaction.</summary>
public sealed partial class PaymentGate;

/// <summary>A refusal in words an agent can act on.</summary>
public static partial class PaymentRemedies;

/// <summary>Payments: the row and its key come before the session; every session ends in exactly one truthful state.</summary>
/// <remarks>
/// Created (row before the session) -> Pending (the session reported itself) -> Captured | Declined | Cancelled | Unknown. Unknown is never tried again; a late result,
/// the processor's file or a person resolves it. Captured may become Reversed. Nothing else moves. Card digits never come here: only the last four the gateway unmasks.
/// </remarks>
public static partial class PaymentStore;

/// <summary>Money that a debtor paid to the client itself. <paramref name="Reference"/> is the client's own and counts once.</summary>
public sealed record ClientPayment(long AccountId, string Reference, decimal Amount, string Currency, NodaTime.LocalDate PaidOn);

/// <summary>Payments made to the client: posted to the ledger with a side of their own, once for each reference; taken back by mirror entries.</summary>
public static partial class ClientPayments;

/// <summary>The carrier's word on how a session ended, as the ledger's.</summary>
internal static partial class PayOutcomes;

/// <summary>Offers that end a debt for less, within the maker's authority.</summary>
public static partial class Settlements;

/// <summary>Cards and bank accounts that the processor keeps for people who agreed to it, each by its token; and their removal, after which nothing can be charged to them.</summary>
public static partial class SavedMethods;

/// <summary>Charges what the processor keeps, once.</summary>
public sealed partial class ChargeSaved;

/// <summary>Plans of the catalogue that people agreed to.</summary>
public static partial class PlanStore;
