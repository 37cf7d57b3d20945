using System.Collections.Concurrent;
using System.Text.Json;
using Dialer.Core.Pacing;
using Dialer.Features.Campaigns;
using Dialer.Features.Compliance;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NodaTime;
using StackExchange.Redis;

namespace Dialer.Features.Dialing;

/// <summary>
/// Leads every open campaign whose lease this node holds: looks at the floor, asks the pacing engine, prepares a batch and gives it to the sender.
/// Without Redis, without its whole state, or without the lease nothing is dialled.
/// </summary>
/// <remarks>A tick comes every half second and at once when an agent or a call has changed.</remarks>
public sealed class CampaignLeader(
    Database database,
    Leases leases,
    AgentIndex index,
    RedisConnection redis,
    FloorReader floors,
    LiveCalls calls,
    PacingSeries series,
    PacingAlarms alarms,
    PacingSignals signals,
    DialBatch batches,
    CallSender sender,
    CallCaps caps,
    ServiceClock clock,
    Drain drain,
    IOptions<DialingOptions> options,
    ILogger<CampaignLeader> log) : BackgroundService
{
    private static readonly TimeSpan ShortestTick = TimeSpan.FromMilliseconds(100);

    /// <summary>Real time between two ticks however much happens: changes that come together are looked at together.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(40);

    private readonly Dictionary<long, CampaignPacer> _pacers = [];

    /// <summary>Real time after which a peer takes over from a leader that went silent.</summary>
    internal TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>The newest plan of each campaign this node leads, for the screens.</summary>
    public ConcurrentDictionary<long, PacingPlan> Plans { get; } = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Leads)
            return;
        var tick = TimeSpan.FromTicks(Math.Max(ShortestTick.Ticks, (options.Value.Tick / clock.Speed).Ticks));
        while (!stoppingToken.IsCancellationRequested && !drain.Started)
        {
            try
            {
                await TickAsync(stoppingToken);
                await Task.Delay(Together, stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("No dialling this tick: {Reason}", Reason(failure));
            }
            catch (OperationCanceledException)
            {
                break;
            }

            if (!await signals.WaitAsync(tick, stoppingToken))
                break;
        }

        await LeaveAsync();
    }

    /// <summary>Hands every campaign over with all that was learned, so that a peer goes on at once.</summary>
    public async Task LeaveAsync()
    {
        foreach (var pacer in _pacers.Values.ToList())
            await DropAsync(pacer, CancellationToken.None);
    }

    /// <summary>One look at the floor and one decision for each campaign this node leads.</summary>
    public async Task TickAsync(CancellationToken cancel)
    {
        var open = await DayBudget.WithinAsync(
            database, await database.QueryAsync<Campaign>($"select {Campaign.Columns} from campaign where state = 'Open' and mode not in ('Manual', 'Preview') order by campaign_id", null, cancel), clock.Now, cancel);
        foreach (var closed in _pacers.Values.Where(pacer => open.All(campaign => campaign.CampaignId != pacer.Campaign.CampaignId)).ToList())
            await DropAsync(closed, cancel);
        if (open.Count == 0)
            return;
        await alarms.WatchLeadersAsync(open, clock.Now, cancel);
        var floor = await floors.ReadAsync(open, clock.Now, cancel);
        foreach (var campaign in open)
        {
            try
            {
                if (await PacerAsync(campaign, cancel) is { } pacer)
                    await PaceAsync(pacer, floor, cancel);
            }
            catch (Exception failure) when (!cancel.IsCancellationRequested)
            {
                log.LogWarning("No dialling of campaign {CampaignId} this tick: {Reason}", campaign.CampaignId, Reason(failure)); // the others are led all the same
            }
        }
    }

    private static string Reason(Exception failure) => failure is RedisNotWholeException or RedisException ? failure.Message : failure.ToString();

    private async Task DropAsync(CampaignPacer pacer, CancellationToken cancel)
    {
        var id = pacer.Campaign.CampaignId;
        try
        {
            await StoreAsync(pacer, clock.Now, last: true, cancel);
            await alarms.SetAsync(id, null, clock.Now, cancel);
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            log.LogWarning("What was learned last of campaign {CampaignId} could not be kept: {Reason}", id, Reason(failure)); // its lease is given up all the same
        }

        await leases.ReleaseAsync(DialBatch.LeaseOf(id), cancel);
        Forget(id);
    }

    private void Forget(long campaignId)
    {
        _pacers.Remove(campaignId);
        Plans.TryRemove(campaignId, out _);
        alarms.Forget(campaignId);
    }

    /// <summary>The campaign's pacer while this node leads it; a new leader goes on with what the last one had learned.</summary>
    private async Task<CampaignPacer?> PacerAsync(Campaign campaign, CancellationToken cancel)
    {
        var id = campaign.CampaignId;
        if (await leases.TryHoldAsync(DialBatch.LeaseOf(id), LeaseTime, cancel) is not { } epoch)
        {
            Forget(id);
            return null;
        }

        if (!_pacers.TryGetValue(id, out var pacer) || pacer.Epoch != epoch)
        {
            pacer = _pacers[id] = await TakeOverAsync(campaign, epoch, cancel);
            log.LogInformation("This node leads campaign {CampaignId} with epoch {Epoch}", id, epoch);
        }

        pacer.Adopt(campaign, caps.AbandonRate());
        return pacer;
    }

    private async Task<CampaignPacer> TakeOverAsync(Campaign campaign, long epoch, CancellationToken cancel)
    {
        var saved = await database.FindAsync<SavedMemory>("select memory::text as memory, seen_at from pacing_memory where campaign_id = @CampaignId", campaign, cancel);
        IReadOnlyList<LiveCall> around = saved?.SeenAt is { } seen ? await calls.SinceAsync(campaign.CampaignId, seen, cancel) : [];
        return new CampaignPacer(campaign, caps.AbandonRate(), saved?.Memory, saved?.SeenAt, around, epoch, clock.Now);
    }

    private async Task PaceAsync(CampaignPacer pacer, FloorReading floor, CancellationToken cancel)
    {
        var now = clock.Now;
        var campaign = pacer.Campaign;
        var mine = floor.Live.Where(call => call.CampaignId == campaign.CampaignId).ToList();
        var gone = pacer.Gone(mine);
        pacer.Learn(mine, gone.Count == 0 ? [] : await calls.ByIdAsync(gone, cancel), await TimesAsync(pacer, now, cancel), now);
        var plan = pacer.Decide(await floors.SnapshotAsync(pacer, floor, now, cancel), now);
        Plans[campaign.CampaignId] = plan;
        var started = plan.Dials == 0 ? 0 : await DialAsync(pacer, plan, cancel);
        await alarms.SetAsync(campaign.CampaignId, pacer.Started(started, now), now, cancel);
        if (await StoreAsync(pacer, now, last: false, cancel))
            await redis.Database.StringSetAsync(redis.Key($"plan:{campaign.CampaignId}"), JsonSerializer.Serialize(plan, PacingJson.Options), TimeSpan.FromSeconds(30));
    }

    private async Task<int> DialAsync(CampaignPacer pacer, PacingPlan plan, CancellationToken cancel)
    {
        var wanted = (int)Math.Min(plan.Dials, await DayBudget.LeftAsync(database, pacer.Campaign, clock.Now, cancel));
        if (wanted <= 0)
            return 0;
        var starts = await index.TakeStartsAsync(CallPace.Bucket, clock.Now.UnixMicroseconds(), wanted, options.Value.CallsPerSecond);
        if (starts.Count == 0)
            return 0;
        var batch = await batches.PrepareAsync(pacer.Campaign, plan.Mode, starts.Count, pacer.Epoch, cancel);
        if (batch.Intents.Count > 0)
            await sender.SendAsync(pacer.Campaign, pacer.Epoch, batch.Intents, cancel, starts);
        return batch.Intents.Count;
    }

    /// <summary>Talk and wrap-up times that ended since the last look. Machines end with their verdict and are no talk.</summary>
    private Task<IReadOnlyList<AgentTime>> TimesAsync(CampaignPacer pacer, Instant now, CancellationToken cancel) => database.QueryAsync<AgentTime>(
        """
        select l.state, extract(epoch from l.to_at - l.from_at)::float8 as seconds
        from agent_state_log l join attempt a on a.attempt_id = l.attempt_id
        where l.to_at > @from and l.to_at <= @now and l.state in ('OnCall', 'WrapUp') and a.campaign_id = @CampaignId and coalesce(a.answered_by, '') !~ '^(machine|fax)'
        order by l.to_at, l.agent_id
        """,
        new { from = pacer.LearnedTo, now, pacer.Campaign.CampaignId },
        cancel);

    /// <summary>What was decided and from what, for the wallboard and for a replay; what was learned, for the next leader.</summary>
    private async Task<bool> StoreAsync(CampaignPacer pacer, Instant now, bool last, CancellationToken cancel)
    {
        if (pacer.Due(now, last) is not { } due)
            return false;
        var stored = false;
        try
        {
            return stored = await series.StoreAsync(due.Chunk, due.Memory, pacer.LearnedTo, cancel);
        }
        finally
        {
            pacer.Stored(stored, now);
        }
    }

    private sealed class SavedMemory
    {
        public string Memory { get; init; } = "";

        public Instant? SeenAt { get; init; }
    }
}
