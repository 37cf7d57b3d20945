using Dialer.Core.Pacing;
using Dialer.Simulator.PacingLab;
using NodaTime;

namespace Dialer.Simulation.Pacing;

/// <summary>Mistakes that a hurried hand might make, each planted between floor and engine: the checks that the sound engine passes must find every one.</summary>
public class PlantedBugs
{
    private static readonly LabCell Steady = new() { Name = "planted", Agents = 10, AnswerRate = 0.2 };

    private static bool Sound(LabCell cell, Func<EnginePacer, IPacer> plant, double least, double most)
    {
        var outcome = new Trial(2, 2).Run(cell, new Contender("planted", (floor, _) => plant(new EnginePacer(EnginePacer.PolicyOf(floor, hardGate: false)))));
        return outcome.Utilisation.Mean > least && outcome.Abandonment < most;
    }

    [Fact]
    public void The_sound_engine_passes() => Sound(Steady, engine => engine, 82.5, 3.25).ShouldBeTrue();

    [Fact]
    public void A_sign_flipped_in_the_controller_is_found() =>
        Sound(Steady, engine => new Planted(engine) { Ledger = ledger => new AbandonmentLedger(Math.Max(0, (long)(2 * 0.03 * ledger.LiveAnswers) - ledger.Abandoned), ledger.LiveAnswers) }, 82.5, 3.25).ShouldBeFalse();

    [Fact]
    public void Ring_age_ignored_is_found() =>
        // Calibration keeps such an engine inside the budget; what it loses is the agents' time, seen on the same seeds.
        Lost(Steady, engine => new Planted(engine) { Call = call => call with { AgeSeconds = 0 } }).ShouldBeGreaterThan(0.3);

    /// <summary>Points of utilisation that the planted bug costs against the sound engine, with common random numbers.</summary>
    private static double Lost(LabCell cell, Func<EnginePacer, IPacer> plant)
    {
        Outcome Run(Func<EnginePacer, IPacer> with) =>
            new Trial(2, 2).Run(cell, new Contender("planted", (floor, _) => with(new EnginePacer(EnginePacer.PolicyOf(floor, hardGate: false)))));
        return Run(engine => engine).Over(Run(plant)).Mean;
    }

    [Fact]
    public void Unresolved_dials_counted_as_unanswered_are_found() =>
        Sound(Steady, engine => new Planted(engine) { Also = happened => happened is PacingEvent.Launched launched ? new PacingEvent.Resolved(launched.At, DialOutcome.NoAnswer, 25) : null }, 82.5, 3.25).ShouldBeFalse();

    [Fact]
    public void A_budget_window_off_by_a_day_is_found()
    {
        var hours = Enumerable.Range(0, 31 * 24).Select(hour => new HourOfAnswers(Instant.FromUtc(2026, 3, 1, 0, 0) + Duration.FromHours(hour), 10, hour < 24 ? 10 : 0)).ToList();
        var now = Instant.FromUtc(2026, 3, 31, 23, 0);
        BudgetWindow.Account(hours, new AbandonmentBudget(), now).Abandoned.ShouldBe(0);
        BudgetWindow.Account(hours, new AbandonmentBudget(WindowHours: 744), now).Abandoned.ShouldBeGreaterThan(0);
    }

    /// <summary>Four of ten agents in late wrap-up stay; a floor that believes in all ten dials for people whom nobody will meet.</summary>
    [Fact]
    public void Intents_ignored_are_found()
    {
        var now = Instant.FromUtc(2026, 3, 2, 15, 0);
        var blind = Plan(agent => agent with { Leaving = false });
        var seeing = Plan(agent => agent);
        seeing.ExpectedAbandonment.ShouldBeLessThan(0.1);
        blind.Dials.ShouldBeGreaterThan(seeing.Dials + 5);

        PacingPlan Plan(Func<PacedAgent, PacedAgent> see)
        {
            var engine = PacingEngine.Create(new PacingPolicy { Budget = new AbandonmentBudget(HardGate: false) });
            for (var i = 0; i < 300; i++)
            {
                engine.Observe(new PacingEvent.Resolved(now, i % 5 == 0 ? DialOutcome.Human : DialOutcome.NoAnswer, i % 5 == 0 ? 10 : 25));
                engine.Observe(new PacingEvent.WrapEnded(now, 20 + i % 7));
            }

            PacedAgent[] agents = [.. Enumerable.Repeat(new PacedAgent(AgentActivity.WrapUp, 22, Leaving: true), 6), .. Enumerable.Repeat(new PacedAgent(AgentActivity.WrapUp, 22), 4)];
            return engine.Decide(new PacingSnapshot { Agents = [.. agents.Select(see)], Ledger = new AbandonmentLedger(20, 1000) }, now);
        }
    }

    /// <summary>The engine, seeing the floor through a mistake.</summary>
    private sealed class Planted(EnginePacer sound) : IPacer
    {
        public Func<AbandonmentLedger, AbandonmentLedger> Ledger { get; init; } = ledger => ledger;

        public Func<PacedCall, PacedCall> Call { get; init; } = call => call;

        public Func<PacingEvent, PacingEvent?> Also { get; init; } = _ => null;

        public double Interval => 1;

        public bool OnEvents => true;

        public bool Listens => true;

        public void StartDay(LabFloor floor)
        {
        }

        public void Observe(PacingEvent happened)
        {
            sound.Observe(happened);
            if (Also(happened) is { } more)
                sound.Observe(more);
        }

        public int Dials(LabFloor floor)
        {
            List<PacedAgent> agents = [];
            List<PacedCall> calls = [];
            List<double> waiting = [];
            floor.See(agents, calls, waiting);
            return sound.Engine.Decide(
                new PacingSnapshot { Agents = agents, Calls = [.. calls.Select(Call)], Waiting = waiting, Ledger = Ledger(new AbandonmentLedger(floor.Result.Abandoned, floor.Result.Answers)) },
                floor.Now).Dials;
        }
    }
}
