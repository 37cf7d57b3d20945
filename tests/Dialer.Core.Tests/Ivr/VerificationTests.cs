using Dialer.Core.Ivr;
using NodaTime;
using static Dialer.Core.Tests.Ivr.IvrSamples;

namespace Dialer.Core.Tests.Ivr;

public sealed class VerificationTests
{
    [Fact]
    public void Verify_TwoRightIdentifiers_ConversationStartsAndTheDisclosureComesFirst()
    {
        var walk = Verified(Facts());
        walk.Step.Next.Verified.ShouldBeTrue();
        walk.Effects.ShouldContain(new IvrEffect.ConversationStarted(7, 1));
        walk.Step.Prompts.ShouldBe(["disclosure-initial", "menu"]);
        Verified(Facts() with { InitialDisclosureGiven = true }).Step.Prompts.ShouldBe(["disclosure-later", "menu"]);
    }

    [Fact]
    public void Verify_FirstPartyCreditor_OwesNoDebtCollectorDisclosure()
    {
        var facts = Facts();
        Verified(facts with { Business = facts.Business with { ThirdPartyCollector = false } }).Step.Prompts.ShouldBe(["menu"]);
    }

    [Theory]
    [InlineData("99999", "02291980")]
    [InlineData("30301", "01011970")]
    [InlineData("99999", "01011970")]
    public void Verify_AnyWrongIdentifier_IsToldOnlyAfterTheLastAndInTheSameWords(string zip, string birth)
    {
        var walk = Begin(Facts()).Press("1", zip);
        walk.Step.Prompts.ShouldBe(["verify-birth-date"]);
        walk.Press(birth);
        walk.Step.Prompts.ShouldBe(["verify-again", "verify-zip"]);
        walk.Step.Next.Verified.ShouldBeFalse();
        walk.Effects.ShouldContain(new IvrEffect.VerificationFailed(false));
    }

    [Fact]
    public void Verify_AnAccountNumberThatDoesNotExist_SoundsLikeAWrongAnswer()
    {
        var facts = Facts();
        var unknown = Begin(facts with { Person = null, Accounts = [] }, InboundFlow.Graph, null).Press("1", "123456");
        unknown.Effects.ShouldContain(new IvrEffect.IdentifyCaller("123456"));
        var wrong = Begin(facts with { Person = null, Accounts = [] }, InboundFlow.Graph, null).Press("1", "770010");
        wrong.Facts = facts;
        foreach (var keys in new[] { "99999", "01011970", "99999", "01011970", "99999", "01011970" })
        {
            unknown.Press(keys);
            wrong.Press(keys);
            unknown.Step.Prompts.ShouldBe(wrong.Step.Prompts);
            unknown.Step.Words.Keys.ShouldBe(wrong.Step.Words.Keys, ignoreOrder: true);
        }

        unknown.At.ShouldBe("verify-failed");
    }

    [Fact]
    public void Verify_AfterAnAccountNumber_TheRecordDoesNotChooseTheQuestions()
    {
        var facts = Facts();
        var walk = Begin(facts with { Person = null, Accounts = [] }, InboundFlow.Graph, null).Press("1", "770010");
        walk.Facts = facts with { Person = facts.Person! with { Zip = null } };
        walk.At.ShouldBe("verify-zip");
        walk.Press("30301", "02291980").Step.Next.Verified.ShouldBeFalse();
    }

    [Fact]
    public void Verify_TheDialledPersonHasNoZip_OtherIdentifiersAreAsked()
    {
        var facts = Facts();
        var walk = Begin(facts with { Person = facts.Person! with { Zip = null } }).Press("1");
        walk.At.ShouldBe("verify-birth-date");
        walk.Press("02291980", "4321").Step.Next.Verified.ShouldBeTrue();
    }

    [Fact]
    public void Verify_FewerThanTwoIdentifiersOnRecord_OnlyAPersonCanHelp()
    {
        var facts = Facts();
        var walk = Begin(facts with { Person = facts.Person! with { Zip = null, SsnLast4 = null } }).Press("1");
        walk.Effects.ShouldContain(new IvrEffect.TransferToAgent());
        walk.Do(new IvrInput.NobodyFree()).At.ShouldBe("agent-busy");
        walk.Step.Next.Verified.ShouldBeFalse();
    }

    [Fact]
    public void Verify_ThreeFailures_EndsNeutrally()
    {
        var walk = Begin(Facts()).Press("1");
        for (var i = 0; i < 3; i++)
            walk.Press("99999", "01011970");
        walk.At.ShouldBe("verify-failed");
        walk.Step.Next.Ended.ShouldBeTrue();
        walk.Step.Next.Outcome.ShouldBe(IvrOutcome.VerificationFailed);
        walk.Effects.OfType<IvrEffect.VerificationFailed>().Select(e => e.Final).ShouldBe([false, false, true]);
    }

    [Fact]
    public void Verify_Locked_AsksNothing() => Begin(Facts() with { VerificationLocked = true }).Press("1").At.ShouldBe("verify-locked");

    [Fact]
    public void Inbound_KnownNumber_IsNotAFactorAndTellsNoName()
    {
        var walk = Begin(Facts(), InboundFlow.Graph, null);
        walk.Step.Words.Keys.ShouldNotContain("firstName");
        walk.Press("1").At.ShouldBe("verify-zip");
        walk.Step.Words.Keys.ShouldNotContain("firstName");
        walk.Press("30301", "02291980").Step.Next.Verified.ShouldBeTrue();
    }
}
