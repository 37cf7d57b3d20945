using NodaTime;

namespace Dialer.Core.Recycling;

/// <summary>Parts of the called person's day: morning up to noon, afternoon up to 17:00, evening after it. A set of them; an empty one binds nothing.</summary>
[Flags]
public enum DayParts : short
{
    None = 0,
    Morning = 1,
    Afternoon = 2,
    Evening = 4,
    Any = Morning | Afternoon | Evening,
}

/// <summary>When a part of the day begins, by the called person's clock.</summary>
public static class DayPartClock
{
    private static readonly (DayParts Part, LocalTime From)[] Begins =
        [(DayParts.Morning, LocalTime.Midnight), (DayParts.Afternoon, new LocalTime(12, 0)), (DayParts.Evening, new LocalTime(17, 0))];

    public static DayParts At(LocalTime time) => Begins.Last(begin => begin.From <= time).Part;

    public static DayParts At(Instant at, DateTimeZone zone) => At(at.InZone(zone).TimeOfDay);

    /// <summary>The earliest instant from <paramref name="from"/> on that lies in one of the parts: <paramref name="from"/> itself, or the beginning of a part.</summary>
    /// <remarks>Where a clock is put forward over a beginning, the part begins with the first minute after the gap.</remarks>
    public static Instant Next(DayParts parts, Instant from, DateTimeZone zone)
    {
        if ((parts & DayParts.Any) == DayParts.None || (parts & At(from, zone)) != DayParts.None)
            return from;
        var today = from.InZone(zone).Date;
        for (var date = today; ; date = date.PlusDays(1))
        {
            foreach (var (part, begin) in Begins)
            {
                if ((parts & part) != DayParts.None && zone.AtLeniently(date + begin).ToInstant() is var at && at >= from)
                    return at;
            }
        }
    }
}
