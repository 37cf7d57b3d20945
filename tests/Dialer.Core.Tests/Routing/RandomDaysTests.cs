using Dialer.Core.Routing;
using NodaTime;
using static Dialer.Core.Routing.AgentState;

namespace Dialer.Core.Tests.Routing;

/// <summary>A thousand working days of random events at the agent's machine, late, doubled and out of order, healed as the service heals.</summary>
public class RandomDaysTests
{
    private static readonly Instant Morning = Instant.FromUtc(2026, 3, 3, 13, 0);
    private static readonly Duration AfterCall = Duration.FromSeconds(45);

    [Fact]
    public void AThousandRandomDays_NeverPutOneAgentInTwoCallsStickHimOrForgetHisIntent()
    {
        var (calls, intents) = (0, 0);
        for (var seed = 0; seed < 1000; seed++)
        {
            var day = new Day(seed);
            for (var i = 0; i < 300; i++)
                day.Step();
            day.End();
            calls += day.Calls;
            intents += day.IntentsHonoured;
        }

        calls.ShouldBeGreaterThan(5_000);
        intents.ShouldBeGreaterThan(1_000);
    }

    private sealed class Day(int seed)
    {
        private readonly Random _random = new(seed);
        private Agent _agent = AgentMachine.Apply(Agent.SignedOut(Morning), new AgentEvent.SignedIn(), Morning)!;
        private Instant _now = Morning;
        private long _attempt;
        private AttemptId? _live;
        private (AgentState State, string? Reason)? _asked;

        public int Calls { get; private set; }

        public int IntentsHonoured { get; private set; }

        public void Step()
        {
            _now += Duration.FromSeconds(_random.Next(1, 40));
            Happen(_random.Next(13) switch
            {
                0 => new AgentEvent.SoftphoneUp(),
                1 => new AgentEvent.SoftphoneDown(),
                2 => new AgentEvent.HeartbeatLost(),
                3 => new AgentEvent.HeartbeatBack(),
                4 => new AgentEvent.Requested(Available, null),
                5 => new AgentEvent.Requested(Break, "lunch"),
                6 or 7 => new AgentEvent.Reserve(new AttemptId(++_attempt), _now + Duration.FromSeconds(10)),
                8 => new AgentEvent.Joined(Some()),
                9 => new AgentEvent.CallEnded(Some(), _random.Next(3) == 0 ? Duration.Zero : AfterCall),
                10 => new AgentEvent.Disposed(Some()),
                11 => new AgentEvent.Extend(Duration.FromSeconds(30)),
                _ => new AgentEvent.TimedOut(),
            });
            Heal();
        }

        /// <summary>Whatever the state, the healers bring the agent to rest within the longest time any state may last.</summary>
        public void End()
        {
            for (var i = 0; i < 4 && _agent.State is Reserved or OnCall or WrapUp; i++)
            {
                _now += Duration.FromMinutes(3);
                if (_agent.State is OnCall)
                    Happen(new AgentEvent.CallEnded(_agent.Attempt!.Value, AfterCall)); // the keeper, of a call that is over
                Heal();
            }

            _agent.State.ShouldBeOneOf(Available, Break, NotResponding, Offline);
        }

        private void Heal()
        {
            if (_agent.Until <= _now)
                Happen(new AgentEvent.TimedOut());
            if (_agent.State == OnCall && _random.Next(20) == 0)
                Happen(new AgentEvent.CallEnded(_agent.Attempt!.Value, AfterCall));
        }

        private void Happen(AgentEvent happened)
        {
            var before = _agent;
            if (AgentMachine.Apply(before, happened, _now) is not { } after)
                return;
            _agent = after;
            if (happened is AgentEvent.Requested asked && before.State is Reserved or OnCall or WrapUp)
                _asked = asked.State == Available ? null : (asked.State, asked.Reason);
            if (after.State is Reserved && before.State is not Reserved)
            {
                _live.ShouldBeNull($"seed {seed}: a second call while the first is not over");
                _live = after.Attempt;
                Calls++;
            }

            if (after.State is not (Reserved or OnCall or WrapUp))
                Rested(before, after);
            if (after.State is Reserved or OnCall or WrapUp)
                after.Attempt.ShouldBe(_live, $"seed {seed}");
            if (after.State is Reserved or WrapUp)
                after.Until.ShouldNotBeNull($"seed {seed}: {after.State} would never end by itself");
            if (after.State == Available)
                after.SoftphoneConnected.ShouldBeTrue($"seed {seed}: available without a telephone");
        }

        private void Rested(Agent before, Agent after)
        {
            after.Attempt.ShouldBeNull($"seed {seed}");
            if (before.State is Reserved or OnCall or WrapUp && _asked is { } asked)
            {
                (after.State, after.Reason).ShouldBe(asked, $"seed {seed}: what was asked for during the call is not what came after it");
                IntentsHonoured++;
            }

            (_live, _asked) = (null, null);
        }

        /// <summary>The call in hand, or an old one, as late events name it.</summary>
        private AttemptId Some() => _random.Next(4) == 0 || _live is null ? new AttemptId(Math.Max(1, _attempt - _random.Next(3))) : _live.Value;
    }
}
