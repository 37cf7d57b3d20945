using static Dialer.Core.Ivr.Build;

namespace Dialer.Core.Ivr;

/// <summary>What a verified caller can settle: choose an account, pay, promise, dispute, agree a plan; see also <see cref="PayingSteps"/> and <see cref="HelpSteps"/>.</summary>
internal static class AccountSteps
{
    public static IEnumerable<IvrNode> All(int version)
    {
        foreach (var node in Choosing(version).Concat(PayingSteps.All(version)).Concat(Promising(version)).Concat(Disputing()).Concat(version >= 2 ? PlanSteps.All() : []))
            yield return node with { Private = true };
        foreach (var node in HelpSteps.All(version))
            yield return node;
        yield return End("opted-out");
        yield return End("goodbye");
    }

    private static IEnumerable<IvrNode> Choosing(int version)
    {
        yield return Menu("choose", [.. Enumerable.Range(1, 5).Select(number => Key(
            (char)('0' + number), "menu", $"account {number}",
            c => AccountChoices.Of(c).Count >= number,
            c => IvrChange.To(c.Position with { AccountId = AccountChoices.Of(c)[number - 1].Id, Amount = null, SettlementId = null, PlanId = null, Date = null, Method = null, SavedMethodId = null }))), Language("choose"), Agent]);
        yield return Menu("menu",
        [
            Key('1', "pay-amount", "pay now", Guards.CanPay),
            .. Since(2, version, Key('1', "pay-locked", "pay now, but cards failed lately", Guards.IsLocked)),
            Key('1', "pay-blocked", "pay now, but a payment is open", c => !Guards.CanPay(c)),
            Key('2', "promise-date", "promise a payment", Guards.CanPromise),
            Key('3', "dispute-confirm", "dispute"),
            Key('4', "choose", "another account", c => c.Payable.Count > 1),
            .. Since(2, version, Key('5', "more", "a plan, hardship, or a call at another time")),
            Language("menu"), Stop, Agent,
        ]);
        yield return Menu("nothing-to-pay", Language("nothing-to-pay"), Stop, Agent);
    }

    private static IEnumerable<IvrNode> Promising(int version)
    {
        yield return Menu(
            "promise-date",
            [.. Enumerable.Range(1, 3).Select(number => Key(
                (char)('0' + number), "promise-amount", $"date {number}",
                c => PromiseDates.Of(c.Facts.Today, c.Facts.Policy).Count >= number,
                c => IvrChange.To(c.Position with { Date = PromiseDates.Of(c.Facts.Today, c.Facts.Policy)[number - 1] }))),
                Key('4', "promise-other-date", "another date"), Agent]);
        yield return Entry(
            "promise-other-date", 4,
            Key('0', "agent", "a person"),
            Digits(
                "promise-amount", "a day in reach",
                c => PromiseDates.Read(c.Digits, c.Facts.Today) is { } date && PromiseDates.IsAllowed(date, c.Facts.Today, c.Facts.Policy),
                c => IvrChange.To(c.Position with { Date = PromiseDates.Read(c.Digits, c.Facts.Today) })));
        yield return Menu(
            "promise-amount",
            Key('1', "promise-confirm", "the whole balance", null, c => PayingSteps.Amount(c, c.RequiredAccount.Balance.Amount)),
            Key('2', "promise-confirm", "what is past due", c => PaymentAmounts.HasPastDue(c.RequiredAccount), c => PayingSteps.Amount(c, c.RequiredAccount.PastDue.Amount)),
            Key('3', "promise-other", "another amount"),
            Agent);
        yield return PayingSteps.OtherAmount("promise-other", "promise-confirm");
        yield return Menu(
            "promise-confirm",
            Key('1', "promise-done", "confirmed", c => IsStillAllowed(c), c => IvrChange.To(
                Earn(c.Position, IvrOutcome.Promise),
                new IvrEffect.CreatePromise(c.RequiredAccount.Id, new Money(c.Position.Amount!.Value, c.RequiredAccount.Balance.Currency), c.Position.Date!.Value, null))),
            Key('1', "menu", "no longer possible", c => !IsStillAllowed(c)),
            Key('2', "promise-date", "change it"),
            Agent);
        yield return Menu(
            "promise-done",
            Key('1', version >= 2 ? "survey" : "call-consented", "you may call me about it", null, c => IvrChange.To(c.Position, HelpSteps.CallBackConsent(c))),
            Key('2', version >= 2 ? "survey" : "goodbye", "do not call about it"),
            Agent);
        if (version < 2)
            yield return End("call-consented");
    }

    private static IEnumerable<IvrNode> Disputing()
    {
        yield return Menu(
            "dispute-confirm",
            Key('1', "dispute-done", "confirmed", null, c => IvrChange.To(Earn(c.Position, IvrOutcome.Dispute), new IvrEffect.OpenDispute(c.RequiredAccount.Id))),
            Key('2', "menu", "go back"),
            Agent);
        yield return End("dispute-done");
    }

    private static bool IsStillAllowed(IvrContext c) =>
        Guards.CanPromise(c) && c.Position is { Amount: { } amount, Date: { } date }
        && PaymentAmounts.IsAllowed(amount, c.RequiredAccount, c.Facts.Policy) && PromiseDates.IsAllowed(date, c.Facts.Today, c.Facts.Policy);
}
