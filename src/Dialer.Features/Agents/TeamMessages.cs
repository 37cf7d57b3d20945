using System.Security.Claims;
using Dapper;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Agents;

/// <summary>A supervisor's words to a team or to everybody: shown on the desks until read or outdated, with who has read them.</summary>
public static class TeamMessages
{
    /// <param name="Team">Empty: everybody.</param>
    /// <param name="Minutes">How long it stays worth reading, 1 to 720.</param>
    public sealed record Request(string Text, string Team = "", int Minutes = 60, bool Urgent = false);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/team-messages", SentAsync).RequireAuthorization(Scopes.AgentsAssign);
        routes.MapPost("/api/v1/team-messages", SendAsync).RequireAuthorization(Scopes.AgentsAssign);
        routes.MapGet("/api/v1/agent/messages", MineAsync).RequireAuthorization(Scopes.CallsTake);
        routes.MapPost("/api/v1/agent/messages/{id:long}/read", ReadAsync).RequireAuthorization(Scopes.CallsTake).WithMetadata(new RepeatsFreely());
    }

    private static async Task<IResult> SendAsync(Request request, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(request.Text) || request.Text.Length > 500 || request.Minutes is < 1 or > 720)
            return Problem.Invalid("A message has 1 to 500 characters and is shown for 1 to 720 minutes.");
        var now = clock.Now;
        if (request.Team.Length > 0 && !await database.FindAsync<bool>("select exists (select from agent where team = @Team)", request, cancel))
            return Problem.Invalid($"There is no team '{request.Team}'.");
        var id = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var message = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                    "insert into team_message (team, text, urgent, sent_by, sent_at, until) values (@Team, @Text, @Urgent, @actor, @now, @until) returning team_message_id",
                    new { request.Team, request.Text, request.Urgent, actor = caller.UserName(), now, until = now + Duration.FromMinutes(request.Minutes) }, transaction, cancellationToken: cancel));
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "team.message", $"team-message/{message}", request, now, cancel);
                return message;
            },
            cancel);
        return Results.Created($"/api/v1/team-messages", new { id });
    }

    private static async Task<IResult> SentAsync(Database database, ServiceClock clock, CancellationToken cancel) => Results.Ok(new
    {
        teams = await database.QueryAsync<string>("select distinct team from agent where team <> '' order by team", null, cancel),
        items = await database.QueryAsync<Sent>(
            """
            select m.team_message_id as id, m.team, m.text, m.urgent, m.sent_by, m.sent_at, m.until,
                (select count(*) from team_message_seen s where s.team_message_id = m.team_message_id) as read,
                (select count(*) from agent_session x join agent g using (agent_id) where x.ended_at is null and (m.team = '' or g.team = m.team)
                    and not exists (select from team_message_seen s where s.team_message_id = m.team_message_id and s.user_id = x.agent_id)) as unread
            from team_message m where m.sent_at > @since order by m.team_message_id desc limit 50
            """,
            new { since = clock.Now - Duration.FromDays(1) }, cancel),
    });

    private static async Task<IResult> MineAsync(ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel) => Results.Ok(new
    {
        items = await database.QueryAsync<Mine>(
            """
            select m.team_message_id as id, m.text, m.urgent, coalesce(u.display_name, m.sent_by) as sent_by, m.sent_at from team_message m left join app_user u on u.user_name = m.sent_by
            where m.until > @now and (m.team = '' or m.team = (select team from agent where agent_id = @me))
                and not exists (select from team_message_seen s where s.team_message_id = m.team_message_id and s.user_id = @me)
            order by m.urgent desc, m.team_message_id limit 10
            """,
            new { now = clock.Now, me = caller.UserId() }, cancel),
    });

    private static async Task<IResult> ReadAsync(long id, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        var known = await database.FindAsync<bool>(
            """
            with m as (select team_message_id from team_message where team_message_id = @id and (team = '' or team = (select team from agent where agent_id = @me))),
            seen as (insert into team_message_seen (team_message_id, user_id, at) select team_message_id, @me, @now from m on conflict do nothing)
            select exists (select from m)
            """,
            new { id, me = caller.UserId(), now = clock.Now }, cancel);
        return known ? Results.NoContent() : Problem.NotFound("There is no such message for you.");
    }

    private sealed record Sent
    {
        public long Id { get; init; }

        public string Team { get; init; } = "";

        public string Text { get; init; } = "";

        public bool Urgent { get; init; }

        public string SentBy { get; init; } = "";

        public Instant SentAt { get; init; }

        public Instant Until { get; init; }

        public long Read { get; init; }

        public long Unread { get; init; }
    }

    private sealed record Mine
    {
        public long Id { get; init; }

        public string Text { get; init; } = "";

        public bool Urgent { get; init; }

        public string SentBy { get; init; } = "";

        public Instant SentAt { get; init; }
    }
}
