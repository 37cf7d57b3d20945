using Dialer.Core.Numbers;
using Dialer.Core.Payments;

namespace Dialer.Core.Ivr;

/// <summary>The values prompts may say. What speaks of a debt is put in only for a verified caller, so an unverified prompt that asked for it would fail, not tell.</summary>
public static class IvrWords
{
    /// <summary>Every name that reveals a debt, its amount or its creditor.</summary>
    public static readonly IReadOnlySet<string> DebtNames = new HashSet<string>
    {
        "creditor", "balance", "pastDue", "hasPastDue", "accounts", "amount", "date", "dates", "canPay", "canPromise", "isBank", "chargeAmount",
        "currency", "paymentMethod", "confirmationCode", "today", "thirdParty", "minimum", "canBank", "latestDate", "severalAccounts",
        "canMore", "canPlan", "plans", "installments", "installment", "everyDays", "firstOn", "canSettle", "settlement", "lastDay", "isSettlement", "hasMinimum", "minimumDue", "receiptByEmail", "canFirst",
        "refusedSame", "refusedBank", "refusedCall", "savedMethods", "hasSaved", "isSaved", "brand", "lastDigits", "isBankMethod", "savedBrand", "savedDigits", "canKeep",
        "receipt", "digits", "hasReceipt",
    };

    /// <summary>Names that reveal nothing.</summary>
    public static readonly IReadOnlySet<string> PublicNames = new HashSet<string>
    {
        "business", "callback", "contactName", "otherLanguage", "nextLanguage", "canReturn", "canStop", "numberKnown", "firstName", "lastName",
        "callTimes", "canWait", "canLeaveMessage", "queuePosition", "queueMinutes", "hasQueue", "hasEstimate", "callAt",
    };

    /// <summary>Names the shell adds for the wire.</summary>
    public static readonly IReadOnlySet<string> WireNames = new HashSet<string> { "action", "payAction", "payStatus", "chargeAction", "paymentReference", "recordAction", "locale", "voice", "nextLocale", "invitation" };

    /// <summary>An estimate is never said shorter: nobody is promised the next minute, and no language needs the word for one of them.</summary>
    public const int LeastMinutes = 2;

    public static IReadOnlyDictionary<string, object?> For(IvrGraph flow, IvrPosition position, IvrFacts facts)
    {
        var words = new Dictionary<string, object?>
        {
            ["business"] = facts.Business.SpokenName,
            ["callback"] = facts.Business.CallBack,
            ["contactName"] = facts.Business.ContactName,
            ["otherLanguage"] = facts.Languages.Count > 1,
            ["nextLanguage"] = Build.Other(new IvrContext(position, facts, "", null)),
            ["canReturn"] = position.Verified && position.AccountId is not null,
            ["canStop"] = Build.CanStop(new IvrContext(position, facts, "", null)),
            ["numberKnown"] = facts.CallerNumberKnown,
            ["canWait"] = flow.Takes(position.Step, '4'),
            ["canLeaveMessage"] = flow.Takes(position.Step, '3'),
            ["hasQueue"] = facts.Queue is not null,
            ["queuePosition"] = facts.Queue?.Position ?? 0,
            ["hasEstimate"] = facts.Queue?.Minutes is not null,
            ["queueMinutes"] = Math.Max(LeastMinutes, facts.Queue?.Minutes ?? 0),
            ["callTimes"] = CallBackTimes.Of(facts.Today + facts.Clock).Select((time, index) => (IReadOnlyDictionary<string, object?>)new Dictionary<string, object?>
            {
                ["key"] = index + 1,
                ["callAt"] = time,
            }).ToList(),
        };
        // A person we dialled is asked for by name; a caller whose number anyone may imitate is told no name before proving theirs.
        if (facts.Person is { } person && (flow.Name != InboundFlow.Name || position.Verified))
        {
            words["firstName"] = person.FirstName;
            words["lastName"] = person.LastName;
        }

        if (position.Verified)
            AddPrivate(words, flow, position, facts);
        return words;
    }

    private static void AddPrivate(Dictionary<string, object?> words, IvrGraph flow, IvrPosition position, IvrFacts facts)
    {
        var context = new IvrContext(position, facts, "", null);
        words["thirdParty"] = facts.Business.ThirdPartyCollector;
        words["today"] = facts.Today;
        words["accounts"] = AccountChoices.Of(context).Select((account, index) => (IReadOnlyDictionary<string, object?>)new Dictionary<string, object?>
        {
            ["key"] = index + 1,
            ["creditor"] = account.Creditor,
            ["balance"] = account.Balance,
        }).ToList();
        words["severalAccounts"] = context.Payable.Count > 1;
        words["confirmationCode"] = position.ConfirmationCode ?? "";
        words["hasReceipt"] = position.PaymentId is not null;
        words["receipt"] = (position.PaymentId is { } payment ? ReceiptNumber.Of(payment).Groups : []).Select(group => (IReadOnlyDictionary<string, object?>)new Dictionary<string, object?> { ["digits"] = group }).ToList();
        if (context.Account is not { } account)
            return;
        words["creditor"] = account.Creditor;
        words["balance"] = account.Balance;
        words["pastDue"] = account.PastDue;
        words["hasPastDue"] = PaymentAmounts.HasPastDue(account);
        words["minimum"] = PaymentAmounts.Least(account, facts.Policy);
        AddOffers(words, flow, context, account);
        AddSaved(words, flow, context);
        words["canPay"] = Guards.CanPay(context);
        words["canPromise"] = Guards.CanPromise(context);
        words["canBank"] = facts.Policy.TakesBankAccounts;
        words["currency"] = account.Balance.Currency;
        words["dates"] = PromiseDates.Of(facts.Today, facts.Policy).Select((date, index) => (IReadOnlyDictionary<string, object?>)new Dictionary<string, object?>
        {
            ["key"] = index + 1,
            ["date"] = date,
        }).ToList();
        words["latestDate"] = facts.Today.PlusDays(facts.Policy.MaxPromiseDays);
        if (position.Amount is { } amount)
        {
            words["amount"] = new Money(amount, account.Balance.Currency);
            words["chargeAmount"] = amount.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);
        }

        if (position.Date is { } date)
            words["date"] = date;
        words["refusedSame"] = Refusals.IsSame(context);
        words["refusedBank"] = Refusals.IsBank(context);
        words["refusedCall"] = Refusals.NeedsTheirCall(context);
        words["isBank"] = position.Method == PaymentMethod.AchDebit;
        words["paymentMethod"] = position.Method == PaymentMethod.AchDebit ? "ach-debit" : "credit-card";
    }

    private static void AddSaved(Dictionary<string, object?> words, IvrGraph flow, IvrContext context)
    {
        var saved = flow.Takes("pay-how", SavedChoices.FirstKey) ? SavedChoices.Of(context) : [];
        words["savedMethods"] = saved.Select((method, index) => (IReadOnlyDictionary<string, object?>)new Dictionary<string, object?>
        {
            ["key"] = SavedChoices.FirstKey - '0' + index,
            ["brand"] = SavedChoices.Spoken(method.Brand),
            ["lastDigits"] = method.LastDigits,
            ["isBankMethod"] = method.Method == PaymentMethod.AchDebit,
        }).ToList();
        words["hasSaved"] = saved.Count > 0;
        words["canKeep"] = context.Position.Step == "pay-confirm" && flow.Takes("pay-confirm", '3') && SavedChoices.CanKeep(context);
        var chosen = SavedChoices.Chosen(context);
        words["isSaved"] = chosen is not null;
        words["savedBrand"] = SavedChoices.Spoken(chosen?.Brand);
        words["savedDigits"] = chosen?.LastDigits ?? "";
    }

    private static void AddOffers(Dictionary<string, object?> words, IvrGraph flow, IvrContext context, IvrAccount account)
    {
        var (position, facts) = (context.Position, context.Facts);
        var currency = account.Balance.Currency;
        words["receiptByEmail"] = facts.ReceiptsByEmail;
        words["canMore"] = flow.Takes(position.Step, '5') && position.Step == "menu";
        words["canSettle"] = Guards.CanSettle(context) && flow.Version >= 2;
        words["settlement"] = account.Settlement?.Amount ?? account.Balance;
        words["lastDay"] = account.Settlement?.LastDay ?? facts.Today;
        words["isSettlement"] = position.SettlementId is not null;
        words["hasMinimum"] = Guards.HasMinimum(context) && flow.Version >= 2;
        words["minimumDue"] = new Money(account.MinimumPayment, currency);
        var plans = PlanChoices.Of(context);
        words["canPlan"] = plans.Count > 0;
        words["canFirst"] = Guards.CanPay(context);
        words["plans"] = plans.Select((plan, index) => (IReadOnlyDictionary<string, object?>)new Dictionary<string, object?>
        {
            ["key"] = index + 1,
            ["installments"] = plan.Installments,
            ["installment"] = PaymentPlans.InstallmentOf(account.Balance, plan.Installments),
            ["everyDays"] = plan.EveryDays,
        }).ToList();
        if (facts.Plans.FirstOrDefault(plan => plan.Id == position.PlanId) is not { } chosen)
            return;
        words["installments"] = chosen.Installments;
        words["installment"] = PaymentPlans.InstallmentOf(account.Balance, chosen.Installments);
        words["everyDays"] = chosen.EveryDays;
        words["firstOn"] = PlanChoices.FirstOn(context);
    }
}
