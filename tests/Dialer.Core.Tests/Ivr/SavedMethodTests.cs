using Dialer.Core.Ivr;
using Dialer.Core.Payments;
using static Dialer.Core.Tests.Ivr.IvrSamples;

namespace Dialer.Core.Tests.Ivr;

/// <summary>A card or bank account that the processor keeps: agreed to by a key, charged after the read-back, removed by a key.</summary>
public sealed class SavedMethodTests
{
    private static readonly SavedMethod Visa = new(11, PaymentMethod.CreditCard, "visa", "4242");
    private static readonly SavedMethod Bank = new(12, PaymentMethod.AchDebit, null, "92");
    private static readonly IvrInput.Tokenized Card = new("pm_1", "cus_1", "4242", "visa", new NodaTime.LocalDate(2030, 12, 31));

    [Fact]
    public void Pay_AndKeep_TakesTheTokenFirstAndChargesItAfterwards()
    {
        var walk = Verified(Keeping()).Press("1", "1", "1");
        walk.Step.Words["canKeep"].ShouldBe(true);
        walk.Press("3").At.ShouldBe("pay-token");
        walk.Effects[^1].ShouldBe(new IvrEffect.StartPayment(1, Money.Usd(340.25m), PaymentMethod.CreditCard, 1, Keep: true));
        walk.Do(Card).At.ShouldBe("pay-charge");
        walk.Effects[^1].ShouldBe(new IvrEffect.KeepMethod(1, PaymentMethod.CreditCard, Card));
        walk.PaymentEnds(PaymentResult.Captured, "ch_1").At.ShouldBe("pay-done");
        walk.Step.Next.Outcome.ShouldBe(IvrOutcome.Paid);
    }

    [Fact]
    public void Pay_WithoutTheKeyThatAgrees_KeepsNothing()
    {
        var walk = Verified(Keeping()).Press("1", "1", "1", "1");
        walk.At.ShouldBe("pay-session");
        walk.Do(Card).At.ShouldBe("pay-session");
        walk.Effects.OfType<IvrEffect.KeepMethod>().ShouldBeEmpty();
    }

    [Fact]
    public void Pay_BySaved_IsReadBackByItsLastDigitsAndStartsOnlyThen()
    {
        var walk = Verified(Keeping(Visa, Bank)).Press("1", "2");
        walk.At.ShouldBe("pay-how");
        walk.Step.Words["hasSaved"].ShouldBe(true);
        walk.Press("3").At.ShouldBe("pay-confirm");
        (walk.Step.Words["isSaved"], walk.Step.Words["savedBrand"], walk.Step.Words["savedDigits"], walk.Step.Words["isBank"], walk.Step.Words["canKeep"]).ShouldBe((true, "Visa", "4242", false, false));
        walk.Effects.OfType<IvrEffect.StartPayment>().ShouldBeEmpty();
        walk.Press("1").At.ShouldBe("pay-charge");
        walk.Effects[^1].ShouldBe(new IvrEffect.StartPayment(1, Money.Usd(300m), PaymentMethod.CreditCard, 1, SavedMethodId: 11));
    }

    [Fact]
    public void Pay_BySavedBankAccount_ReadsTheWholeAuthorisation()
    {
        var walk = Verified(Keeping(Visa, Bank)).Press("1", "1", "4");
        (walk.Step.Words["isBank"], walk.Step.Words["savedDigits"]).ShouldBe((true, "92"));
        walk.Press("1").Effects[^1].ShouldBe(new IvrEffect.StartPayment(1, Money.Usd(340.25m), PaymentMethod.AchDebit, 1, SavedMethodId: 12));
    }

    [Fact]
    public void Pay_BySaved_RemovedBetweenReadBackAndKey_IsNotCharged()
    {
        var walk = Verified(Keeping(Visa)).Press("1", "1", "3");
        walk.Facts = Keeping();
        walk.Press("1").At.ShouldBe("pay-amount");
        walk.Effects.OfType<IvrEffect.StartPayment>().ShouldBeEmpty();
        walk.Step.Next.SavedMethodId.ShouldBeNull();
    }

    [Fact]
    public void Pay_BySaved_Declined_AsksAnewHowToPay()
    {
        var walk = Verified(Keeping(Visa)).Press("1", "1", "3", "1").PaymentEnds(PaymentResult.Declined);
        walk.At.ShouldBe("pay-declined");
        walk.Press("1", "1").At.ShouldBe("pay-confirm");
        walk.Press("1").Effects[^1].ShouldBe(new IvrEffect.StartPayment(1, Money.Usd(340.25m), PaymentMethod.CreditCard, 2));
    }

    [Fact]
    public void Pay_TwoAreSaved_NoThirdIsOffered() => Verified(Keeping(Visa, Bank)).Press("1", "1", "1").Step.Words["canKeep"].ShouldBe(false);

    [Fact]
    public void Remove_ASavedCard_SaysSoAndIsDone()
    {
        var walk = Verified(Keeping(Visa, Bank)).Press("1", "1", "6");
        walk.At.ShouldBe("method-remove");
        walk.Press("4");
        walk.Effects[^1].ShouldBe(new IvrEffect.RemoveMethod(12));
        walk.Step.Prompts.ShouldBe(["method-removed", "menu"]);
    }

    [Fact]
    public void Saved_WithoutAProcessorToAsk_IsNeitherOfferedNorKept()
    {
        var walk = Verified(Facts() with { SavedMethods = [Visa] }).Press("1", "1");
        walk.Step.Words["hasSaved"].ShouldBe(false);
        walk.Press("3").At.ShouldBe("pay-how");
        walk.Press("1").Step.Words["canKeep"].ShouldBe(false);
        walk.Press("3").At.ShouldBe("pay-confirm");
    }

    [Fact]
    public void Saved_OnAnEarlierVersion_IsNotThere()
    {
        var walk = Begin(Keeping(Visa), OutboundFlow.Version2).Press("1", "30301", "02291980", "1", "1");
        walk.Step.Words["hasSaved"].ShouldBe(false);
        walk.Press("3").At.ShouldBe("pay-how");
        walk.Press("1", "3").At.ShouldBe("pay-confirm");
    }

    [Fact]
    public void Find_AVersionOfANewerBuild_IsNotFound() => IvrFlows.Find("outbound", 99).ShouldBeNull();

    [Fact]
    public void Tokenized_InText_HasNoToken() => Card.ToString().ShouldNotContain("pm_");

    private static IvrFacts Keeping(params SavedMethod[] saved) => Facts() with { KeepsMethods = true, SavedMethods = saved };
}
