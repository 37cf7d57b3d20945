using Dialer.Features.Campaigns;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using NodaTime;

namespace Dialer.Features.Dialing;

/// <summary>How often somebody whom no campaign dialled for an agent takes one: callers in, and people of agentless campaigns who asked for a person.</summary>
/// <remarks>Counted over the last quarter of an hour, from rows, and read again every few seconds. Those who wait in the line now are not in it: each of them holds an agent back already (<see cref="Routing.QueueLoad"/>).</remarks>
public sealed class InboundArrivals(Database database)
{
    /// <summary>The word of an agent whose team's blend lets callers in through (`agent_word`).</summary>
    private const string ServesInbound = "serves-inbound";

    private static readonly Duration Window = Duration.FromMinutes(15);
    private static readonly Duration Fresh = Duration.FromSeconds(5);
    private (Instant At, double PerMinute) _read = (Instant.MinValue, 0);

    /// <returns>Joinings a minute, over the whole floor.</returns>
    public async Task<double> ReadAsync(Instant now, CancellationToken cancel)
    {
        if (_read.At <= now && now - _read.At < Fresh)
            return _read.PerMinute;
        var joined = await database.FindAsync<int>(
            "select count(*)::int from attempt where bridged_at > @since and (direction = 'Inbound' or mode = 'Agentless')", new { since = now - Window }, cancel);
        _read = (now, joined / Window.TotalMinutes);
        return _read.PerMinute;
    }

    /// <summary>Those that will come to a campaign's agents: their part of all who take callers in.</summary>
    public static double Of(double perMinute, Campaign campaign, IReadOnlyList<AgentReading> agents)
    {
        var takers = agents.Where(agent => agent.Alive && agent.Skills.Contains(ServesInbound)).ToList();
        return takers.Count == 0 ? 0 : perMinute * takers.Count(agent => campaign.Needs.All(agent.Skills.Contains)) / takers.Count;
    }
}
