using Dialer.Core.Pacing;
using NodaTime;

namespace Dialer.Core.Tests.Pacing;

public class PacingEngineTests
{
    private static readonly Instant Noon = Instant.FromUtc(2026, 3, 2, 17, 0);
    private static readonly AbandonmentLedger Healthy = new(20, 1000);

    private static PacingSnapshot Floor(int idle, int talking = 0, int lines = 0, double age = 5) => new()
    {
        Agents = [.. Enumerable.Repeat(new PacedAgent(AgentActivity.Available, 10), idle), .. Enumerable.Repeat(new PacedAgent(AgentActivity.OnCall, 60), talking)],
        Calls = [.. Enumerable.Repeat(new PacedCall(age), lines)],
        Ledger = Healthy,
    };

    private static PacingEngine Engine(PacingMode mode = PacingMode.Predictive) => PacingEngine.Create(new PacingPolicy { Mode = mode });

    private static PacingEngine Warm()
    {
        var engine = Engine();
        for (var i = 0; i < 400; i++)
        {
            var at = Noon - Duration.FromSeconds(400 - i);
            engine.Observe(i % 5 == 0
                ? new PacingEvent.Classified(at, Human: true, RingSeconds: 11, AfterSeconds: 2)
                : new PacingEvent.Resolved(at, DialOutcome.NoAnswer, 25));
            if (i % 5 == 0)
                engine.Observe(new PacingEvent.WrapEnded(at, 15 + i % 40));
        }

        return engine;
    }

    [Theory]
    [InlineData(PacingMode.Manual)]
    [InlineData(PacingMode.Preview)]
    public void Decide_WhenTheAgentStartsCalls_StartsNone(PacingMode mode)
    {
        var plan = Engine(mode).Decide(Floor(5), Noon);
        plan.Dials.ShouldBe(0);
        plan.Bound.ShouldBe(PacingBound.Mode);
    }

    [Theory]
    [InlineData(5, 0, 5)]
    [InlineData(5, 2, 3)]
    [InlineData(2, 4, 0)]
    public void Decide_Progressive_IsOneLineForEachIdleAgent(int idle, int lines, int dials) =>
        Engine(PacingMode.Progressive).Decide(Floor(idle, 3, lines), Noon).Dials.ShouldBe(dials);

    [Fact]
    public void Decide_Power_IsTheRatioOfIdleAgents() =>
        PacingEngine.Create(new PacingPolicy { Mode = PacingMode.Power, Ratio = 2.5 }).Decide(Floor(4, 0, 3), Noon).Dials.ShouldBe(7);

    [Fact]
    public void Decide_Agentless_NeedsNoAgent() =>
        PacingEngine.Create(new PacingPolicy { Mode = PacingMode.Agentless, AgentlessLines = 30 }).Decide(Floor(0, 0, 12), Noon).Dials.ShouldBe(18);

    [Fact]
    public void Decide_Predictive_DialsMoreThanOneToOneWhenFewAnswer()
    {
        var plan = Warm().Decide(Floor(10, 10), Noon);
        plan.Dials.ShouldBeGreaterThan(12);
        plan.Mode.ShouldBe(PacingMode.Predictive);
        plan.Loss.ShouldBeGreaterThan(plan.Tau);
        plan.Reasons.ShouldContain(reason => reason.Code == "ABANDONMENT");
    }

    [Fact]
    public void Decide_WithoutAgents_DialsNothing()
    {
        var plan = Warm().Decide(Floor(0), Noon);
        plan.Dials.ShouldBe(0);
        plan.Bound.ShouldBe(PacingBound.NoAgents);
    }

    [Fact]
    public void Decide_WhenEveryAgentLeavesAfterTheCall_DialsNothing() =>
        Warm().Decide(Floor(0) with { Agents = [new(AgentActivity.WrapUp, 40, Leaving: true), new(AgentActivity.OnCall, 200, Leaving: true)] }, Noon).Dials.ShouldBe(0);

    [Fact]
    public void Decide_WithAgentsLeaving_DialsLessThanWithAgentsStaying()
    {
        PacedAgent[] staying = [.. Enumerable.Repeat(new PacedAgent(AgentActivity.WrapUp, 30), 20)];
        PacedAgent[] leaving = [.. staying.Take(10), .. staying.Skip(10).Select(agent => agent with { Leaving = true })];
        var all = Warm().Decide(Floor(0) with { Agents = staying }, Noon).Dials;
        Warm().Decide(Floor(0) with { Agents = leaving }, Noon).Dials.ShouldBeLessThan(all * 3 / 4);
    }

    [Fact]
    public void Decide_WithUnknownLedger_IsProgressiveAndSaysSo()
    {
        var plan = Warm().Decide(Floor(4, 16) with { Ledger = null }, Noon);
        plan.Dials.ShouldBe(4);
        plan.Degraded.ShouldBe(Degradation.LedgerUnknown);
        plan.Mode.ShouldBe(PacingMode.Progressive);
    }

    [Fact]
    public void Decide_WhileStateIsRebuilt_DialsNothing() =>
        Warm().Decide(Floor(10) with { Whole = false }, Noon).Dials.ShouldBe(0);

    [Theory]
    [InlineData(0, 32, 3)]
    [InlineData(30, 1000, 3)]
    [InlineData(31, 1000, 3)]
    public void Decide_WhenTheNextAbandonWouldBreakTheCap_IsOneToOne(int abandoned, int answers, int dials)
    {
        var plan = Warm().Decide(Floor(3, 2) with { Ledger = new AbandonmentLedger(abandoned, answers) }, Noon);
        plan.Dials.ShouldBe(dials);
        plan.Degraded.ShouldBe(Degradation.BudgetGate);
    }

    [Fact]
    public void Decide_WithOldLines_DialsMoreThanWithFreshOnes()
    {
        var fresh = Warm().Decide(Floor(4, 6, 12, age: 4), Noon).Dials;
        Warm().Decide(Floor(4, 6, 12, age: 24), Noon).Dials.ShouldBeGreaterThan(fresh + 4);
    }

    [Theory]
    [InlineData(3, 1000, 1000, PacingBound.CallsPerSecond)]
    [InlineData(1000, 3, 1000, PacingBound.Concurrency)]
    [InlineData(1000, 1000, 3, PacingBound.List)]
    public void Decide_NeverPassesALimit(double tokens, int lines, int stock, PacingBound bound)
    {
        var plan = Warm().Decide(Floor(10, 10) with { Limits = new PacingLimits(tokens, lines, stock) }, Noon);
        plan.Dials.ShouldBe(3);
        plan.Bound.ShouldBe(bound);
        plan.Wanted.ShouldBeGreaterThan(3);
    }

    [Fact]
    public void Decide_AtAColdStart_OpensAtMostTwoLinesForEachIdleAgent()
    {
        var plan = Engine().Decide(Floor(10), Noon);
        plan.Dials.ShouldBeInRange(10, 20);
    }

    [Fact]
    public void Restore_GoesOnExactlyAsTheSavedEngine()
    {
        var first = Warm();
        first.Decide(Floor(3, 7, 5), Noon);
        var second = PacingEngine.Restore(first.Policy, first.Save());
        for (var i = 0; i < 30; i++)
        {
            var now = Noon + Duration.FromSeconds(i * 3);
            var happened = new PacingEvent.Resolved(now, i % 3 == 0 ? DialOutcome.Human : DialOutcome.NoAnswer, 8 + i % 17);
            first.Observe(happened);
            second.Observe(happened);
            second.Decide(Floor(i % 4, 10, i), now).ShouldBeEquivalentTo(first.Decide(Floor(i % 4, 10, i), now));
        }
    }

    [Fact]
    public void Create_WithARingShorterThanTheLawAllows_Refuses() =>
        Should.Throw<ArgumentException>(() => PacingEngine.Create(new PacingPolicy { RingTimeoutSeconds = 12 })).Message.ShouldContain("RING_TOO_SHORT");
}
