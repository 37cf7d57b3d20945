using NodaTime;

namespace Dialer.Core.Compliance;

/// <summary>Days that are public holidays by a rule, not by a list that runs out.</summary>
public sealed class HolidayCalendar
{
    private readonly Func<LocalDate, bool> _contains;

    private HolidayCalendar(Func<LocalDate, bool> contains) => _contains = contains;

    /// <summary>The federal holidays of 5 USC 6103(a), on the day itself and, when it is a Saturday or Sunday, on the weekday it is observed.</summary>
    public static HolidayCalendar UnitedStates { get; } = new(date => IsFederal(date) || IsObserved(date));

    public static HolidayCalendar? Named(string name) => name == "US" ? UnitedStates : null;

    public bool Contains(LocalDate date) => _contains(date);

    /// <summary>The date <paramref name="days"/> business days after (or, if negative, before) a date: Saturdays, Sundays and holidays do not count.</summary>
    public LocalDate AddBusinessDays(LocalDate date, int days)
    {
        for (var left = Math.Abs(days); left > 0;)
        {
            date = date.PlusDays(Math.Sign(days));
            if (date.DayOfWeek is not (IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday) && !Contains(date))
                left--;
        }

        return date;
    }

    private static bool IsObserved(LocalDate date) =>
        (date.DayOfWeek == IsoDayOfWeek.Friday && IsFederal(date.PlusDays(1))) || (date.DayOfWeek == IsoDayOfWeek.Monday && IsFederal(date.PlusDays(-1)));

    private static bool IsFederal(LocalDate date)
    {
        var nth = (date.Day - 1) / 7 + 1;
        return (date.Month, date.Day) is (1, 1) or (6, 19) or (7, 4) or (11, 11) or (12, 25)
            || (date.DayOfWeek == IsoDayOfWeek.Monday && ((date.Month is 1 or 2 && nth == 3) || (date.Month == 9 && nth == 1) || (date.Month == 10 && nth == 2)))
            || (date.Month == 5 && date.DayOfWeek == IsoDayOfWeek.Monday && date.Day > 24)
            || (date.Month == 11 && date.DayOfWeek == IsoDayOfWeek.Thursday && nth == 4);
    }
}
