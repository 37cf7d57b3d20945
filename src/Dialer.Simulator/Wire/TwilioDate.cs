using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Simulator.Wire;

/// <summary>Dates as the 2010-04-01 API writes them (RFC 2822, "Tue, 31 Aug 2010 20:36:28 +0000") and as its filters accept them.</summary>
public static class TwilioDate
{
    private static readonly InstantPattern Rfc2822 = InstantPattern.CreateWithInvariantCulture("ddd, dd MMM uuuu HH:mm:ss '+0000'");

    public static string Format(Instant instant) => Rfc2822.Format(instant);

    public static string? Format(Instant? instant) => instant is { } value ? Rfc2822.Format(value) : null;

    /// <summary>A filter's value: an ISO instant, or a day (which means its first instant in UTC). Null when it is neither.</summary>
    public static Instant? ParseFilter(string? text, out bool wholeDay)
    {
        wholeDay = false;
        if (string.IsNullOrEmpty(text))
            return null;
        var day = LocalDatePattern.Iso.Parse(text);
        if (day.Success)
        {
            wholeDay = true;
            return day.Value.AtMidnight().InUtc().ToInstant();
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? Instant.FromDateTimeOffset(moment)
            : null;
    }
}
