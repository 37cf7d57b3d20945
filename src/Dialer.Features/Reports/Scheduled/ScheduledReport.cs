using System.Globalization;
using Dialer.Features.Reports.Tables;
using NodaTime;

namespace Dialer.Features.Reports.Scheduled;

/// <summary>Which days a scheduled report is about, counted from the day of its schedule's fire in its own zone.</summary>
internal enum ReportPeriod
{
    Today,
    Yesterday,
    Last7Days,
    MonthToDate,
    LastMonth,
}

/// <summary>A row of <c>report_schedule</c>.</summary>
internal sealed class ScheduledReport
{
    public const string Columns = "report_schedule_id as id, name, report, period, campaign_id, format, cron, zone, emails, to_folder, enabled, created_at, created_by";

    public long Id { get; init; }

    public string Name { get; init; } = "";

    public string Report { get; init; } = "";

    public ReportPeriod Period { get; init; }

    public long? CampaignId { get; init; }

    public string Format { get; init; } = "";

    public string Cron { get; init; } = "";

    public string Zone { get; init; } = "";

    public string[] Emails { get; init; } = [];

    public bool ToFolder { get; init; }

    public bool Enabled { get; init; }

    public Instant CreatedAt { get; init; }

    public string CreatedBy { get; init; } = "";

    /// <summary>The days of the fire at <paramref name="due"/>: the same however late the report is made.</summary>
    public ReportScope ScopeAt(Instant due)
    {
        var zone = DateTimeZoneProviders.Tzdb[Zone];
        var today = due.InZone(zone).Date;
        var (from, to) = Period switch
        {
            ReportPeriod.Today => (today, today),
            ReportPeriod.Yesterday => (today.PlusDays(-1), today.PlusDays(-1)),
            ReportPeriod.Last7Days => (today.PlusDays(-7), today.PlusDays(-1)),
            ReportPeriod.MonthToDate => (today.With(DateAdjusters.StartOfMonth), today),
            _ => (today.PlusMonths(-1).With(DateAdjusters.StartOfMonth), today.PlusMonths(-1).With(DateAdjusters.EndOfMonth)),
        };
        return new ReportScope(from, to, zone, CampaignId);
    }

    /// <summary>One name for one fire, so that a repeat overwrites itself. What a person wrote is not part of it.</summary>
    public string FileName(Instant due) => string.Create(CultureInfo.InvariantCulture, $"{Report}-{Id}-{due.InZone(DateTimeZoneProviders.Tzdb[Zone]).LocalDateTime:yyyyMMdd'T'HHmm}.{Format}");
}
