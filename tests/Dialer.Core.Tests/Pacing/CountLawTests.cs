using Dialer.Core.Pacing;

namespace Dialer.Core.Tests.Pacing;

public class CountLawTests
{
    [Theory]
    [InlineData(6.0, 4.8)]
    [InlineData(6.0, 6.0)]
    [InlineData(6.0, 9.0)]
    [InlineData(180.0, 150.0)]
    [InlineData(2000.0, 2400.0)]
    public void Match_HasTheMeanAndVarianceAskedFor(double mean, double variance)
    {
        var law = new double[(int)(mean + 12 * Math.Sqrt(variance)) + 2];
        CountLaw.Match(law, mean, variance);
        var actual = law.Select((p, k) => p * k).Sum();
        law.Sum().ShouldBe(1, 1e-9);
        actual.ShouldBe(mean, mean * 0.005);
        law.Select((p, k) => p * (k - mean) * (k - mean)).Sum().ShouldBe(variance, variance * 0.02);
    }

    [Fact]
    public void Add_OfEqualChances_IsTheBinomialLaw()
    {
        var law = new double[5];
        law[0] = 1;
        for (var i = 0; i < 4; i++)
            CountLaw.Add(law, 0.3);
        double[] binomial = [0.2401, 0.4116, 0.2646, 0.0756, 0.0081];
        for (var k = 0; k < 5; k++)
            law[k].ShouldBe(binomial[k], 1e-12);
    }

    [Fact]
    public void Add_BeyondTheRow_KeepsTheRestInTheLastCell()
    {
        var law = new double[3];
        law[0] = 1;
        for (var i = 0; i < 6; i++)
            CountLaw.Add(law, 0.5);
        law[0].ShouldBe(1 / 64d, 1e-12);
        law[1].ShouldBe(6 / 64d, 1e-12);
        law[2].ShouldBe(57 / 64d, 1e-12);
    }

    [Theory]
    [InlineData(-1.96, 0.0249979)]
    [InlineData(0, 0.5)]
    [InlineData(3.1, 0.9990324)]
    public void StandardNormal_IsTheDistributionFunction(double z, double p) => CountLaw.StandardNormal(z).ShouldBe(p, 1e-6);
}
