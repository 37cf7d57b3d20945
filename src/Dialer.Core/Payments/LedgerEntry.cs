namespace Dialer.Core.Payments;

/// <summary>The sides of the ledger.</summary>
public enum LedgerSide
{
    /// <summary>What the account owes.</summary>
    Receivable,

    /// <summary>What the payment processor holds for us.</summary>
    Processor,

    /// <summary>What the client was paid directly and holds itself.</summary>
    Client,

    /// <summary>What neither is: money beyond the balance (owed back), and balance forgiven by a settlement.</summary>
    Adjustment,
}

/// <summary>One line of an entry; positive raises the side. No entry has two lines of one side.</summary>
public sealed record LedgerLine(LedgerSide Side, Money Amount);

/// <summary>Double-entry bookkeeping of payments: pure, and every entry made here sums to zero.</summary>
/// <remarks>Amounts are of one currency, to the cent. A line of zero is left out. The database refuses an entry that does not balance.</remarks>
public static class LedgerEntry
{
    /// <summary>
    /// Money in: Processor up, Receivable down by what the balance takes, the rest (an overpayment) to Adjustment. With <paramref name="settles"/> the whole balance goes
    /// and what was forgiven is the Adjustment.
    /// </summary>
    public static IReadOnlyList<LedgerLine> Capture(Money amount, Money balance, bool settles) => In(LedgerSide.Processor, amount, balance, settles);

    /// <summary>Money that the debtor paid to the client: as a capture, but the client holds it, not the processor.</summary>
    public static IReadOnlyList<LedgerLine> DirectPayment(Money amount, Money balance) => In(LedgerSide.Client, amount, balance, settles: false);

    private static IReadOnlyList<LedgerLine> In(LedgerSide holder, Money amount, Money balance, bool settles)
    {
        var applied = settles || balance < amount ? balance : amount;
        return Lines((holder, amount), (LedgerSide.Receivable, Negative(applied)), (LedgerSide.Adjustment, applied - amount));
    }

    /// <summary>The payment never was: the mirror of its capture.</summary>
    public static IReadOnlyList<LedgerLine> Reversal(IReadOnlyList<LedgerLine> capture) => [.. capture.Select(line => line with { Amount = Negative(line.Amount) })];

    /// <summary>Money out: first what was paid too much (a negative Adjustment of the same payment), then the debt rises again.</summary>
    /// <param name="payment">The lines written so far for this payment, capture and earlier refunds.</param>
    public static IReadOnlyList<LedgerLine> Refund(Money amount, IReadOnlyList<LedgerLine> payment)
    {
        var adjustment = payment.Where(line => line.Side == LedgerSide.Adjustment).Sum(line => line.Amount.Amount);
        var overpaid = amount with { Amount = Math.Min(amount.Amount, Math.Max(0, -adjustment)) };
        return Lines((LedgerSide.Processor, Negative(amount)), (LedgerSide.Adjustment, overpaid), (LedgerSide.Receivable, amount - overpaid));
    }

    private static IReadOnlyList<LedgerLine> Lines(params (LedgerSide Side, Money Amount)[] lines) =>
        [.. lines.Where(line => line.Amount.Amount != 0).Select(line => new LedgerLine(line.Side, line.Amount))];

    private static Money Negative(Money money) => money with { Amount = -money.Amount };
}
