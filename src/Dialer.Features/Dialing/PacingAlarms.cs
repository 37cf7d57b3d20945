using Dialer.Core.Pacing;
using Dialer.Features.Campaigns;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Dialing;

/// <summary>Keeps the console's alarms about pacing: one open row a campaign and code, closed by itself when its cause is gone.</summary>
public sealed class PacingAlarms(Database database)
{
    public const string Prefix = "PACING_";
    private readonly Dictionary<long, string> _open = [];

    /// <summary>Raises <paramref name="reason"/> for the campaign and closes its other pacing alarms; null closes all. Writes only when something changed.</summary>
    public async Task SetAsync(long campaignId, PacingReason? reason, Instant now, CancellationToken cancel)
    {
        var code = reason is { } alarm ? Prefix + alarm.Code : "";
        if (_open.GetValueOrDefault(campaignId, "?") == code)
            return;
        await database.ExecuteAsync(
            """
            update alarm set closed_at = @now, closed_by = 'pacing' where subject = @subject and starts_with(code, @Prefix) and code <> @code and closed_at is null;
            insert into alarm (code, subject, raised_at, text)
            select @code, @subject, @now, @text where @code <> '' and not exists (select from alarm where subject = @subject and code = @code and closed_at is null)
            """,
            new { subject = $"campaign/{campaignId}", now, Prefix, code, text = reason?.Text ?? "" },
            cancel);
        _open[campaignId] = code;
    }

    /// <summary>Open campaigns that nobody has led for a while: any node may say so.</summary>
    public async Task WatchLeadersAsync(IReadOnlyList<Campaign> open, Instant now, CancellationToken cancel)
    {
        var led = await database.QueryAsync<string>(
            "select name from lease where name = any (@names) and expires_at > clock_timestamp() - @patience",
            new { names = open.Select(campaign => DialBatch.LeaseOf(campaign.CampaignId)).ToArray(), patience = PacingWatchdog.SilenceLimit.ToTimeSpan() },
            cancel);
        foreach (var id in _open.Where(one => one.Value == Prefix + "NO_DECISION" && led.Contains(DialBatch.LeaseOf(one.Key))).Select(one => one.Key).ToList())
            _open.Remove(id);
        foreach (var campaign in open.Where(campaign => !led.Contains(DialBatch.LeaseOf(campaign.CampaignId)) && now - campaign.UpdatedAt > Duration.FromMinutes(1)))
            await SetAsync(campaign.CampaignId, PacingWatchdog.Silence(new WatchdogState(null, null, now - PacingWatchdog.SilenceLimit), now), now, cancel);
    }

    /// <summary>This node does not lead the campaign any more: what it has said is forgotten, so that it would be said again.</summary>
    public void Forget(long campaignId) => _open.Remove(campaignId);
}
