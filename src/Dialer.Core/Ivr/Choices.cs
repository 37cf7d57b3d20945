using System.Globalization;
using Dialer.Core.Payments;
using NodaTime;

namespace Dialer.Core.Ivr;

/// <summary>What may be paid or promised on an account.</summary>
public static class PaymentAmounts
{
    public static bool HasPastDue(IvrAccount account) => account.PastDue.IsPositive && account.PastDue < account.Balance;

    public static Money Least(IvrAccount account, IvrPolicy policy) =>
        account.Balance.Amount < policy.MinimumAmount ? account.Balance : account.Balance with { Amount = policy.MinimumAmount };

    /// <summary>From the least amount to the balance, both included.</summary>
    public static bool IsAllowed(decimal amount, IvrAccount account, IvrPolicy policy) => amount >= Least(account, policy).Amount && amount <= account.Balance.Amount;

    /// <summary>Whole units, or units and two digits of cents after a star: "50" is 50.00, "50*25" is 50.25. Null for anything else.</summary>
    public static decimal? Read(string keys)
    {
        var parts = keys.Split('*');
        if (parts.Length > 2 || parts[0].Length is 0 or > 8 || !parts[0].All(char.IsAsciiDigit) || (parts.Length == 2 && (parts[1].Length != 2 || !parts[1].All(char.IsAsciiDigit))))
            return null;
        return decimal.Parse(parts.Length == 2 ? $"{parts[0]}.{parts[1]}" : parts[0], CultureInfo.InvariantCulture);
    }
}

/// <summary>The days a promise may name.</summary>
public static class PromiseDates
{
    /// <summary>Three Fridays: the first at least three days ahead, then every week, as far as the policy reaches.</summary>
    public static IReadOnlyList<LocalDate> Of(LocalDate today, IvrPolicy policy)
    {
        var first = today.PlusDays(2).Next(IsoDayOfWeek.Friday);
        return [.. Enumerable.Range(0, 3).Select(week => first.PlusWeeks(week)).Where(date => IsAllowed(date, today, policy))];
    }

    /// <summary>After today, and no farther than the policy reaches.</summary>
    public static bool IsAllowed(LocalDate date, LocalDate today, IvrPolicy policy) => date > today && date <= today.PlusDays(policy.MaxPromiseDays);

    /// <summary>Month and day, "1204" for the fourth of December, in this year or, when that has passed, the next. Null when there is no such day.</summary>
    public static LocalDate? Read(string keys, LocalDate today)
    {
        if (keys.Length != 4 || !keys.All(char.IsAsciiDigit))
            return null;
        var (month, day) = (int.Parse(keys[..2], CultureInfo.InvariantCulture), int.Parse(keys[2..], CultureInfo.InvariantCulture));
        if (month is < 1 or > 12 || day < 1)
            return null;
        foreach (var year in new[] { today.Year, today.Year + 1 })
        {
            if (day <= CalendarSystem.Iso.GetDaysInMonth(year, month) && new LocalDate(year, month, day) is var date && date > today)
                return date;
        }

        return null;
    }
}

/// <summary>The accounts a caller chooses from, by the keys 1 to 5.</summary>
public static class AccountChoices
{
    public static IReadOnlyList<IvrAccount> Of(IvrContext context) => [.. context.Payable.Take(5)];
}

/// <summary>Conditions that several steps share.</summary>
internal static class Guards
{
    public static bool CanPay(IvrContext c) => c.Account is { Disputed: false, PaymentOpen: false } account && account.Balance.IsPositive && c.Position.Declines < c.Facts.Policy.MaxDeclines && !c.Facts.PaymentsLocked;

    /// <summary>Only the cards tried before stand in the way.</summary>
    public static bool IsLocked(IvrContext c) => c.Facts.PaymentsLocked && c.Account is { Disputed: false, PaymentOpen: false } account && account.Balance.IsPositive;

    /// <summary>An offer that is still good, for less than the balance.</summary>
    public static bool CanSettle(IvrContext c) => c.Account is { Settlement: { } offer } account && offer.LastDay >= c.Facts.Today && offer.Amount < account.Balance;

    /// <summary>The creditor asks for less than all of it, and that is no less than the machine takes.</summary>
    public static bool HasMinimum(IvrContext c) =>
        c.Account is { } account && account.MinimumPayment > 0 && account.MinimumPayment < account.Balance.Amount && PaymentAmounts.IsAllowed(account.MinimumPayment, account, c.Facts.Policy);

    public static bool CanPromise(IvrContext c) =>
        c.Account is { Disputed: false, PaymentOpen: false } account && account.Balance.IsPositive && account.BrokenPromises < c.Facts.Policy.MaxBrokenPromises;
}

/// <summary>The plans of the catalogue an account may choose: at most three, the shortest first.</summary>
public static class PlanChoices
{
    public static IReadOnlyList<PlanOffer> Of(IvrContext context) =>
        Guards.CanPromise(context) && context.Account is { HasPlan: false } account
            ? [.. context.Facts.Plans.Where(plan => plan.Fits(account.Balance)).OrderBy(plan => plan.Installments).ThenBy(plan => plan.EveryDays).Take(3)]
            : [];

    public static PlanOffer? Chosen(IvrContext context) => Of(context).FirstOrDefault(plan => plan.Id == context.Position.PlanId);

    /// <summary>The first instalment's day: the first day a promise could name.</summary>
    public static LocalDate FirstOn(IvrContext context) => PromiseDates.Of(context.Facts.Today, context.Facts.Policy) is [var first, ..] ? first : context.Facts.Today.PlusDays(7);
}

/// <summary>What the person had kept, the newest first: as many as keys are set aside for them.</summary>
public static class SavedChoices
{
    public const int Most = 2;

    public const char FirstKey = '3';

    public static IReadOnlyList<SavedMethod> Of(IvrContext context) =>
        context.Facts.KeepsMethods && context.Position.Verified
            ? [.. context.Facts.SavedMethods.Where(saved => saved.Method != PaymentMethod.AchDebit || context.Facts.Policy.TakesBankAccounts).Take(Most)]
            : [];

    public static SavedMethod? Chosen(IvrContext context) => Of(context).FirstOrDefault(saved => saved.Id == context.Position.SavedMethodId);

    /// <summary>What is about to be entered may be kept: never more than can be chosen, and removed, by a key.</summary>
    public static bool CanKeep(IvrContext context) =>
        context.Facts.KeepsMethods && context.Position is { Verified: true, SavedMethodId: null } && context.Facts.SavedMethods.Count < Most;

    /// <summary>A brand as it is said; empty for a bank account.</summary>
    public static string Spoken(string? brand) => brand switch
    {
        null or "" => "",
        "amex" => "American Express",
        "diners-club" => "Diners Club",
        "jcb" => "JCB",
        _ => char.ToUpperInvariant(brand[0]) + brand[1..],
    };
}
