using System.Security.Claims;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Agents;

/// <summary>
/// <c>GET /api/v1/agent/today</c>: what the agent has done since midnight in New York, and the day's goals for one agent, where there are any (<c>PUT /api/v1/wallboard/targets</c>).
/// Kept: of the promises he took in the last 45 days and that have ended, those that were kept.
/// </summary>
internal static class OwnDay
{
    /// <summary>By the log of the agent's own states, so that what it costs does not grow with the floor.</summary>
    private const string Sql =
        """
        with mine as (
            select distinct attempt_id, from_at >= @today as today from agent_state_log
            where agent_id = @me and from_at >= @since and state = 'OnCall' and attempt_id is not null)
        select count(distinct m.attempt_id) filter (where m.today and coalesce(t.answered_by, '') !~ '^(machine|fax)') as calls,
            count(distinct m.attempt_id) filter (where m.today and d.code like 'RPC-%' and d.agent_id = @me) as right_party,
            count(p.promise_id) filter (where p.made_at >= @today and p.state <> 'Cancelled') as promises,
            coalesce(sum(p.amount) filter (where p.made_at >= @today and p.state <> 'Cancelled'), 0) as promised,
            count(p.promise_id) filter (where p.state = 'Kept') as kept,
            count(p.promise_id) filter (where p.state in ('Kept', 'PartiallyKept', 'Broken')) as ended
        from (select attempt_id, bool_or(today) as today from mine group by attempt_id) m
        join attempt t using (attempt_id) left join disposition d using (attempt_id) left join promise p on p.attempt_id = m.attempt_id and p.source = 'Agent' and t.agent_id = @me
        """;

    private static readonly Duration Remembered = Duration.FromDays(45);
    private static readonly DateTimeZone NewYork = DateTimeZoneProviders.Tzdb["America/New_York"];

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/agent/today", ReadAsync).RequireAuthorization(Scopes.CallsTake);

    private static async Task<IResult> ReadAsync(ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        var now = clock.Now;
        var today = now.InZone(NewYork).Date.AtStartOfDayInZone(NewYork).ToInstant();
        var done = await database.FindAsync<Done>(Sql, new { me = caller.UserId(), today, since = now - Remembered }, cancel) ?? new Done();
        var goals = (await database.QueryAsync<(string Metric, double Value)>(
            "select metric, value from wallboard_target where metric in ('agentCalls', 'agentRightParty', 'agentPromised')", null, cancel)).ToDictionary(goal => goal.Metric, goal => goal.Value);
        double? Goal(string metric) => goals.TryGetValue(metric, out var value) ? value : null;
        return Results.Ok(new
        {
            calls = new Figure(done.Calls, Goal("agentCalls")),
            rightParty = new Figure(done.RightParty, Goal("agentRightParty")),
            promises = new Figure(done.Promises, null),
            promised = new Figure(done.Promised, Goal("agentPromised")),
            kept = new Figure(done.Kept, done.Ended),
        });
    }

    /// <param name="Goal">What it should come to today; of kept promises: how many ended. Null: no goal is set.</param>
    private sealed record Figure(decimal Value, double? Goal);

    private sealed class Done
    {
        public long Calls { get; init; }

        public long RightParty { get; init; }

        public long Promises { get; init; }

        public decimal Promised { get; init; }

        public long Kept { get; init; }

        public long Ended { get; init; }
    }
}
