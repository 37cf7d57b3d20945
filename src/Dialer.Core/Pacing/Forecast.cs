using System.Runtime.Intrinsics;

namespace Dialer.Core.Pacing;

/// <summary>People who will answer against agents who will be free, at eight equally likely moments at which a call dialled now would be answered.</summary>
/// <remarks>
/// Demand at a moment is the number of calls in flight that will then hold an agent: a person who answered and still talks, or a machine whose verdict is still out.
/// Supply is the agents idle now plus those whose talk, wrap-up or screening ends by then (plus the seconds a caller may wait).
/// Few lines or agents are counted exactly; many by a law matched on mean and variance (<see cref="CountLaw"/>); the eight moments are counted side by side (<see cref="EightLaws"/>).
/// Scratch memory only: nothing here outlives a decision but tables recomputed from <see cref="PacingMemory"/>.
/// </remarks>
internal sealed class Forecast
{
    internal const int Moments = ReleaseTables.Moments;
    private const int ExactLines = 24;
    private const int ExactAgents = 30;
    private const int LongestLaw = 1536;

    // A row has the eight moments in its lanes.
    private Vector512<double>[] _enough = new Vector512<double>[64];
    private Vector512<double>[] _supply = new Vector512<double>[64];
    private Vector512<double>[] _low = new Vector512<double>[64];
    private Vector512<double>[] _high = new Vector512<double>[64];
    private Vector512<double>[] _lines = new Vector512<double>[64];
    private Vector512<double>[] _free = new Vector512<double>[64];
    private readonly int[] _counts = new int[CallClass.Count * RingShape.Bins];
    private readonly List<int> _touched = [];
    private Vector512<double> _mean;
    private Vector512<double> _square;
    private Vector512<double> _freeMean;
    private Vector512<double> _freeSquare;
    private Vector512<double> _fresh;
    private Vector512<double> _inbound;
    private int _lineCount;
    private int _busyCount;
    private int _idle;
    private int _length;
    private int _reach;
    private double _spread;
    private bool _exact;

    public double ExpectedAnswers { get; private set; }

    public double ExpectedFree => _freeMean[Moments / 2];

    /// <summary>Reads the floor. <paramref name="spread"/> is the relative standard deviation shared by all answer chances.</summary>
    public void Read(PacingSnapshot snapshot, ReleaseTables tables, AnswerLevels levels, int idle, double spread)
    {
        _idle = idle;
        _spread = spread;
        ReadAgents(snapshot, tables, levels);
        ReadCalls(snapshot, tables, levels);
        _fresh = tables.Occupies(levels.Campaign, 0);
        _inbound = snapshot.Inbound.ArrivalsPerMinute / 60 * tables.At;
        _length = Math.Clamp(_idle + _busyCount + 1, 1, LongestLaw);
        BuildSupply();
    }

    private static Span<Vector512<double>> Rows(ref Vector512<double>[] rows, int count)
    {
        if (rows.Length < count)
            rows = new Vector512<double>[count * 2];
        return rows.AsSpan(0, count);
    }

    private void ReadAgents(PacingSnapshot snapshot, ReleaseTables tables, AnswerLevels levels)
    {
        var agents = Spans.Of(snapshot.Agents);
        var free = Rows(ref _free, agents.Length);
        Vector512<double> mean = default, square = default;
        var busy = 0;
        foreach (ref readonly var agent in agents)
        {
            if (agent.Leaving || !tables.Releases(agent, out var chances))
                continue;
            if (agent.AwaitingVerdict)
                chances *= levels.MachineShare;
            free[busy++] = chances;
            mean += chances;
            square += chances * chances;
        }

        (_busyCount, _freeMean, _freeSquare) = (busy, mean, square);
    }

    /// <summary>Calls are gathered by class and age, then each group is looked up once.</summary>
    private void ReadCalls(PacingSnapshot snapshot, ReleaseTables tables, AnswerLevels levels)
    {
        foreach (var group in _touched)
            _counts[group] = 0;
        _touched.Clear();
        foreach (ref readonly var call in Spans.Of(snapshot.Calls))
        {
            var group = call.Class.Index * RingShape.Bins + RingShape.BinOf(call.AgeSeconds - call.QueuedSeconds);
            if (_counts[group]++ == 0)
                _touched.Add(group);
        }

        var lines = Rows(ref _lines, _touched.Count);
        Vector512<double> mean = default, square = default;
        _lineCount = 0;
        ExpectedAnswers = 0;
        for (var i = 0; i < _touched.Count; i++)
        {
            var (kind, age) = Math.DivRem(_touched[i], RingShape.Bins);
            var count = _counts[_touched[i]];
            var level = levels.Of(kind);
            var unresolved = 1 / tables.Unresolved(level, age);
            _lineCount += count;
            ExpectedAnswers += count * tables.HumanLater(level, age) * unresolved;
            var chances = Vector512.MinNative(Vector512.Create(0.98), tables.Occupies(level, age) * unresolved);
            lines[i] = chances;
            mean += (double)count * chances;
            square += (double)count * chances * chances;
        }

        (_mean, _square) = (mean, square);
    }

    /// <summary>Chance, for each number of calls that hold an agent, that supply does not exceed it.</summary>
    private void BuildSupply()
    {
        var law = Rows(ref _supply, Math.Min(_busyCount + 1, LongestLaw));
        if (_busyCount > ExactAgents)
            EightLaws.Match(law, _freeMean, _freeMean - _freeSquare);
        else
        {
            EightLaws.Clear(law);
            for (var agent = 0; agent < _busyCount; agent++)
                EightLaws.AddExact(law, _free[agent], agent + 1);
        }

        var enough = Rows(ref _enough, _length);
        Vector512<double> upTo = default;
        for (var free = 0; free < -_idle && free < law.Length; free++)
            upTo += law[free];
        for (var demand = 0; demand < enough.Length; demand++)
        {
            var free = demand - _idle;
            if (free >= 0 && free < law.Length)
                upTo += law[free];
            enough[demand] = Vector512.MinNative(Vector512<double>.One, upTo);
        }
    }

    /// <summary>The number of dials, at most <paramref name="most"/>, whose last still keeps its chance of meeting nobody at or below <paramref name="tau"/>; and that chance for the next one.</summary>
    public (int Dials, double NextLoss) Fill(double tau, int most)
    {
        _exact = _lineCount <= ExactLines;
        var dials = 0;
        if (_exact)
        {
            StartExact();
            var loss = Loss(0);
            while (loss <= tau && dials < most && _lineCount + dials < ExactLines * 2)
            {
                AddLine(_fresh);
                dials++;
                loss = Loss(0);
            }

            if (loss > tau || dials >= most)
                return (dials, loss);
            _exact = false;
        }

        return Gallop(tau, dials, most);
    }

    private (int Dials, double NextLoss) Gallop(double tau, int from, int most)
    {
        var loss = Loss(from);
        if (loss > tau || from >= most)
            return (from, loss);
        int good = from, step = 1;
        var bad = most + 1;
        while (good + step < bad && Loss(good + step) <= tau)
        {
            good += step;
            step *= 2;
        }

        bad = Math.Min(bad, good + step);
        while (bad - good > 1)
        {
            var middle = good + (bad - good) / 2;
            if (Loss(middle) <= tau)
                good = middle;
            else
                bad = middle;
        }

        var dials = Math.Min(good + 1, most);
        return (dials, Loss(dials));
    }

    private void StartExact()
    {
        var low = Rows(ref _low, _length);
        var high = Rows(ref _high, _length);
        EightLaws.Match(low, _inbound, _inbound);
        low.CopyTo(high);
        _reach = _inbound == Vector512<double>.Zero ? 0 : _length;
        for (var i = 0; i < _touched.Count; i++)
        {
            for (var line = _counts[_touched[i]]; line > 0; line--)
                AddLine(_lines[i]);
        }
    }

    /// <summary>One more line. Rows beyond the number of lines so far are 0 and stay out of it.</summary>
    private void AddLine(Vector512<double> chances)
    {
        var rows = Math.Min(_length, _reach + 2);
        EightLaws.Add(_low.AsSpan(0, rows), chances * (1 - _spread));
        EightLaws.Add(_high.AsSpan(0, rows), Vector512.MinNative(Vector512.Create(0.99), chances * (1 + _spread)));
        _reach = rows - 1;
    }

    private double Loss(int dials) => Average(_exact ? ExactLoss() : MatchedLoss(dials));

    private static double Average(Vector512<double> moments)
    {
        Span<double> each = stackalloc double[Moments];
        moments.CopyTo(each);
        var sum = 0d;
        foreach (var one in each)
            sum += one;
        return sum / Moments;
    }

    /// <summary>Chance that demand has reached supply at each moment, so that one more answer meets nobody.</summary>
    private Vector512<double> MatchedLoss(int dials)
    {
        var mean = _mean + (double)dials * _fresh;
        var square = _square + (double)dials * _fresh * _fresh;
        return EightLaws.MatchedMean(_enough.AsSpan(0, _length), mean + _inbound, mean - square + _spread * _spread * mean * mean + _inbound);
    }

    private Vector512<double> ExactLoss()
    {
        Vector512<double> loss = default;
        for (var demand = 0; demand < _length; demand++)
            loss += (_low[demand] + _high[demand]) * _enough[demand];
        return loss / 2;
    }

    /// <summary>For the plan that <see cref="Fill"/> made: expected people who meet nobody, and the number of them exceeded once in a thousand.</summary>
    public (double Expected, int WorstCase) Overflow(int dials)
    {
        double expected = 0;
        var worst = 0;
        for (var moment = Moments / 2; moment < Moments; moment += Moments / 2 - 1)
        {
            var mean = _mean[moment] + dials * _fresh[moment] + _inbound[moment];
            var square = _square[moment] + dials * _fresh[moment] * _fresh[moment];
            var variance = mean - square + _spread * _spread * mean * mean + _freeMean[moment] - _freeSquare[moment];
            var sd = Math.Sqrt(Math.Max(variance, 1e-9));
            var gap = mean - _freeMean[moment] - _idle;
            var z = gap / sd;
            expected = Math.Max(expected, gap * CountLaw.StandardNormal(z) + sd * Math.Exp(-z * z / 2) * 0.3989422804014327);
            worst = Math.Max(worst, (int)Math.Ceiling(gap + 3.1 * sd));
        }

        return (Math.Max(0, expected), Math.Clamp(worst, 0, _lineCount + dials));
    }
}
