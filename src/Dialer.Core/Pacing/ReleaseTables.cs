using System.Runtime.Intrinsics;

namespace Dialer.Core.Pacing;

/// <summary>Learned curves turned into tables for one decision after another: who answers when, and who is free again when.</summary>
/// <remarks>
/// Settled from memory a few times a minute: curves change slowly, while <see cref="AnswerLevels"/> are settled at every decision. A row has the eight moments in its lanes and is worked out,
/// from what was settled, when it is first asked for: a floor meets few of the ages and times in state that there are.
/// </remarks>
internal sealed class ReleaseTables
{
    internal const int Moments = EightLaws.Lanes;
    private const int Grid = 140;
    private const double Step = DurationCurve.Step;

    private readonly double[] _human = new double[RingShape.Bins + 1];
    private readonly double[] _machine = new double[RingShape.Bins + 1];
    private readonly double[] _nothing = new double[RingShape.Bins + 1];
    private readonly double[] _running = new double[DurationCurve.Bins * 3];
    private readonly double[] _talkLasts = new double[Grid];
    private readonly double[] _wrapLasts = new double[Grid];
    private readonly double[] _screens = new double[Grid];
    private readonly double[] _held = new double[Grid];
    private readonly double[] _scratch = new double[Grid];
    private readonly int[] _ahead = new int[Moments];
    private readonly int[] _by = new int[Moments];

    /// <summary>Row j: chance that a person who answers j bins from now still holds an agent at each moment; 0 for a moment before that.</summary>
    private readonly Vector512<double>[] _heldThen = new Vector512<double>[Grid];
    private readonly Vector512<double>[] _screensThen = new Vector512<double>[Grid];

    /// <summary>Row j: chance that wrap-up begun j steps from now is over by each moment; 0 for a moment before that.</summary>
    private readonly Vector512<double>[] _wrappedThen = new Vector512<double>[Grid + 1];

    private readonly Vector512<double>[] _humanHolds = new Vector512<double>[RingShape.Bins];
    private readonly Vector512<double>[] _machineHolds = new Vector512<double>[RingShape.Bins];
    private readonly Vector512<double>[] _talk = new Vector512<double>[DurationCurve.Bins];
    private readonly Vector512<double>[] _wrap = new Vector512<double>[DurationCurve.Bins];
    private readonly Vector512<double>[] _screening = new Vector512<double>[DurationCurve.Bins];

    /// <summary>For each row the settling it was worked out in.</summary>
    private readonly int[] _holdsOf = new int[RingShape.Bins];
    private readonly int[] _talkOf = new int[DurationCurve.Bins];
    private readonly int[] _wrapOf = new int[DurationCurve.Bins];
    private readonly int[] _screeningOf = new int[DurationCurve.Bins];

    private DurationCurve _talks = new();
    private DurationCurve _wraps = new();
    private DurationCurve _verdicts = new();
    private bool _bridgesMachines;
    private int _settling;
    private int _steps;

    /// <summary>Seconds from now of each moment: the middles of eight equal parts of the law of ring-to-answer.</summary>
    public Vector512<double> At { get; private set; }

    public void Settle(PacingMemory memory, PacingPolicy policy, PacingSnapshot snapshot)
    {
        _settling++;
        (_talks, _wraps, _verdicts) = (memory.Talk, memory.Wrap, memory.Screening);
        _bridgesMachines = policy.Amd != AmdMode.Sync;
        Cumulate(memory.Shape.Human, _human);
        Cumulate(memory.Shape.Machine, _machine);
        Cumulate(memory.Shape.Nothing, _nothing);
        SettleMoments(policy.ConnectWithinSeconds);
        SettleCurves(memory, snapshot);
        SettleHeld();
    }

    private static void Cumulate(double[] counts, double[] upTo)
    {
        var sum = counts.Sum();
        upTo[0] = 0;
        for (var bin = 0; bin < RingShape.Bins; bin++)
            upTo[bin + 1] = upTo[bin] + (sum > 0 ? counts[bin] / sum : 0);
    }

    /// <param name="slack">Seconds that an answered call may wait for an agent.</param>
    private void SettleMoments(double slack)
    {
        var bin = 0;
        for (var moment = 0; moment < Moments; moment++)
        {
            while (_human[bin] < (moment + 0.5) / Moments && bin < RingShape.Bins - 1)
                bin++;
            _ahead[moment] = bin;
            At = At.WithElement(moment, bin * RingShape.BinSeconds);
            _by[moment] = (int)((At[moment] + slack) / Step);
        }

        _steps = Math.Min(Grid, _by[^1] + 2);
        for (var moment = 0; moment < Moments; moment++)
            _by[moment] = Math.Min(_steps - 1, _by[moment]);
    }

    private void SettleCurves(PacingMemory memory, PacingSnapshot snapshot)
    {
        Array.Clear(_running);
        var bins = DurationCurve.Bins;
        foreach (ref readonly var agent in Spans.Of(snapshot.Agents))
        {
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

    /// <summary>Chance of still holding an agent so long after an answer, in talk or wrap-up, and what follows from it for each moment.</summary>
    private void SettleHeld()
    {
        _held[0] = 1;
        for (var i = 1; i < _ahead[^1]; i++)
        {
            _held[i] = _talkLasts[i];
            for (var ended = 1; ended <= i; ended++)
                _held[i] += (_talkLasts[ended - 1] - _talkLasts[ended]) * _wrapLasts[i - ended];
        }

        Span<double> held = stackalloc double[Moments], screens = stackalloc double[Moments], wrapped = stackalloc double[Moments];
        for (var bin = 0; bin < _ahead[^1]; bin++)
        {
            for (var moment = 0; moment < Moments; moment++)
            {
                var since = _ahead[moment] - 1 - bin;
                (held[moment], screens[moment]) = since < 0 ? (0d, 0d) : (_held[since], _screens[since]);
            }

            (_heldThen[bin], _screensThen[bin]) = (Vector512.Create<double>(held), Vector512.Create<double>(screens));
        }

        for (var step = 1; step <= _by[^1]; step++)
        {
            for (var moment = 0; moment < Moments; moment++)
                wrapped[moment] = _by[moment] < step ? 0 : 1 - _wrapLasts[_by[moment] - step];
            _wrappedThen[step] = Vector512.Create<double>(wrapped);
        }
    }

    private bool IsNew(int[] settledOf, int row)
    {
        if (settledOf[row] == _settling)
            return false;
        settledOf[row] = _settling;
        return true;
    }

    /// <summary>For a call of this age: chance that a person who answers then still holds an agent at each moment, and the same for a machine.</summary>
    private void SettleHolds(int age)
    {
        Vector512<double> human = default, machine = default;
        if (_human[age] + _machine[age] < 2 - 1e-9)
        {
            var most = Math.Min(_ahead[^1], RingShape.Bins - age);
            for (var bin = 0; bin < most; bin++)
            {
                human += (_human[age + bin + 1] - _human[age + bin]) * _heldThen[bin];
                if (_bridgesMachines)
                    machine += (_machine[age + bin + 1] - _machine[age + bin]) * _screensThen[bin];
            }
        }

        (_humanHolds[age], _machineHolds[age]) = (human, machine);
    }

    /// <summary>For talk that has reached this bin: chance that it and the wrap-up after it are over by each moment.</summary>
    private Vector512<double> Talk(int bin)
    {
        if (!IsNew(_talkOf, bin))
            return _talk[bin];
        var lasts = _scratch.AsSpan(0, _steps);
        _talks.Survival(bin, lasts);
        Vector512<double> free = default;
        for (var ended = 1; ended <= _by[^1]; ended++)
            free += (lasts[ended - 1] - lasts[ended]) * _wrappedThen[ended];
        return _talk[bin] = free;
    }

    /// <summary>For something that has reached this bin and leaves its agent free: chance that it is over by each moment.</summary>
    private Vector512<double> Over(DurationCurve curve, int bin, Vector512<double>[] table, int[] settledOf)
    {
        if (!IsNew(settledOf, bin))
            return table[bin];
        var lasts = _scratch.AsSpan(0, _steps);
        curve.Survival(bin, lasts);
        Span<double> free = stackalloc double[Moments];
        for (var moment = 0; moment < Moments; moment++)
            free[moment] = 1 - lasts[_by[moment]];
        return table[bin] = Vector512.Create<double>(free);
    }

    /// <summary>Chance that a dial has not been resolved by this age.</summary>
    public double Unresolved(AnswerLevel level, int age) =>
        Math.Max(1e-3, 1 - level.Human * _human[age] - level.Machine * _machine[age] - level.Nothing * _nothing[age]);

    public double HumanBy(int age) => _human[age];

    public double HumanLater(AnswerLevel level, int age) => level.Human * (1 - _human[age]);

    /// <summary>Chance, at launch, that a dial now of this age comes to hold an agent at each moment; divide by <see cref="Unresolved"/>.</summary>
    public Vector512<double> Occupies(AnswerLevel level, int age)
    {
        if (IsNew(_holdsOf, age))
            SettleHolds(age);
        return level.Human * _humanHolds[age] + level.Machine * _machineHolds[age];
    }

    /// <summary>Chance that this agent is free by each moment, apart from what the verdict will be; false for one who is idle or will not be free.</summary>
    public bool Releases(in PacedAgent agent, out Vector512<double> chances)
    {
        chances = default;
        if (agent.Activity is not (AgentActivity.Reserved or AgentActivity.OnCall or AgentActivity.WrapUp))
            return false;
        var bin = agent.Activity == AgentActivity.Reserved ? 0 : DurationCurve.BinOf(agent.Seconds);
        chances = agent.Activity switch
        {
            AgentActivity.WrapUp => Over(_wraps, bin, _wrap, _wrapOf),
            AgentActivity.OnCall when agent.AwaitingVerdict => Over(_verdicts, bin, _screening, _screeningOf),
            _ => Talk(bin),
        };
        return true;
    }
}
