using static Dialer.Core.Ivr.Build;

namespace Dialer.Core.Ivr;

/// <summary>What a verified caller can settle: pay, promise, dispute, reach a person.</summary>
internal static class AccountSteps
{
    public static IEnumerable<IvrNode> All()
    {
        foreach (var node in Choosing().Concat(Paying()).Concat(Promising()).Concat(Disputing()))
            yield return node with { Private = true };
        yield return new IvrNode("agent", IvrNodeKind.Transfer, [On(IvrTrigger.NobodyFree, "agent-busy", "nobody is free")]);
        yield return Menu(
            "agent-busy",
            Key('1', "call-back-later", "call me back", c => c.Facts.CallerNumberKnown, CallMeBack),
            Key('2', "menu", "the main menu", c => c.Account is not null),
            Stop);
        yield return End("call-back-later");
        yield return End("opted-out");
        yield return End("goodbye");
    }

    private static IEnumerable<IvrNode> Choosing()
    {
        yield return Menu("choose", [.. Enumerable.Range(1, 5).Select(number => Key(
            (char)('0' + number), "menu", $"account {number}",
            c => AccountChoices.Of(c).Count >= number,
            c => IvrChange.To(c.Position with { AccountId = AccountChoices.Of(c)[number - 1].Id, Amount = null, Date = null, Method = null }))), Language("choose"), Agent]);
        yield return Menu(
            "menu",
            Key('1', "pay-amount", "pay now", Guards.CanPay),
            Key('1', "pay-blocked", "pay now, but a payment is open", c => !Guards.CanPay(c)),
            Key('2', "promise-date", "promise a payment", Guards.CanPromise),
            Key('3', "dispute-confirm", "dispute"),
            Key('4', "choose", "another account", c => c.Payable.Count > 1),
            Language("menu"), Stop, Agent);
        yield return Menu("nothing-to-pay", Language("nothing-to-pay"), Stop, Agent);
    }

    private static IEnumerable<IvrNode> Paying()
    {
        yield return Menu(
            "pay-amount",
            Key('1', "pay-method", "the whole balance", null, c => Amount(c, c.RequiredAccount.Balance.Amount)),
            Key('2', "pay-method", "what is past due", c => PaymentAmounts.HasPastDue(c.RequiredAccount), c => Amount(c, c.RequiredAccount.PastDue.Amount)),
            Key('3', "pay-other", "another amount"),
            Agent);
        yield return OtherAmount("pay-other", "pay-method");
        yield return Decide(
            "pay-method",
            If(c => c.Facts.Policy.TakesBankAccounts, "pay-how", "card or bank account"),
            Else("pay-confirm", "card only", c => IvrChange.To(c.Position with { Method = PaymentMethod.CreditCard })));
        yield return Menu(
            "pay-how",
            Key('1', "pay-confirm", "card", null, c => IvrChange.To(c.Position with { Method = PaymentMethod.CreditCard })),
            Key('2', "pay-confirm", "bank account", null, c => IvrChange.To(c.Position with { Method = PaymentMethod.AchDebit })),
            Agent);
        yield return Menu(
            "pay-confirm",
            Key('1', "pay-session", "confirmed", Guards.CanPay, StartPayment),
            Key('1', "pay-blocked", "a payment is open", c => !Guards.CanPay(c)),
            Key('2', "menu", "cancel"),
            Agent);
        yield return new IvrNode(
            "pay-session", IvrNodeKind.Payment,
            [
                On(IvrTrigger.Captured, "pay-done", "captured", c => Finish(c) with { Position = Earn(Finish(c).Position with { ConfirmationCode = Code(c) }, IvrOutcome.Paid) }),
                On(IvrTrigger.Declined, "pay-declined", "declined", Decline, c => c.Position.Declines + 1 < c.Facts.Policy.MaxDeclines),
                On(IvrTrigger.Declined, "pay-stopped", "declined too often", Decline),
                On(IvrTrigger.Cancelled, "menu", "cancelled", c => Finish(c).Saying("pay-cancelled")),
                On(IvrTrigger.Unknown, "pay-unknown", "outcome unknown", Finish),
                On(IvrTrigger.Blocked, "pay-blocked", "a payment is open"),
            ]);
        yield return Menu("pay-done", Key('1', "menu", "the main menu", c => c.Payable.Count > 0), Agent);
        yield return Menu("pay-declined", Key('1', "pay-how-again", "try again"), Key('2', "promise-date", "promise a payment", Guards.CanPromise), Agent);
        yield return Decide("pay-how-again", If(Guards.CanPay, "pay-method", "once more"), Else("pay-blocked", "a payment is open"));
        yield return Menu("pay-stopped", Key('2', "promise-date", "promise a payment", Guards.CanPromise), Agent);
        yield return Menu("pay-unknown", Agent);
        yield return Menu("pay-blocked", Key('1', "menu", "the main menu"), Agent);
    }

    private static IEnumerable<IvrNode> Promising()
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
            Key('1', "promise-confirm", "the whole balance", null, c => Amount(c, c.RequiredAccount.Balance.Amount)),
            Key('2', "promise-confirm", "what is past due", c => PaymentAmounts.HasPastDue(c.RequiredAccount), c => Amount(c, c.RequiredAccount.PastDue.Amount)),
            Key('3', "promise-other", "another amount"),
            Agent);
        yield return OtherAmount("promise-other", "promise-confirm");
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
            Key('1', "call-consented", "you may call me about it", null, c => IvrChange.To(c.Position, CallBackConsent(c))),
            Key('2', "goodbye", "do not call about it"),
            Agent);
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

    private static IvrNode OtherAmount(string id, string to) => Entry(
        id, 11,
        Key('0', "agent", "a person"),
        Digits(
            to, "an amount in range",
            c => PaymentAmounts.Read(c.Digits) is { } amount && PaymentAmounts.IsAllowed(amount, c.RequiredAccount, c.Facts.Policy),
            c => Amount(c, PaymentAmounts.Read(c.Digits)!.Value)));

    private static bool IsStillAllowed(IvrContext c) =>
        Guards.CanPromise(c) && c.Position is { Amount: { } amount, Date: { } date }
        && PaymentAmounts.IsAllowed(amount, c.RequiredAccount, c.Facts.Policy) && PromiseDates.IsAllowed(date, c.Facts.Today, c.Facts.Policy);

    private static IvrChange Amount(IvrContext c, decimal amount) => IvrChange.To(c.Position with { Amount = amount });

    private static IvrChange StartPayment(IvrContext c)
    {
        var number = c.Position.Payments + 1;
        return IvrChange.To(
            c.Position with { Payments = number },
            new IvrEffect.StartPayment(c.RequiredAccount.Id, new Money(c.Position.Amount!.Value, c.RequiredAccount.Balance.Currency), c.Position.Method!.Value, number));
    }

    private static IvrChange Finish(IvrContext c) => IvrChange.To(c.Position, new IvrEffect.CompletePayment(c.Position.Payments, c.Payment!));

    private static IvrChange Decline(IvrContext c) => Finish(c) with { Position = c.Position with { Declines = c.Position.Declines + 1 } };

    private static string Code(IvrContext c) => c.Payment!.ConfirmationCode ?? "";

    private static IvrChange CallMeBack(IvrContext c) => c.Account is null
        ? IvrChange.To(Earn(c.Position, IvrOutcome.CallBack))
        : IvrChange.To(Earn(c.Position, IvrOutcome.CallBack), CallBackConsent(c));

    /// <summary>At most seven consecutive days, today the first (12 CFR 1006.14(b)(3)(i)).</summary>
    private static IvrEffect.RecordCallBackConsent CallBackConsent(IvrContext c) => new(c.RequiredAccount.Id, c.Facts.Today, c.Facts.Today.PlusDays(7));
}
