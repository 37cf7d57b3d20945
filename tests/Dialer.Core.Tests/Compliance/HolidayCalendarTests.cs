using Dialer.Core.Compliance;
using NodaTime;

namespace Dialer.Core.Tests.Compliance;

public class HolidayCalendarTests
{
    [Theory]
    [InlineData("US", 2026, 7, 3)] // the fourth is a Saturday
    [InlineData("US", 2026, 11, 26)]
    [InlineData("US", 2027, 5, 31)]
    [InlineData("CA-ON", 2026, 2, 16)]
    [InlineData("CA-ON", 2026, 4, 3)] // Good Friday
    [InlineData("CA-ON", 2027, 3, 26)]
    [InlineData("CA-ON", 2038, 4, 23)] // the latest Easter there can be, 25 April
    [InlineData("CA-ON", 2026, 5, 18)]
    [InlineData("CA-ON", 2026, 10, 12)]
    [InlineData("CA-ON", 2026, 12, 26)]
    public void Holiday_IsOne(string calendar, int year, int month, int day) => HolidayCalendar.Named(calendar)!.Contains(new LocalDate(year, month, day)).ShouldBeTrue();

    [Theory]
    [InlineData("US", 2026, 4, 3)]
    [InlineData("US", 2026, 11, 27)]
    [InlineData("CA-ON", 2026, 4, 5)] // Easter Sunday itself is none
    [InlineData("CA-ON", 2026, 11, 11)]
    [InlineData("CA-ON", 2026, 5, 25)]
    public void AnyOtherDay_IsNone(string calendar, int year, int month, int day) => HolidayCalendar.Named(calendar)!.Contains(new LocalDate(year, month, day)).ShouldBeFalse();

    [Fact]
    public void CalendarNobodyKeeps_IsNone() => HolidayCalendar.Named("XX").ShouldBeNull();
}
