namespace Dialer.Core.Experiments;

/// <summary>What one arm's persons came to: how many, the sum of their values and of the squares.</summary>
public readonly record struct ArmSample(long Persons, double Sum, double SumOfSquares)
{
    public double Mean => Persons == 0 ? 0 : Sum / Persons;

    public double Variance => Persons < 2 ? 0 : Math.Max(0, (SumOfSquares - (Sum * Sum / Persons)) / (Persons - 1));

    public ArmSample With(double value) => new(Persons + 1, Sum + value, SumOfSquares + (value * value));
}

public enum ComparisonVerdict
{
    /// <summary>Too few persons for the normal approximation on which the interval rests.</summary>
    TooEarly,

    /// <summary>The interval holds zero: no difference is shown. That is not proof of none.</summary>
    Open,
    AIsBetter,
    BIsBetter,

    /// <summary>The arms are of sizes that a fair coin gives less than once in a thousand times: persons are lost or counted twice somewhere. The result says nothing.</summary>
    Broken,
}

/// <param name="Difference">Mean of B less mean of A.</param>
/// <param name="Low">Lower end of the interval that holds the true difference at all times at once with the probability 1 - alpha; <paramref name="High"/> its upper end. Infinite while it is too early.</param>
/// <param name="BalanceP">Probability of arms at least as unequal as these under a fair coin.</param>
public sealed record Comparison(double Difference, double Low, double High, ComparisonVerdict Verdict, double BalanceP)
{
    /// <summary>Persons in each arm from which the interval is shown.</summary>
    public const int Fewest = 100;

    private const double Lost = 0.001;

    /// <summary>
    /// Compares two arms that persons entered by a fair coin, with an interval that may be looked at as often as one likes: the probability that it ever misses the true difference is at most alpha,
    /// whenever one stops. (A fixed-sample interval looked at every day would be wrong several times as often.)
    /// </summary>
    /// <param name="alpha">0.05: an interval of 95 %.</param>
    /// <param name="planned">Persons in all at which the interval is to be narrowest, declared before the start; it is valid at every other number too.</param>
    /// <remarks>
    /// The normal-mixture boundary of Robbins (Annals of Mathematical Statistics 41, 1970) in its asymptotic form: I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy and A. Ramdas,
    /// "Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics 52(6), 2024, theorem 2.2 and equation for rho. With n persons and s the standard deviation of
    /// the difference's influence function, s^2 = 2 (var A + var B): difference +- s sqrt(2 (n r^2 + 1) / (n r)^2 * ln(sqrt(n r^2 + 1) / alpha)).
    /// "Asymptotic" means that the guarantee is exact only as n grows; the tests measure it on rates of a few percent.
    /// </remarks>
    public static Comparison Of(ArmSample a, ArmSample b, double alpha, long planned)
    {
        var difference = b.Mean - a.Mean;
        var balance = Balance(a.Persons, b.Persons);
        if (a.Persons < Fewest || b.Persons < Fewest)
            return new Comparison(difference, double.NegativeInfinity, double.PositiveInfinity, ComparisonVerdict.TooEarly, balance);
        double n = a.Persons + b.Persons;
        var reach = Math.Sqrt(2 * (a.Variance + b.Variance)) * Boundary(n, alpha, planned);
        var (low, high) = (difference - reach, difference + reach);
        var verdict = balance < Lost ? ComparisonVerdict.Broken : low > 0 ? ComparisonVerdict.BIsBetter : high < 0 ? ComparisonVerdict.AIsBetter : ComparisonVerdict.Open;
        return new Comparison(difference, low, high, verdict, balance);
    }

    private static double Boundary(double n, double alpha, long planned)
    {
        var log = -2 * Math.Log(alpha);
        var rho2 = (log + Math.Log(log + 1)) / planned;
        var grown = (n * rho2) + 1;
        return Math.Sqrt(2 * grown / (n * n * rho2) * Math.Log(Math.Sqrt(grown) / alpha));
    }

    /// <summary>Two-sided probability by the normal approximation of the binomial.</summary>
    private static double Balance(long a, long b) => a + b == 0 ? 1 : ErrorFunctionComplement(Math.Abs(a - b) / Math.Sqrt(2.0 * (a + b)));

    /// <summary>erfc for x >= 0 to 1.2e-7 (Press et al., Numerical Recipes, 6.2).</summary>
    private static double ErrorFunctionComplement(double x)
    {
        var t = 1 / (1 + (0.5 * x));
        return t * Math.Exp((-x * x) - 1.26551223 + (t * (1.00002368 + (t * (0.37409196 + (t * (0.09678418 + (t * (-0.18628806 + (t * (0.27886807 + (t * (-1.13520398
            + (t * (1.48851587 + (t * (-0.82215223 + (t * 0.17087277))))))))))))))))));
    }
}
