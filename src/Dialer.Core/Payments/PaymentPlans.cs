using NodaTime;

namespace Dialer.Core.Payments;

/// <summary>A plan of the catalogue: equal instalments at equal distances, for balances from <paramref name="LeastBalance"/> to <paramref name="MostBalance"/>, both included.</summary>
public sealed record PlanOffer(long Id, int Installments, int EveryDays, decimal LeastBalance, decimal MostBalance)
{
    public bool Fits(Money balance) => balance.IsPositive && balance.Amount >= LeastBalance && balance.Amount <= MostBalance;
}

/// <summary>One instalment of a plan.</summary>
public sealed record Installment(int Number, LocalDate DueOn, Money Amount);

/// <summary>How a balance is paid in parts: each part rounded up to the cent, the last one smaller, so that the parts sum to the balance exactly.</summary>
public static class PaymentPlans
{
    public static Money InstallmentOf(Money balance, int installments) =>
        balance with { Amount = decimal.Ceiling(balance.Amount * 100m / installments) / 100m };

    /// <remarks>A tiny balance may need fewer parts than asked for: parts of nothing are left out.</remarks>
    public static IReadOnlyList<Installment> Schedule(Money balance, PlanOffer plan, LocalDate first)
    {
        var part = InstallmentOf(balance, plan.Installments);
        var schedule = new List<Installment>();
        var left = balance;
        for (var number = 1; number <= plan.Installments && left.IsPositive; number++)
        {
            var amount = part < left && number < plan.Installments ? part : left;
            schedule.Add(new Installment(number, first.PlusDays((number - 1) * plan.EveryDays), amount));
            left -= amount;
        }

        return schedule;
    }
}

/// <summary>A settlement somebody with authority has offered on an account: <paramref name="Amount"/>, paid at once until <paramref name="LastDay"/>, ends the debt.</summary>
public sealed record SettlementOffer(long Id, Money Amount, LocalDate LastDay);

/// <summary>How far an offer may go in forgiving, grade by grade. Percent of the balance, 0-100.</summary>
public static class SettlementAuthority
{
    public const decimal SeniorPercent = 20m;
    public const decimal LeadPercent = 30m;
    public const decimal SupervisorPercent = 40m;
    public const decimal Unbounded = 100m;

    private const int LongestDays = 90;

    /// <summary>Why the offer may not be made with an authority of <paramref name="mostPercent"/>; null: it may.</summary>
    public static string? Refuse(Money balance, decimal amount, LocalDate lastDay, LocalDate today, decimal mostPercent) =>
        RefuseWhatNobodyMay(balance, amount, lastDay, today)
        ?? (Forgiven(balance, amount) > mostPercent
            ? $"This forgives {Forgiven(balance, amount):0.0} % of the balance; your authority ends at {mostPercent:0} %. Offer at least {Least(balance, mostPercent):0.00}, or ask for approval."
            : null);

    /// <summary>What no authority allows: an amount that is none, that is no settlement, or a day too far away.</summary>
    public static string? RefuseWhatNobodyMay(Money balance, decimal amount, LocalDate lastDay, LocalDate today) =>
        amount <= 0 || decimal.Round(amount, 2) != amount ? "amount must be more than zero, to the cent."
        : amount >= balance.Amount ? $"A settlement is less than the balance of {balance}."
        : lastDay < today || lastDay > today.PlusDays(LongestDays) ? $"lastDay must be today or within {LongestDays} days."
        : null;

    /// <summary>The part of the balance that an offer forgives, in percent.</summary>
    public static decimal Forgiven(Money balance, decimal amount) => 100m * (1m - (amount / balance.Amount));

    /// <summary>The smallest amount, to the cent, that an authority of <paramref name="mostPercent"/> may offer: the counter-offer of whoever is asked for more.</summary>
    public static decimal Least(Money balance, decimal mostPercent) => decimal.Ceiling(balance.Amount * (100m - mostPercent)) / 100m;
}
