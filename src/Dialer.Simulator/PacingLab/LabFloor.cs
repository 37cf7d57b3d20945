using Dialer.Core.Pacing;
using NodaTime;

namespace Dialer.Simulator.PacingLab;

public enum AgentMode : byte
{
    Off = 0,
    Idle,
    Talking,
    Screening,
    Wrap,
}

/// <summary>A contact-centre floor as discrete events: dials ring, people and machines answer, agents talk, wrap up and wait.</summary>
/// <remarks>
/// Everything random is addressed by the number of the dial, so two controllers on the same seed dial the same people.
/// Days are independent shifts (everyone starts idle, lines still up at closing are dropped without being counted); the ledger and the pacer's memory run through.
/// </remarks>
public sealed partial class LabFloor
{
    private static readonly Instant Opening = Instant.FromUtc(2026, 3, 2, 14, 0);
    public const double SlotSeconds = 60;

    private readonly LabCell _cell;
    private readonly IPacer _pacer;
    private readonly Chance _chance;
    private readonly EventHeap _heap = new();
    private readonly FloorResult _result = new();
    private readonly Queue<int> _idle = new();
    private readonly Agent[] _agents;
    private long _nextDial;
    private int _day;
    private long _stock;
    private double _common;
    private double _commonAt;
    private double _now;
    private int _wanted;
    private double _tokenAt;

    private struct Agent
    {
        public AgentMode Mode;
        public bool Leaving;
        public double Since;
        public double Until;
        public int Line;
        public int Generation;
    }

    public LabFloor(LabCell cell, IPacer pacer, ulong seed)
    {
        _cell = cell;
        _pacer = pacer;
        _chance = new Chance(seed);
        _laws = Laws.Of(cell);
        var most = cell.Agents;
        foreach (var step in cell.Roster)
            most = Math.Max(most, step.Agents);
        _agents = new Agent[most];
        _launches = new double[Math.Max(1, cell.CallsPerSecond)];
    }

    public LabCell Cell => _cell;

    public double Seconds => _now;

    public int Day => _day;

    public Instant Now => At(_now);

    public int Idle => _idle.Count;

    public int Talking { get; private set; }

    public int Wrapping { get; private set; }

    public int Screening { get; private set; }

    public int SignedIn { get; private set; }

    public long AnswersToday { get; private set; }

    public long AbandonedToday { get; private set; }

    public FloorResult Result => _result;

    private Instant At(double seconds) => Opening + Duration.FromHours(24 * _day) + Duration.FromNanoseconds((long)(seconds * 1e9));

    public FloorResult Run(int days)
    {
        for (_day = 0; _day < days; _day++)
            RunDay();
        return _result;
    }

    private void RunDay()
    {
        var closing = _cell.HoursPerDay * 3600;
        Open();
        while (_heap.Count > 0)
        {
            var next = _heap.Pop();
            if (next.At >= closing)
                break;
            Advance(next.At);
            Handle(next);
        }

        Advance(closing);
        Close(closing);
    }

    private void Open()
    {
        _heap.Clear();
        _idle.Clear();
        ClearLines();
        _now = 0;
        _tokenAt = 0;
        _common = _cell.CommonDeviation * _chance.Normal(_day, 40);
        _commonAt = 0;
        _stock = _cell.ListStock > 0 ? _cell.ListStock : long.MaxValue;
        AnswersToday = AbandonedToday = 0;
        Talking = Wrapping = Screening = SignedIn = 0;
        Array.Clear(_agents);
        Array.Fill(_launches, -10);
        SetRoster(_cell.Roster.Count > 0 && _cell.Roster[0].AtSeconds <= 0 ? _cell.Roster[0].Agents : _cell.Agents);
        for (var i = 0; i < _cell.Roster.Count; i++)
        {
            if (_cell.Roster[i].AtSeconds > 0)
                _heap.Push(_cell.Roster[i].AtSeconds, FloorEvent.Roster, _cell.Roster[i].Agents);
        }

        _pacer.StartDay(this);
        _heap.Push(0, FloorEvent.Tick);
        NextArrival();
    }

    private void Close(double closing)
    {
        for (var i = 0; i < _agents.Length; i++)
            EndSpell(i, closing);
        _result.Days.Add((AnswersToday, AbandonedToday));
    }

    private void Advance(double to)
    {
        var from = _now;
        _now = to;
        _result.SignedIn += SignedIn * (to - from);
        var slot = (int)(from / SlotSeconds);
        while (_result.Slots.Count <= slot)
            _result.Slots.Add(default);
        var (busy, signed) = _result.Slots[slot];
        _result.Slots[slot] = (busy + (Talking + Wrapping) * (to - from), signed + SignedIn * (to - from));
    }

    private void Handle(in Scheduled next)
    {
        var changed = true;
        switch (next.Kind)
        {
            case FloorEvent.Tick:
                _heap.Push(_now + _pacer.Interval, FloorEvent.Tick);
                Dial();
                return;
            case FloorEvent.Token:
                Dial();
                return;
            case FloorEvent.Resolve:
                Resolve(next.Id);
                break;
            case FloorEvent.TalkEnd:
                TalkEnds(next.Id, next.Generation);
                break;
            case FloorEvent.WrapEnd:
                WrapEnds(next.Id, next.Generation);
                break;
            case FloorEvent.Verdict:
                MachineHeard(next.Id, next.Generation);
                break;
            case FloorEvent.Deadline:
                changed = GiveUp(next.Id, next.Generation);
                break;
            case FloorEvent.Roster:
                SetRoster(next.Id);
                break;
            case FloorEvent.Inbound:
                Arrive();
                break;
            default:
                throw new InvalidOperationException($"No such event: {next.Kind}.");
        }

        if (changed && _pacer.OnEvents)
            Dial();
    }

    private void Dial()
    {
        var wanted = _pacer.Dials(this);
        if (wanted <= 0)
        {
            WakeForToken();
            return;
        }

        if (SignedIn == 0)
            throw new InvalidOperationException("A pacer dialled without an agent signed in.");
        for (var i = 0; i < wanted && _stock > 0 && CallTokens >= 1; i++)
            Launch();
        WakeForToken();
    }

    /// <summary>Out of tokens: the pacer is asked again when the next one comes, as a sender with a token bucket would.</summary>
    private void WakeForToken()
    {
        if (_cell.CallsPerSecond == 0 || CallTokens >= 1 || _tokenAt > _now)
            return;
        // A hair later, so that rounding cannot make the token seem absent and wake us at the same instant for ever.
        _tokenAt = Math.Max(_now, _launches.Min() + 1) + 1e-6;
        _heap.Push(_tokenAt, FloorEvent.Token);
    }

    private void SetRoster(int agents)
    {
        _wanted = agents;
        for (var i = 0; i < _agents.Length; i++)
        {
            ref var agent = ref _agents[i];
            if (i < agents)
            {
                agent.Leaving = false;
                if (agent.Mode == AgentMode.Off)
                {
                    SignedIn++;
                    Free(i);
                }
            }
            else if (agent.Mode == AgentMode.Idle)
                Leave(i);
            else if (agent.Mode != AgentMode.Off)
                agent.Leaving = true;
        }
    }

    private void Leave(int id)
    {
        EndSpell(id, _now);
        if (_agents[id].Mode == AgentMode.Idle)
        {
            for (var i = _idle.Count; i > 0; i--)
            {
                var other = _idle.Dequeue();
                if (other != id)
                    _idle.Enqueue(other);
            }
        }

        _agents[id].Mode = AgentMode.Off;
        _agents[id].Leaving = false;
        SignedIn--;
    }

    /// <summary>Books the time of the spell that ends now.</summary>
    private void EndSpell(int id, double at)
    {
        ref var agent = ref _agents[id];
        switch (agent.Mode)
        {
            case AgentMode.Talking:
                Talking--;
                _result.Talk += at - agent.Since;
                break;
            case AgentMode.Wrap:
                Wrapping--;
                _result.Wrap += at - agent.Since;
                break;
            case AgentMode.Screening:
                Screening--;
                _result.Screening += at - agent.Since;
                break;
            default:
                break;
        }
    }

    /// <summary>The agent is free: the longest-waiting answered call is taken, else the agent waits.</summary>
    private void Free(int id)
    {
        EndSpell(id, _now);
        ref var agent = ref _agents[id];
        if (agent.Leaving && id >= _wanted)
        {
            agent.Mode = AgentMode.Idle;
            Leave(id);
            return;
        }

        agent.Since = _now;
        agent.Generation++;
        if (NextWaiting() is { } line)
        {
            agent.Mode = AgentMode.Idle;
            Bridge(id, line);
            return;
        }

        agent.Mode = AgentMode.Idle;
        _idle.Enqueue(id);
    }

    private void Bridge(int id, int line)
    {
        ref var agent = ref _agents[id];
        _result.Waits[(int)Math.Min(_now - agent.Since, FloorResult.WaitBins - 1)]++;
        agent.Since = _now;
        agent.Line = line;
        agent.Generation++;
        ref var call = ref _lines[line];
        call.Bridged = true;
        if (call.Fate == Fate.Machine)
        {
            agent.Mode = AgentMode.Screening;
            Screening++;
            agent.Until = Math.Max(_now, call.AnsweredAt + call.Verdict);
            _heap.Push(agent.Until, FloorEvent.Verdict, id, agent.Generation);
            return;
        }

        agent.Mode = AgentMode.Talking;
        Talking++;
        _result.Connected++;
        agent.Until = _now + call.Talk;
        _heap.Push(agent.Until, FloorEvent.TalkEnd, id, agent.Generation);
    }

    private void TalkEnds(int id, int generation)
    {
        ref var agent = ref _agents[id];
        if (agent.Generation != generation)
            return;
        if (_pacer.Listens)
            _pacer.Observe(new PacingEvent.TalkEnded(Now, _now - agent.Since));
        EndSpell(id, _now);
        var wrap = _lines[agent.Line].Wrap;
        Release(agent.Line);
        agent.Mode = AgentMode.Wrap;
        agent.Since = _now;
        agent.Until = _now + wrap;
        agent.Generation++;
        Wrapping++;
        _heap.Push(agent.Until, FloorEvent.WrapEnd, id, agent.Generation);
    }

    private void WrapEnds(int id, int generation)
    {
        ref var agent = ref _agents[id];
        if (agent.Generation != generation)
            return;
        if (_pacer.Listens)
            _pacer.Observe(new PacingEvent.WrapEnded(Now, _now - agent.Since));
        Free(id);
    }

    private void MachineHeard(int id, int generation)
    {
        ref var agent = ref _agents[id];
        if (agent.Generation != generation)
            return;
        Release(agent.Line);
        Free(id);
    }
}
