using Dialer.Core.Pacing;
using NodaTime;

namespace Dialer.Core.Tests.Pacing;

public class RecordedEngineTests
{
    private static readonly Instant Start = Instant.FromUtc(2026, 3, 2, 15, 0);

    private static PacingSnapshot Floor(int step) => new()
    {
        Agents = [.. Enumerable.Range(0, 12).Select(i => new PacedAgent(i % 3 == 0 ? AgentActivity.Available : AgentActivity.OnCall, 7.3 * i + step * 0.1))],
        Calls = [.. Enumerable.Range(0, 9).Select(i => new PacedCall(2.1 * i))],
        Ledger = new AbandonmentLedger(step / 10, 40 + step),
        Limits = new PacingLimits(30, 100, 1000),
    };

    private static void Learn(RecordedEngine engine, int step)
    {
        var at = Start + Duration.FromMilliseconds(500 * step);
        engine.Observe(new PacingEvent.Resolved(at, step % 4 == 0 ? DialOutcome.Human : DialOutcome.NoAnswer, step % 4 == 0 ? 9.123456 : 25));
        engine.Observe(new PacingEvent.TalkEnded(at, 100 + step));
    }

    [Fact]
    public void Lines_WhenReplayed_GiveTheSamePlans_AcrossKnobsSavesAndANewLeader()
    {
        var engine = RecordedEngine.Start(new PacingPolicy(), null);
        var lines = new List<string> { engine.Begin().FirstLine };
        engine.Take();
        for (var step = 0; step < 60; step++)
        {
            Learn(engine, step);
            if (step == 20)
                engine.Adopt(new PacingPolicy { Budget = new AbandonmentBudget(0.01), RingTimeoutSeconds = 18 });
            engine.Decide(Floor(step), Start + Duration.FromMilliseconds(500 * step));
            if (step % 15 == 14)
                engine.Save();
        }

        lines.AddRange(engine.Take());
        Learn(engine, 60);
        var (memory, first) = engine.Begin();
        var next = RecordedEngine.Start(new PacingPolicy { Budget = new AbandonmentBudget(0.01), RingTimeoutSeconds = 18 }, memory);
        engine.Take();
        Learn(next, 61);
        Learn(engine, 61);
        next.Decide(Floor(61), Start + Duration.FromSeconds(40)).Plan.ShouldBe(engine.Decide(Floor(61), Start + Duration.FromSeconds(40)).Plan);

        PacingReplay.Compare(lines).ShouldBeEmpty();
        PacingReplay.Compare([first, .. next.Take()]).ShouldBeEmpty();
        PacingReplay.Compare([first, .. engine.Take()]).ShouldBeEmpty();
    }

    [Fact]
    public void AMemoryOfTheFirstRules_IsReplayedUnderThem_AndANewLeaderGoesOverToTheNewest()
    {
        var old = PacingEngine.Create(new PacingPolicy(), PacingTuning.First);
        Feed(old, 0, 400);
        old.Memory.Rules = 0;
        var memory = old.Save().Replace("\"rules\":0,", "", StringComparison.Ordinal);
        memory.ShouldNotContain("rules");
        var replayed = PacingEngine.Restore(new PacingPolicy(), memory);
        var leader = PacingEngine.Resume(new PacingPolicy(), memory);
        foreach (var engine in new[] { old, replayed, leader })
            Feed(engine, 400, 60);

        var now = Start + Duration.FromMinutes(5);
        replayed.Decide(Floor(460), now).ShouldBe(old.Decide(Floor(460), now));
        leader.Decide(Floor(460), now).AnswerRate.ShouldNotBe(old.Decide(Floor(460), now).AnswerRate);
        leader.Decide(Floor(460), now).AnswerRate.ShouldBe(0.25, 0.03);
        leader.Memory.Rules.ShouldBe(PacingTuning.NewestRules);
    }

    private static void Feed(PacingEngine engine, int from, int steps)
    {
        for (var step = from; step < from + steps; step++)
        {
            var at = Start + Duration.FromMilliseconds(500 * step);
            engine.Observe(new PacingEvent.Resolved(at, step % 4 == 0 ? DialOutcome.Human : DialOutcome.NoAnswer, step % 4 == 0 ? 9.123456 : 25));
            engine.Decide(Floor(step), at);
        }
    }

    [Fact]
    public void Lines_WhenOneEventIsLost_AreFoundDifferent()
    {
        var engine = RecordedEngine.Start(new PacingPolicy(), null);
        var first = engine.Begin().FirstLine;
        engine.Take();
        for (var step = 0; step < 10; step++)
        {
            Learn(engine, step);
            engine.Decide(Floor(step), Start + Duration.FromMilliseconds(500 * step));
        }

        var lines = engine.Take().ToList();
        lines.RemoveAt(4);
        PacingReplay.Compare([first, .. lines]).ShouldNotBeEmpty();
    }

    [Fact]
    public void Decide_WhileManyCallsRing_BelievesInTheRateAtWhichPeopleAnswer()
    {
        var engine = PacingEngine.Create(new PacingPolicy { Amd = AmdMode.Sync, PriorMachineRate = 0.0001, MaxLinesPerAgent = 100 });
        var chance = new Random(5);
        var flying = new List<(double At, double Ends, bool Human)>();
        double believed = 0;
        var looks = 0;
        for (var second = 0; second < 1500; second++)
        {
            var now = Start + Duration.FromSeconds(second);
            foreach (var call in flying.Where(call => call.Ends <= second).OrderBy(call => call.Ends).ToList())
            {
                engine.Observe(new PacingEvent.Resolved(now, call.Human ? DialOutcome.Human : DialOutcome.NoAnswer, call.Ends - call.At));
                flying.Remove(call);
            }

            for (var i = 0; i < 5; i++)
            {
                var human = chance.NextDouble() < 0.1;
                flying.Add((second, second + (human ? 4 + 12 * chance.NextDouble() : 25), human));
            }

            var plan = engine.Decide(new PacingSnapshot { Agents = [.. Enumerable.Repeat(new PacedAgent(AgentActivity.OnCall, 40), 100)], Calls = [.. flying.Select(call => new PacedCall(second - call.At))], Ledger = new AbandonmentLedger(3, 100) }, now);
            if (second < 300)
                continue;
            believed += plan.AnswerRate;
            looks++;
        }

        (believed / looks).ShouldBe(0.1, 0.006);
    }
}
