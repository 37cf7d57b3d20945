using Dialer.Core.Compliance;
using NodaTime;

namespace Dialer.Core.Tests.Compliance;

public class RegulationFTests
{
    private static readonly Instant Noon = Given.At("2026-06-10 12:00");

    private static PastAttempt[] OneADay(int count, Instant newest) =>
        [.. Enumerable.Range(0, count).Select(day => Given.Call(newest - Duration.FromHours(20 * day)))];

    [Fact]
    public void EighthCall_InSevenDays_IsDeniedUntilTheOldestIsAWeekOld()
    {
        var calls = OneADay(7, Noon - Duration.FromHours(25));
        var decision = Given.Facts.With(calls).Decide(Noon);

        decision.Verdict.ShouldBe(Verdict.Deny);
        decision.Codes().ShouldContain("REGF_7IN7_ATTEMPTS");
        decision.Reasons.Single(r => r.Code == "REGF_7IN7_ATTEMPTS").ClearsAt.ShouldBe(calls[^1].At + Duration.FromHours(168));
        decision.Reasons.Single(r => r.Code == "REGF_7IN7_ATTEMPTS").Basis.ShouldBe(Basis.Law);
        decision.RetryAt.ShouldBe(calls[^1].At + Duration.FromHours(168));
    }

    [Fact]
    public void SeventhCall_WhenOneOfSevenWasBusy_IsAllowed()
    {
        var calls = OneADay(7, Noon - Duration.FromHours(25));
        calls[3] = Given.Call(calls[3].At, counted: false);

        Given.Facts.With(calls).Decide(Noon).Allowed.ShouldBeTrue();
    }

    [Fact]
    public void FirstParty_MeetsTheSameCap_AsPolicyNotLaw()
    {
        var facts = (Given.Facts with { Role = CollectorRole.FirstParty }).With(OneADay(7, Noon - Duration.FromHours(25)));

        var reason = facts.Decide(Noon).Reasons.Single(r => r.Code == "REGF_7IN7_ATTEMPTS");
        reason.Basis.ShouldBe(Basis.Policy);
        reason.Citation.ShouldStartWith("policy after");
    }

    [Theory]
    [InlineData("2026-06-07 12:00", false)]
    [InlineData("2026-06-08 08:00", false)] // the house's guard
    [InlineData("2026-06-08 08:01", true)]
    public void Call_AfterAConversationOnMonday_WaitsForTheNextMonday(string local, bool allowed)
    {
        var facts = Given.Facts with { Conversations = [new PastConversation(Given.At("2026-06-01 15:00"), Given.Debt)] };

        facts.Decide(Given.At(local)).Allowed.ShouldBe(allowed);
    }

    [Fact]
    public void RetryAt_AfterAConversation_IsTheOpeningOfTheEighthDay()
    {
        var facts = Given.Facts with { Conversations = [new PastConversation(Given.At("2026-06-01 15:00"), Given.Debt)] };

        facts.Decide(Given.At("2026-06-03 12:00")).RetryAt.ShouldBe(Given.At("2026-06-08 08:01"));
    }
}
