using System.Security.Claims;
using System.Text;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Features.Timelines;

/// <summary>
/// <c>GET /api/v1/calls?account=&amp;campaign=&amp;from=&amp;to=&amp;outcome=&amp;before=</c>: calls, newest first; <c>/{attemptId}/timeline</c>: what happened, from the decision to the money;
/// <c>/{attemptId}/scenario</c>: the person as a line of a people file, which the simulated network plays again. Who looked at which call is in the audit trail. Team leads see the calls of their own team's agents.
/// </summary>
internal static class ReadTimeline
{
    private const int MaxPage = 200;

    private const string ListSql =
        """
        select t.attempt_id, t.direction, t.mode, t.state, t.account_id, a.client_account_no, t.person_id, t.campaign_id, c.name as campaign, u.display_name as agent, t.treatment, t.answered_by, t.abandoned,
               coalesce(d.code, t.disposition) as disposition, t.created_at, t.answered_at, t.bridged_at, t.ended_at, right(case t.direction when 'Inbound' then t.from_e164 else t.to_e164 end, 4) as last4
        from attempt t left join account a using (account_id) left join campaign c on c.campaign_id = t.campaign_id left join app_user u on u.user_id = t.agent_id left join agent g on g.agent_id = t.agent_id left join disposition d on d.attempt_id = t.attempt_id
        where t.attempt_id < @before and (@team::text is null or g.team = @team and @team <> '') and (@account::text is null or a.client_account_no = @account) and (@campaign::bigint is null or t.campaign_id = @campaign)
          and (@outcome::text is null or coalesce(d.code, t.disposition) = @outcome) and t.created_at >= @from and t.created_at < @to
        order by t.attempt_id desc limit @limit
        """;

    private const string AgentSql = "select agent_id from attempt where attempt_id = @id::bigint";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/calls", ListAsync).RequireAuthorization(Scopes.RecordingsListen).WithMetadata(new BoundToTeam());
        routes.MapGet("/api/v1/calls/{attemptId:long}/timeline", TimelineAsync).RequireAuthorization(Scopes.RecordingsListen).RequireOwnTeam("attemptId", AgentSql);
        routes.MapGet("/api/v1/calls/{attemptId:long}/scenario", ScenarioAsync).RequireAuthorization(Scopes.RecordingsListen).RequireOwnTeam("attemptId", AgentSql);
    }

    private static async Task<IResult> ListAsync(
        ClaimsPrincipal caller, OwnTeam own, Database database, CancellationToken cancel, string? account = null, long? campaign = null, string? from = null, string? to = null, string? outcome = null, long? before = null, int limit = 50)
    {
        if (!TryInstant(from, Instant.FromUtc(1970, 1, 1, 0, 0), out var since) || !TryInstant(to, Instant.FromUtc(9000, 1, 1, 0, 0), out var until))
            return Problem.Invalid("from and to are instants such as 2026-06-02T15:30:00Z.");
        limit = Math.Clamp(limit, 1, MaxPage);
        var items = await database.QueryAsync<TimelineCall>(
            ListSql, new { account = Blank(account), campaign, outcome = Blank(outcome), from = since, to = until, before = before ?? long.MaxValue, limit, team = await own.SeenByAsync(caller, cancel) }, cancel);
        return Results.Ok(new { items, next = items.Count == limit ? items[^1].AttemptId : (long?)null });
    }

    private static async Task<IResult> TimelineAsync(long attemptId, ClaimsPrincipal caller, TimelineReader reader, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (await reader.ReadAsync(attemptId, cancel) is not { } timeline)
            return Problem.NotFound("There is no such call.");
        await AuditAsync(database, caller, "call.look", attemptId, clock.Now, cancel);
        return Results.Ok(timeline);
    }

    private static async Task<IResult> ScenarioAsync(long attemptId, ClaimsPrincipal caller, TimelineReader reader, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (await reader.ReadAsync(attemptId, cancel) is not { } timeline)
            return Problem.NotFound("There is no such call.");
        await AuditAsync(database, caller, "call.export-scenario", attemptId, clock.Now, cancel);
        return Results.File(Encoding.UTF8.GetBytes(NetworkScenario.Line(timeline) + "\n"), "application/x-ndjson", $"call-{attemptId}.people.jsonl");
    }

    private static Task AuditAsync(Database database, ClaimsPrincipal caller, string action, long attemptId, Instant now, CancellationToken cancel) => database.InTransactionAsync(
        (connection, transaction) => AuditTrail.AddAsync(connection, transaction, caller.UserName(), action, $"attempt:{attemptId}", new { attemptId }, now, cancel), cancel);

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static bool TryInstant(string? text, Instant missing, out Instant instant)
    {
        instant = missing;
        return string.IsNullOrWhiteSpace(text) || InstantPattern.ExtendedIso.Parse(text).TryGetValue(missing, out instant);
    }
}
