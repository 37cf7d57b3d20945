using Dialer.Core.Pacing;

namespace Dialer.Simulator.PacingLab;

internal enum Fate : byte
{
    Human = 0,
    Machine,
    Fail,
    NoAnswer,
}

/// <summary>The lines of a floor: launches, fates, answers, and the calls that wait for an agent.</summary>
public sealed partial class LabFloor
{
    private static readonly LogNormalLaw SetUp = LogNormalLaw.Of(2.5, 0.4);
    private static readonly LogNormalLaw MachineRing = LogNormalLaw.Of(18, 0.25);
    private static readonly LogNormalLaw ShortTalk = LogNormalLaw.Of(40, 0.8);
    private static readonly LogNormalLaw LongTalk = LogNormalLaw.Of(290, 0.7);

    private readonly double[] _launches;
    private readonly Laws _laws;
    private Line[] _lines = new Line[256];
    private int[] _freeLines = new int[256];
    private int _freeCount;
    private int[] _ringing = new int[256];
    private readonly List<int> _waiting = [];
    private readonly Queue<int> _callers = new();
    private int _launchAt;
    private long _arrivals;
    private readonly Queue<double> _lastSecond = new();

    /// <summary>The laws of this cell's times.</summary>
    private readonly record struct Laws(LogNormalLaw Ring, LogNormalLaw Verdict, LogNormalLaw Talk, LogNormalLaw Wrap)
    {
        public static Laws Of(LabCell cell) =>
            new(LogNormalLaw.Of(cell.RingMean, 0.5), LogNormalLaw.Of(cell.AmdDelay, 0.3), LogNormalLaw.Of(cell.TalkMean, cell.TalkCv), LogNormalLaw.Of(cell.WrapMean, 0.6));
    }

    private struct Line
    {
        public Fate Fate;
        public bool Bridged;
        public bool Live;
        public int Place;
        public int Generation;
        public long Dial;
        public double LaunchedAt;
        public double RingSeconds;
        public double AnsweredAt;
        public double Verdict;
        public double Talk;
        public double Wrap;
    }

    /// <summary>Calls in flight.</summary>
    public int Ringing { get; private set; }

    public int Waiting => _waiting.Count;

    /// <summary>Callers in for whom nobody has been free yet.</summary>
    public int CallersWaiting => _callers.Count;

    public long Stock => _stock;

    /// <summary>Launches that the calls-per-second limit lets go at this instant: never more than the limit in any sliding second.</summary>
    public double CallTokens
    {
        get
        {
            if (_cell.CallsPerSecond == 0)
                return double.MaxValue;
            var free = 0;
            foreach (var at in _launches)
                free += _now - at >= 1 ? 1 : 0;
            return free;
        }
    }

    private void ClearLines()
    {
        Ringing = 0;
        _lastSecond.Clear();
        _waiting.Clear();
        _callers.Clear();
        _freeCount = 0;
        for (var i = _lines.Length - 1; i >= 0; i--)
        {
            _lines[i].Live = false;
            PushFree(i);
        }
    }

    private void PushFree(int line)
    {
        if (_freeCount == _freeLines.Length)
            Array.Resize(ref _freeLines, _freeCount * 2);
        _freeLines[_freeCount++] = line;
    }

    private int TakeLine()
    {
        if (_freeCount == 0)
        {
            var had = _lines.Length;
            Array.Resize(ref _lines, had * 2);
            for (var i = _lines.Length - 1; i >= had; i--)
                PushFree(i);
        }

        return _freeLines[--_freeCount];
    }

    private void NextArrival()
    {
        if (_cell.InboundPerMinute > 0)
            _heap.Push(_now + _chance.Exponential(_arrivals, 30, 60 / _cell.InboundPerMinute), FloorEvent.Inbound);
    }

    /// <summary>Somebody calls in and wants an agent.</summary>
    private void Arrive()
    {
        var (id, caller) = (TakeLine(), _arrivals++);
        _lines[id] = new Line
        {
            Live = true,
            Generation = _lines[id].Generation + 1,
            Fate = Fate.Human,
            AnsweredAt = _now,
            Talk = _chance.LogNormal(caller, 31, _laws.Talk),
            Wrap = _chance.LogNormal(caller, 32, _laws.Wrap),
        };
        NextArrival();
        if (_idle.TryDequeue(out var agent))
            Bridge(agent, id);
        else
            _callers.Enqueue(id);
    }

    private void Launch()
    {
        var id = TakeLine();
        _lines[id] = Draw(_nextDial++, _now, _lines[id].Generation + 1);
        _stock--;
        _launches[_launchAt] = _now;
        _launchAt = (_launchAt + 1) % _launches.Length;
        _result.Dials++;
        CountSecond();
        if (Ringing == _ringing.Length)
            Array.Resize(ref _ringing, Ringing * 2);
        _lines[id].Place = Ringing;
        _ringing[Ringing++] = id;
        _result.PeakLines = Math.Max(_result.PeakLines, Ringing);
        _heap.Push(_now + _lines[id].RingSeconds, FloorEvent.Resolve, id);
        if (_pacer.Listens)
            _pacer.Observe(new PacingEvent.Launched(Now));
    }

    /// <summary>The auditor's own count, independent of the limiter: launches in the second that ends now.</summary>
    private void CountSecond()
    {
        _lastSecond.Enqueue(_now);
        while (_lastSecond.Peek() <= _now - 1)
            _lastSecond.Dequeue();
        _result.MostInOneSecond = Math.Max(_result.MostInOneSecond, _lastSecond.Count);
    }

    /// <summary>The fate of a dial launched now.</summary>
    private Line Draw(long dial, double at, int generation)
    {
        var line = new Line { Live = true, Dial = dial, LaunchedAt = at, Generation = generation };
        if (_cell.Law == FloorLaw.Markov)
            return MarkovFate(line);
        var u = _chance.Uniform(dial, 0);
        var human = AnswerRateAt(at);
        var rest = (u - human) / (1 - human);
        line.Fate = u < human ? Fate.Human : rest < _cell.MachineOfRest ? Fate.Machine : rest < _cell.MachineOfRest + _cell.FailOfRest ? Fate.Fail : Fate.NoAnswer;
        double ring;
        if (at >= _cell.OutageFrom && at < _cell.OutageTo)
            (line.Fate, ring) = (Fate.Fail, 2);
        else
            ring = Rings(dial, line.Fate);
        if (ring >= _cell.RingTimeout)
            (line.Fate, ring) = (Fate.NoAnswer, _cell.RingTimeout);
        line.RingSeconds = ring;
        if (line.Fate is Fate.Human or Fate.Machine)
            Converse(ref line);
        return line;
    }

    /// <summary>Seconds from launch to this fate, if the line may ring so long. Numbers are addressed, not drawn in turn: what a fate does not need is not worked out.</summary>
    private double Rings(long dial, Fate fate) => fate switch
    {
        Fate.Human => _chance.LogNormal(dial, 1, SetUp) + _chance.LogNormal(dial, 2, _laws.Ring),
        Fate.Machine => _chance.LogNormal(dial, 1, SetUp) + _chance.LogNormal(dial, 2, MachineRing),
        Fate.Fail => _chance.LogNormal(dial, 1, SetUp) + 1 + _chance.Exponential(dial, 2, 2),
        _ => _cell.RingTimeout,
    };

    /// <summary>Of the people, and of the machines, who would answer a dial of this cell, the shares who do so before it is given up.</summary>
    public static (double Human, double Machine) InTime(LabCell cell)
    {
        const int Draws = 20_000;
        if (cell.Law == FloorLaw.Markov)
            return (1, 1);
        var (chance, laws) = (new Chance(4711), Laws.Of(cell));
        int human = 0, machine = 0;
        for (var i = 0; i < Draws; i++)
        {
            var setUp = chance.LogNormal(i, 1, SetUp);
            human += setUp + chance.LogNormal(i, 2, laws.Ring) < cell.RingTimeout ? 1 : 0;
            machine += setUp + chance.LogNormal(i, 3, MachineRing) < cell.RingTimeout ? 1 : 0;
        }

        return (human / (double)Draws, machine / (double)Draws);
    }

    /// <summary>Of the people who would answer a dial of this cell, and of all other dials, the shares that still ring at each age.</summary>
    public static (double[] Human, double[] Other) StillRinging(LabCell cell, double bin, int bins)
    {
        const int Draws = 20_000;
        var (chance, laws, human, rest) = (new Chance(4712), Laws.Of(cell), new double[bins], new double[bins]);
        for (var i = 0; i < Draws; i++)
        {
            var (setUp, kind) = (chance.LogNormal(i, 1, SetUp), chance.Uniform(i, 0));
            var answered = Math.Min(cell.RingTimeout, setUp + chance.LogNormal(i, 2, laws.Ring));
            var ended = kind < cell.MachineOfRest ? setUp + chance.LogNormal(i, 3, MachineRing) : kind < cell.MachineOfRest + cell.FailOfRest ? setUp + 1 + chance.Exponential(i, 4, 2) : cell.RingTimeout;
            ended = Math.Min(cell.RingTimeout, ended);
            for (var age = 0; age < bins; age++)
            {
                human[age] += answered > age * bin ? 1d / Draws : 0;
                rest[age] += ended > age * bin ? 1d / Draws : 0;
            }
        }

        return (human, rest);
    }

    private void Converse(ref Line line)
    {
        var dial = line.Dial;
        line.Verdict = _cell.AmdDelay > 0 ? _chance.LogNormal(dial, 4, _laws.Verdict) : 0;
        if (_cell.Amd == AmdMode.Sync)
            line.RingSeconds += line.Verdict;
        if (line.Fate == Fate.Machine && _cell.Amd != AmdMode.Sync && _chance.Uniform(dial, 5) < _cell.AmdMiss)
            line.Verdict += 8;
        if (line.Fate == Fate.Machine)
            return;
        line.Talk = _cell.ShortTalkShare <= 0 ? _chance.LogNormal(dial, 6, _laws.Talk)
            : _chance.Uniform(dial, 7) < _cell.ShortTalkShare ? _chance.LogNormal(dial, 6, ShortTalk) : _chance.LogNormal(dial, 6, LongTalk);
        line.Wrap = _chance.LogNormal(dial, 8, _laws.Wrap);
    }

    /// <summary>Two exponential phases of 11 s in which a line may be answered, exponential talk, no wrap-up.</summary>
    private Line MarkovFate(Line line)
    {
        var phases = SmallFloorOptimum.Phases(_cell.AnswerRate);
        line.Fate = Fate.NoAnswer;
        for (var phase = 0; phase < phases.Count && line.Fate == Fate.NoAnswer; phase++)
        {
            line.RingSeconds += _chance.Exponential(line.Dial, 10 + phase, phases[phase].Seconds);
            if (_chance.Uniform(line.Dial, 20 + phase) < phases[phase].Answer)
                line.Fate = Fate.Human;
        }

        line.Talk = _chance.Exponential(line.Dial, 6, _cell.HandleMean);
        return line;
    }

    private double AnswerRateAt(double at)
    {
        var rate = Math.Min(0.95, _cell.AnswerRate * _cell.RateFactor(at));
        if (_cell.CommonDeviation <= 0)
            return rate;
        while (_commonAt + 10 <= at)
        {
            _commonAt += 10;
            var keep = Math.Exp(-10 / 600d);
            _common = keep * _common + _cell.CommonDeviation * Math.Sqrt(1 - keep * keep) * _chance.Normal(_day * 100_000L + (long)_commonAt, 41);
        }

        var logit = Math.Log(rate / (1 - rate)) + _common;
        return 1 / (1 + Math.Exp(-logit));
    }

    private void Resolve(int id)
    {
        ref var line = ref _lines[id];
        var last = _ringing[--Ringing];
        _ringing[line.Place] = last;
        _lines[last].Place = line.Place;
        if (_pacer.Listens)
            Tell(line);
        if (line.Fate is Fate.Fail or Fate.NoAnswer || (line.Fate == Fate.Machine && _cell.Amd == AmdMode.Sync))
        {
            Release(id);
            return;
        }

        line.AnsweredAt = _now;
        if (line.Fate == Fate.Human)
        {
            _result.Answers++;
            AnswersToday++;
        }

        if (_idle.TryDequeue(out var agent))
        {
            Bridge(agent, id);
            return;
        }

        _waiting.Add(id);
        var patience = _cell.Law == FloorLaw.Markov ? _chance.Exponential(line.Dial, 9, _cell.Hold) : _cell.Hold;
        _heap.Push(_now + patience, FloorEvent.Deadline, id, line.Generation);
    }

    /// <summary>Tells the pacer. The verdict on a bridged pick-up is told at once with its delay: its lateness changes nothing that this floor measures.</summary>
    private void Tell(in Line line)
    {
        var outcome = line.Fate switch
        {
            Fate.Human => DialOutcome.Human,
            Fate.Machine => DialOutcome.Machine,
            Fate.Fail => DialOutcome.Failed,
            _ => DialOutcome.NoAnswer,
        };
        var picked = line.Fate is Fate.Human or Fate.Machine;
        _pacer.Observe(picked && _cell.Amd != AmdMode.Sync
            ? new PacingEvent.Classified(Now, line.Fate == Fate.Human, line.RingSeconds, line.Verdict)
            : new PacingEvent.Resolved(Now, outcome, line.RingSeconds));
    }

    private int? NextWaiting()
    {
        if (_waiting.Count == 0)
            return _callers.TryDequeue(out var caller) ? caller : null;
        var first = _waiting[0];
        _waiting.RemoveAt(0);
        return first;
    }

    private bool GiveUp(int id, int generation)
    {
        ref var line = ref _lines[id];
        if (!line.Live || line.Generation != generation || line.Bridged || !_waiting.Remove(id))
            return false;
        if (line.Fate == Fate.Human)
        {
            _result.Abandoned++;
            AbandonedToday++;
            if (_pacer.Listens)
                _pacer.Observe(new PacingEvent.Abandoned(Now, _now - line.AnsweredAt));
        }

        Release(id);
        return true;
    }

    private void Release(int id)
    {
        _lines[id].Live = false;
        _lines[id].Bridged = false;
        PushFree(id);
    }

    /// <summary>Fills what a controller may see.</summary>
    public void See(List<PacedAgent> agents, List<PacedCall> calls, List<double> waiting)
    {
        agents.Clear();
        calls.Clear();
        waiting.Clear();
        foreach (ref readonly var agent in _agents.AsSpan())
        {
            if (agent.Mode == AgentMode.Off)
                continue;
            var activity = agent.Mode switch { AgentMode.Idle => AgentActivity.Available, AgentMode.Wrap => AgentActivity.WrapUp, _ => AgentActivity.OnCall };
            var seconds = _now - agent.Since;
            var unheard = _cell.Amd != AmdMode.Sync && activity == AgentActivity.OnCall && _now < _lines[agent.Line].AnsweredAt + _lines[agent.Line].Verdict;
            agents.Add(new PacedAgent(activity, seconds, unheard, agent.Leaving));
        }

        for (var i = 0; i < Ringing; i++)
            calls.Add(new PacedCall(_now - _lines[_ringing[i]].LaunchedAt));
        foreach (var id in _waiting)
            waiting.Add(_now - _lines[id].AnsweredAt);
    }

    /// <summary>The next dial's future, for the controller that knows it.</summary>
    internal (bool Needs, double At) Foresee()
    {
        var line = Draw(_nextDial, _now, 0);
        return (line.Fate == Fate.Human || (line.Fate == Fate.Machine && _cell.Amd != AmdMode.Sync), _now + line.RingSeconds);
    }

    /// <summary>Agents free by a time, less the calls in flight that will be answered: what a controller that knows the future would compare.</summary>
    internal int Unclaimed(double by)
    {
        var free = -_waiting.Count - _callers.Count;
        foreach (ref readonly var agent in _agents.AsSpan())
        {
            free += agent.Mode switch
            {
                AgentMode.Idle => 1,
                AgentMode.Talking => !agent.Leaving && agent.Until + _lines[agent.Line].Wrap <= by ? 1 : 0,
                AgentMode.Wrap or AgentMode.Screening => !agent.Leaving && agent.Until <= by ? 1 : 0,
                _ => 0,
            };
        }

        for (var i = 0; i < Ringing; i++)
        {
            ref readonly var line = ref _lines[_ringing[i]];
            if (line.Fate == Fate.Human || (line.Fate == Fate.Machine && _cell.Amd != AmdMode.Sync))
                free--;
        }

        return free;
    }
}
