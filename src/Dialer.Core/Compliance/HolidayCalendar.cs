using NodaTime;

namespace Dialer.Core.Compliance;

/// <summary>Days that are public holidays by a rule, not by a list that runs out.</summary>
public sealed class HolidayCalendar
{
    private readonly Func<LocalDate, bool> _contains;

    private HolidayCalendar(Func<LocalDate, bool> contains) => _contains = contains;

    /// <summary>The federal holidays of 5 USC 6103(a), on the day itself and, when it is a Saturday or Sunday, on the weekday it is observed.</summary>
    public static HolidayCalendar UnitedStates { get; } = new(date => IsFederal(date) || IsObserved(date));

    /// <summary>The public holidays of Ontario (Employment Standards Act, 2000, s. 1(1)), on the day itself.</summary>
    public static HolidayCalendar Ontario { get; } = new(IsOntarian);

    public static HolidayCalendar? Named(string name) => name switch
    {
        "US" => UnitedStates,
        "CA-ON" => Ontario,
        _ => null,
    };

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

    private static bool IsOntarian(LocalDate date)
    {
        var nth = (date.Day - 1) / 7 + 1;
        return (date.Month, date.Day) is (1, 1) or (7, 1) or (12, 25) or (12, 26)
            || (date.DayOfWeek == IsoDayOfWeek.Monday && ((date.Month == 2 && nth == 3) || (date.Month == 5 && date.Day is >= 18 and <= 24) || (date.Month == 9 && nth == 1) || (date.Month == 10 && nth == 2)))
            || date.PlusDays(2) == Easter(date.Year);
    }

    /// <summary>Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, ch. 8).</summary>
    private static LocalDate Easter(int year)
    {
        var (golden, century, rest) = (year % 19, year / 100, year % 100);
        var moon = ((19 * golden) + century - (century / 4) - ((century - ((century + 8) / 25) + 1) / 3) + 15) % 30;
        var weekday = (32 + (2 * (century % 4)) + (2 * (rest / 4)) - moon - (rest % 4)) % 7;
        var late = (golden + (11 * moon) + (22 * weekday)) / 451;
        var day = moon + weekday - (7 * late) + 114;
        return new LocalDate(year, day / 31, (day % 31) + 1);
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
