using Dialer.Core.Pacing;
using NodaTime;

namespace Dialer.Core.Tests.Pacing;

public class BudgetTests
{
    private static readonly Instant Now = Instant.FromUtc(2026, 3, 31, 17, 0);
    private static readonly AbandonmentBudget Month = new(HardGate: false);

    private static double Tau(long abandoned, long answers, AbandonmentBudget? budget = null) =>
        BudgetController.Tau(budget ?? Month, new AbandonmentLedger(abandoned, answers), 10, PacingTuning.Default);

    [Fact]
    public void Tau_FallsAsTheAccountIsOverspent_AndRisesAsItIsNot()
    {
        var taus = Enumerable.Range(10, 50).Select(abandoned => Tau(abandoned, 1000)).ToList();
        for (var i = 1; i < taus.Count; i++)
            taus[i].ShouldBeLessThanOrEqualTo(taus[i - 1]);
        taus[0].ShouldBeGreaterThan(0.03);
        taus[^1].ShouldBeLessThan(0.01);
    }

    [Fact]
    public void Tau_HasNoCliff()
    {
        for (var abandoned = 20; abandoned < 45; abandoned++)
            (Tau(abandoned, 1000) / Tau(abandoned + 1, 1000)).ShouldBeLessThan(1.2);
    }

    [Fact]
    public void Tau_OfADay_FollowsItsFewCallsInSmallerSteps()
    {
        var day = Month with { WindowHours = 24 };
        double Step(AbandonmentBudget budget) => Tau(8, 350, budget) / Tau(9, 350, budget);
        Step(day).ShouldBeGreaterThan(Step(Month) * 1.1);
        (Tau(8, 20_000, day) / Tau(9, 20_000, day)).ShouldBe(Tau(8, 20_000, Month) / Tau(9, 20_000, Month), 0.05);
    }

    [Fact]
    public void Tau_OfAnEmptyAccount_IsTheCap() => Tau(0, 0).ShouldBe(0.03, 1e-9);

    [Fact]
    public void Tau_UnderTheHardGate_PlansTwoCallsShortOfTheCap() =>
        Tau(28, 1000, Month with { HardGate = true }).ShouldBe(0.03, 1e-9);

    [Theory]
    [InlineData(719, 7)]
    [InlineData(720, 0)]
    [InlineData(744, 0)]
    [InlineData(0, 7)]
    [InlineData(-1, 0)]
    public void Account_HoldsTheHoursOfTheWindowAndNoOthers(int hoursAgo, long counted) =>
        BudgetWindow.Account([new(Now - Duration.FromHours(hoursAgo), 100, 7)], Month, Now).Abandoned.ShouldBe(counted);

    [Fact]
    public void Ahead_IsTheAccountOfTheNextHour_WithoutTheHourThatLeavesThen()
    {
        HourOfAnswers[] hours = [new(Now - Duration.FromHours(719), 100, 0), new(Now - Duration.FromHours(718), 60, 2), new(Now, 40, 1)];
        BudgetWindow.Account(hours, Month, Now + Duration.FromMinutes(59)).ShouldBe(new AbandonmentLedger(3, 200));
        BudgetWindow.Ahead(hours, Month, Now + Duration.FromMinutes(59)).ShouldBe(new AbandonmentLedger(3, 100));
        BudgetWindow.Ahead(hours, Month, Now).ShouldBe(new AbandonmentLedger(3, 100));
    }

    [Fact]
    public void Gate_ClosesForWhatTheOldestHourWillTakeWithIt()
    {
        PacedAgent[] agents = [.. Enumerable.Repeat(new PacedAgent(AgentActivity.Available, 5), 10)];
        PacingPlan Plan(AbandonmentLedger? ahead)
        {
            var engine = PacingEngine.Create(new PacingPolicy());
            for (var i = 0; i < 100; i++)
                engine.Observe(new PacingEvent.Resolved(Now, i % 5 == 0 ? DialOutcome.Human : DialOutcome.NoAnswer, 12));
            return engine.Decide(new PacingSnapshot { Agents = agents, Ledger = new AbandonmentLedger(20, 2000), LedgerAhead = ahead }, Now);
        }

        Plan(new AbandonmentLedger(20, 1900)).Dials.ShouldBe(Plan(null).Dials);
        Plan(null).Dials.ShouldBeGreaterThan(10);
        Plan(new AbandonmentLedger(20, 600)).ShouldSatisfyAllConditions(plan => plan.Dials.ShouldBe(10), plan => plan.Degraded.ShouldBe(Degradation.BudgetGate));
    }

    [Fact]
    public void Account_OfADay_ForgetsYesterday()
    {
        var day = Month with { WindowHours = 24 };
        HourOfAnswers[] hours = [new(Now - Duration.FromHours(25), 100, 9), new(Now - Duration.FromHours(3), 50, 1)];
        BudgetWindow.Account(hours, day, Now).ShouldBe(new AbandonmentLedger(1, 50));
    }

    [Theory]
    [InlineData(4, 1.0, 1.6)]
    [InlineData(30, 0.8, 1.05)]
    [InlineData(90, 0.35, 0.7)]
    public void Calibration_MovesTauToWhereTheWantedShareIsAbandoned(int abandonedOfThousand, double least, double most)
    {
        var engine = PacingEngine.Create(new PacingPolicy { Budget = Month });
        PacedAgent[] agents = [.. Enumerable.Repeat(new PacedAgent(AgentActivity.OnCall, 5), 10)];
        for (var i = 0; i <= 100; i++)
        {
            var plan = engine.Decide(new PacingSnapshot { Agents = agents, Ledger = new AbandonmentLedger(abandonedOfThousand * i / 100, 10 * i) }, Now);
            plan.Bound.ShouldBe(PacingBound.Abandonment);
            engine.Memory.Calibration.TauInForce = 0.03;
        }

        engine.Memory.Calibration.Factor(PacingTuning.Default.PriorAbandoned, PacingTuning.Default.MostCalibration).ShouldBeInRange(least, most);
    }

    [Fact]
    public void Calibration_LearnsNothingFromAWindowThatLetsOldHoursGo()
    {
        var engine = PacingEngine.Create(new PacingPolicy { Budget = Month });
        PacedAgent[] agents = [new(AgentActivity.OnCall, 5)];
        engine.Decide(new PacingSnapshot { Agents = agents, Ledger = new AbandonmentLedger(30, 1000) }, Now);
        engine.Decide(new PacingSnapshot { Agents = agents, Ledger = new AbandonmentLedger(10, 900) }, Now);
        engine.Memory.Calibration.Factor(PacingTuning.Default.PriorAbandoned, PacingTuning.Default.MostCalibration).ShouldBe(1);
    }
}
