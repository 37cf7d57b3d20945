using System.Runtime.Intrinsics;
using Dialer.Core.Pacing;

namespace Dialer.Core.Tests.Pacing;

public class EightLawsTests
{
    private static Vector512<double> Lanes(Func<int, double> of) => Vector512.Create(Enumerable.Range(0, EightLaws.Lanes).Select(of).ToArray());

    private static double[] Lane(Vector512<double>[] laws, int lane) => [.. laws.Select(row => row[lane])];

    private static Vector512<double>[] Nothing(int rows)
    {
        var laws = new Vector512<double>[rows];
        EightLaws.Clear(laws);
        return laws;
    }

    /// <summary>One law alone, as the textbook has it.</summary>
    private static void AddAlone(double[] law, double p)
    {
        law[^1] += p * (law.Length > 1 ? law[^2] : 0);
        for (var k = law.Length - 2; k > 0; k--)
            law[k] += p * (law[k - 1] - law[k]);
        if (law.Length > 1)
            law[0] *= 1 - p;
    }

    [Fact]
    public void Add_OfEqualChances_IsTheBinomialLaw()
    {
        var laws = Nothing(5);
        for (var i = 0; i < 4; i++)
            EightLaws.AddExact(laws, Lanes(_ => 0.3), i + 1);
        double[] binomial = [0.2401, 0.4116, 0.2646, 0.0756, 0.0081];
        for (var k = 0; k < 5; k++)
            laws[k][3].ShouldBe(binomial[k], 1e-12);
    }

    [Fact]
    public void Add_BeyondTheRow_KeepsTheRestInTheLastCell()
    {
        var laws = Nothing(3);
        for (var i = 0; i < 6; i++)
            EightLaws.Add(laws, Lanes(_ => 0.5));
        Lane(laws, 7).ShouldBe([1 / 64d, 6 / 64d, 57 / 64d], 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(12)]
    public void Add_IsEachLawAlone_BitForBit(int rows)
    {
        var chance = new Random(rows);
        var laws = Nothing(rows);
        double[][] alone = [.. Enumerable.Range(0, EightLaws.Lanes).Select(_ => Lane(Nothing(rows), 0))];
        for (var i = 0; i < 30; i++)
        {
            var p = Lanes(_ => chance.NextDouble());
            EightLaws.Add(laws, p);
            for (var lane = 0; lane < EightLaws.Lanes; lane++)
            {
                AddAlone(alone[lane], p[lane]);
                Lane(laws, lane).ShouldBe(alone[lane]);
            }
        }
    }

    /// <summary>Means and variances of floors of all sizes; some lanes have nothing at all or are beyond the recursion.</summary>
    [Theory]
    [InlineData(1, 4, 0)]
    [InlineData(2, 60, 0)]
    [InlineData(3, 300, 0)]
    [InlineData(4, 60, 1e-13)]
    [InlineData(5, 60, 2500)]
    public void MatchAndMatchedMean_AreEachLawAlone_BitForBit(int seed, double most, double inOneLane)
    {
        var chance = new Random(seed);
        for (var world = 0; world < 40; world++)
        {
            var mean = Lanes(lane => lane == 5 && inOneLane > 0 ? inOneLane : most * chance.NextDouble());
            var variance = mean * Lanes(_ => 0.2 + 1.5 * chance.NextDouble());
            var rows = chance.Next(1, (int)(1.3 * most) + 3);
            var laws = new Vector512<double>[rows];
            EightLaws.Match(laws, mean, variance);
            Vector512<double>[] value = [.. Enumerable.Range(0, rows).Select(_ => Lanes(_ => chance.NextDouble()))];
            var means = EightLaws.MatchedMean(value, mean, variance);
            for (var lane = 0; lane < EightLaws.Lanes; lane++)
            {
                var alone = new double[rows];
                CountLaw.Match(alone, mean[lane], variance[lane]);
                Lane(laws, lane).ShouldBe(alone);
                means[lane].ShouldBe(CountLaw.MatchedMean(Lane(value, lane), mean[lane], variance[lane]));
            }
        }
    }
}
