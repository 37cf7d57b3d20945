using Dialer.Core.Numbers;

namespace Dialer.Core.Tests.Numbers;

public class CallerIdTests
{
    private static readonly string[] Pool = [.. Enumerable.Range(0, 10).Select(n => $"+1212555010{n}")];

    [Fact]
    public void For_IsTheSameEachTimeAndSpreadsPersonsEvenly()
    {
        var shown = Enumerable.Range(1, 10_000).GroupBy(person => CallerIdChoice.For(person, Pool)).ToDictionary(group => group.Key!, group => group.Count());

        shown.Count.ShouldBe(10);
        shown.Values.ShouldAllBe(persons => persons > 850 && persons < 1150);
        CallerIdChoice.For(77, Pool).ShouldBe(CallerIdChoice.For(77, [.. Pool.Reverse()]));
    }

    [Fact]
    public void For_WhenANumberRests_MovesOnlyThosePersonsWhoSawIt()
    {
        var rested = Pool.Where(number => number != Pool[3]).ToArray();

        for (var person = 1L; person <= 2000; person++)
        {
            if (CallerIdChoice.For(person, Pool) is { } before && before != Pool[3])
                CallerIdChoice.For(person, rested).ShouldBe(before);
        }

        CallerIdChoice.For(1, []).ShouldBeNull();
    }

    [Theory]
    [InlineData(20, 0, CallerIdStanding.TooFew)]
    [InlineData(200, 10, CallerIdStanding.Low)] // 5 % where the others have 30 %
    [InlineData(200, 55, CallerIdStanding.Good)]
    [InlineData(60, 14, CallerIdStanding.Good)] // lower, but it may be chance
    public void Judge_ComparesWithTheOthersAndAllowsForChance(long calls, long answered, CallerIdStanding standing) =>
        CallerIdHealth.Judge(calls, answered, 3000, 900).Standing.ShouldBe(standing);

    [Fact]
    public void Wilson_IsTheKnownInterval()
    {
        var (low, high) = CallerIdHealth.Wilson(10, 100);

        low.ShouldBe(0.0552, 0.0001);
        high.ShouldBe(0.1744, 0.0001);
    }
}
