using NodaTime;

namespace Dialer.Core.Compliance;

/// <summary>The day from which a notice may itemise a debt (12 CFR 1006.34(b)(3)).</summary>
public enum ItemizationDay
{
    LastStatement,
    ChargeOff,
    LastPayment,
    Transaction,
    Judgment,
}

/// <summary>What a debt was made of on one day, and what has come to it and gone from it since (12 CFR 1006.34(c)(2)(vi)-(viii)). All amounts are positive.</summary>
/// <param name="CreditorThen">To whom it was owed on that day.</param>
public sealed record DebtItemization(
    LocalDate On, ItemizationDay Day, string CreditorThen, decimal AmountThen, decimal Interest, decimal Fees, decimal Payments, decimal Credits)
{
    /// <summary>What is owed now, by this table.</summary>
    public decimal Now => AmountThen + Interest + Fees - Payments - Credits;

    /// <summary>Why a notice may not be written from it: a table that does not come to the balance would state a wrong debt. Null: it may.</summary>
    public string? Fault(decimal balance) => Now == balance ? null : "ITEMIZATION_DOES_NOT_ADD_UP";
}
