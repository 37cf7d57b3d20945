using Dialer.Core;
using Dialer.Core.Ivr;

namespace Dialer.Features.Payments;

/// <summary>A payment about to be asked for. <paramref name="Number"/> counts the sessions of one attempt from 1.</summary>
public sealed record NewPayment(long AccountId, long PersonId, long AttemptId, int Number, Money Amount, PaymentMethod Method, string Source, long? SettlementId = null);

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
/// <summary>Plans of the catalogue that people agreed to.</summary>
public static partial class PlanStore;
