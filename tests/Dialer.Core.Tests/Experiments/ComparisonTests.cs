using Dialer.Core.Experiments;

namespace Dialer.Core.Tests.Experiments;

public class ComparisonTests
{
    private const int Persons = 4000;
    private const int LookEvery = 50;

    [Fact]
    public void ArmOf_IsAFairCoinThatDoesNotDependOnOtherExperimentsOrNeighbours()
    {
        const int Many = 100_000;
        int b = 0, same = 0, runs = 0;
        for (var person = 1L; person <= Many; person++)
        {
            b += Arms.Of(7, person) == Arm.B ? 1 : 0;
            same += Arms.Of(7, person) == Arms.Of(8, person) ? 1 : 0;
            runs += Arms.Of(7, person) == Arms.Of(7, person + 1) ? 1 : 0;
        }

        foreach (var count in new[] { b, same, runs })
            Math.Abs(count - (Many / 2)).ShouldBeLessThan(650); // four standard deviations are 632
    }

    [Fact]
    public void Interval_LookedAtAllTheTime_MissesNoMoreOftenThanItSays_AndAPlainOneWouldManyTimesOver()
    {
        const int Experiments = 1500;
        int missed = 0, plainMissed = 0;
        for (var seed = 0; seed < Experiments; seed++)
        {
            var (ever, plain) = (false, false);
            Play(seed, 0.08, 0.08, (a, b) =>
            {
                var comparison = Comparison.Of(a, b, 0.05, Persons);
                ever |= comparison.Low > 0 || comparison.High < 0;
                plain |= Math.Abs(comparison.Difference) > 1.96 * Math.Sqrt((a.Variance / a.Persons) + (b.Variance / b.Persons));
                return false;
            });
            missed += ever ? 1 : 0;
            plainMissed += plain ? 1 : 0;
        }

        ((double)missed / Experiments).ShouldBeLessThanOrEqualTo(0.05);
        ((double)plainMissed / Experiments).ShouldBeGreaterThan(0.15); // the error that this interval is there to avoid
    }

    [Fact]
    public void Interval_FindsADifferenceThatIsThere()
    {
        const int Experiments = 300;
        var found = 0;
        for (var seed = 0; seed < Experiments; seed++)
        {
            Play(seed, 0.08, 0.13, (a, b) =>
            {
                var verdict = Comparison.Of(a, b, 0.05, Persons).Verdict;
                found += verdict == ComparisonVerdict.BIsBetter ? 1 : 0;
                return verdict == ComparisonVerdict.BIsBetter;
            });
        }

        ((double)found / Experiments).ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public void Of_FewPersons_IsTooEarly_AndUnequalArmsAreBroken()
    {
        Comparison.Of(Rate(99, 10), Rate(5000, 900), 0.05, 4000).Verdict.ShouldBe(ComparisonVerdict.TooEarly);
        Comparison.Of(Rate(1000, 10), Rate(1400, 300), 0.05, 4000).Verdict.ShouldBe(ComparisonVerdict.Broken);
        Comparison.Of(Rate(1000, 50), Rate(1040, 52), 0.05, 4000).Verdict.ShouldBe(ComparisonVerdict.Open);
        Comparison.Of(Rate(500, 0), Rate(500, 0), 0.05, 4000).Low.ShouldBe(0);
    }

    [Fact]
    public void Of_TheBoundaryIsTheOneOfThePaper()
    {
        // n = 1000, planned 1000, alpha 0.05, both variances p(1-p) with p = 0.5: by hand with the formula.
        var rho2 = (-2 * Math.Log(0.05) + Math.Log(1 - (2 * Math.Log(0.05)))) / 1000;
        var expected = Math.Sqrt(2 * (500 * 0.25 / 499 * 2)) * Math.Sqrt(2 * ((1000 * rho2) + 1) / (1_000_000 * rho2) * Math.Log(Math.Sqrt((1000 * rho2) + 1) / 0.05));

        var comparison = Comparison.Of(Rate(500, 250), Rate(500, 250), 0.05, 1000);

        comparison.High.ShouldBe(expected, 1e-12);
        comparison.High.ShouldBeInRange(0.08, 0.12);
    }

    private static ArmSample Rate(long persons, long hits) => new(persons, hits, hits);

    /// <summary>Persons come one by one by a coin; every fiftieth somebody looks and may stop.</summary>
    private static void Play(int seed, double rateA, double rateB, Func<ArmSample, ArmSample, bool> look)
    {
        var random = new Random(seed);
        ArmSample a = default, b = default;
        for (var person = 1; person <= Persons; person++)
        {
            if (random.Next(2) == 0)
                a = a.With(random.NextDouble() < rateA ? 1 : 0);
            else
                b = b.With(random.NextDouble() < rateB ? 1 : 0);
            if (person % LookEvery == 0 && a.Persons >= Comparison.Fewest && b.Persons >= Comparison.Fewest && look(a, b))
                return;
        }
    }
}
