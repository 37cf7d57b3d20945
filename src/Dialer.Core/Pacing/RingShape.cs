namespace Dialer.Core.Pacing;

/// <summary>When in a dial's life a person answers, a machine answers, or it ends with nothing: three histograms of ring age in bins of half a second.</summary>
/// <remarks>The share of each story is <see cref="AnswerRates"/>' matter; this is only its timing, which changes slowly and is pooled over all classes. Ages beyond the last bin fall into it.</remarks>
public sealed class RingShape
{
    internal const int Bins = 140;
    internal const double BinSeconds = 0.5;
    private const double PriorCount = 12;
    private const double HalfLife = 1500;
    private static readonly double Fade = Math.Pow(2, -1 / HalfLife);

    public double[] Human { get; init; } = new double[Bins];

    public double[] Machine { get; init; } = new double[Bins];

    public double[] Nothing { get; init; } = new double[Bins];

    internal static int BinOf(double seconds) => Math.Clamp((int)(seconds / BinSeconds), 0, Bins - 1);

    /// <summary>What carriers commonly show: a set-up of about 2.5 s, people at about 9 s of ringing, voicemail at about 18 s, nothing at the timeout.</summary>
    internal static RingShape Prior(double timeoutSeconds)
    {
        var shape = new RingShape();
        for (var bin = 0; bin < Bins; bin++)
        {
            var middle = (bin + 0.5) * BinSeconds;
            if (middle > timeoutSeconds + 1)
                continue;
            shape.Human[bin] = LogNormal(middle - 2, 9.5, 0.55);
            shape.Machine[bin] = LogNormal(middle - 2, 18, 0.3);
            shape.Nothing[bin] = middle is > 2.5 and < 9 ? 0.4 * Math.Exp(-(middle - 2.5) / 2) : 0;
        }

        shape.Nothing[BinOf(timeoutSeconds)] += 2;
        Normalise(shape.Human);
        Normalise(shape.Machine);
        Normalise(shape.Nothing);
        return shape;
    }

    /// <summary>Of the people who answer, the share who do so before this age.</summary>
    internal double HumanBy(double seconds)
    {
        double upTo = 0, all = 0;
        var at = BinOf(seconds);
        for (var bin = 0; bin < Bins; bin++)
        {
            all += Human[bin];
            upTo += bin < at ? Human[bin] : 0;
        }

        return all > 0 ? upTo / all : 0;
    }

    internal void LearnHuman(double seconds) => Learn(Human, seconds);

    internal void LearnMachine(double seconds) => Learn(Machine, seconds);

    internal void LearnNothing(double seconds) => Learn(Nothing, seconds);

    private static void Learn(double[] story, double seconds)
    {
        for (var bin = 0; bin < Bins; bin++)
            story[bin] *= Fade;
        var at = BinOf(seconds);
        story[at] += 0.5;
        story[Math.Max(0, at - 1)] += 0.25;
        story[Math.Min(Bins - 1, at + 1)] += 0.25;
    }

    private static void Normalise(double[] story)
    {
        var sum = story.Sum();
        for (var bin = 0; bin < Bins; bin++)
            story[bin] *= sum > 0 ? PriorCount / sum : 0;
    }

    private static double LogNormal(double x, double mean, double cv)
    {
        if (x <= 0)
            return 0;
        var variance = Math.Log(1 + cv * cv);
        var z = Math.Log(x) - (Math.Log(mean) - variance / 2);
        return Math.Exp(-z * z / (2 * variance)) / x;
    }
}
