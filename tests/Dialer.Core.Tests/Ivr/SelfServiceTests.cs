using Dialer.Core.Ivr;
using Dialer.Core.Payments;
using NodaTime;
using static Dialer.Core.Tests.Ivr.IvrSamples;

namespace Dialer.Core.Tests.Ivr;

public sealed class SelfServiceTests
{
    private static readonly PlanOffer Three = new(1, 3, 30, 50m, 5000m);
    private static readonly IvrAccount Offered = Account() with { Settlement = new SettlementOffer(9, Money.Usd(200m), Today.PlusDays(5)) };

    [Fact]
    public void Pay_ASettlementOnOffer_StartsThatAmountWithTheOffer()
    {
        var walk = Verified(Facts(Offered)).Press("1", "4", "1", "1");
        walk.Effects.OfType<IvrEffect.StartPayment>().Single().ShouldBe(new IvrEffect.StartPayment(1, Money.Usd(200m), PaymentMethod.CreditCard, 1, 9));
    }

    [Fact]
    public void Pay_ASettlementWithdrawnBeforeItIsAgreed_AsksAgainForTheAmount()
    {
        var walk = Verified(Facts(Offered)).Press("1", "4", "1");
        walk.Facts = Facts(Account());
        walk.Press("1").At.ShouldBe("pay-amount");
        walk.Step.Next.SettlementId.ShouldBeNull();
        walk.Effects.OfType<IvrEffect.StartPayment>().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    public void Pay_ASettlement_IsGoodThroughItsLastDayAndNotBeyond(int days) =>
        Verified(Facts(Account() with { Settlement = new SettlementOffer(9, Money.Usd(200m), Today.PlusDays(days)) })).Press("1", "4").At.ShouldBe(days < 0 ? "pay-amount" : "pay-how");

    [Fact]
    public void Pay_AnotherAmountAfterASettlement_ForgetsTheSettlement() =>
        Verified(Facts(Offered)).Press("1", "4", "1", "2").Press("1", "1", "1", "1").Effects.OfType<IvrEffect.StartPayment>().Single().SettlementId.ShouldBeNull();

    [Theory]
    [InlineData(0, "pay-amount")]
    [InlineData(35, "pay-how")]
    [InlineData(340.25, "pay-amount")]
    public void Pay_TheMinimum_IsOfferedOnlyWhereThereIsOneBelowTheBalance(decimal minimum, string to) =>
        Verified(Facts(Account() with { MinimumPayment = minimum })).Press("1", "5").At.ShouldBe(to);

    [Fact]
    public void Pay_AfterCardsFailedElsewhere_IsLockedKindly()
    {
        var walk = Verified(Facts() with { PaymentsLocked = true }).Press("1");
        walk.At.ShouldBe("pay-locked");
        walk.Press("2").At.ShouldBe("promise-date");
    }

    [Fact]
    public void Plan_OfTheCatalogue_IsReadBackAndWaitsForASignature()
    {
        var walk = Verified(Facts() with { Plans = [Three] }).Press("5", "1", "1");
        walk.At.ShouldBe("plan-confirm");
        walk.Step.Words["installment"].ShouldBe(Money.Usd(113.42m));
        walk.Press("1").At.ShouldBe("plan-done");
        walk.Effects.OfType<IvrEffect.CreatePlan>().Single().ShouldBe(new IvrEffect.CreatePlan(1, 1, new LocalDate(2026, 11, 27)));
        walk.Step.Next.Outcome.ShouldBe(IvrOutcome.Plan);
    }

    [Fact]
    public void Plan_ForABalanceOutsideTheCatalogue_IsNotOffered() =>
        Verified(Facts(Account(balance: 49m)) with { Plans = [Three] }).Press("5", "1").At.ShouldBe("more");

    [Fact]
    public void Hardship_Confirmed_PausesTheCalls()
    {
        var walk = Verified(Facts()).Press("5", "2", "1");
        walk.Effects.ShouldContain(new IvrEffect.OpenHardship(1));
        walk.Step.Next.Outcome.ShouldBe(IvrOutcome.Hardship);
    }

    [Fact]
    public void CallBack_AtAChosenTime_IsConsentedToAndAskedFor()
    {
        var walk = Verified(Facts() with { Clock = new LocalTime(12, 30) }).Press("5", "3", "2");
        walk.Effects.OfType<IvrEffect.RequestCallBack>().Single().ShouldBe(new IvrEffect.RequestCallBack(Today + new LocalTime(19, 0), 1));
        walk.Effects.OfType<IvrEffect.RecordCallBackConsent>().Count().ShouldBe(1);
    }

    [Fact]
    public void CallBack_OfAnUnverifiedCaller_IsAskedForWithoutAnyConsent()
    {
        var walk = Begin(Facts()).Press("0").Do(new IvrInput.NobodyFree()).Press("1");
        walk.At.ShouldBe("call-back-later");
        walk.Effects.OfType<IvrEffect.RequestCallBack>().Single().AccountId.ShouldBeNull();
        walk.Effects.OfType<IvrEffect.RecordCallBackConsent>().ShouldBeEmpty();
    }

    [Fact]
    public void Agent_AfterHours_IsNotLookedForAndAMessageCanBeLeft()
    {
        var walk = Begin(Facts() with { IsOpen = false }).Press("0");
        walk.At.ShouldBe("after-hours");
        walk.Effects.OfType<IvrEffect.TransferToAgent>().ShouldBeEmpty();
        walk.Press("3").Do(new IvrInput.Recorded("RE1", 12)).At.ShouldBe("voicemail-done");
        walk.Effects.ShouldContain(new IvrEffect.KeepVoicemail("RE1", 12));
    }

    [Fact]
    public void Wait_ForAnAgent_AsksAgainEachRoundAndEndsInAChoice()
    {
        var walk = Begin(Facts()).Press("0").Do(new IvrInput.NobodyFree()).Press("4");
        walk.At.ShouldBe("wait");
        for (var round = 0; round < 45; round++)
            walk.Silent().Do(new IvrInput.NobodyFree()).At.ShouldBe("wait");
        walk.Silent().Do(new IvrInput.NobodyFree()).At.ShouldBe("agent-busy");
        walk.Effects.OfType<IvrEffect.TransferToAgent>().Count().ShouldBe(47);
    }

    [Fact]
    public void Version1_InProgress_KnowsNothingOfWhatCameLater()
    {
        var walk = Begin(Facts(Offered) with { Plans = [Three] }, OutboundFlow.Version1).Press("1", "30301", "02291980");
        walk.Step.Words["canMore"].ShouldBe(false);
        walk.Press("5").At.ShouldBe("menu");
        walk.Press("1").Step.Words["canSettle"].ShouldBe(false);
        walk.Press("4").At.ShouldBe("pay-amount");
    }

    [Fact]
    public void CallBackTimes_LateInTheEvening_AreTomorrow() =>
        CallBackTimes.Of(Today.At(new LocalTime(18, 1))).ShouldBe([Today.PlusDays(1).At(new LocalTime(10, 0)), Today.PlusDays(1).At(new LocalTime(13, 0)), Today.PlusDays(1).At(new LocalTime(16, 0))]);
}
