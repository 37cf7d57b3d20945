using System.Collections.Immutable;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Core.Compliance.Rules;

/// <summary>Contact only inside the local opening hours, in every zone the person may be in at once.</summary>
internal sealed class HoursRule : Rule
{
    /// <summary>Opening hours by weekday, Monday first, as nanoseconds of the local day; none: closed.</summary>
    private readonly (long Open, long Close)[] _week = new (long, long)[7];

    private readonly HolidayCalendar? _holidays;

    public HoursRule(PolicyRow row)
        : base(row)
    {
        foreach (var hours in row.Schedule)
        {
            var span = (Time(hours.Open), Time(hours.Close));
            for (var day = 0; day < 7; day++)
            {
                if (hours.Days.IsEmpty || hours.Days.Contains((IsoDayOfWeek)(day + 1)))
                    _week[day] = span;
            }
        }

        _holidays = row.Holidays is { } name ? HolidayCalendar.Named(name) : null;
    }

    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        if (AllOpen(e))
            return false;
        clearsAt = NextOpen(e.Places.Zones, e.Now);
        return true;
    }

    private bool AllOpen(ContactEvaluation e)
    {
        for (var zone = 0; zone < e.Places.Zones.Length; zone++)
        {
            if (!Open(e.LocalNow(zone)))
                return false;
        }

        return true; // no zone at all is for the row that requires one
    }

    private bool Open(LocalDateTime local)
    {
        var (open, close) = _week[(int)local.DayOfWeek - 1];
        var time = local.NanosecondOfDay;
        return time >= open && time < close && (_holidays is null || !_holidays.Contains(local.Date));
    }

    /// <summary>The earliest instant after <paramref name="after"/> when every zone is open; null when there is none within 30 days.</summary>
    private Instant? NextOpen(ImmutableArray<DateTimeZone> zones, Instant after)
    {
        var at = after;
        var limit = after + Duration.FromDays(30);
        while (at < limit)
        {
            var moved = false;
            foreach (var zone in zones)
            {
                if (Open(at.InZone(zone).LocalDateTime))
                    continue;
                if (NextOpening(zone, at, limit) is not { } opening)
                    return null;
                at = opening;
                moved = true;
            }

            if (!moved)
                return at;
        }

        return null;
    }

    /// <remarks>An opening that falls in the missing hour of a spring day begins when that hour is over; one in the doubled hour begins the first time.</remarks>
    private Instant? NextOpening(DateTimeZone zone, Instant after, Instant limit)
    {
        for (var date = after.InZone(zone).Date; ; date = date.PlusDays(1))
        {
            var (open, close) = _week[(int)date.DayOfWeek - 1];
            if (close <= open || (_holidays?.Contains(date) ?? false))
            {
                if (zone.AtStartOfDay(date).ToInstant() > limit)
                    return null;
                continue;
            }

            var opening = zone.AtLeniently(date + LocalTime.FromNanosecondsSinceMidnight(open)).ToInstant();
            if (opening > limit)
                return null;
            if (opening > after)
                return opening;
        }
    }

    private static long Time(string text) => text == "24:00" ? NodaConstants.NanosecondsPerDay : LocalTimePattern.ExtendedIso.Parse(text.Length == 5 ? text + ":00" : text).GetValueOrThrow().NanosecondOfDay;
}
