using Dialer.Core.Compliance;
using NodaTime;

namespace Dialer.Core.Tests.Compliance;

/// <summary>Both clocks must have run, and nobody must hold the records (12 CFR 1006.100).</summary>
public class RetentionTests
{
    private static readonly Instant Call = Instant.FromUtc(2026, 6, 10, 15, 0);

    private static Instant After(int years, int days) => Call.InUtc().Date.PlusYears(years).PlusDays(days).At(new LocalTime(15, 0)).InUtc().ToInstant();

    [Theory]
    [InlineData(3, -1, false, 0, false)] // 2 years and 364 days
    [InlineData(3, 1, true, 0, false)] // a legal hold
    [InlineData(3, 1, false, 0, true)]
    [InlineData(3, 1, false, 30, false)] // the last activity was later than the call
    public void Golden17_Recording_GoesAfterThreeYears_UnlessHeldOrStillWorked(int years, int days, bool hold, int workedDaysLater, bool allowed)
    {
        var check = RetentionClock.Recording(Call, Call + Duration.FromDays(workedDaysLater), hold, After(years, days), RetentionClock.LegalMinimumYears);

        check.Allowed.ShouldBe(allowed);
        check.Code.ShouldBe(allowed ? null : "RETENTION_HOLD");
    }

    [Fact]
    public void HousesOwnYears_AreLonger()
    {
        RetentionClock.Recording(Call, Call, false, After(4, 0)).Allowed.ShouldBeFalse();
        RetentionClock.Records(Call, false, false, After(RetentionClock.RecordYears, 1)).Allowed.ShouldBeTrue();
        RetentionClock.Records(Call, false, accountOpen: true, After(20, 0)).Why.ShouldContain("open");
        Should.Throw<ArgumentOutOfRangeException>(() => RetentionClock.Records(Call, false, false, After(9, 0), years: 2));
    }
}
