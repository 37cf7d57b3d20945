namespace Dialer.Core.Pacing;

/// <summary>People who will answer against agents who will be free, at eight equally likely moments at which a call dialled now would be answered.</summary>
/// <remarks>
/// Demand at a moment is the number of calls in flight that will then hold an agent: a person who answered and still talks, or a machine whose verdict is still out.
/// Supply is the agents idle now plus those whose talk, wrap-up or screening ends by then (plus the seconds a caller may wait).
/// Few lines or agents are counted exactly; many by a law matched on mean and variance (<see cref="CountLaw"/>).
/// Scratch memory only: nothing here outlives a decision but tables recomputed from <see cref="PacingMemory"/>.
/// </remarks>
internal sealed class Forecast
{
    internal const int Moments = ReleaseTables.Moments;
    private const int ExactLines = 24;
    private const int ExactAgents = 30;
    private const int LongestLaw = 1536;

    private readonly double[] _enough = new double[Moments * LongestLaw];
    private readonly double[] _supply = new double[LongestLaw];
    private readonly int[] _counts = new int[CallClass.Count * RingShape.Bins];
    private readonly List<int> _touched = [];
    private readonly double[] _low = new double[Moments * LongestLaw];
    private readonly double[] _high = new double[Moments * LongestLaw];
    private readonly double[] _mean = new double[Moments];
    private readonly double[] _square = new double[Moments];
    private readonly double[] _freeMean = new double[Moments];
    private readonly double[] _freeSquare = new double[Moments];
    private readonly double[] _fresh = new double[Moments];
    private readonly double[] _inbound = new double[Moments];
    private double[] _lines = new double[64 * Moments];
    private double[] _free = new double[64 * Moments];
    private int _lineCount;
    private int _busyCount;
    private int _idle;
    private int _length;
    private double _spread;
    private bool _exact;

    public double ExpectedAnswers { get; private set; }

    public double ExpectedFree => _freeMean[Moments / 2];

    /// <summary>Reads the floor. <paramref name="spread"/> is the relative standard deviation shared by all answer chances.</summary>
    public void Read(PacingSnapshot snapshot, ReleaseTables tables, AnswerLevels levels, int idle, double spread)
    {
        _idle = idle;
        _spread = spread;
        Array.Clear(_mean);
        Array.Clear(_square);
        Array.Clear(_freeMean);
        Array.Clear(_freeSquare);
        _lineCount = _busyCount = 0;
        ExpectedAnswers = 0;
        ReadAgents(snapshot, tables, levels);
        ReadCalls(snapshot, tables, levels);
        for (var moment = 0; moment < Moments; moment++)
        {
            _fresh[moment] = tables.Occupies(levels.Campaign, 0, moment);
            _inbound[moment] = snapshot.Inbound.ArrivalsPerMinute / 60 * tables.At[moment];
        }

        _length = Math.Clamp(_idle + _busyCount + 1, 1, LongestLaw);
        BuildSupply();
    }

    private void ReadAgents(PacingSnapshot snapshot, ReleaseTables tables, AnswerLevels levels)
    {
        var agents = Spans.Of(snapshot.Agents);
        if (_free.Length < agents.Length * Moments)
            _free = new double[agents.Length * Moments * 2];
        foreach (ref readonly var agent in agents)
        {
            if (agent.Leaving || tables.Releases(agent) is not { } row)
                continue;
            var chances = _free.AsSpan(_busyCount++ * Moments, Moments);
            var certain = agent.AwaitingVerdict ? levels.MachineShare : 1;
            for (var moment = 0; moment < Moments; moment++)
            {
                var p = ReleaseTables.Release(row, moment) * certain;
                chances[moment] = p;
                _freeMean[moment] += p;
                _freeSquare[moment] += p * p;
            }
        }
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

        if (_lines.Length < _touched.Count * Moments)
            _lines = new double[_touched.Count * Moments * 2];
        for (var i = 0; i < _touched.Count; i++)
        {
            var (kind, age) = Math.DivRem(_touched[i], RingShape.Bins);
            var count = _counts[_touched[i]];
            var level = levels.Of(kind);
            var unresolved = 1 / tables.Unresolved(level, age);
            var chances = _lines.AsSpan(i * Moments, Moments);
            _lineCount += count;
            ExpectedAnswers += count * tables.HumanLater(level, age) * unresolved;
            for (var moment = 0; moment < Moments; moment++)
            {
                var p = Math.Min(0.98, tables.Occupies(level, age, moment) * unresolved);
                chances[moment] = p;
                _mean[moment] += count * p;
                _square[moment] += count * p * p;
            }
        }
    }

    /// <summary>Chance, for each number of calls that hold an agent, that supply does not exceed it.</summary>
    private void BuildSupply()
    {
        for (var moment = 0; moment < Moments; moment++)
        {
            var law = _supply.AsSpan(0, Math.Min(_busyCount + 1, LongestLaw));
            if (_busyCount > ExactAgents)
                CountLaw.Match(law, _freeMean[moment], _freeMean[moment] - _freeSquare[moment]);
            else
            {
                law.Clear();
                law[0] = 1;
                for (var agent = 0; agent < _busyCount; agent++)
                    CountLaw.Add(law, _free[agent * Moments + moment], agent + 1);
            }

            var enough = _enough.AsSpan(moment * LongestLaw, _length);
            var upTo = 0d;
            for (var free = 0; free < -_idle && free < law.Length; free++)
                upTo += law[free];
            for (var demand = 0; demand < _length; demand++)
            {
                var free = demand - _idle;
                if (free >= 0 && free < law.Length)
                    upTo += law[free];
                enough[demand] = Math.Min(1, upTo);
            }
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
                AddFresh();
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
        for (var moment = 0; moment < Moments; moment++)
        {
            var low = _low.AsSpan(moment * LongestLaw, _length);
            var high = _high.AsSpan(moment * LongestLaw, _length);
            CountLaw.Match(low, _inbound[moment], _inbound[moment]);
            low.CopyTo(high);
            for (var i = 0; i < _touched.Count; i++)
            {
                var p = _lines[i * Moments + moment];
                for (var line = _counts[_touched[i]]; line > 0; line--)
                {
                    CountLaw.Add(low, p * (1 - _spread));
                    CountLaw.Add(high, Math.Min(0.99, p * (1 + _spread)));
                }
            }
        }
    }

    private void AddFresh()
    {
        for (var moment = 0; moment < Moments; moment++)
        {
            CountLaw.Add(_low.AsSpan(moment * LongestLaw, _length), _fresh[moment] * (1 - _spread));
            CountLaw.Add(_high.AsSpan(moment * LongestLaw, _length), Math.Min(0.99, _fresh[moment] * (1 + _spread)));
        }
    }

    private double Loss(int dials)
    {
        var sum = 0d;
        for (var moment = 0; moment < Moments; moment++)
            sum += LossAt(moment, dials);
        return sum / Moments;
    }

    /// <summary>Chance that demand has reached supply at this moment, so that one more answer meets nobody.</summary>
    private double LossAt(int moment, int dials)
    {
        var enough = _enough.AsSpan(moment * LongestLaw, _length);
        if (!_exact)
        {
            var mean = _mean[moment] + dials * _fresh[moment];
            var square = _square[moment] + dials * _fresh[moment] * _fresh[moment];
            return CountLaw.MatchedMean(enough, mean + _inbound[moment], mean - square + _spread * _spread * mean * mean + _inbound[moment]);
        }

        var low = _low.AsSpan(moment * LongestLaw, _length);
        var high = _high.AsSpan(moment * LongestLaw, _length);
        var loss = 0d;
        for (var demand = 0; demand < enough.Length; demand++)
            loss += (low[demand] + high[demand]) * enough[demand];
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
