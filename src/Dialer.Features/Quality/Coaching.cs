using System.Security.Claims;
using Dapper;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Quality;

/// <summary>
/// Notes from a coach to one agent, about a call or not: <c>POST</c> and <c>GET /api/v1/quality/notes</c>. The agent sees their own, <c>GET /api/v1/agent/notes</c> (which marks them seen),
/// and answers once: <c>POST /api/v1/agent/notes/{id}/answer</c>. Nobody else's are shown. Team leads write to, and read of, their own team's agents.
/// </summary>
internal static class Coaching
{
    private const int MaxText = 4_000;

    private const string ListSql =
        """
        select n.coaching_note_id as note_id, n.agent_id, a.display_name as agent, n.attempt_id, n.at_seconds, n.text, w.display_name as written_by, n.written_at, n.seen_at, n.answer, n.answered_at
        from coaching_note n join app_user a on a.user_id = n.agent_id join app_user w on w.user_id = n.written_by
        where (@team::text is null or @team <> '' and exists (select from agent g where g.agent_id = n.agent_id and g.team = @team)) and (@agent::bigint is null or n.agent_id = @agent) and (@attempt::bigint is null or n.attempt_id = @attempt) order by n.coaching_note_id desc limit 200
        """;

    public sealed record Note(long AgentId, string Text, long? AttemptId = null, int? AtSeconds = null);

    public sealed record Answer(string Text);

    public sealed record NoteView(
        long NoteId, long AgentId, string Agent, long? AttemptId, int? AtSeconds, string Text, string WrittenBy, Instant WrittenAt, Instant? SeenAt, string? Answer, Instant? AnsweredAt);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/quality/notes", WriteAsync).RequireAuthorization(Scopes.QualityScore).RequireOwnTeam(context => context.GetArgument<Note>(0).AgentId);
        routes.MapGet("/api/v1/quality/notes", async (ClaimsPrincipal caller, OwnTeam own, Database database, CancellationToken cancel, long? agent = null, long? attempt = null) =>
            Results.Ok(await database.QueryAsync<NoteView>(ListSql, new { agent, attempt, team = await own.SeenByAsync(caller, cancel) }, cancel))).RequireAuthorization(Scopes.QualityScore).WithMetadata(new BoundToTeam());
        routes.MapGet("/api/v1/agent/notes", OwnAsync).RequireAuthorization(Scopes.CallsTake);
        routes.MapPost("/api/v1/agent/notes/{id:long}/answer", AnswerAsync).RequireAuthorization(Scopes.CallsTake);
    }

    private static async Task<IResult> WriteAsync(Note note, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (Fault(note.Text) is { } fault)
            return Problem.Invalid(fault);
        var now = clock.Now;
        return await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                var id = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                    """
                    insert into coaching_note (agent_id, attempt_id, at_seconds, text, written_by, written_at)
                    select agent_id, @AttemptId, @AtSeconds, @text, @by, @now from agent
                    where agent_id = @AgentId and (@AttemptId::bigint is null or exists (select 1 from attempt where attempt_id = @AttemptId))
                    returning coaching_note_id
                    """,
                    new { note.AgentId, note.AttemptId, note.AtSeconds, text = note.Text.Trim(), by = caller.UserId(), now }, transaction, cancellationToken: cancel));
                if (id is not { } noteId)
                    return Problem.NotFound("There is no such agent, or no such call.");
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "coaching.write", $"agent:{note.AgentId}", new { noteId, note.AttemptId }, now, cancel);
                return Results.Created($"/api/v1/quality/notes/{noteId}", new { noteId });
            },
            cancel);
    }

    private static async Task<IResult> OwnAsync(ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        var notes = await database.QueryAsync<NoteView>(ListSql, new { agent = (long?)caller.UserId(), attempt = (long?)null, team = (string?)null }, cancel);
        await database.ExecuteAsync("update coaching_note set seen_at = @now where agent_id = @agent and seen_at is null", new { agent = caller.UserId(), now = clock.Now }, cancel);
        return Results.Ok(notes);
    }

    private static async Task<IResult> AnswerAsync(long id, Answer answer, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (Fault(answer.Text) is { } fault)
            return Problem.Invalid(fault);
        var now = clock.Now;
        return await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                var answered = await connection.ExecuteAsync(new CommandDefinition(
                    "update coaching_note set answer = @text, answered_at = @now, seen_at = coalesce(seen_at, @now) where coaching_note_id = @id and agent_id = @agent and answer is null",
                    new { id, agent = caller.UserId(), text = answer.Text.Trim(), now }, transaction, cancellationToken: cancel));
                if (answered == 0)
                    return Problem.NotFound("You have no such note without an answer.");
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "coaching.answer", $"agent:{caller.UserId()}", new { noteId = id }, now, cancel);
                return Results.NoContent();
            },
            cancel);
    }

    private static string? Fault(string? text) => string.IsNullOrWhiteSpace(text) || text.Length > MaxText ? $"A note has 1 to {MaxText} characters." : null;
}
