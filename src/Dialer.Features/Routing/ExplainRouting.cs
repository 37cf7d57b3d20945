using System.Security.Claims;
using System.Text.Json;
using Dialer.Core.Routing;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Routing;

/// <summary>
/// Why this agent, of calls that have one: what was asked for, what was met, for how long he had been idle and the caller had waited. And of callers who have none yet:
/// what each asks for now, when that widens, and how many agents who meet it are free, busy or away.
/// </summary>
internal static class ExplainRouting
{
    private const int Most = 100;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/routing/decisions", DecisionsAsync).RequireAuthorization(Scopes.FloorRead).WithMetadata(new BoundToTeam());
        routes.MapGet("/api/v1/queues/line", LineAsync).RequireAuthorization(Scopes.FloorRead);
    }

    /// <summary>The newest first, of one call or one agent if asked.</summary>
    private static async Task<IResult> DecisionsAsync(ClaimsPrincipal caller, OwnTeam own, Database database, CancellationToken cancel, long? attemptId = null, long? agentId = null)
    {
        var rows = await database.QueryAsync<DecisionRow>(
            """
            select t.attempt_id, coalesce(q.offered_at, t.answered_at, t.created_at) as at, t.agent_id, u.display_name as agent, a.team, coalesce(c.name, q.queue, 'inbound') as queue, t.direction, t.shown_at, t.bridged_at, t.routing::text as routing
            from attempt t join agent a on a.agent_id = t.agent_id join app_user u on u.user_id = t.agent_id
            left join campaign c on c.campaign_id = t.campaign_id left join queue_entry q on q.attempt_id = t.attempt_id
            where t.routing is not null and (@attemptId::bigint is null or t.attempt_id = @attemptId) and (@agentId::bigint is null or t.agent_id = @agentId)
                and (@team::text is null or @team <> '' and a.team = @team)
            order by t.attempt_id desc limit @most
            """,
            new { attemptId, agentId, team = await own.SeenByAsync(caller, cancel), most = Most },
            cancel);
        return Results.Ok(new { items = rows.Select(row => new Decision(row.AttemptId, row.At, row.AgentId, row.Agent, row.Team, row.Queue, row.Direction, row.ShownAt, row.BridgedAt, JsonSerializer.Deserialize<JsonElement>(row.Routing))) });
    }

    private static async Task<IResult> LineAsync(Database database, AgentIndex index, ServiceClock clock, CancellationToken cancel)
    {
        var rows = await database.QueryAsync<WaitingRow>(
            "select attempt_id, queue, priority, state, entered_at, needs::text as needs from queue_entry where state in ('Waiting', 'CallBack') order by rank_at, queue_entry_id limit @most", new { most = Most }, cancel);
        IReadOnlyList<AgentReading> agents;
        try
        {
            agents = await index.SnapshotAsync();
        }
        catch (Exception failure) when (failure is RedisNotWholeException or StackExchange.Redis.RedisException or TimeoutException)
        {
            return Results.Problem("Who is free cannot be said just now: the live state is being rebuilt. Ask again in a moment.", statusCode: 503, title: "Rebuilding");
        }

        return Results.Ok(new { items = rows.Select((row, i) => Explain(row, i + 1, agents, clock.Now)) });
    }

    private static Waiting Explain(WaitingRow row, int position, IReadOnlyList<AgentReading> agents, Instant now)
    {
        var needs = RoutingJson.Read(row.Needs);
        var waited = now - row.EnteredAt;
        var widest = needs.Allowed(waited)[^1];
        var fit = agents.Where(agent => agent.Alive && widest.All(agent.Skills.Contains)).ToList();
        var next = needs.Steps.FirstOrDefault(step => step.After > waited);
        return new Waiting(
            row.AttemptId, position, row.Queue, row.Priority, row.State == "CallBack", row.EnteredAt, widest, next is null ? null : row.EnteredAt + next.After, next?.Skills,
            fit.Count(agent => agent.State == nameof(AgentState.Available)),
            fit.Count(agent => agent.State is nameof(AgentState.Reserved) or nameof(AgentState.OnCall) or nameof(AgentState.WrapUp)),
            fit.Count(agent => agent.State is nameof(AgentState.Break) or nameof(AgentState.NotResponding)));
    }

    /// <param name="ShownAt">When the agent's screen had drawn the call; the voice came at <paramref name="BridgedAt"/>.</param>
    public sealed record Decision(long AttemptId, Instant At, long AgentId, string Agent, string Team, string Queue, string Direction, Instant? ShownAt, Instant? BridgedAt, JsonElement Why);

    /// <param name="Needs">What is good enough by now.</param>
    /// <param name="WidensAt">When less will do; null when it does not get less.</param>
    public sealed record Waiting(
        long AttemptId, int Position, string Queue, int Priority, bool CallBack, Instant EnteredAt, IReadOnlyList<string> Needs, Instant? WidensAt, IReadOnlyList<string>? WidensTo, int Free, int Busy, int Away);

    private sealed class DecisionRow
    {
        public long AttemptId { get; init; }

        public Instant At { get; init; }

        public long AgentId { get; init; }

        public string Agent { get; init; } = "";

        public string Team { get; init; } = "";

        public string Queue { get; init; } = "";

        public string Direction { get; init; } = "";

        public Instant? ShownAt { get; init; }

        public Instant? BridgedAt { get; init; }

        public string Routing { get; init; } = "";
    }

    private sealed class WaitingRow
    {
        public long AttemptId { get; init; }

        public string Queue { get; init; } = "";

        public int Priority { get; init; }

        public string State { get; init; } = "";

        public Instant EnteredAt { get; init; }

        public string Needs { get; init; } = "";
    }
}
