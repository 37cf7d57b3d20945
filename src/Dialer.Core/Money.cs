namespace Dialer.Core;

/// <summary>An exact amount in one currency (ISO 4217 code, upper case), to the cent.</summary>
/// <remarks>Arithmetic between two currencies throws: there is no exchange rate here. The default value is zero of no currency and adds to nothing.</remarks>
public readonly record struct Money(decimal Amount, string Currency) : IComparable<Money>
{
    public static Money Usd(decimal amount) => new(amount, "USD");

    public bool IsPositive => Amount > 0;

    public long Cents => decimal.ToInt64(decimal.Round(Amount * 100m, MidpointRounding.ToEven));

    public static Money operator +(Money left, Money right) => new(left.Amount + right.AmountIn(left.Currency), left.Currency);

    public static Money operator -(Money left, Money right) => new(left.Amount - right.AmountIn(left.Currency), left.Currency);

    public static bool operator <(Money left, Money right) => left.CompareTo(right) < 0;

    public static bool operator >(Money left, Money right) => left.CompareTo(right) > 0;

    public static bool operator <=(Money left, Money right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Money left, Money right) => left.CompareTo(right) >= 0;

    public int CompareTo(Money other) => Amount.CompareTo(other.AmountIn(Currency));

    private decimal AmountIn(string currency) =>
        string.Equals(Currency, currency, StringComparison.Ordinal) ? Amount : throw new InvalidOperationException($"Cannot mix {Currency} and {currency}.");

    public override string ToString() => $"{Amount:0.00} {Currency}";
}
