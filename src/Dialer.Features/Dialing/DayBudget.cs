using Dialer.Features.Campaigns;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Dialing;

/// <summary>How many calls a campaign may still make today. Counted from its attempts, so that no restart, other leader or lost reply can spend it twice.</summary>
internal static class DayBudget
{
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
        var zone = DateTimeZoneProviders.Tzdb[campaign.Zone];
        var midnight = now.InZone(zone).Date.AtStartOfDayInZone(zone).ToInstant();
        return most - await database.FindAsync<long>(
            "select count(*) from (select from attempt where campaign_id = @CampaignId and created_at >= @midnight and state not in ('Refused', 'NotPlaced') limit @most) made",
            new { campaign.CampaignId, midnight, most }, cancel);
    }
}
