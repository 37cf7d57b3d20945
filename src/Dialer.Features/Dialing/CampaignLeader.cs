using System.Collections.Concurrent;
using System.Text.Json;
using Dialer.Core.Calls;
using Dialer.Core.Pacing;
using Dialer.Features.Agents;
using Dialer.Features.Campaigns;
using Dialer.Features.Routing;
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
public sealed class CampaignLeader(
    Database database,
    Leases leases,
    AgentIndex index,
    RedisConnection redis,
    LiveCalls calls,
    DialBatch batches,
    CallSender sender,
    ServiceClock clock,
    Drain drain,
    IOptions<DialingOptions> options,
    ILogger<CampaignLeader> log) : BackgroundService
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan ShortestTick = TimeSpan.FromMilliseconds(100);
    private readonly Dictionary<long, CampaignPacer> _pacers = [];

    /// <summary>The newest plan of each campaign this node leads, for the screens.</summary>
    public ConcurrentDictionary<long, PacingPlan> Plans { get; } = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Leads)
            return;
        var tick = TimeSpan.FromTicks(Math.Max(ShortestTick.Ticks, (options.Value.Tick / clock.Speed).Ticks));
        using var timer = new PeriodicTimer(tick);
        while (!stoppingToken.IsCancellationRequested && !drain.Started)
        {
            try
            {
                await TickAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogWarning("No dialling this tick: {Reason}", failure is RedisNotWholeException or RedisException ? failure.Message : failure.ToString());
            }

            if (!await WaitAsync(timer, stoppingToken))
                break;
        }

        foreach (var id in _pacers.Keys)
            await leases.ReleaseAsync(DialBatch.LeaseOf(id), CancellationToken.None);
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken cancel)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task TickAsync(CancellationToken cancel)
    {
        var open = await database.QueryAsync<Campaign>($"select {Campaign.Columns} from campaign where state = 'Open' and mode not in ('Manual', 'Preview') order by campaign_id", null, cancel);
        await DropClosedAsync(open, cancel);
        if (open.Count == 0)
            return;
        var agents = QueueLoad.Reduce(await index.SnapshotAsync(), await database.FindAsync<int>(QueueLoad.WaitingSql, null, cancel));
        var live = await calls.AllAsync(cancel);
        foreach (var campaign in open)
        {
            if (await PacerAsync(campaign, cancel) is { } pacer)
                await PaceAsync(pacer, agents, live, cancel);
        }
    }

    private async Task DropClosedAsync(IReadOnlyList<Campaign> open, CancellationToken cancel)
    {
        foreach (var id in _pacers.Keys.Except(open.Select(campaign => campaign.CampaignId)).ToList())
        {
            await SaveMemoryAsync(_pacers[id], cancel);
            await leases.ReleaseAsync(DialBatch.LeaseOf(id), cancel);
            _pacers.Remove(id);
            Plans.TryRemove(id, out _);
        }
    }

    /// <summary>The campaign's pacer while this node leads it; a new leader goes on with what the last one had learned.</summary>
    private async Task<CampaignPacer?> PacerAsync(Campaign campaign, CancellationToken cancel)
    {
        if (await leases.TryHoldAsync(DialBatch.LeaseOf(campaign.CampaignId), LeaseTime, cancel) is not { } epoch)
        {
            _pacers.Remove(campaign.CampaignId);
            return null;
        }

        if (!_pacers.TryGetValue(campaign.CampaignId, out var pacer) || pacer.Epoch != epoch)
        {
            var memory = await database.FindAsync<string>("select memory::text from pacing_memory where campaign_id = @CampaignId", campaign, cancel);
            pacer = _pacers[campaign.CampaignId] = new CampaignPacer(campaign, memory) { Epoch = epoch, LogsReadTo = clock.Now, StoredAt = Instant.MinValue };
            log.LogInformation("This node leads campaign {CampaignId} with epoch {Epoch}", campaign.CampaignId, epoch);
        }

        pacer.Adopt(campaign);
        return pacer;
    }

    private async Task PaceAsync(CampaignPacer pacer, IReadOnlyList<AgentReading> agents, IReadOnlyList<LiveCall> live, CancellationToken cancel)
    {
        var now = clock.Now;
        var campaign = pacer.Campaign;
        var mine = live.Where(call => call.CampaignId == campaign.CampaignId).ToList();
        var gone = pacer.Gone(mine);
        pacer.Learn(mine, gone.Count == 0 ? [] : await calls.ByIdAsync(gone, cancel), await TimesAsync(pacer, now, cancel), now);
        var snapshot = await SnapshotAsync(campaign, agents, live, mine, now, cancel);
        var plan = pacer.Decide(snapshot, now);
        Plans[campaign.CampaignId] = plan;
        var granted = plan.Dials == 0 ? 0 : await index.TakeTokensAsync("cps", clock.Now.ToUnixTimeMilliseconds(), plan.Dials, options.Value.CallsPerSecond, TimeSpan.FromSeconds(1));
        if (granted > 0)
        {
            var batch = await batches.PrepareAsync(campaign, plan.Mode, granted, pacer.Epoch, cancel);
            if (batch.Intents.Count > 0)
                await sender.SendAsync(campaign, pacer.Epoch, batch.Intents, cancel);
        }

        await PublishAsync(pacer, snapshot, plan, now, cancel);
    }

    private async Task<PacingSnapshot> SnapshotAsync(
        Campaign campaign, IReadOnlyList<AgentReading> agents, IReadOnlyList<LiveCall> live, List<LiveCall> mine, Instant now, CancellationToken cancel)
    {
        var agentless = campaign.Mode == PacingMode.Agentless;
        var unclassified = live.Where(call => call is { AgentId: not null, AnsweredBy: null }).Select(call => call.AgentId!.Value).ToHashSet();
        var flying = live.Where(call => call.InFlight && (agentless ? call.CampaignId == campaign.CampaignId : call.Mode != nameof(PacingMode.Agentless)));
        var account = await database.FindAsync<AccountRow>(
            """
            select
                (select count(*) from (select from ready_lead where campaign_id = @CampaignId and not_before <= @now limit 2000) as due) as stock,
                count(*) as answers,
                count(*) filter (where abandoned) as abandoned
            from attempt
            where campaign_id = @CampaignId and answered_at >= @since
                and coalesce(answered_by, '') !~ '^(machine|fax)' and (answered_by is not null or abandoned or state <> 'Answered')
            """,
            new { campaign.CampaignId, now, since = now - Duration.FromDays(campaign.AbandonWindowDays) },
            cancel);
        var free = await index.FreeTokensAsync("cps", now.ToUnixTimeMilliseconds(), options.Value.CallsPerSecond, TimeSpan.FromSeconds(1));
        return new PacingSnapshot
        {
            Agents = agentless ? [] : [.. agents.Where(agent => agent.Alive && campaign.Skills.All(agent.Skills.Contains)).Select(agent => Paced(agent, unclassified, now))],
            Calls = [.. flying.Select(call => new PacedCall(
                Math.Max(0, (now - call.LaunchedAt).TotalSeconds), new CallClass(call.LineType, Math.Max(1, call.Tries)), Foreign: call.CampaignId != campaign.CampaignId))],
            Ledger = new AbandonmentLedger(account!.Abandoned, account.Answers),
            Limits = new PacingLimits(
                free, Math.Max(0, Math.Min(campaign.MaxLines - mine.Count, options.Value.MaxLines - live.Count)), (int)account.Stock),
        };
    }

    private static PacedAgent Paced(AgentReading agent, HashSet<long> unclassified, Instant now) => new(
        Enum.Parse<AgentActivity>(agent.State),
        Math.Max(0, (now - Instant.FromUnixTimeMilliseconds(agent.SinceMs)).TotalSeconds),
        agent.State == nameof(AgentActivity.OnCall) && unclassified.Contains(agent.AgentId),
        agent.Intent is not null);

    /// <summary>Talk and wrap-up times that ended since the last look. Machines end with their verdict and are no talk.</summary>
    private async Task<IReadOnlyList<AgentTime>> TimesAsync(CampaignPacer pacer, Instant now, CancellationToken cancel)
    {
        var times = await database.QueryAsync<AgentTime>(
            """
            select l.state, extract(epoch from l.to_at - l.from_at)::float8 as seconds
            from agent_state_log l join attempt a on a.attempt_id = l.attempt_id
            where l.to_at > @from and l.to_at <= @now and l.state in ('OnCall', 'WrapUp') and a.campaign_id = @CampaignId and coalesce(a.answered_by, '') !~ '^(machine|fax)'
            order by l.to_at, l.agent_id
            """,
            new { from = pacer.LogsReadTo, now, pacer.Campaign.CampaignId },
            cancel);
        pacer.LogsReadTo = now;
        return times;
    }

    /// <summary>What was decided and from what, for the wallboard and for a replay; what was learned, for the next leader.</summary>
    private async Task PublishAsync(CampaignPacer pacer, PacingSnapshot snapshot, PacingPlan plan, Instant now, CancellationToken cancel)
    {
        if (now - pacer.StoredAt < Duration.FromSeconds(5))
            return;
        pacer.StoredAt = now;
        await database.ExecuteAsync(
            "insert into pacing_tick (campaign_id, at, epoch, snapshot, plan) values (@CampaignId, @now, @Epoch, cast(@snapshot as jsonb), cast(@plan as jsonb)) on conflict do nothing",
            new { pacer.Campaign.CampaignId, now, pacer.Epoch, snapshot = JsonSerializer.Serialize(snapshot, PacingJson.Options), plan = JsonSerializer.Serialize(plan, PacingJson.Options) },
            cancel);
        await SaveMemoryAsync(pacer, cancel);
        await redis.Database.StringSetAsync(redis.Key($"plan:{pacer.Campaign.CampaignId}"), JsonSerializer.Serialize(plan, PacingJson.Options), TimeSpan.FromSeconds(30));
    }

    private Task SaveMemoryAsync(CampaignPacer pacer, CancellationToken cancel) => database.ExecuteAsync(
        "insert into pacing_memory (campaign_id, memory) values (@CampaignId, cast(@memory as jsonb)) on conflict (campaign_id) do update set memory = excluded.memory",
        new { pacer.Campaign.CampaignId, memory = pacer.Memory },
        cancel);

    private sealed class AccountRow
    {
        public long Stock { get; init; }

        public long Answers { get; init; }

        public long Abandoned { get; init; }
    }
}
