using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dialer.Core.Pacing;

/// <summary>Eight laws of "how many of these will happen" side by side, one in each lane of a vector: row k of a law holds the eight chances of k.</summary>
/// <remarks>Each lane goes through the operations of <see cref="CountLaw"/> in their order, none fused: its results are those of one law alone, bit for bit, on every processor.</remarks>
public static class EightLaws
{
    public const int Lanes = 8;

    /// <summary>Makes these the laws of no events at all.</summary>
    public static void Clear(Span<Vector512<double>> laws)
    {
        laws.Clear();
        laws[0] = Vector512<double>.One;
    }

    /// <summary>Adds to each law one independent event of that lane's chance; the last row holds "that many or more".</summary>
    public static void Add(Span<Vector512<double>> laws, Vector512<double> p)
    {
        var last = laws.Length - 1;
        if (last == 0)
            return;
        var below = laws[last - 1];
        laws[last] += p * below;
        Shift(laws, below, last - 1, p);
    }

    /// <summary>As <see cref="Add"/> for laws that are exact so far and can reach <paramref name="count"/>.</summary>
    public static void AddExact(Span<Vector512<double>> laws, Vector512<double> p, int count)
    {
        var top = Math.Min(count, laws.Length - 1);
        Shift(laws, laws[top], top, p);
    }

    /// <param name="here">Row <paramref name="top"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Shift(Span<Vector512<double>> laws, Vector512<double> here, int top, Vector512<double> p)
    {
        for (var k = top; k > 0; k--)
        {
            var below = laws[k - 1];
            laws[k] = here + p * (below - here);
            here = below;
        }

        laws[0] = here * (Vector512<double>.One - p);
    }

    /// <summary>As <see cref="CountLaw.Match"/> for each lane's mean and variance.</summary>
    public static void Match(Span<Vector512<double>> laws, Vector512<double> mean, Vector512<double> variance)
    {
        if (laws.Length == 1 || Vector512.LessThanOrEqualAll(mean, Vector512.Create(CountLaw.Nothing)))
        {
            Clear(laws);
            return;
        }

        if (!TryStart(mean, variance, out var start))
        {
            MatchOneByOne(laws, mean, variance);
            return;
        }

        var p = start.AtZero;
        var left = Vector512<double>.One;
        for (var k = 0; k < laws.Length - 1; k++)
        {
            var part = Vector512.MinNative(p, left);
            laws[k] = part;
            left -= part;
            p *= start.Ratio(k + 1);
        }

        laws[^1] = Vector512.MaxNative(Vector512<double>.Zero, left);
    }

    /// <summary>As <see cref="CountLaw.MatchedMean"/> for each lane: row k of <paramref name="value"/> holds the eight values of k.</summary>
    public static Vector512<double> MatchedMean(ReadOnlySpan<Vector512<double>> value, Vector512<double> mean, Vector512<double> variance)
    {
        if (value.Length == 1)
            return value[0];
        if (!TryStart(mean, variance, out var start))
            return MatchedMeanOneByOne(value, mean, variance);
        var p = start.AtZero;
        var (left, sum) = (Vector512<double>.One, Vector512<double>.Zero);
        var enough = Vector512.Create(CountLaw.Rest);
        for (var k = 0; k < value.Length - 1 && Vector512.GreaterThanAny(left, enough); k++)
        {
            // A lane that has come to its end adds nothing more, while others go on.
            p = Vector512.MinNative(p, left);
            var part = Vector512.ConditionalSelect(Vector512.GreaterThan(left, enough), p, Vector512<double>.Zero);
            sum += part * value[k];
            left -= part;
            p *= start.Ratio(k + 1);
        }

        return sum + Vector512.MaxNative(Vector512<double>.Zero, left) * value[^1];
    }

    private readonly record struct Start(Vector512<double> A, Vector512<double> B, Vector512<double> AtZero)
    {
        /// <summary>Chance of k over the chance of k - 1.</summary>
        public Vector512<double> Ratio(int k) => Vector512.MaxNative(Vector512<double>.Zero, A + B * CountLaw.Inverse(k));
    }

    /// <summary>False when some lane is nothing at all or too large for a recursion from the chance of none.</summary>
    private static bool TryStart(Vector512<double> mean, Vector512<double> variance, out Start start)
    {
        Span<double> a = stackalloc double[Lanes], b = stackalloc double[Lanes], atZero = stackalloc double[Lanes], means = stackalloc double[Lanes], variances = stackalloc double[Lanes];
        mean.CopyTo(means);
        variance.CopyTo(variances);
        for (var lane = 0; lane < Lanes; lane++)
        {
            (a[lane], b[lane], var log) = means[lane] <= CountLaw.Nothing ? (0d, 0d, double.NegativeInfinity) : CountLaw.Panjer(means[lane], variances[lane]);
            if (log < CountLaw.LeastLog)
            {
                start = default;
                return false;
            }

            atZero[lane] = Math.Exp(log);
        }

        start = new(Vector512.Create<double>(a), Vector512.Create<double>(b), Vector512.Create<double>(atZero));
        return true;
    }

    private static void MatchOneByOne(Span<Vector512<double>> laws, Vector512<double> mean, Vector512<double> variance)
    {
        var law = new double[laws.Length];
        for (var lane = 0; lane < Lanes; lane++)
        {
            CountLaw.Match(law, mean[lane], variance[lane]);
            for (var k = 0; k < law.Length; k++)
                laws[k] = laws[k].WithElement(lane, law[k]);
        }
    }

    private static Vector512<double> MatchedMeanOneByOne(ReadOnlySpan<Vector512<double>> value, Vector512<double> mean, Vector512<double> variance)
    {
        var column = new double[value.Length];
        var means = Vector512<double>.Zero;
        for (var lane = 0; lane < Lanes; lane++)
        {
            for (var k = 0; k < column.Length; k++)
                column[k] = value[k][lane];
            means = means.WithElement(lane, CountLaw.MatchedMean(column, mean[lane], variance[lane]));
        }

        return means;
    }
}
