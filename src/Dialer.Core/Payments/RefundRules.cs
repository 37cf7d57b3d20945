namespace Dialer.Core.Payments;

/// <summary>What is wanted back: our refund to the customer, or a reversal (a chargeback or a returned debit) that takes the whole payment.</summary>
public enum RefundKind
{
    Refund,
    Reversal,
}

/// <summary>Why a refund is refused, in words for the person who asked; null: it may be.</summary>
/// <remarks>Maker and checker are two people: nobody approves what they asked for.</remarks>
public static class RefundRules
{
    public static string? Refuse(RefundKind kind, string paymentState, decimal paid, decimal returned, decimal amount, bool open) => (kind, paymentState) switch
    {
        (_, not "Captured") => $"The payment is {paymentState}; only captured money can go back.",
        _ when open => "A refund of this payment is waiting for its decision or for the processor; finish that first.",
        _ when amount <= 0 || decimal.Round(amount, 2) != amount => "amount must be more than zero, to the cent.",
        _ when amount > paid - returned => $"At most {paid - returned:0.00} of this payment is left to give back.",
        (RefundKind.Reversal, _) when amount != paid || returned != 0 => "A reversal takes back the whole payment; a part of it is a refund.",
        _ => null,
    };

    public static string? RefuseDecision(string state, string requestedBy, string decider) =>
        state != "Requested" ? $"The refund is {state} already."
        : string.Equals(requestedBy, decider, StringComparison.OrdinalIgnoreCase) ? "Somebody else must decide: the one who asked for a refund cannot approve or refuse it."
        : null;
}
