using Dialer.Core.Pacing;
using NodaTime;

namespace Dialer.Simulator.PacingLab.Peers;

/// <summary>The engine with an answer rate from the best that evidence allows: it knows both levels, the ring law and how often the rate changes, and is unaware of the moment only.</summary>
/// <remarks>
/// Shiryaev's statistic over the dials in the order of their launches: the sum over all moments of prior chance times likelihood ratio of what was launched since, calls still ringing by the chance to ring so long. No detector that knows less sees a change sooner at
/// this prior, so its recovery is a bound for any estimator as sober as itself. In the middle of each phase it is told the level, so that each change is judged alone.
/// </remarks>
/// <param name="memory">A trained engine's memory: times of talk, wrap-up and ringing.</param>
public sealed class ChangeObserver(LabCell cell, string memory) : IPacer
{
    private const double ChangesPerMinute = 1 / 60d;
    private const int Longest = 27;
    private const double Bin = 0.5;

    private readonly PacingEngine _engine = PacingEngine.Restore(EnginePacer.PolicyOf(cell, hardGate: false), memory, PacingTuning.Default with { RateMemories = [] });
    private readonly (double Human, double Machine) _inTime = LabFloor.InTime(cell);
    private readonly (double[] Human, double[] Other) _ringing = LabFloor.StillRinging(cell, Bin, 2 * Longest);
    private readonly Dictionary<long, (int Humans, int Others)> _ended = [];
    private readonly List<PacedAgent> _agents = [];
    private readonly List<PacedCall> _calls = [];
    private readonly List<double> _waiting = [];
    private Instant _opened;
    private double _odds;
    private long _settled;
    private int _step = -1;

    public double Interval => 1;

    public bool OnEvents => true;

    public bool Listens => true;

    public void StartDay(LabFloor floor)
    {
        (_opened, _step) = (floor.Now, -1);
        _ended.Clear();
    }

    public void Observe(PacingEvent happened)
    {
        _engine.Observe(happened);
        if (happened is not PacingEvent.Resolved resolved)
            return;
        var launched = (long)((resolved.At - _opened).TotalSeconds - resolved.RingSeconds);
        var (humans, others) = _ended.GetValueOrDefault(launched);
        _ended[launched] = resolved.Outcome == DialOutcome.Human ? (humans + 1, others) : (humans, others + 1);
    }

    public int Dials(LabFloor floor)
    {
        floor.See(_agents, _calls, _waiting);
        EnginePacer.Tell(_engine, cell, Believed(floor.Seconds), _inTime);
        return _engine.Decide(
            new PacingSnapshot
            {
                Agents = _agents,
                Calls = _calls,
                Waiting = _waiting,
                Ledger = new AbandonmentLedger(floor.Result.Abandoned, floor.Result.Answers),
                Limits = new PacingLimits(floor.CallTokens, int.MaxValue, int.MaxValue),
            },
            floor.Now).Dials;
    }

    /// <summary>The expected rate: of the step it is in and the one that comes next, by the chance that it has come. Each step is a possible future from half of the one before on.</summary>
    private double Believed(double now)
    {
        var step = 0;
        while (step + 1 < cell.Rates.Count && now >= (cell.Rates[step].AtSeconds + cell.Rates[step + 1].AtSeconds) / 2)
            step++;
        if (step != _step)
            (_step, _odds, _settled) = (step, 0, (long)now);
        if (step == 0)
            return cell.AnswerRate * cell.Rates[0].Factor;
        var (before, after) = (cell.AnswerRate * cell.Rates[step - 1].Factor, cell.AnswerRate * cell.Rates[step].Factor);
        if (step == cell.Rates.Count - 1 && now >= cell.Rates[step].AtSeconds + 1800)
            return after;
        var odds = Odds(now, before, after);
        return (before + odds * after) / (1 + odds);
    }

    private double Odds(double now, double before, double after)
    {
        var ringing = new Dictionary<long, double>();
        foreach (var call in _calls)
        {
            var launched = (long)(now - call.AgeSeconds);
            ringing[launched] = ringing.GetValueOrDefault(launched) + Math.Log(Rings(after, call.AgeSeconds) / Rings(before, call.AgeSeconds));
        }

        const double Prior = ChangesPerMinute / 60;
        for (; _settled < (long)now - Longest; _settled++)
            _odds = (_odds + Prior) * Math.Exp(Evidence(_settled));
        var odds = _odds;
        for (var second = _settled; second <= (long)now; second++)
            odds = (odds + Prior) * Math.Exp(Evidence(second));
        return odds;

        double Evidence(long second)
        {
            var (humans, others) = _ended.GetValueOrDefault(second);
            return humans * Math.Log(after / before) + others * Math.Log((1 - after * _inTime.Human) / (1 - before * _inTime.Human)) + ringing.GetValueOrDefault(second);
        }
    }

    private double Rings(double rate, double age)
    {
        var bin = Math.Min(_ringing.Human.Length - 1, (int)(age / Bin));
        return Math.Max(1e-9, rate * _ringing.Human[bin] + (1 - rate) * _ringing.Other[bin]);
    }
}
