using Dialer.Core.Pacing;
using NodaTime;

namespace Dialer.Core.Tests.Pacing;

public class WatchAndShareTests
{
    private static readonly Instant Now = Instant.FromUtc(2026, 3, 2, 15, 0);

    private static PacingPlan Plan(int idle, int dials, PacingBound bound) =>
        new(dials, PacingMode.Predictive, Degradation.None, bound, 0, 0, 0, 0, idle, 5, 0, 0.2, 0, dials);

    [Fact]
    public void Watch_WhenAgentsStandIdle_SaysWhyNothingWasDialled()
    {
        var (state, early) = PacingWatchdog.Watch(default, Plan(3, 0, PacingBound.List), 0, Now);
        early.ShouldBeNull();
        var (_, alarm) = PacingWatchdog.Watch(state, Plan(3, 0, PacingBound.List), 0, Now + Duration.FromSeconds(11));
        alarm!.Value.Code.ShouldBe("NOT_DIALLED");
        alarm.Value.Text.ShouldContain("No further number is dialable");
    }

    [Fact]
    public void Watch_WhenPlannedCallsAreNotSent_SaysSo()
    {
        var (state, _) = PacingWatchdog.Watch(default, Plan(3, 4, PacingBound.Abandonment), 0, Now);
        PacingWatchdog.Watch(state, Plan(3, 4, PacingBound.Abandonment), 0, Now + Duration.FromSeconds(4)).Alarm!.Value.Code.ShouldBe("NOT_SENT");
        PacingWatchdog.Watch(state, Plan(3, 4, PacingBound.Abandonment), 4, Now + Duration.FromSeconds(4)).Alarm.ShouldBeNull();
    }

    [Fact]
    public void Silence_AfterFiveSeconds_MeansThereIsNoLeader()
    {
        var (state, _) = PacingWatchdog.Watch(default, Plan(0, 0, PacingBound.Abandonment), 0, Now);
        PacingWatchdog.Silence(state, Now + Duration.FromSeconds(2)).ShouldBeNull();
        PacingWatchdog.Silence(state, Now + Duration.FromSeconds(6))!.Value.Code.ShouldBe("NO_DECISION");
    }

    [Fact]
    public void Divide_ServesPriorityFirst_ThenByWeight_AndWastesNobody()
    {
        AgentClaim[] claims = [new(new(1), 1, 1, 100), new(new(2), 1, 3, 100), new(new(3), 2, 1, 4)];
        SharedAgents.Divide(12, claims).ShouldBe([2, 6, 4]);
        SharedAgents.Divide(3, claims).ShouldBe([0, 0, 3]);
        SharedAgents.Divide(12, [new(new(1), 1, 1, 2), new(new(2), 1, 1, 50)]).ShouldBe([2, 10]);
        SharedAgents.Divide(12, [new(new(1), 1, 1, 2), new(new(2), 1, 1, 3)]).Sum().ShouldBe(5);
    }

    [Fact]
    public void Shadows_ShowWhatOneToOneAndTheRatioWouldHaveStarted()
    {
        var shadows = ShadowPlan.Of(new PacingSnapshot(), Plan(4, 9, PacingBound.Abandonment));
        shadows.ShouldBe([new ShadowPlan("progressive", 4), new ShadowPlan("ratio", 20)]);
    }

    [Fact]
    public void Turn_GoesToEachClaimAsOftenAsItsPartSays()
    {
        var parts = SharedAgents.Parts(10, [new(new(1), 1, 1, 100), new(new(2), 1, 4, 100), new(new(3), 0, 9, 100)]);
        parts.ShouldBe([0.2, 0.8, 0]);
        var turns = Enumerable.Range(0, 1000).Select(slot => SharedAgents.Turn(parts, slot)).ToList();
        turns.Count(turn => turn == 0).ShouldBeInRange(198, 202);
        turns.Count(turn => turn == 1).ShouldBeInRange(798, 802);
        SharedAgents.Turn([0, 0], 7).ShouldBeNull();
    }

    [Theory]
    [InlineData(0.5, true, 3)]
    [InlineData(0.5, false, 2)]
    [InlineData(0, true, 0)]
    [InlineData(1, false, 5)]
    public void Decide_StartsNoMoreThanTheCampaignsPartOfTheRoom(double share, bool turn, int dials)
    {
        var engine = PacingEngine.Create(new PacingPolicy { Mode = PacingMode.Progressive });
        var plan = engine.Decide(
            new PacingSnapshot { Agents = [.. Enumerable.Repeat(new PacedAgent(AgentActivity.Available, 1), 5)], Ledger = new AbandonmentLedger(0, 0), Limits = PacingLimits.None with { Share = share, Turn = turn } }, Now);
        plan.Dials.ShouldBe(dials);
        (plan.Bound == PacingBound.SharedAgents).ShouldBe(dials < 5);
    }

    [Fact]
    public void WhyIdle_SharesIdleSecondsAmongTheirCauses()
    {
        var causes = WhyIdle.Of([(2, 10, PacingBound.Abandonment), (0, 10, PacingBound.List), (1, 5, PacingBound.CallsPerSecond), (3, 5, PacingBound.Abandonment)]);
        causes.ShouldBe([new IdleCause(PacingBound.Abandonment, 35, 35 / 40d), new IdleCause(PacingBound.CallsPerSecond, 5, 5 / 40d)]);
        WhyIdle.MostByCallsPerSecond(1, 0.2, 175, 50).ShouldBe(0.7, 1e-12);
        WhyIdle.MostByLines(40, 0.2, 175, 20, 50).ShouldBe(1);
    }
}
