namespace Dialer.Core.Pacing;

/// <summary>Laws of "how many of these will happen", one at a time; <see cref="EightLaws"/> has them side by side.</summary>
public static class CountLaw
{
    private static readonly double[] Inverses = [0, .. Enumerable.Range(1, 1023).Select(k => 1d / k)];

    /// <summary>A mean at or below this is no event at all.</summary>
    internal const double Nothing = 1e-12;

    /// <summary>Once so little chance is left, a mean needs no further terms.</summary>
    internal const double Rest = 1e-12;

    /// <summary>Below this logarithm of the chance of none, the law is taken as normal.</summary>
    internal const double LeastLog = -650;

    /// <summary>The law of the Panjer (a, b, 0) family with this mean and variance: binomial-like when the variance is below the mean, Poisson when equal,
    /// negative binomial (correlated answers, an uncertain rate) when above. The last cell holds "that many or more".</summary>
    public static void Match(Span<double> law, double mean, double variance)
    {
        law.Clear();
        if (mean <= Nothing || law.Length == 1)
        {
            law[0] = 1;
            return;
        }

        var (a, b, log) = Panjer(mean, variance);
        if (log < LeastLog)
        {
            Normal(law, mean, variance);
            return;
        }

        var p = Math.Exp(log);
        var left = 1d;
        for (var k = 0; k < law.Length - 1; k++)
        {
            law[k] = Math.Min(p, left);
            left -= law[k];
            p *= Math.Max(0, a + b * Inverse(k + 1));
        }

        law[^1] = Math.Max(0, left);
    }

    /// <summary>The mean of <paramref name="value"/>[count] under the law of <see cref="Match"/>, without writing the law down; counts beyond the row take its last value.</summary>
    public static double MatchedMean(ReadOnlySpan<double> value, double mean, double variance)
    {
        if (mean <= Nothing || value.Length == 1)
            return value[0];
        var (a, b, log) = Panjer(mean, variance);
        if (log < LeastLog)
            return NormalMean(value, mean, variance);
        var p = Math.Exp(log);
        double left = 1, sum = 0;
        for (var k = 0; k < value.Length - 1 && left > Rest; k++)
        {
            p = Math.Min(p, left);
            sum += p * value[k];
            left -= p;
            p *= Math.Max(0, a + b * Inverse(k + 1));
        }

        return sum + Math.Max(0, left) * value[^1];
    }

    internal static (double A, double B, double LogZero) Panjer(double mean, double variance)
    {
        var a = 1 - mean / Math.Max(variance, mean * 0.02);
        if (Math.Abs(a) < 1e-9)
            a = 0;
        var b = mean * (1 - a) - a;
        return (a, b, a == 0 ? -mean : (a + b) / a * Math.Log(1 - a));
    }

    internal static double Inverse(int k) => k < Inverses.Length ? Inverses[k] : 1d / k;

    private static double NormalMean(ReadOnlySpan<double> value, double mean, double variance)
    {
        var sd = Math.Sqrt(variance);
        var from = Math.Clamp((int)(mean - 8 * sd), 0, value.Length - 1);
        double below = 0, sum = 0;
        for (var k = from; k < value.Length - 1; k++)
        {
            var upTo = StandardNormal((k + 0.5 - mean) / sd);
            sum += (upTo - below) * value[k];
            below = upTo;
            if (below > 1 - 1e-12)
                break;
        }

        return sum + (1 - below) * value[^1];
    }

    private static void Normal(Span<double> law, double mean, double variance)
    {
        var sd = Math.Sqrt(variance);
        var below = 0d;
        for (var k = 0; k < law.Length - 1; k++)
        {
            var upTo = StandardNormal((k + 0.5 - mean) / sd);
            law[k] = upTo - below;
            below = upTo;
        }

        law[^1] = 1 - below;
    }

    /// <summary>P(Z &lt;= z), to about 1e-7: Abramowitz and Stegun 26.2.17.</summary>
    public static double StandardNormal(double z)
    {
        var t = 1 / (1 + 0.2316419 * Math.Abs(z));
        var tail = 0.3989422804014327 * Math.Exp(-z * z / 2)
            * t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return z >= 0 ? 1 - tail : tail;
    }
}
