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

    [Theory]
    [InlineData(-1.96, 0.0249979)]
    [InlineData(0, 0.5)]
    [InlineData(3.1, 0.9990324)]
    public void StandardNormal_IsTheDistributionFunction(double z, double p) => CountLaw.StandardNormal(z).ShouldBe(p, 1e-6);
}
