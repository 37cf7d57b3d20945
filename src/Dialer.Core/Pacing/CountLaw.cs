namespace Dialer.Core.Pacing;

/// <summary>Laws of "how many of these will happen".</summary>
public static class CountLaw
{
    /// <summary>Adds one independent event of chance <paramref name="p"/> to a law given as a row of probabilities; the last cell holds "that many or more".</summary>
    public static void Add(Span<double> law, double p)
    {
        var last = law.Length - 1;
        law[last] += p * (last > 0 ? law[last - 1] : 0);
        for (var k = last - 1; k > 0; k--)
            law[k] += p * (law[k - 1] - law[k]);
        if (last > 0)
            law[0] *= 1 - p;
    }

    /// <summary>As <see cref="Add(Span{double}, double)"/> for a law that is exact so far and can reach <paramref name="count"/>.</summary>
    public static void Add(Span<double> law, double p, int count)
    {
        for (var k = Math.Min(count, law.Length - 1); k > 0; k--)
            law[k] += p * (law[k - 1] - law[k]);
        law[0] *= 1 - p;
    }

    /// <summary>The law of the Panjer (a, b, 0) family with this mean and variance: binomial-like when the variance is below the mean, Poisson when equal,
    /// negative binomial (correlated answers, an uncertain rate) when above. The last cell holds "that many or more".</summary>
    public static void Match(Span<double> law, double mean, double variance)
    {
        law.Clear();
        if (mean <= 1e-12 || law.Length == 1)
        {
            law[0] = 1;
            return;
        }

        var a = 1 - mean / Math.Max(variance, mean * 0.02);
        if (Math.Abs(a) < 1e-9)
            a = 0;
        var b = mean * (1 - a) - a;
        var log = a == 0 ? -mean : (a + b) / a * Math.Log(1 - a);
        if (log < -650)
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
            p *= Math.Max(0, a + b / (k + 1));
        }

        law[^1] = Math.Max(0, left);
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
