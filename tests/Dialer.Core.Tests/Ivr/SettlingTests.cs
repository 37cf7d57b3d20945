using Dialer.Core;
using Dialer.Core.Ivr;
using NodaTime;
using static Dialer.Core.Tests.Ivr.IvrSamples;

namespace Dialer.Core.Tests.Ivr;

public sealed class SettlingTests
{
    [Fact]
    public void Pay_TheWholeBalanceByCard_StartsOnePaymentOnlyAfterTheReadBackIsConfirmed()
    {
        var walk = Verified(Facts()).Press("1", "1", "1");
        walk.At.ShouldBe("pay-confirm");
        walk.Effects.OfType<IvrEffect.StartPayment>().ShouldBeEmpty();
        walk.Press("1").At.ShouldBe("pay-session");
        walk.Effects.OfType<IvrEffect.StartPayment>().ShouldBe([new IvrEffect.StartPayment(1, Money.Usd(340.25m), PaymentMethod.CreditCard, 1)]);
        walk.PaymentEnds(PaymentResult.Captured, "K7").At.ShouldBe("pay-done");
        walk.Step.Next.Outcome.ShouldBe(IvrOutcome.Paid);
        walk.Step.Words["confirmationCode"].ShouldBe("K7");
    }

    [Fact]
    public void Pay_PastDueByBankAccount_ReadsTheAuthorisationWithItsDay()
    {
        var walk = Verified(Facts()).Press("1", "2", "2");
        walk.At.ShouldBe("pay-confirm");
        walk.Step.Words["isBank"].ShouldBe(true);
        walk.Step.Words["today"].ShouldBe(Today);
        walk.Press("1").Effects.ShouldContain(new IvrEffect.StartPayment(1, Money.Usd(300m), PaymentMethod.AchDebit, 1));
    }

    [Theory]
    [InlineData("50", true)]
    [InlineData("50*25", true)]
    [InlineData("340*25", true)]
    [InlineData("340*26", false)]
    [InlineData("4*99", false)]
    [InlineData("*50", false)]
    [InlineData("5*5", false)]
    [InlineData("5**25", false)]
    [InlineData("999999999999", false)]
    public void Pay_AnotherAmount_MustLieFromTheMinimumToTheBalance(string keys, bool accepted) =>
        Verified(Facts()).Press("1", "3", keys).At.ShouldBe(accepted ? "pay-how" : "pay-other");

    [Fact]
    public void Pay_PastDueOnAnAccountWithoutAny_IsNotOffered()
    {
        var walk = Verified(Facts(Account(pastDue: 0))).Press("1", "2");
        walk.At.ShouldBe("pay-amount");
        walk.Step.Prompts.ShouldBe(["not-valid", "pay-amount"]);
    }

    [Fact]
    public void Pay_ThreeDeclines_StopTheCarding()
    {
        var walk = Verified(Facts()).Press("1", "1", "1", "1").PaymentEnds(PaymentResult.Declined);
        walk.At.ShouldBe("pay-declined");
        walk.Press("1", "1", "1").PaymentEnds(PaymentResult.Declined).At.ShouldBe("pay-declined");
        walk.Press("1", "1", "1").PaymentEnds(PaymentResult.Declined).At.ShouldBe("pay-stopped");
        walk.Effects.OfType<IvrEffect.StartPayment>().Select(e => e.Number).ShouldBe([1, 2, 3]);
        walk.Press("1").At.ShouldBe("pay-stopped");
    }

    [Fact]
    public void Pay_UnknownOutcome_CannotBeTriedAgain()
    {
        var walk = Verified(Facts()).Press("1", "1", "1", "1").PaymentEnds(PaymentResult.Unknown);
        walk.At.ShouldBe("pay-unknown");
        walk.Facts = Facts(Account(paymentOpen: true));
        walk.Press("1", "1", "1").Effects.OfType<IvrEffect.StartPayment>().Count().ShouldBe(1);
    }

    [Fact]
    public void Pay_RefusedForTheBankAccount_OffersTheCardAndReadsItBack()
    {
        var walk = Verified(Facts()).Press("1", "2", "2", "1").Do(new IvrInput.PaymentRefused("TEL_NOT_PERMITTED"));
        walk.At.ShouldBe("pay-refused");
        (walk.Step.Words["refusedBank"], walk.Step.Words["refusedCall"], walk.Step.Words["refusedSame"]).ShouldBe((true, true, false));
        walk.Press("1").At.ShouldBe("pay-confirm");
        walk.Press("1").Effects[^1].ShouldBe(new IvrEffect.StartPayment(1, Money.Usd(300m), PaymentMethod.CreditCard, 2));
    }

    [Fact]
    public void Pay_RefusedAsTheSameAgain_IsReadBackAndMeantTheSecondTime()
    {
        var walk = Verified(Facts()).Press("1", "1", "1", "1").Do(new IvrInput.PaymentRefused("DUPLICATE_SUSPECTED"));
        walk.Press("1").At.ShouldBe("pay-confirm");
        walk.Press("1").Effects[^1].ShouldBe(new IvrEffect.StartPayment(1, Money.Usd(340.25m), PaymentMethod.CreditCard, 2, Again: true));
    }

    [Fact]
    public void Pay_MeantAgain_IsForgottenWithTheAmount()
    {
        var walk = Verified(Facts()).Press("1", "1", "1", "1").Do(new IvrInput.PaymentRefused("DUPLICATE_SUSPECTED")).Press("1", "2", "1", "3", "50", "1", "1");
        walk.Effects[^1].ShouldBe(new IvrEffect.StartPayment(1, Money.Usd(50m), PaymentMethod.CreditCard, 2));
    }

    [Fact]
    public void Pay_RefusedForGood_LeavesTheMenuAndAPerson()
    {
        var walk = Verified(Facts()).Press("1", "1", "1", "1").Do(new IvrInput.PaymentRefused("PAY_ATTEMPT_LIMIT"));
        walk.Press("2").At.ShouldBe("pay-refused");
        walk.Press("1").At.ShouldBe("menu");
    }

    [Fact]
    public void Pay_WhileAnotherPaymentIsOpen_IsBlockedKindly() => Verified(Facts(Account(paymentOpen: true))).Press("1").At.ShouldBe("pay-blocked");

    [Fact]
    public void Pay_ThePaymentOpensElsewhereBetweenReadBackAndSession_IsBlockedKindly() =>
        Verified(Facts()).Press("1", "1", "1", "1").Do(new IvrInput.PaymentBlocked()).At.ShouldBe("pay-blocked");

    [Fact]
    public void Pay_Cancelled_ReturnsToTheMenu()
    {
        var walk = Verified(Facts()).Press("1", "1", "1", "1").PaymentEnds(PaymentResult.Cancelled);
        walk.Step.Prompts.ShouldBe(["pay-cancelled", "menu"]);
    }

    [Fact]
    public void Promise_AListedDayAndAmount_IsCreatedOnlyAfterTheReadBack()
    {
        var walk = Verified(Facts()).Press("2", "2", "2");
        walk.At.ShouldBe("promise-confirm");
        walk.Effects.OfType<IvrEffect.CreatePromise>().ShouldBeEmpty();
        walk.Press("1").Effects.ShouldContain(new IvrEffect.CreatePromise(1, Money.Usd(300m), new LocalDate(2026, 12, 4), null));
        walk.Step.Next.Outcome.ShouldBe(IvrOutcome.Promise);
    }

    [Theory]
    [InlineData("1223", true)] // thirty days ahead
    [InlineData("1224", false)]
    [InlineData("1123", false)] // today, so next year
    [InlineData("0230", false)]
    [InlineData("1301", false)]
    public void Promise_AnotherDay_MustLieInsidePolicy(string keys, bool accepted) =>
        Verified(Facts()).Press("2", "4", keys).At.ShouldBe(accepted ? "promise-amount" : "promise-other-date");

    [Fact]
    public void Promise_AfterTwoBrokenOnes_IsNotTakenByTheMachine()
    {
        var walk = Verified(Facts(Account(broken: 2)));
        walk.Step.Words["canPromise"].ShouldBe(false);
        walk.Press("2").At.ShouldBe("menu");
    }

    [Fact]
    public void Dispute_Confirmed_OpensTheHoldAndEnds()
    {
        var walk = Verified(Facts()).Press("3", "1");
        walk.Effects.ShouldContain(new IvrEffect.OpenDispute(1));
        walk.Step.Next.Ended.ShouldBeTrue();
        walk.Step.Next.Outcome.ShouldBe(IvrOutcome.Dispute);
    }

    [Fact]
    public void Accounts_ADisputedOne_IsNeverOffered()
    {
        var walk = Verified(Facts(Account(1, disputed: true), Account(2), Account(3)));
        walk.At.ShouldBe("choose");
        walk.Press("2").Step.Next.AccountId.ShouldBe(3);
        Verified(Facts(Account(1, disputed: true))).At.ShouldBe("nothing-to-pay");
    }

    [Fact]
    public void Language_Key8_SaysTheSameStepInTheOther()
    {
        var walk = Begin(Facts()).Press("8");
        walk.Step.Next.Language.ShouldBe("es");
        walk.At.ShouldBe("open");
        walk.Press("1", "30301", "02291980", "8").Step.Next.Language.ShouldBe("en");
    }

    [Fact]
    public void Star_InAMenu_RepeatsItWithoutCountingAsAnError()
    {
        var walk = Verified(Facts());
        for (var i = 0; i < 10; i++)
            walk.Press("*");
        walk.At.ShouldBe("menu");
    }

    [Fact]
    public void Silence_AtTheFirstPrompt_HangsUpNeutrallyAfterTheSecond()
    {
        var walk = Begin(Facts()).Silent();
        walk.Step.Prompts.ShouldBe(["open"]);
        walk.Silent().Step.Prompts.ShouldBe(["goodbye"]);
        walk.Step.Next.Outcome.ShouldBe(IvrOutcome.HungUp);
    }

    [Fact]
    public void OptOut_AfterAPayment_KeepsThePaymentAsTheOutcome()
    {
        var walk = Verified(Facts()).Press("1", "1", "1", "1").PaymentEnds(PaymentResult.Captured).Press("1", "9");
        walk.Effects.ShouldContain(new IvrEffect.RecordConsentRevoked());
        walk.Step.Next.Outcome.ShouldBe(IvrOutcome.Paid);
    }

    [Fact]
    public void Late_PaymentNewsInAMenu_ChangesNothing()
    {
        var walk = Verified(Facts());
        var before = walk.Step.Next;
        walk.PaymentEnds(PaymentResult.Captured).Step.Next.ShouldBe(before);
    }
}
