using Dapper;
using Dialer.Features.Campaigns;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>How many calls a campaign may still make today. Counted from its attempts, so that no restart, other leader or lost reply can spend it twice.</summary>
internal static class DayBudget
{
    private const string MadeSql =
        "select count(*) from (select from attempt where campaign_id = @campaignId and created_at >= @midnight and state not in ('Refused', 'NotPlaced') limit @most) made";

    /// <summary>The campaigns that may still call today. One that has spent its day is not led: nothing watches it for calls that it cannot make.</summary>
    public static async Task<IReadOnlyList<Campaign>> WithinAsync(Database database, IReadOnlyList<Campaign> open, Instant now, CancellationToken cancel)
    {
        if (open.All(campaign => campaign.CallsADay is null))
            return open;
        var within = new List<Campaign>(open.Count);
        foreach (var campaign in open)
        {
            if (await LeftAsync(database, campaign, now, cancel) > 0)
                within.Add(campaign);
        }

        return within;
    }

    /// <summary>Calls left on this day of the campaign's zone; without a limit more than any plan asks for.</summary>
    public static async Task<long> LeftAsync(Database database, Campaign campaign, Instant now, CancellationToken cancel)
    {
        if (campaign.CallsADay is not { } most)
            return int.MaxValue;
        return most - await database.FindAsync<long>(MadeSql, new { campaignId = campaign.CampaignId, midnight = DayOf(campaign.Zone, now).Start, most }, cancel);
    }

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
        var made = await connection.ExecuteScalarAsync<long>(new CommandDefinition(MadeSql, new { campaignId, midnight, most = budget.Most }, transaction, cancellationToken: cancel));
        return made < budget.Most ? null : next;
    }

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
