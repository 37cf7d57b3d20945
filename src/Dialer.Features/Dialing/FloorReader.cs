using Dialer.Core;
using Dialer.Core.Pacing;
using Dialer.Features.Campaigns;
using Dialer.Features.Compliance;
using Dialer.Features.Routing;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Dialing;

/// <summary>The floor at one tick, read once for all campaigns: agents from Redis, live calls and due numbers from rows.</summary>
public sealed record FloorReading(IReadOnlyList<Campaign> Open, IReadOnlyList<AgentReading> Agents, IReadOnlyList<LiveCall> Live, IReadOnlyDictionary<long, long> Stock, double InboundPerMinute);

/// <summary>Makes what the engine may see of the floor.</summary>
public sealed class FloorReader(Database database, AgentIndex index, LiveCalls calls, CallCaps caps, InboundArrivals inbound, ServiceClock clock, IOptions<DialingOptions> options)
{
    /// <summary>Beyond its ring timeout, this and <see cref="Webhooks"/>, a call in flight has lost its webhooks.</summary>
    private static readonly Duration Silence = Duration.FromSeconds(10);

    /// <summary>Real time a webhook may take.</summary>
    private static readonly TimeSpan Webhooks = TimeSpan.FromSeconds(10);

    /// <summary>Of the time until an agent is there, what our own computing may take. On a clock that runs faster than the world it counts as the real time it is: the people on that clock cannot wait for it.</summary>
    private static readonly TimeSpan Computing = TimeSpan.FromSeconds(1);

    private const int FewestSilent = 3;
    private const int MostStock = 2000;

    /// <exception cref="RedisNotWholeException">The index is being rebuilt.</exception>
    public async Task<FloorReading> ReadAsync(IReadOnlyList<Campaign> open, Instant now, CancellationToken cancel)
    {
        var agents = QueueLoad.Reduce(await index.SnapshotAsync(), await database.FindAsync<int>(QueueLoad.WaitingSql, null, cancel));
        var live = await calls.AllAsync(cancel);
        var stock = await database.QueryAsync<(long CampaignId, long Stock)>(
            """
            select c.campaign_id, s.stock from unnest(@ids) as c (campaign_id)
            cross join lateral (select count(*) as stock from (select from ready_lead r where r.campaign_id = c.campaign_id and r.not_before <= @now limit @most) as due) s
            """,
            new { ids = open.Select(campaign => campaign.CampaignId).ToArray(), now, most = MostStock },
            cancel);
        return new FloorReading(open, agents, live, stock.ToDictionary(row => row.CampaignId, row => row.Stock), await inbound.ReadAsync(now, cancel));
    }

    internal async Task<PacingSnapshot> SnapshotAsync(CampaignPacer pacer, FloorReading floor, Instant now, CancellationToken cancel)
    {
        var campaign = pacer.Campaign;
        var agentless = campaign.Mode == PacingMode.Agentless;
        var mine = floor.Live.Where(call => call.CampaignId == campaign.CampaignId).ToList();
        var flying = agentless ? mine.Where(call => call.InFlight).ToList() : Competing(campaign, floor);
        var (ledger, ahead) = await pacer.Account.ReadAsync(database, campaign, Connect(), now, cancel);
        var free = await index.FreeStartsAsync(CallPace.Bucket, now.UnixMicroseconds(), options.Value.CallsPerSecond);
        var (share, turn) = agentless ? (1, true) : Part(campaign, floor, now);
        return new PacingSnapshot
        {
            Agents = agentless ? [] : Agents(campaign, floor, now),
            Calls = [.. flying.Select(call => new PacedCall(Seconds(now - call.LaunchedAt), new CallClass(call.LineType, Math.Max(1, call.Tries)), Foreign: call.CampaignId != campaign.CampaignId))],
            Inbound = new InboundLoad(agentless ? 0 : Math.Round(InboundArrivals.Of(floor.InboundPerMinute, campaign, floor.Agents), 1), 0),
            Ledger = ledger,
            LedgerAhead = ahead,
            Limits = new PacingLimits(
                free, Math.Max(0, Math.Min(campaign.MaxLines - mine.Count, options.Value.MaxLines - floor.Live.Count)), (int)floor.Stock.GetValueOrDefault(campaign.CampaignId), share, turn),
            Whole = !Silent(flying, Duration.FromSeconds(campaign.RingSeconds) + Silence + clock.OfReal(Webhooks), now),
        };
    }

    private Duration Connect() => Duration.FromSeconds(caps.ConnectSeconds()) + Duration.Max(Duration.Zero, clock.OfReal(Computing) - Duration.FromTimeSpan(Computing));

    /// <summary>Calls in flight that will need one of this campaign's agents: its own, and those of campaigns whose calls these agents may be given.</summary>
    private static List<LiveCall> Competing(Campaign campaign, FloorReading floor)
    {
        var agents = Eligible(campaign, floor).ToList();
        var takes = new Dictionary<long, bool> { [campaign.CampaignId] = true };
        return [.. floor.Live.Where(call => call is { InFlight: true, CampaignId: { } id } && call.Mode != nameof(PacingMode.Agentless) && Takes(id, call.Skills ?? []))];

        bool Takes(long id, string[] skills)
        {
            if (!takes.TryGetValue(id, out var known))
                takes[id] = known = agents.Any(agent => skills.All(agent.Skills.Contains));
            return known;
        }
    }

    private static PacedAgent[] Agents(Campaign campaign, FloorReading floor, Instant now)
    {
        var unclassified = floor.Live.Where(call => call is { AgentId: not null, AnsweredBy: null }).Select(call => call.AgentId!.Value).ToHashSet();
        return [.. Eligible(campaign, floor).Select(agent => Paced(agent, unclassified, now))];
    }

    private static IEnumerable<AgentReading> Eligible(Campaign campaign, FloorReading floor) => floor.Agents.Where(agent => agent.Alive && campaign.Needs.All(agent.Skills.Contains));

    /// <summary>An agent who will pause or go home after this call is not counted on; any other wish is no leave.</summary>
    internal static PacedAgent Paced(AgentReading agent, HashSet<long> unclassified, Instant now) => new(
        Enum.Parse<AgentActivity>(agent.State),
        Seconds(now - Instant.FromUnixTimeMilliseconds(agent.SinceMs)),
        agent.State == nameof(AgentActivity.OnCall) && unclassified.Contains(agent.AgentId),
        agent.Intent is nameof(Core.Routing.AgentState.Break) or nameof(Core.Routing.AgentState.Offline));

    /// <summary>Tenths of a second: finer than the engine's curves and short when stored.</summary>
    private static double Seconds(Duration time) => Math.Max(0, Math.Round(time.TotalSeconds, 1));

    /// <summary>This campaign's part of the agents it shares with other open campaigns, and whether it has the turn.</summary>
    internal static (double Share, bool Turn) Part(Campaign campaign, FloorReading floor, Instant now)
    {
        var mine = Eligible(campaign, floor).Where(agent => agent.State is not (nameof(AgentActivity.Break) or nameof(AgentActivity.NotResponding))).Select(agent => agent.AgentId).ToHashSet();
        var rivals = floor.Open
            .Where(other => other.Mode != PacingMode.Agentless && (other.CampaignId == campaign.CampaignId || Eligible(other, floor).Any(agent => mine.Contains(agent.AgentId))))
            .OrderBy(other => other.CampaignId).ToList();
        if (rivals.Count <= 1 || mine.Count == 0)
            return (1, true);
        var parts = SharedAgents.Parts(mine.Count, [.. rivals.Select(other => new AgentClaim(
            new CampaignId(other.CampaignId), other.Priority, (double)other.Share, (int)Math.Min(mine.Count, floor.Stock.GetValueOrDefault(other.CampaignId))))]);
        var me = rivals.FindIndex(other => other.CampaignId == campaign.CampaignId);
        return (parts[me], SharedAgents.Turn(parts, now.ToUnixTimeSeconds()) == me);
    }

    /// <summary>Whether so many calls have outlived their ring timeout that webhooks must be missing. The sweeper asks the carrier about them; until they are settled nothing is added.</summary>
    internal static bool Silent(IReadOnlyCollection<LiveCall> flying, Duration limit, Instant now)
    {
        var silent = flying.Count(call => call.SubmittedAt is { } sent && now - sent > limit);
        return silent >= FewestSilent && 3 * silent >= flying.Count;
    }
}
