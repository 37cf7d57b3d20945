using static Dialer.Core.Ivr.Build;

namespace Dialer.Core.Ivr;

/// <summary>What helps somebody who cannot pay now: a plan of the catalogue, a pause for hardship, a call at a better time.</summary>
internal static class PlanSteps
{
    public static IEnumerable<IvrNode> All()
    {
        yield return Menu(
            "more",
            Key('1', "plan", "a payment plan", c => PlanChoices.Of(c).Count > 0),
            Key('2', "hardship-confirm", "I cannot pay at present"),
            Key('3', "call-time", "call me at another time", c => c.Facts.CallerNumberKnown),
            Key('4', "menu", "go back"),
            Agent);
        yield return Menu("plan", [.. Enumerable.Range(1, 3).Select(number => Key(
            (char)('0' + number), "plan-confirm", $"plan {number}",
            c => PlanChoices.Of(c).Count >= number,
            c => IvrChange.To(c.Position with { PlanId = PlanChoices.Of(c)[number - 1].Id }))), Key('4', "menu", "go back"), Agent]);
        yield return Menu(
            "plan-confirm",
            Key('1', "plan-done", "confirmed", c => PlanChoices.Chosen(c) is not null, c => IvrChange.To(
                Earn(c.Position with { Amount = Payments.PaymentPlans.InstallmentOf(c.RequiredAccount.Balance, PlanChoices.Chosen(c)!.Installments).Amount, SettlementId = null }, IvrOutcome.Plan),
                new IvrEffect.CreatePlan(c.RequiredAccount.Id, c.Position.PlanId!.Value, PlanChoices.FirstOn(c)))),
            Key('1', "menu", "no longer possible", c => PlanChoices.Chosen(c) is null),
            Key('2', "plan", "another plan"),
            Agent);
        yield return Menu(
            "plan-done",
            Key('1', "pay-method", "pay the first instalment now", c => Guards.CanPay(c) && c.Position.Amount is { } amount && PaymentAmounts.IsAllowed(amount, c.RequiredAccount, c.Facts.Policy)),
            Agent,
            On(IvrTrigger.Refused, "pay-refused", "the payment rules object", c => IvrChange.To(
                c.Position with { Refusal = c.Refusal, PlanId = null, Amount = null, Outcome = IvrOutcome.RightPartyHungUp }))) with { MaxTries = 1, GiveUp = "survey" };
        yield return Menu(
            "hardship-confirm",
            Key('1', "hardship-done", "confirmed", null, c => IvrChange.To(Earn(c.Position, IvrOutcome.Hardship), new IvrEffect.OpenHardship(c.RequiredAccount.Id))),
            Key('2', "menu", "go back"),
            Agent);
        yield return End("hardship-done");
        yield return Menu("call-time", [.. Enumerable.Range(1, 3).Select(number => Key(
            (char)('0' + number), "call-set", $"time {number}",
            c => CallBackTimes.Of(c.Now).Count >= number,
            c => HelpSteps.CallBack(c, CallBackTimes.Of(c.Now)[number - 1]))), Key('4', "menu", "go back"), Agent]);
        yield return End("call-set");
    }
}
