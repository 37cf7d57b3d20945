using System.Security.Claims;
using Dapper;
using Dialer.Core;
using Dialer.Core.Routing;
using Dialer.Features.Access;
using Dialer.Features.Dialing;
using Dialer.Features.Routing;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Agents.Calls;

/// <summary>
/// Gives the call away: to one agent who is available, or to whoever has a skill ("tier:3", "supervisor"), at the head of the line if nobody is free.
/// The agent who gives it writes up his part; the customer's leg is moved by the outbox, so a crash between the two loses nothing.
/// </summary>
public sealed class TransferCall(Database database, AgentSessions sessions, AgentHandoff handoff, CallQueue queue, ServiceClock clock)
{
    /// <param name="AgentId">One agent; null: whoever has <paramref name="Skill"/>.</param>
    public sealed record Request(long? AgentId, string? Skill);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/agent/calls/{attemptId:long}/transfer", (long attemptId, Request request, ClaimsPrincipal caller, TransferCall transfer, CancellationToken cancel) =>
            transfer.HandleAsync(attemptId, request, caller.UserId(), cancel)).RequireAuthorization(Scopes.CallsTake);
        routes.MapGet("/api/v1/agent/colleagues", ColleaguesAsync).RequireAuthorization(Scopes.CallsTake);
    }

    private async Task<IResult> HandleAsync(long attemptId, Request request, long me, CancellationToken cancel)
    {
        if ((request.AgentId is null) == string.IsNullOrWhiteSpace(request.Skill))
            return Problem.Invalid("Name either an agent or a skill.");
        if (await MyCall.FindAsync(database, attemptId, me, cancel) is not { } call)
            return Problem.Conflict("You are not talking in this call.");
        var (problem, changed) = await database.InTransactionAsync((connection, transaction) => MoveAsync(connection, transaction, call, request, me, cancel), cancel);
        await sessions.AnnounceAsync([.. changed]);
        return problem ?? Results.NoContent();
    }

    private async Task<(IResult? Problem, List<AgentSession?> Changed)> MoveAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, MyCall call, Request request, long me, CancellationToken cancel)
    {
        var now = clock.Now;
        var routed = new RoutedCall(call.AttemptId, call.CreatedAt, call.Direction);
        var wrapUp = await connection.ExecuteScalarAsync<int?>(new CommandDefinition(
            "select coalesce(c.wrap_up_seconds, 60) from attempt t left join campaign c using (campaign_id) where t.attempt_id = @AttemptId and t.agent_id = @me and t.state = 'Answered' for update of t",
            new { call.AttemptId, me }, transaction, cancellationToken: cancel));
        if (wrapUp is null)
            return (Problem.Conflict("The call has ended."), []);
        if (await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select from consult where attempt_id = @AttemptId and ended_at is null)", new { call.AttemptId }, transaction, cancellationToken: cancel)))
            return (Problem.Conflict("You are consulting a colleague. Complete or cancel that first."), []);
        JoinedAgent? joined = null;
        if (request.AgentId is { } wanted)
        {
            joined = await handoff.ReserveAgentAsync(connection, transaction, routed, wanted, cancel);
            if (joined is null)
                return (Problem.Conflict("This colleague is not available now. Choose another, or a skill."), []);
        }

        await connection.ExecuteAsync(new CommandDefinition(
            "update attempt set agent_id = @next, conversation_at = coalesce(conversation_at, bridged_at), bridged_at = null, held_at = null where attempt_id = @AttemptId",
            new { call.AttemptId, next = joined?.Agent.AgentId }, transaction, cancellationToken: cancel));
        var freed = await AgentSessions.ApplyToAgentAsync(connection, transaction, me, new AgentEvent.CallEnded(new AttemptId(call.AttemptId), Duration.FromSeconds(wrapUp.Value)), now, cancel);
        string[] extra = request.Skill is { } skill ? [skill] : [];
        joined ??= await handoff.TryAsync(connection, transaction, routed, cancel, extra);
        var twiml = joined?.Twiml ?? await queue.EnterAsync(connection, transaction, routed, CallerOrder.MostPriority, cancel, extra);
        await Outbox.AddAsync(connection, transaction, CallMove.Kind, new CallMove(call.Sid, twiml), now, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into handover (attempt_id, from_agent, to_agent, skill, at) values (@AttemptId, @me, @to, @Skill, @now)",
            new { call.AttemptId, me, to = joined?.Agent.AgentId, request.Skill, now }, transaction, cancellationToken: cancel));
        return (null, [freed, joined?.Agent]);
    }

    private static async Task<IResult> ColleaguesAsync(ClaimsPrincipal caller, Database database, CancellationToken cancel) => Results.Ok(new
    {
        items = await database.QueryAsync<Colleague>(
            """
            select s.agent_id, u.display_name as name, s.state, a.skills from agent_session s join agent a using (agent_id) join app_user u on u.user_id = s.agent_id
            where s.ended_at is null and s.agent_id <> @me and s.state <> 'Offline' order by (s.state = 'Available') desc, u.display_name limit 200
            """,
            new { me = caller.UserId() },
            cancel),
    });

    private sealed class Colleague
    {
        public long AgentId { get; init; }

        public string Name { get; init; } = "";

        public string State { get; init; } = "";

        public string[] Skills { get; init; } = [];
    }
}
