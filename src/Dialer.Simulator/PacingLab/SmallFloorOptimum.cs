namespace Dialer.Simulator.PacingLab;

/// <summary>The best that any controller without foresight can do on a small Markov floor, by dynamic programming.</summary>
/// <remarks>
/// State: calls answered and not ended (agents busy, the rest waiting) and lines in the first and second phase of ringing. Talk, phases and patience are exponential.
/// At any moment one more line may be launched. The long-run share of busy agents is maximised subject to abandoned &lt;= cap x live answers:
/// for a price per abandoned call the problem is unconstrained and solved by relative value iteration on the uniformised chain; the least value over all prices is the
/// constrained optimum (strong duality of linear programmes; Altman, Constrained Markov Decision Processes, 1999).
/// </remarks>
public sealed class SmallFloorOptimum
{
    private const int MostWaiting = 4;

    private readonly int _agents;
    private readonly double _cap;
    private readonly double _talk;
    private readonly double _hold;
    private readonly IReadOnlyList<Phase> _phases;
    private readonly int _calls;
    private readonly int _first;
    private readonly int _second;
    private double[] _value;
    private double[] _next;

    /// <summary>One phase of a line's life: its mean length, and the chance that a person answers at its end.</summary>
    public readonly record struct Phase(double Seconds, double Answer);

    /// <summary>The optimum: share of time agents are busy, and the price of one abandoned call in agent-seconds.</summary>
    public readonly record struct Optimum(double Utilisation, double Price);

    public SmallFloorOptimum(int agents, double answerRate, double talkSeconds = 175, double cap = 0.03, double holdSeconds = 2)
    {
        _agents = agents;
        _cap = cap;
        _talk = 1 / talkSeconds;
        _hold = 1 / holdSeconds;
        _phases = Phases(answerRate);
        _calls = agents + MostWaiting + 1;
        // More lines than would answer twice the agents at once are never worth having.
        _first = Math.Min(60, (int)Math.Ceiling((0.6 * agents + 1.6) / answerRate)) + 1;
        _second = _first;
        _value = new double[_calls * _first * _second];
        _next = new double[_value.Length];
    }

    /// <summary>Two phases of 11 s each, the second reached only without an answer.</summary>
    public static IReadOnlyList<Phase> Phases(double answerRate)
    {
        var q = 1 - Math.Sqrt(1 - answerRate);
        return [new(11, q), new(11, q)];
    }

    /// <summary>Solves by golden-section search over the logarithm of the price; the dual is convex in the price.</summary>
    public Optimum Solve(double tolerance = 2e-5)
    {
        double low = Math.Log(20), high = Math.Log(3000);
        const double Ratio = 0.6180339887498949;
        double left = high - Ratio * (high - low), right = low + Ratio * (high - low);
        double atLeft = Gain(Math.Exp(left), tolerance), atRight = Gain(Math.Exp(right), tolerance);
        for (var i = 0; i < 11; i++)
        {
            if (atLeft < atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - Ratio * (high - low);
                atLeft = Gain(Math.Exp(left), tolerance);
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + Ratio * (high - low);
                atRight = Gain(Math.Exp(right), tolerance);
            }
        }

        return new(Math.Min(atLeft, atRight), Math.Exp(atLeft < atRight ? left : right));
    }

    /// <summary>Long-run (busy share) - price x (abandoned - cap x answers), the price in agent-seconds.</summary>
    private double Gain(double price, double tolerance)
    {
        var perAbandon = price / _agents;
        var uniform = _agents * _talk + MostWaiting * _hold + (_first - 1) / _phases[0].Seconds + (_second - 1) / _phases[1].Seconds;
        double gain = 0;
        for (var sweep = 1; sweep <= 400_000; sweep++)
        {
            var (least, most) = Sweep(perAbandon, uniform);
            (_value, _next) = (_next, _value);
            var anchor = _value[0];
            for (var i = 0; i < _value.Length; i++)
                _value[i] -= anchor;
            gain = (least + most) / 2 * uniform;
            if ((most - least) * uniform < tolerance)
                break;
        }

        return gain;
    }

    /// <summary>One sweep; returns the least and greatest change of value over all states, which bracket the gain of one step.</summary>
    private (double Least, double Most) Sweep(double perAbandon, double uniform)
    {
        double least = double.MaxValue, most = double.MinValue;
        var (leave1, leave2) = (1 / _phases[0].Seconds, 1 / _phases[1].Seconds);
        var (answer1, answer2) = (_phases[0].Answer, _phases[1].Answer);
        for (var calls = 0; calls < _calls; calls++)
        {
            var busy = Math.Min(calls, _agents);
            var waiting = calls - busy;
            var full = calls == _calls - 1;
            for (var second = 0; second < _second; second++)
            {
                for (var first = _first - 1; first >= 0; first--)
                {
                    var at = Index(calls, first, second);
                    var here = _value[at];
                    // Rates out of this state, each with the value it leads to less the value here.
                    var sum = busy / (double)_agents;
                    if (busy > 0)
                        sum += busy * _talk * (_value[Index(calls - 1, first, second)] - here);
                    if (waiting > 0)
                        sum += waiting * _hold * (_value[Index(calls - 1, first, second)] - here - perAbandon);
                    if (first > 0)
                    {
                        var up = full ? _value[Index(calls, first - 1, second)] - perAbandon : _value[Index(calls + 1, first - 1, second)];
                        var on = _value[Index(calls, first - 1, Math.Min(second + 1, _second - 1))];
                        sum += first * leave1 * (answer1 * (up + _cap * perAbandon - here) + (1 - answer1) * (on - here));
                    }

                    if (second > 0)
                    {
                        var up = full ? _value[Index(calls, first, second - 1)] - perAbandon : _value[Index(calls + 1, first, second - 1)];
                        var off = _value[Index(calls, first, second - 1)];
                        sum += second * leave2 * (answer2 * (up + _cap * perAbandon - here) + (1 - answer2) * (off - here));
                    }

                    var best = here + sum / uniform;
                    if (first + 1 < _first)
                        best = Math.Max(best, _next[Index(calls, first + 1, second)]);
                    _next[at] = best;
                    least = Math.Min(least, best - here);
                    most = Math.Max(most, best - here);
                }
            }
        }

        return (least, most);
    }

    private int Index(int calls, int first, int second) => (calls * _second + second) * _first + first;
}
