using static Dialer.Core.Ivr.Build;

namespace Dialer.Core.Ivr;

/// <summary>From "pay now" to the receipt: how much, by what, read back and agreed, the session, and each of its ends.</summary>
internal static class PayingSteps
{
    public static IEnumerable<IvrNode> All(int version)
    {
        yield return Menu("pay-amount",
        [
            Key('1', "pay-method", "the whole balance", null, c => Amount(c, c.RequiredAccount.Balance.Amount)),
            Key('2', "pay-method", "what is past due", c => PaymentAmounts.HasPastDue(c.RequiredAccount), c => Amount(c, c.RequiredAccount.PastDue.Amount)),
            Key('3', "pay-other", "another amount"),
            .. Since(2, version,
                Key('4', "pay-method", "the settlement on offer", Guards.CanSettle, c => IvrChange.To(
                    c.Position with { Amount = c.RequiredAccount.Settlement!.Amount.Amount, SettlementId = c.RequiredAccount.Settlement.Id, PayAgain = false })),
                Key('5', "pay-method", "the minimum", Guards.HasMinimum, c => Amount(c, c.RequiredAccount.MinimumPayment))),
            Agent,
        ]);
        yield return OtherAmount("pay-other", "pay-method");
        yield return Decide(
            "pay-method",
            If(c => c.Facts.Policy.TakesBankAccounts || (version >= 3 && SavedChoices.Of(c).Count > 0), "pay-how", "card, bank account, or what is saved"),
            Else("pay-confirm", "card only", c => By(c, PaymentMethod.CreditCard)));
        yield return Menu("pay-how",
        [
            Key('1', "pay-confirm", "card", null, c => By(c, PaymentMethod.CreditCard)),
            Key('2', "pay-confirm", "bank account", c => c.Facts.Policy.TakesBankAccounts, c => By(c, PaymentMethod.AchDebit)),
            .. Since(3, version, [.. SavedSteps.Chosen("pay-confirm", (c, saved) => IvrChange.To(c.Position with { Method = saved.Method, SavedMethodId = saved.Id }))]),
            .. Since(3, version, Key('6', "method-remove", "remove what is saved", c => SavedChoices.Of(c).Count > 0)),
            Agent,
        ]);
        yield return Menu("pay-confirm",
        [
            .. Since(3, version,
                Key('1', "pay-charge", "confirmed, by what is saved", c => c.Position.SavedMethodId is not null && MayStart(c), c => StartPayment(c, keep: false)),
                Key('3', "pay-token", "pay, and keep it for later", c => SavedChoices.CanKeep(c) && MayStart(c), c => StartPayment(c, keep: true))),
            Key('1', "pay-session", "confirmed", MayStart, c => StartPayment(c, keep: false)),
            .. Since(2, version, Key('1', "pay-amount", "what was chosen is no longer possible", c => Guards.CanPay(c) && !MayStart(c), c => IvrChange.To(c.Position with { SettlementId = null, SavedMethodId = null }))),
            Key('1', "pay-blocked", "a payment is open", c => !Guards.CanPay(c)),
            Key('2', "menu", "cancel", null, c => IvrChange.To(c.Position with { PayAgain = false })),
            Agent,
            On(IvrTrigger.Blocked, "pay-blocked", "the call's recording would not be paused"),
        ]);
        foreach (var node in Ends(version))
            yield return node;
    }

    public static IvrNode OtherAmount(string id, string to) => Entry(
        id, 11,
        Key('0', "agent", "a person"),
        Digits(
            to, "an amount in range",
            c => PaymentAmounts.Read(c.Digits) is { } amount && PaymentAmounts.IsAllowed(amount, c.RequiredAccount, c.Facts.Policy),
            c => Amount(c, PaymentAmounts.Read(c.Digits)!.Value)));

    public static IvrChange Amount(IvrContext c, decimal amount) => IvrChange.To(c.Position with { Amount = amount, SettlementId = null, PayAgain = false });

    private static IEnumerable<IvrNode> Ends(int version)
    {
        yield return Session("pay-session");
        foreach (var node in version >= 3 ? SavedSteps.All() : [])
            yield return node;
        yield return Menu(
            "pay-refused",
            Key('1', "pay-confirm", "pay the same amount again", Refusals.IsSame, c => IvrChange.To(c.Position with { PayAgain = true, Refusal = null })),
            Key('1', "pay-confirm", "pay by card", Refusals.IsBank, c => IvrChange.To(c.Position with { Method = PaymentMethod.CreditCard, SavedMethodId = null, Refusal = null })),
            Key('1', "menu", "the main menu", c => !Refusals.IsSame(c) && !Refusals.IsBank(c)),
            Key('2', "menu", "the main menu", c => Refusals.IsSame(c) || Refusals.IsBank(c)),
            Agent);
        var done = Menu("pay-done", Key('1', "menu", "the main menu", c => c.Payable.Count > 0), Agent);
        yield return version >= 2 ? done with { MaxTries = 1, GiveUp = "survey" } : done;
        yield return Menu("pay-declined", Key('1', "pay-how-again", "try again"), Key('2', "promise-date", "promise a payment", Guards.CanPromise), Agent);
        yield return Decide("pay-how-again",
        [
            If(Guards.CanPay, "pay-method", "once more"),
            .. Since(2, version, If(Guards.IsLocked, "pay-locked", "cards failed lately")),
            Else("pay-blocked", "a payment is open"),
        ]);
        yield return Menu("pay-stopped", Key('2', "promise-date", "promise a payment", Guards.CanPromise), Agent);
        yield return Menu("pay-unknown", Agent);
        yield return Menu("pay-blocked", Key('1', "menu", "the main menu"), Agent);
        if (version >= 2)
            yield return Menu("pay-locked", Key('1', "menu", "the main menu"), Key('2', "promise-date", "promise a payment", Guards.CanPromise), Agent);
    }

    /// <summary>A step in which the processor is asked: entered in a session, or charged to what is saved.</summary>
    /// <param name="first">Ends that only this one has.</param>
    public static IvrNode Session(string id, params IvrEdge[] first) => new(
        id, IvrNodeKind.Payment,
        [
            .. first,
            On(IvrTrigger.Captured, "pay-done", "captured", c => Finish(c) with { Position = Earn(Finish(c).Position with { ConfirmationCode = Code(c) }, IvrOutcome.Paid) }),
            On(IvrTrigger.Declined, "pay-declined", "declined", Decline, c => c.Position.Declines + 1 < c.Facts.Policy.MaxDeclines),
            On(IvrTrigger.Declined, "pay-stopped", "declined too often", Decline),
            On(IvrTrigger.Cancelled, "menu", "cancelled", c => Finish(c).Saying("pay-cancelled")),
            On(IvrTrigger.Unknown, "pay-unknown", "outcome unknown", Finish),
            On(IvrTrigger.Blocked, "pay-blocked", "a payment is open"),
            On(IvrTrigger.Refused, "pay-refused", "the payment rules object", c => IvrChange.To(c.Position with { Refusal = c.Refusal, PayAgain = false })),
        ]);

    private static IvrChange By(IvrContext c, PaymentMethod method) => IvrChange.To(c.Position with { Method = method, SavedMethodId = null });

    /// <summary>What was chosen a moment ago still holds: the amount is in range, or the settlement is still on offer; and what is to be charged is still saved.</summary>
    private static bool MayStart(IvrContext c) =>
        Guards.CanPay(c) && c.Position.Amount is { } amount && (c.Position.SavedMethodId is null || SavedChoices.Chosen(c) is not null)
        && (c.Position.SettlementId is { } offer
            ? Guards.CanSettle(c) && c.RequiredAccount.Settlement!.Id == offer && c.RequiredAccount.Settlement.Amount.Amount == amount
            : PaymentAmounts.IsAllowed(amount, c.RequiredAccount, c.Facts.Policy));

    private static IvrChange StartPayment(IvrContext c, bool keep)
    {
        var number = c.Position.Payments + 1;
        return IvrChange.To(
            c.Position with { Payments = number, Refusal = null },
            new IvrEffect.StartPayment(
                c.RequiredAccount.Id, new Money(c.Position.Amount!.Value, c.RequiredAccount.Balance.Currency), c.Position.Method!.Value, number, c.Position.SettlementId, c.Position.PayAgain,
                c.Position.SavedMethodId, keep));
    }

    private static IvrChange Finish(IvrContext c) => IvrChange.To(c.Position, new IvrEffect.CompletePayment(c.Position.Payments, c.Payment!));

    private static IvrChange Decline(IvrContext c) => Finish(c) with { Position = c.Position with { Declines = c.Position.Declines + 1 } };

    private static string Code(IvrContext c) => c.Payment!.ConfirmationCode ?? "";
}

/// <summary>What a refusal of the payment rules leaves the caller to do. A refused plan leaves no amount, and so only the menu.</summary>
internal static class Refusals
{
    /// <summary>The same amount was paid within a day: it may be meant.</summary>
    public static bool IsSame(IvrContext c) => c.Position is { Amount: not null, Refusal: "DUPLICATE_SUSPECTED" };

    /// <summary>Only the bank account stands in the way.</summary>
    public static bool IsBank(IvrContext c) => c.Position is { Amount: not null, Method: PaymentMethod.AchDebit, Refusal: "TEL_NOT_PERMITTED" or "TEL_AUTH_INCOMPLETE" or "ACH_UNAUTHORIZED" };

    /// <summary>A bank account may be debited when the consumer is the one who calls.</summary>
    public static bool NeedsTheirCall(IvrContext c) => IsBank(c) && c.Position.Refusal == "TEL_NOT_PERMITTED";
}
