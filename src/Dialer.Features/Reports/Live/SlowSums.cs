using System.Diagnostics;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Reports;

/// <summary>Refusals of today and leads that are due, by campaign.</summary>
public sealed record SlowFigures(IReadOnlyDictionary<long, long> DeniedByCampaign, IReadOnlyDictionary<string, long> DeniedByReason, long Denied, IReadOnlyDictionary<long, long> Ready);

/// <summary>
/// Figures that nobody needs by the second and that cost more than all the others: read again only after twenty times as long as the last reading took, so that they never take more than a
/// twentieth of one connection however large the day grows. At least five seconds, at most a minute.
/// </summary>
internal sealed class SlowSums(Database database)
{
    private static readonly TimeSpan Soonest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Latest = TimeSpan.FromMinutes(1);
    private const int MostReady = 100_000;

    private SlowFigures? _last;
    private Instant _today = Instant.MinValue;
    private long _readAt;
    private TimeSpan _keep = TimeSpan.Zero;

    public async Task<SlowFigures> ReadAsync(Instant today, Instant now, CancellationToken cancel)
    {
        if (_last is { } last && today == _today && Stopwatch.GetElapsedTime(_readAt) < _keep)
            return last;
        var begun = Stopwatch.GetTimestamp();
        var denials = await database.QueryAsync<(long? Campaign, string[] Reasons, long Count)>(
            "select campaign_id, reasons, sum(repeats)::bigint from decision where verdict = 'Deny' and at >= @today group by campaign_id, reasons", new { today }, cancel);
        var ready = await database.QueryAsync<(long Campaign, long Ready)>(
            """
            select c.campaign_id, r.ready from campaign c
            cross join lateral (select count(*) as ready from (select from ready_lead l where l.campaign_id = c.campaign_id and l.not_before <= @now limit @MostReady) due) r
            where c.state not in ('Draft', 'Closed')
            """,
            new { now, MostReady }, cancel);
        var figures = new SlowFigures(
            denials.Where(row => row.Campaign is not null).GroupBy(row => row.Campaign!.Value).ToDictionary(group => group.Key, group => group.Sum(row => row.Count)),
            denials.SelectMany(row => row.Reasons.Select(reason => (reason, row.Count))).GroupBy(pair => pair.reason).OrderByDescending(group => group.Sum(pair => pair.Count))
                .ToDictionary(group => group.Key, group => group.Sum(pair => pair.Count)),
            denials.Sum(row => row.Count),
            ready.ToDictionary(row => row.Campaign, row => row.Ready));
        _keep = TimeSpan.FromTicks(Math.Clamp(20 * Stopwatch.GetElapsedTime(begun).Ticks, Soonest.Ticks, Latest.Ticks));
        (_last, _today, _readAt) = (figures, today, Stopwatch.GetTimestamp());
        return figures;
    }
}
