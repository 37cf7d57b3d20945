using Dialer.Core.Numbers;
using Dialer.Core.Pacing;
using NodaTime;

namespace Dialer.Core.Tests.Pacing;

public class LearningTests
{
    private static readonly Instant Start = Instant.FromUtc(2026, 3, 2, 15, 0);
    private static readonly PacingSnapshot OneAgent = new() { Agents = [new(AgentActivity.OnCall, 20)], Ledger = new AbandonmentLedger(0, 100) };

    /// <summary>Feeds dials of which every n-th is answered, one each <paramref name="apart"/> seconds, and returns the instant after the last.</summary>
    private static Instant Feed(PacingEngine engine, Instant from, int dials, int everyNth, CallClass kind = default, double apart = 1)
    {
        for (var i = 0; i < dials; i++)
        {
            engine.Decide(OneAgent, from);
            engine.Observe(new PacingEvent.Resolved(from, i % everyNth == 0 ? DialOutcome.Human : DialOutcome.NoAnswer, i % everyNth == 0 ? 11 : 25, kind));
            from += Duration.FromSeconds(apart);
        }

        return from;
    }

    private static double Rate(PacingEngine engine, Instant now, PacingSnapshot? floor = null) => engine.Decide(floor ?? OneAgent, now).AnswerRate;

    [Theory]
    [InlineData(2, 0.5)]
    [InlineData(10, 0.1)]
    public void AnswerRate_IsLearned(int everyNth, double rate)
    {
        var engine = PacingEngine.Create(new PacingPolicy());
        var now = Feed(engine, Start, 600, everyNth);
        Rate(engine, now).ShouldBe(rate, rate * 0.12);
    }

    [Fact]
    public void AnswerRate_IsUntouchedByCallsThatHaveJustBeenLaunched()
    {
        var engine = PacingEngine.Create(new PacingPolicy());
        var now = Feed(engine, Start, 400, 5);
        var ringing = OneAgent with { Calls = [.. Enumerable.Repeat(new PacedCall(1.5), 200)] };
        Rate(engine, now, ringing).ShouldBe(Rate(engine, now), 0.002);
    }

    [Fact]
    public void AnswerRate_FallsWhileOldCallsStillRing()
    {
        var engine = PacingEngine.Create(new PacingPolicy());
        var now = Feed(engine, Start, 400, 5);
        var ringing = OneAgent with { Calls = [.. Enumerable.Repeat(new PacedCall(20), 60)] };
        Rate(engine, now, ringing).ShouldBeLessThan(Rate(engine, now) * 0.9);
    }

    [Fact]
    public void AnswerRate_FollowsAHalvingWithinThreeMinutesOfASmallFloor()
    {
        var engine = PacingEngine.Create(new PacingPolicy());
        var now = Feed(engine, Start, 1500, 3);
        now = Feed(engine, now, 180, 6);
        Rate(engine, now).ShouldBeLessThan(0.24);
    }

    [Fact]
    public void AnswerRate_AfterHoursAtOneLevel_IsHalfWayDownAHundredDialsAfterAHalving()
    {
        var engine = PacingEngine.Create(new PacingPolicy());
        var now = Feed(engine, Start, 3000, 5, apart: 4);
        Rate(engine, now).ShouldBe(0.2, 0.02);
        now = Feed(engine, now, 100, 10, apart: 4);
        Rate(engine, now).ShouldBeLessThan(0.158);
    }

    [Fact]
    public void AnswerRate_IsUnmovedWhenCallsLaunchedTogetherEndTogether()
    {
        var engine = PacingEngine.Create(new PacingPolicy());
        var now = Start;
        for (var wave = 0; wave < 120; wave++, now += Duration.FromSeconds(60))
        {
            for (var i = 0; i < 30; i++)
            {
                if (i == 6)
                    engine.Decide(OneAgent with { Calls = [.. Enumerable.Repeat(new PacedCall(11), 24)] }, now + Duration.FromSeconds(11));
                var seconds = i < 6 ? 11 : 25;
                engine.Observe(new PacingEvent.Resolved(now + Duration.FromSeconds(seconds), i < 6 ? DialOutcome.Human : DialOutcome.NoAnswer, seconds));
            }

            if (wave > 60)
                Rate(engine, now + Duration.FromSeconds(26)).ShouldBe(0.2, 0.03);
        }
    }

    [Fact]
    public void AnswerRate_IsLearnedByClassOfNumber()
    {
        var engine = PacingEngine.Create(new PacingPolicy());
        var (wireless, landline) = (new CallClass(LineType.Wireless), new CallClass(LineType.Landline));
        var now = Feed(engine, Start, 400, 10, wireless);
        now = Feed(engine, now, 400, 2, landline);
        PacingSnapshot With(CallClass kind) => new() { Agents = [.. Enumerable.Repeat(new PacedAgent(AgentActivity.Available, 5), 10)], Calls = [.. Enumerable.Repeat(new PacedCall(5, kind), 10)], Ledger = new AbandonmentLedger(20, 1000) };
        engine.Decide(With(wireless), now).Dials.ShouldBeGreaterThan(engine.Decide(With(landline), now).Dials);
    }

    [Fact]
    public void Cancelled_TeachesNothing()
    {
        var engine = PacingEngine.Create(new PacingPolicy());
        var before = engine.Save();
        engine.Observe(new PacingEvent.Resolved(Start, DialOutcome.Cancelled, 4));
        engine.Memory.Rates.Resolved.ShouldBe(0);
        engine.Memory.Shape.Human.Sum().ShouldBe(PacingEngine.Restore(engine.Policy, before).Memory.Shape.Human.Sum());
    }

    [Fact]
    public void Decide_KnowsThatAgentsLateInWrapUpAreSoonFree()
    {
        var engine = PacingEngine.Create(new PacingPolicy());
        var now = Feed(engine, Start, 400, 5);
        for (var i = 0; i < 300; i++)
        {
            engine.Observe(new PacingEvent.TalkEnded(now, 20 + i % 17 * 20));
            engine.Observe(new PacingEvent.WrapEnded(now, 22 + i % 7));
        }

        PacingSnapshot Wrapping(double seconds) => new() { Agents = [.. Enumerable.Repeat(new PacedAgent(AgentActivity.WrapUp, seconds), 10)], Ledger = new AbandonmentLedger(20, 1000) };
        now += Duration.FromMinutes(1);
        engine.Decide(Wrapping(24), now).Dials.ShouldBeGreaterThan(engine.Decide(Wrapping(1), now).Dials + 10);
    }

    [Fact]
    public void Decide_WithAsynchronousDetection_ExpectsMachinesToTakeAgentsForAMoment()
    {
        PacingPolicy Of(AmdMode amd) => new() { Amd = amd, PriorMachineRate = 0.5 };
        var floor = new PacingSnapshot { Agents = [.. Enumerable.Repeat(new PacedAgent(AgentActivity.Available, 5), 20)], Ledger = new AbandonmentLedger(20, 1000) };
        int Dials(AmdMode amd)
        {
            var engine = PacingEngine.Create(Of(amd));
            for (var i = 0; i < 300; i++)
            {
                var at = Start + Duration.FromSeconds(i);
                engine.Observe(i % 2 == 0 ? new PacingEvent.Classified(at, false, 12, 4) : i % 5 == 0 ? new PacingEvent.Classified(at, true, 10, 4) : new PacingEvent.Resolved(at, DialOutcome.NoAnswer, 25));
            }

            return engine.Decide(floor, Start + Duration.FromMinutes(6)).Dials;
        }

        Dials(AmdMode.Async).ShouldBeLessThan(Dials(AmdMode.Sync));
    }
}
