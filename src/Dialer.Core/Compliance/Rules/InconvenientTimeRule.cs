using System.Collections.Immutable;
using NodaTime;

namespace Dialer.Core.Compliance.Rules;

/// <summary>Times the person said, or the placement file says, do not suit (12 CFR 1006.6(b)(1)).</summary>
internal sealed class InconvenientTimeRule(PolicyRow row) : Rule(row)
{
    protected override bool Check(ContactEvaluation e, out Instant? clearsAt)
    {
        clearsAt = null;
        if (e.Facts.InconvenientTimes.IsEmpty)
            return false;
        if (EndOf(e, e.Now) is not { } end)
            return false;
        clearsAt = end;
        var limit = e.Now + Duration.FromDays(15); // two rounds of the week: a span that never ends covers all of it
        while (EndOf(e, clearsAt.Value) is { } later)
        {
            if (later > limit)
            {
                clearsAt = null;
                return true;
            }

            clearsAt = later;
        }

        return true;
    }

    /// <summary>When the inconvenient span around an instant ends, in the zone where it lasts longest; null outside every span.</summary>
    private static Instant? EndOf(ContactEvaluation e, Instant at)
    {
        Instant? end = null;
        foreach (var zone in e.Places.Zones)
        {
            var local = at.InZone(zone).LocalDateTime;
            foreach (var span in e.Facts.InconvenientTimes)
            {
                if (Covers(span, local, out var over) && Later(zone, over, at) is var instant && (end is null || instant > end))
                    end = instant;
            }
        }

        return end;
    }

    private static Instant Later(DateTimeZone zone, LocalDateTime over, Instant at)
    {
        var instant = zone.AtLeniently(over).ToInstant();
        return instant > at ? instant : at + Duration.FromHours(1); // the doubled hour: the first reading of its end has passed
    }

    private static bool Covers(InconvenientTime span, LocalDateTime local, out LocalDateTime over)
    {
        var today = local.Date;
        if (OnDay(span, today.DayOfWeek))
        {
            if (span.From == span.To)
                return Found(today.PlusDays(1).AtMidnight(), out over);
            if (span.From < span.To && local.TimeOfDay >= span.From && local.TimeOfDay < span.To)
                return Found(today + span.To, out over);
            if (span.From > span.To && local.TimeOfDay >= span.From)
                return Found(today.PlusDays(1) + span.To, out over);
        }

        if (span.From > span.To && OnDay(span, today.PlusDays(-1).DayOfWeek) && local.TimeOfDay < span.To)
            return Found(today + span.To, out over);
        over = default;
        return false;
    }

    private static bool Found(LocalDateTime end, out LocalDateTime over)
    {
        over = end;
        return true;
    }

    private static bool OnDay(InconvenientTime span, IsoDayOfWeek day) => span.Days.IsDefaultOrEmpty || span.Days.Contains(day);
}
