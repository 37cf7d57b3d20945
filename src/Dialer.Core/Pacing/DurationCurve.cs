namespace Dialer.Core.Pacing;

/// <summary>How long something lasts (a conversation, wrap-up, the wait for a verdict), learned as a hazard that is constant within each of a fixed row of bins.</summary>
/// <remarks>
/// A mixture of hang-ups, wrong parties and long negotiations needs no formula: the hazard of each bin is ended over time at risk,
/// smoothed towards one exponential curve by <see cref="PriorCount"/> pseudo-observations. Durations still running are time at risk too
/// (right-censoring), so that early in a shift the quick ones do not look like all of them. Old observations fade with a half-life of <see cref="HalfLife"/>.
/// </remarks>
public sealed class DurationCurve
{
    internal const double PriorCount = 40;
    internal const double HalfLife = 600;
    internal static readonly double[] Edges = MakeEdges();
    private static readonly double Fade = Math.Pow(2, -1 / HalfLife);

    /// <summary>The bin of each whole second: within a second there are few edges left to look at.</summary>
    private static readonly byte[] WholeSeconds = [.. Enumerable.Range(0, 3600).Select(second => (byte)(Edges.Count(edge => edge <= second) - 1))];

    internal const double Step = 0.5;
    private readonly double[] _staysAStep = new double[Edges.Length];

    public DurationCurve() => PriorMean = 60;

    public DurationCurve(double priorMeanSeconds) => PriorMean = priorMeanSeconds;

    public double PriorMean { get; init; }

    /// <summary>Faded count of durations that ended in each bin.</summary>
    public double[] Ended { get; init; } = new double[Edges.Length];

    /// <summary>Faded seconds spent in each bin by durations that have ended.</summary>
    public double[] AtRisk { get; init; } = new double[Edges.Length];

    internal static int Bins => Edges.Length;

    internal static int BinOf(double seconds)
    {
        if (!(seconds > 0))
            return 0;
        if (seconds >= WholeSeconds.Length)
            return Edges.Length - 1;
        var bin = (int)WholeSeconds[(int)seconds];
        while (bin + 1 < Edges.Length && Edges[bin + 1] <= seconds)
            bin++;
        return bin;
    }

    public void Learn(double seconds)
    {
        var last = BinOf(seconds);
        for (var bin = 0; bin < Bins; bin++)
        {
            Ended[bin] *= Fade;
            AtRisk[bin] *= Fade;
            if (bin < last)
                AtRisk[bin] += Edges[bin + 1] - Edges[bin];
        }

        AtRisk[last] += Math.Max(0, seconds - Edges[last]);
        Ended[last]++;
    }

    /// <summary>Recomputes the hazards.</summary>
    /// <param name="running">Seconds at risk in each bin of durations still running; overwritten by nobody, read only.</param>
    internal void Settle(ReadOnlySpan<double> running)
    {
        double ended = 10, atRisk = 10 * PriorMean;
        for (var bin = 0; bin < Bins; bin++)
        {
            ended += Ended[bin];
            atRisk += AtRisk[bin] + running[bin];
        }

        var mean = ended / atRisk;
        for (var bin = 0; bin < Bins; bin++)
        {
            var width = bin + 1 < Bins ? Edges[bin + 1] - Edges[bin] : 600;
            var prior = PriorCount * Math.Min(width, 10) * Math.Exp(-mean * Edges[bin]) + 1;
            var hazard = (Ended[bin] + prior * mean) / (AtRisk[bin] + running[bin] + prior);
            _staysAStep[bin] = Math.Exp(-hazard * Step);
        }
    }

    /// <summary>Adds the time that a duration still running has spent in each bin.</summary>
    internal static void AddRunning(Span<double> running, double seconds)
    {
        var last = BinOf(seconds);
        for (var bin = 0; bin < last; bin++)
            running[bin] += Edges[bin + 1] - Edges[bin];
        running[last] += seconds - Edges[last];
    }

    /// <summary>Fills <paramref name="survival"/>[i] with the chance of lasting i * <see cref="Step"/> seconds longer, having reached the edge of this bin.</summary>
    internal void Survival(int bin, Span<double> survival)
    {
        survival[0] = 1;
        var at = Edges[bin];
        for (var i = 1; i < survival.Length; i++)
        {
            survival[i] = survival[i - 1] * _staysAStep[bin];
            at += Step;
            if (bin + 1 < Edges.Length && at >= Edges[bin + 1])
                bin++;
        }
    }

    private static double[] MakeEdges()
    {
        var edges = new List<double>(80);
        for (var t = 0d; t < 10; t += 0.5)
            edges.Add(t);
        for (var t = 10d; t < 30; t += 1)
            edges.Add(t);
        for (var t = 30d; t < 60; t += 3)
            edges.Add(t);
        for (var t = 60d; t < 3600; t *= 1.15)
            edges.Add(t);
        return [.. edges];
    }
}
