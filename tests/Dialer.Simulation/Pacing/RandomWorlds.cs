using System.Text.Json;
using Dialer.Core.Pacing;
using Dialer.Simulator.PacingLab;

namespace Dialer.Simulation.Pacing;

/// <summary>Worlds drawn from seeds: whatever the floor does, the engine's promises hold.</summary>
public class RandomWorlds
{
    private static LabCell World(int seed)
    {
        var chance = new Random(seed);
        var agents = chance.Next(1, 30);
        return new LabCell
        {
            Name = $"world {seed}",
            Agents = agents,
            AnswerRate = 0.03 + 0.6 * chance.NextDouble(),
            MachineOfRest = 0.6 * chance.NextDouble(),
            FailOfRest = 0.3 * chance.NextDouble(),
            TalkMean = 20 + 300 * chance.NextDouble(),
            TalkCv = 2 * chance.NextDouble(),
            WrapMean = 3 + 60 * chance.NextDouble(),
            RingMean = 4 + 12 * chance.NextDouble(),
            Hold = chance.Next(3),
            CallsPerSecond = chance.Next(0, 6),
            Amd = (AmdMode)chance.Next(3),
            AmdDelay = 4 * chance.NextDouble(),
            AmdMiss = 0.2 * chance.NextDouble(),
            CommonDeviation = 0.5 * chance.NextDouble(),
            Rates = [new(900, 0.3 + 2 * chance.NextDouble())],
            Roster = [new(0, chance.Next(1, agents + 1)), new(1200, chance.Next(0, agents + 1)), new(2400, chance.Next(0, agents + 1))],
            ListStock = chance.Next(2) == 0 ? 0 : chance.Next(50, 2000),
            HoursPerDay = 1,
            InboundPerMinute = chance.Next(2) == 0 ? 0 : agents * chance.NextDouble() / 4,
        };
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 24)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_promise_holds(int seed)
    {
        var cell = World(seed);
        var auditor = new Auditor(cell);
        var result = new LabFloor(cell, auditor, (ulong)seed).Run(1);
        auditor.Broken.ShouldBeEmpty();
        if (cell.CallsPerSecond > 0)
            result.MostInOneSecond.ShouldBeLessThanOrEqualTo(cell.CallsPerSecond);
        if (cell.ListStock > 0)
            result.Dials.ShouldBeLessThanOrEqualTo(cell.ListStock);
        (result.Talk + result.Wrap + result.Screening).ShouldBeLessThanOrEqualTo(result.SignedIn + 1e-6);
        result.Answers.ShouldBeLessThanOrEqualTo(result.Dials);
        result.Abandoned.ShouldBeLessThanOrEqualTo(result.Answers);
    }

    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    public void The_same_log_of_events_and_snapshots_gives_the_same_plans_bit_for_bit(int seed)
    {
        var cell = World(seed);
        var auditor = new Auditor(cell) { KeepsLog = true };
        new LabFloor(cell, auditor, (ulong)seed).Run(1);
        auditor.Log.Count.ShouldBeGreaterThan(1000);
        var again = PacingEngine.Create(auditor.Policy);
        foreach (var (happened, snapshot, now, dials, loss) in auditor.Log)
        {
            if (happened is not null)
                again.Observe(happened);
            if (snapshot is null)
                continue;
            var plan = again.Decide(snapshot, now);
            plan.Dials.ShouldBe(dials);
            BitConverter.DoubleToInt64Bits(plan.Loss).ShouldBe(BitConverter.DoubleToInt64Bits(loss));
        }
    }

    [Fact]
    public void A_new_leader_that_resumes_in_mid_flight_neither_spikes_nor_pauses()
    {
        var cell = new LabCell { Name = "failover", Agents = 20, AnswerRate = 0.2, HoursPerDay = 2 };
        var steady = new Trial(2, 1).Run(cell, new Contender("steady", (floor, _) => new EnginePacer(EnginePacer.PolicyOf(floor, hardGate: false))));
        var relay = new Trial(2, 1).Run(cell, new Contender("relay", (floor, _) => new Relay(floor)));
        relay.Utilisation.Mean.ShouldBe(steady.Utilisation.Mean, 1.5);
        relay.Abandonment.ShouldBeLessThan(steady.Abandonment + 0.8);
    }

    /// <summary>Hands over to a new leader, through JSON, every minute.</summary>
    private sealed class Relay(LabCell cell) : IPacer
    {
        private EnginePacer _leader = new(EnginePacer.PolicyOf(cell, hardGate: false));
        private int _decisions;

        public double Interval => 1;

        public bool OnEvents => true;

        public bool Listens => true;

        public void StartDay(LabFloor floor) => _leader.StartDay(floor);

        public void Observe(PacingEvent happened) => _leader.Observe(happened);

        public int Dials(LabFloor floor)
        {
            if (++_decisions % 120 == 0)
                _leader = new EnginePacer(_leader.Engine.Policy, memory: _leader.Engine.Save());
            return _leader.Dials(floor);
        }
    }

    /// <summary>The engine with somebody looking over its shoulder.</summary>
    private sealed class Auditor(LabCell cell) : IPacer
    {
        private readonly PacingEngine _engine = PacingEngine.Create(EnginePacer.PolicyOf(cell, hardGate: true));

        public List<string> Broken { get; } = [];

        public List<(PacingEvent? Event, PacingSnapshot? Snapshot, NodaTime.Instant Now, int Dials, double Loss)> Log { get; } = [];

        public bool KeepsLog { get; init; }

        public PacingPolicy Policy => _engine.Policy;

        public double Interval => 0.5;

        public bool OnEvents => true;

        public bool Listens => true;

        public void StartDay(LabFloor floor)
        {
        }

        public void Observe(PacingEvent happened)
        {
            _engine.Observe(happened);
            if (KeepsLog)
                Log.Add((happened, null, happened.At, 0, 0));
        }

        public int Dials(LabFloor floor)
        {
            List<PacedAgent> agents = [];
            List<PacedCall> calls = [];
            List<double> waiting = [];
            floor.See(agents, calls, waiting);
            var ledger = new AbandonmentLedger(floor.Result.Abandoned, floor.Result.Answers);
            var snapshot = new PacingSnapshot { Agents = agents, Calls = calls, Waiting = waiting, Ledger = ledger, Limits = new PacingLimits(floor.CallTokens, int.MaxValue, (int)Math.Min(int.MaxValue, floor.Stock)) };
            var plan = _engine.Decide(snapshot, floor.Now);
            Check(plan, snapshot, ledger, floor);
            if (KeepsLog)
                Log.Add((null, snapshot, floor.Now, plan.Dials, plan.Loss));
            return plan.Dials;
        }

        private void Check(PacingPlan plan, PacingSnapshot snapshot, AbandonmentLedger ledger, LabFloor floor)
        {
            var idle = Math.Max(0, plan.Idle - plan.InFlight);
            Demand(plan.Dials >= 0, "a negative number of dials");
            Demand(plan.Dials == 0 || floor.SignedIn > 0, "a dial without an agent signed in");
            Demand(plan.Dials == 0 || plan.Working > 0, "a dial without an agent who will stay");
            Demand(plan.Dials <= Math.Max(0, snapshot.Limits.CallTokens), "more dials than tokens");
            Demand(plan.Dials <= snapshot.Limits.ListStock, "more dials than numbers");
            Demand(double.IsFinite(plan.Loss) && plan.Loss is >= 0 and <= 1.0000001, $"a loss of {plan.Loss}");
            Demand(double.IsFinite(plan.ExpectedAbandonment) && plan.ExpectedAbandonment is >= 0 and <= 1, $"an expected abandonment of {plan.ExpectedAbandonment}");
            Demand(plan.AnswerRate is >= 0 and <= 1, $"an answer rate of {plan.AnswerRate}");
            Demand(plan.Dials <= idle || ledger.Abandoned + 1 <= 0.03 * (ledger.LiveAnswers + 1), "more than one line an idle agent although the next abandoned call would break the cap");
            Demand(plan.Reasons.Count > 0, "no reason");
        }

        private void Demand(bool holds, string broken)
        {
            if (!holds && Broken.Count < 10)
                Broken.Add(broken);
        }
    }

    [Fact]
    public void What_is_remembered_does_not_grow()
    {
        var cell = new LabCell { Name = "week", Agents = 5, AnswerRate = 0.2 };
        var pacer = new EnginePacer(EnginePacer.PolicyOf(cell, hardGate: true), 5, onEvents: false);
        var floor = new LabFloor(cell, pacer, 7);
        floor.Run(1);
        var after = pacer.Engine.Save().Length;
        floor.Run(6);
        JsonDocument.Parse(pacer.Engine.Save()).RootElement.ValueKind.ShouldBe(JsonValueKind.Object);
        pacer.Engine.Save().Length.ShouldBeLessThan(after + after / 5);
    }
}
