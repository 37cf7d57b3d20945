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
}
