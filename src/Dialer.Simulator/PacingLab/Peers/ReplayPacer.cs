using Dialer.Core.Pacing;

namespace Dialer.Simulator.PacingLab.Peers;

/// <summary>Resampling, as ImpactDialing published it in outline: every half minute the last hundred dials are replayed on a small model floor with several dial factors, and the factor with the best utilisation under the limit is used.</summary>
/// <remarks>Live rule: factor x available agents - ringing; three quarters of the factor while today's abandonment is over the limit; one line for each agent below 50 dials or 5 agents.</remarks>
public sealed class ReplayPacer(ulong seed, double cap) : IPacer
{
    private static readonly double[] Factors = [1, 1.5, 2, 3, 4, 6];
    private readonly Queue<(double Ring, bool Human)> _dials = new();
    private readonly Queue<double> _handled = new();
    private readonly Chance _chance = new(seed ^ 0x5EED);
    private double _factor = 1;
    private double _talk;
    private long _draw;
    private double _nextReplay;

    public double Interval => 1;

    public bool OnEvents => true;

    public bool Listens => true;

    public void StartDay(LabFloor floor) => _nextReplay = 0;

    public void Observe(PacingEvent happened)
    {
        switch (happened)
        {
            case PacingEvent.Resolved resolved:
                Keep(_dials, (resolved.RingSeconds, resolved.Outcome == DialOutcome.Human));
                break;
            case PacingEvent.Classified verdict:
                Keep(_dials, (verdict.RingSeconds, verdict.Human));
                break;
            case PacingEvent.TalkEnded talk:
                _talk = talk.TalkSeconds;
                break;
            case PacingEvent.WrapEnded wrap:
                Keep(_handled, _talk + wrap.WrapSeconds);
                break;
            default:
                break;
        }
    }

    private static void Keep<T>(Queue<T> queue, T item)
    {
        queue.Enqueue(item);
        if (queue.Count > 100)
            queue.Dequeue();
    }

    public int Dials(LabFloor floor)
    {
        if (floor.Seconds >= _nextReplay && _dials.Count >= 50 && _handled.Count >= 10)
        {
            _nextReplay = floor.Seconds + 30;
            _factor = Best(floor.SignedIn);
        }

        var factor = floor.SignedIn < 5 || _dials.Count < 50 ? 1 : _factor;
        if (floor.AnswersToday > 0 && (double)floor.AbandonedToday / floor.AnswersToday > cap)
            factor = Math.Max(1, factor * 0.75);
        return (int)Math.Floor(factor * floor.Idle + 1e-9) - floor.Ringing - floor.Waiting;
    }

    private double Best(int agents)
    {
        (double Factor, double Busy) best = (1, 0);
        var dials = _dials.ToArray();
        var handled = _handled.ToArray();
        foreach (var factor in Factors)
        {
            var (busy, answers, abandoned) = Replay(agents, factor, dials, handled);
            if (abandoned <= cap * answers && busy > best.Busy)
                best = (factor, busy);
        }

        return best.Factor;
    }

    /// <summary>Four minutes in steps of a second, after one minute of settling.</summary>
    private (double Busy, int Answers, int Abandoned) Replay(int agents, double factor, (double Ring, bool Human)[] dials, double[] handled)
    {
        var free = new double[agents];
        for (var i = 0; i < agents; i++)
            free[i] = Pick(handled) * _chance.Uniform(_draw++, 1);
        var lines = new List<(double At, bool Human)>();
        double busy = 0;
        int answers = 0, abandoned = 0;
        for (var second = 0d; second < 240; second++)
        {
            for (var i = lines.Count - 1; i >= 0; i--)
            {
                if (lines[i].At > second)
                    continue;
                if (lines[i].Human)
                {
                    answers++;
                    var agent = Array.FindIndex(free, at => at <= second);
                    if (agent < 0)
                        abandoned++;
                    else
                        free[agent] = second + Pick(handled);
                }

                lines.RemoveAt(i);
            }

            var idle = free.Count(at => at <= second);
            busy += agents - idle;
            for (var wanted = (int)(factor * idle) - lines.Count; wanted > 0; wanted--)
            {
                var dial = dials[(int)(_chance.Uniform(_draw++, 2) * dials.Length)];
                lines.Add((second + dial.Ring, dial.Human));
            }
        }

        return (busy, answers, abandoned);
    }

    private double Pick(double[] from) => from[(int)(_chance.Uniform(_draw++, 3) * from.Length)];
}
