using Dapper;
using Dialer.Features.Campaigns;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>How many calls a campaign may still make today. Counted from its attempts, so that no restart, other leader or lost reply can spend it twice.</summary>
internal static class DayBudget
{
    /// <summary>The campaigns that may still call today, or whose last calls are about to leave: these want their leader's lease. One that has spent its day is not led: nothing watches it for calls that it cannot make.</summary>
    public static async Task<IReadOnlyList<Campaign>> WithinAsync(Database database, IReadOnlyList<Campaign> open, Instant now, CancellationToken cancel)
    {
        var bound = open.Where(campaign => campaign.CallsADay is not null).ToList();
        if (bound.Count == 0)
            return open;
        var spent = (await database.QueryAsync<long>(
            """
            select x.id
            from unnest(@ids, @midnights, @mosts) as x (id, midnight, most)
            cross join lateral (
                select count(*) as made, bool_or(state = 'Intent') as leaving
                from (select state from attempt where campaign_id = x.id and created_at >= x.midnight and state not in ('Refused', 'NotPlaced') limit x.most) today) d
            where d.made >= x.most and d.leaving is not true
            """,
            new
            {
                ids = bound.Select(campaign => campaign.CampaignId).ToArray(),
                midnights = bound.Select(campaign => DayOf(campaign.Zone, now).Start.ToDateTimeOffset()).ToArray(),
                mosts = bound.Select(campaign => campaign.CallsADay!.Value).ToArray(),
            },
            cancel)).ToHashSet();
        return [.. open.Where(campaign => !spent.Contains(campaign.CampaignId))];
    }

    /// <summary>Calls left on this day of the campaign's zone; without a limit more than any plan asks for.</summary>
    public static async Task<long> LeftAsync(Database database, Campaign campaign, Instant now, CancellationToken cancel)
    {
        if (campaign.CallsADay is null)
            return int.MaxValue;
        await using var connection = await database.OpenAsync(cancel);
        return await LeftAsync(connection, null, campaign, now, cancel);
    }

    /// <inheritdoc cref="LeftAsync(Database, Campaign, Instant, CancellationToken)"/>
    public static async Task<long> LeftAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, Campaign campaign, Instant now, CancellationToken cancel) =>
        campaign.CallsADay is { } most ? most - await MadeAsync(connection, transaction, campaign.CampaignId, DayOf(campaign.Zone, now).Start, most, cancel) : int.MaxValue;

    /// <summary>
    /// From when the campaign may call again, for a call that a person makes; null: now. In the transaction that makes the call: presses in one campaign with a budget take turns, so that two at once
    /// are not both the last.
    /// </summary>
    public static async Task<Instant?> SpentUntilAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long campaignId, Instant now, CancellationToken cancel)
    {
        var budget = await connection.QuerySingleOrDefaultAsync<Budget>(new CommandDefinition(
            "select calls_a_day as most, zone from campaign where campaign_id = @campaignId and calls_a_day is not null for no key update", new { campaignId }, transaction, cancellationToken: cancel));
        if (budget is null)
            return null;
        var (midnight, next) = DayOf(budget.Zone, now);
        return await MadeAsync(connection, transaction, campaignId, midnight, budget.Most, cancel) < budget.Most ? null : next;
    }

    /// <summary>Calls made since then, counted up to <paramref name="most"/>.</summary>
    private static Task<long> MadeAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, long campaignId, Instant midnight, int most, CancellationToken cancel) =>
        connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "select count(*) from (select from attempt where campaign_id = @campaignId and created_at >= @midnight and state not in ('Refused', 'NotPlaced') limit @most) made",
            new { campaignId, midnight, most }, transaction, cancellationToken: cancel));

    private static (Instant Start, Instant Next) DayOf(string zoneId, Instant now)
    {
        var zone = DateTimeZoneProviders.Tzdb[zoneId];
        var date = now.InZone(zone).Date;
        return (date.AtStartOfDayInZone(zone).ToInstant(), date.PlusDays(1).AtStartOfDayInZone(zone).ToInstant());
    }

    private sealed class Budget
    {
        public int Most { get; init; }

        public string Zone { get; init; } = "";
    }
}
