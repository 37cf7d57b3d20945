namespace Dialer.Core.Pacing;

/// <summary>Learned curves turned into tables for one decision after another: who answers when, and who is free again when.</summary>
/// <remarks>Recomputed from memory a few times a minute: curves change slowly, while <see cref="AnswerLevels"/> are settled at every decision.</remarks>
internal sealed class ReleaseTables
{
    internal const int Moments = 8;
    private const int Grid = 140;
    private const double Step = DurationCurve.Step;

    private readonly double[] _human = new double[RingShape.Bins + 1];
    private readonly double[] _machine = new double[RingShape.Bins + 1];
    private readonly double[] _nothing = new double[RingShape.Bins + 1];
    private readonly double[] _humanHolds = new double[RingShape.Bins * Moments];
    private readonly double[] _machineHolds = new double[RingShape.Bins * Moments];
    private readonly double[] _talk = new double[DurationCurve.Bins * Moments];
    private readonly double[] _wrap = new double[DurationCurve.Bins * Moments];
    private readonly double[] _screening = new double[DurationCurve.Bins * Moments];
    private readonly double[] _running = new double[DurationCurve.Bins * 3];
    private readonly double[] _talkLasts = new double[Grid];
    private readonly double[] _wrapLasts = new double[Grid];
    private readonly double[] _scratch = new double[Grid];
    private readonly double[] _held = new double[Grid];
    private readonly double[] _screens = new double[Grid];

    /// <summary>Seconds from now of each moment: the middles of eight equal parts of the law of ring-to-answer.</summary>
    public double[] At { get; } = new double[Moments];

    public void Settle(PacingMemory memory, PacingPolicy policy, PacingSnapshot snapshot)
    {
        Cumulate(memory.Shape.Human, _human);
        Cumulate(memory.Shape.Machine, _machine);
        Cumulate(memory.Shape.Nothing, _nothing);
        var bin = 0;
        for (var moment = 0; moment < Moments; moment++)
        {
            while (_human[bin] < (moment + 0.5) / Moments && bin < RingShape.Bins - 1)
                bin++;
            At[moment] = bin * RingShape.BinSeconds;
        }

        SettleCurves(memory, snapshot);
        SettleHolds(policy);
        Release(memory.Talk, _talk, policy.ConnectWithinSeconds, thenWrap: true);
        Release(memory.Wrap, _wrap, policy.ConnectWithinSeconds, thenWrap: false);
        Release(memory.Screening, _screening, policy.ConnectWithinSeconds, thenWrap: false);
    }

    private static void Cumulate(double[] counts, double[] upTo)
    {
        var sum = counts.Sum();
        upTo[0] = 0;
        for (var bin = 0; bin < RingShape.Bins; bin++)
            upTo[bin + 1] = upTo[bin] + (sum > 0 ? counts[bin] / sum : 0);
    }

    private void SettleCurves(PacingMemory memory, PacingSnapshot snapshot)
    {
        Array.Clear(_running);
        var bins = DurationCurve.Bins;
        for (var i = 0; i < snapshot.Agents.Count; i++)
        {
            var agent = snapshot.Agents[i];
            if (agent.Activity == AgentActivity.OnCall && !agent.AwaitingVerdict)
                DurationCurve.AddRunning(_running.AsSpan(0, bins), agent.Seconds);
            else if (agent.Activity == AgentActivity.WrapUp)
                DurationCurve.AddRunning(_running.AsSpan(bins, bins), agent.Seconds);
        }

        memory.Talk.Settle(_running.AsSpan(0, bins));
        memory.Wrap.Settle(_running.AsSpan(bins, bins));
        memory.Screening.Settle(_running.AsSpan(2 * bins, bins));
        memory.Talk.Survival(0, _talkLasts);
        memory.Wrap.Survival(0, _wrapLasts);
        memory.Screening.Survival(0, _screens);
    }

    /// <summary>For a call of each age: chance that a person who answers then still holds an agent at each moment, and the same for a machine.</summary>
    private void SettleHolds(PacingPolicy policy)
    {
        _held[0] = 1;
        for (var i = 1; i < Grid; i++)
        {
            _held[i] = _talkLasts[i];
            for (var ended = 1; ended <= i; ended++)
                _held[i] += (_talkLasts[ended - 1] - _talkLasts[ended]) * _wrapLasts[i - ended];
        }

        Array.Clear(_humanHolds);
        Array.Clear(_machineHolds);
        var bridgesMachines = policy.Amd != AmdMode.Sync;
        for (var age = 0; age < RingShape.Bins && _human[age] + _machine[age] < 2 - 1e-9; age++)
        {
            for (var moment = 0; moment < Moments; moment++)
            {
                double human = 0, machine = 0;
                var ahead = (int)(At[moment] / RingShape.BinSeconds);
                var last = Math.Min(age + ahead, RingShape.Bins);
                for (var bin = age; bin < last; bin++)
                {
                    var since = Math.Min(age + ahead - 1 - bin, Grid - 1);
                    human += (_human[bin + 1] - _human[bin]) * _held[since];
                    if (bridgesMachines)
                        machine += (_machine[bin + 1] - _machine[bin]) * _screens[since];
                }

                _humanHolds[age * Moments + moment] = human;
                _machineHolds[age * Moments + moment] = machine;
            }
        }
    }

    private void Release(DurationCurve curve, double[] table, double slack, bool thenWrap)
    {
        var steps = Math.Min(Grid, (int)((At[Moments - 1] + slack) / Step) + 2);
        for (var bin = 0; bin < DurationCurve.Bins; bin++)
        {
            var lasts = _scratch.AsSpan(0, steps);
            curve.Survival(bin, lasts);
            for (var moment = 0; moment < Moments; moment++)
            {
                var by = Math.Min(steps - 1, (int)((At[moment] + slack) / Step));
                var free = thenWrap ? 0 : 1 - lasts[by];
                for (var ended = 1; thenWrap && ended <= by; ended++)
                    free += (lasts[ended - 1] - lasts[ended]) * (1 - _wrapLasts[by - ended]);
                table[bin * Moments + moment] = free;
            }
        }
    }

    /// <summary>Chance that a dial has not been resolved by this age.</summary>
    public double Unresolved(AnswerLevel level, int age) =>
        Math.Max(1e-3, 1 - level.Human * _human[age] - level.Machine * _machine[age] - level.Nothing * _nothing[age]);

    public double HumanBy(int age) => _human[age];

    public double HumanLater(AnswerLevel level, int age) => level.Human * (1 - _human[age]);

    /// <summary>Chance, at launch, that a dial now of this age comes to hold an agent at the moment; divide by <see cref="Unresolved"/>.</summary>
    public double Occupies(AnswerLevel level, int age, int moment) =>
        level.Human * _humanHolds[age * Moments + moment] + level.Machine * _machineHolds[age * Moments + moment];

    /// <summary>The row of release chances for this agent, or null for one who is idle or will not be free.</summary>
    public (double[] Table, int Row)? Releases(PacedAgent agent) => agent.Activity switch
    {
        AgentActivity.Reserved => (_talk, 0),
        AgentActivity.OnCall when agent.AwaitingVerdict => (_screening, DurationCurve.BinOf(agent.Seconds)),
        AgentActivity.OnCall => (_talk, DurationCurve.BinOf(agent.Seconds)),
        AgentActivity.WrapUp => (_wrap, DurationCurve.BinOf(agent.Seconds)),
        _ => null,
    };

    public static double Release((double[] Table, int Row) row, int moment) => row.Table[row.Row * Moments + moment];
}
