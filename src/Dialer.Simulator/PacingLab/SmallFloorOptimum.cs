using System.Runtime.Intrinsics;

namespace Dialer.Simulator.PacingLab;

/// <summary>The best that any controller without foresight can do on a small Markov floor, by dynamic programming.</summary>
/// <remarks>
/// State: calls answered and not ended (agents busy, the rest waiting) and lines in the first and second phase of ringing. Talk, phases and patience are exponential.
/// At any moment one more line may be launched. The long-run share of busy agents is maximised subject to abandoned &lt;= cap x live answers:
/// for a price per abandoned call the problem is unconstrained and solved by relative value iteration on the uniformised chain; the least value over all prices is the
/// constrained optimum (strong duality of linear programmes; Altman, Constrained Markov Decision Processes, 1999).
/// Eight counts of lines in the second phase are taken at once: launching changes the first phase only, so they do not depend on each other within a sweep.
/// </remarks>
public sealed class SmallFloorOptimum
{
    private const int MostWaiting = 4;
    private const int Lanes = 8;
    private static readonly Vector512<double> Steps = Vector512.Create(0d, 1, 2, 3, 4, 5, 6, 7);

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
        // More lines than would answer twice the agents at once are never worth having. Whole vectors, so that no state is left over.
        _second = (Math.Min(60, (int)Math.Ceiling((0.6 * agents + 1.6) / answerRate)) / Lanes + 1) * Lanes;
        _first = _second;
        _value = new double[Index(_calls, 0, 0)];
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
        var uniform = _agents * _talk + MostWaiting * _hold + (_first - 1) / _phases[0].Seconds + (_second - 1) / _phases[1].Seconds;
        var rows = Rows(price / _agents, uniform);
        double gain = 0;
        for (var sweep = 1; sweep <= 400_000; sweep++)
        {
            var (least, most) = Sweep(rows);
            (_value, _next) = (_next, _value);
            gain = (least + most) / 2 * uniform;
            if ((most - least) * uniform < tolerance)
                break;
        }

        return gain;
    }

    /// <summary>One sweep; returns the least and greatest change of value over all states, which bracket the gain of one step. Values are kept relative to the empty floor's of the sweep before.</summary>
    private (double Least, double Most) Sweep(Row[] rows)
    {
        var anchor = Vector512.Create(_value[Index(0, 0, 0)]);
        var (least, most) = (Vector512.Create(double.MaxValue), Vector512.Create(double.MinValue));
        foreach (ref readonly var row in rows.AsSpan())
            SweepRow(row, anchor, ref least, ref most);
        return (Least(least), -Least(-most));
    }

    /// <summary>In the order of a sweep: a state looks at the one with a line more in the first phase, which therefore comes before it.</summary>
    private Row[] Rows(double perAbandon, double uniform) =>
        [.. from calls in Enumerable.Range(0, _calls) from first in Enumerable.Range(0, _first).Reverse() select RowOf(calls, first, perAbandon, uniform)];

    private static double Least(Vector512<double> lanes)
    {
        var least = double.MaxValue;
        for (var lane = 0; lane < Lanes; lane++)
            least = Math.Min(least, lanes[lane]);
        return least;
    }

    /// <summary>What the states with these calls and lines in the first phase have in common, for one step of the uniformised chain.</summary>
    /// <param name="Gain">Busy share, less what waiting callers and answers cost.</param>
    /// <param name="Leave">Chance that a call ends.</param>
    /// <param name="Up">Chance that a line in the first phase is answered.</param>
    /// <param name="On">Chance that one goes on to the second.</param>
    /// <param name="Up2">Chance for each line in the second phase to be answered.</param>
    /// <param name="Off">Chance for each of those to end without.</param>
    /// <param name="Gain2">What an answer of each of those earns or costs.</param>
    private readonly record struct Row(int Calls, int First, bool Full, double Gain, double Leave, double Up, double On, double Up2, double Off, double Gain2);

    private Row RowOf(int calls, int first, double perAbandon, double uniform)
    {
        var busy = Math.Min(calls, _agents);
        var gone = (calls - busy) * _hold;
        var full = calls == _calls - 1;
        // An answer earns its share of the cap; with no room left to wait it is abandoned at once.
        var perAnswer = _cap * perAbandon - (full ? perAbandon : 0);
        var (leave1, leave2) = (1 / _phases[0].Seconds, 1 / _phases[1].Seconds);
        var (answer1, answer2) = (_phases[0].Answer, _phases[1].Answer);
        return new(calls, first, full,
            (busy / (double)_agents - gone * perAbandon + first * leave1 * answer1 * perAnswer) / uniform,
            (busy * _talk + gone) / uniform,
            first * leave1 * answer1 / uniform,
            first * leave1 * (1 - answer1) / uniform,
            leave2 * answer2 / uniform,
            leave2 * (1 - answer2) / uniform,
            leave2 * answer2 * perAnswer / uniform);
    }

    private void SweepRow(in Row row, Vector512<double> anchor, ref Vector512<double> least, ref Vector512<double> most)
    {
        var value = _value.AsSpan();
        var here = value[Index(row.Calls, row.First, 0)..];
        var down = value[Index(Math.Max(0, row.Calls - 1), row.First, 0)..];
        var up = value[Index(row.Full ? row.Calls : row.Calls + 1, Math.Max(0, row.First - 1), 0)..];
        var on = value[(Index(row.Calls, Math.Max(0, row.First - 1), 0) + 1)..];
        var up2 = value[(Index(row.Full ? row.Calls : row.Calls + 1, row.First, 0) - 1)..];
        var off = value[(Index(row.Calls, row.First, 0) - 1)..];
        var next = _next.AsSpan(Index(row.Calls, row.First, 0), _second + 1);
        var launched = _next.AsSpan(Index(row.Calls, Math.Min(row.First + 1, _first - 1), 0));
        var mayLaunch = row.First + 1 < _first;
        for (var second = 0; second < _second; second += Lanes)
        {
            var lines = Vector512.Create((double)second) + Steps;
            var stay = Read(here, second);
            var moves = row.Leave * (Read(down, second) - stay) + row.Up * (Read(up, second) - stay) + row.On * (Read(on, second) - stay)
                + lines * (row.Up2 * (Read(up2, second) - stay) + row.Off * (Read(off, second) - stay) + Vector512.Create(row.Gain2));
            var before = stay - anchor;
            var best = before + moves + Vector512.Create(row.Gain);
            if (mayLaunch)
                best = Vector512.MaxNative(best, Read(launched, second));
            best.CopyTo(next[second..]);
            least = Vector512.MinNative(least, best - before);
            most = Vector512.MaxNative(most, best - before);
        }

        // A line that goes on where there is no more room in the second phase stays at the last count.
        next[_second] = next[_second - 1];
    }

    private static Vector512<double> Read(ReadOnlySpan<double> from, int at) => Vector512.Create(from.Slice(at, Lanes));

    /// <summary>Rows of counts of the second phase, each with a vector's room before it for "one line fewer than none", which has no weight, and after it for "one more than the most".</summary>
    private int Index(int calls, int first, int second) => Lanes + (calls * _first + first) * (_second + Lanes) + second;
}
