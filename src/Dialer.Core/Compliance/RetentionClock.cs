using NodaTime;

namespace Dialer.Core.Compliance;

/// <param name="Code">RETENTION_HOLD when refused.</param>
/// <param name="NotBefore">The earliest moment the clocks alone would allow it; null when something other than time stands in the way.</param>
public sealed record RetentionCheck(bool Allowed, string? Code, string Why, Instant? NotBefore);

/// <summary>When records and recordings may be destroyed (12 CFR 1006.100: three years after the last collection activity; recordings three years after the call).</summary>
/// <remarks>The house keeps records seven years and recordings five, to outlast the TCPA's four years of limitation and the TSR's five years of records.</remarks>
public static class RetentionClock
{
    public const int RecordYears = 7;
    public const int RecordingYears = 5;

    /// <summary>No setting may go below what the law asks.</summary>
    public const int LegalMinimumYears = 3;

    public static RetentionCheck Records(Instant lastActivity, bool legalHold, bool accountOpen, Instant now, int years = RecordYears) => (legalHold, accountOpen) switch
    {
        (true, _) => Refuse("A legal hold is in force.", null),
        (_, true) => Refuse("An account of the person is still open.", null),
        _ => After(lastActivity, years, now, "the last activity"),
    };

    /// <summary>Both clocks must have run: of the call itself and of the person's last activity.</summary>
    public static RetentionCheck Recording(Instant recordedAt, Instant lastActivity, bool legalHold, Instant now, int years = RecordingYears)
    {
        if (legalHold)
            return Refuse("A legal hold is in force.", null);
        var own = After(recordedAt, years, now, "the call");
        return own.Allowed ? After(lastActivity, LegalMinimumYears, now, "the last activity") : own;
    }

    private static RetentionCheck After(Instant clock, int years, Instant now, string what)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(years, LegalMinimumYears);
        var from = clock.InUtc().Date.PlusYears(years).AtStartOfDayInZone(DateTimeZone.Utc).ToInstant() + (clock - clock.InUtc().Date.AtStartOfDayInZone(DateTimeZone.Utc).ToInstant());
        return now > from ? new RetentionCheck(true, null, "Every clock has run.", from) : Refuse($"{years} years since {what} are over on {from.InUtc().Date}.", from);
    }

    private static RetentionCheck Refuse(string why, Instant? notBefore) => new(false, "RETENTION_HOLD", why, notBefore);
}
