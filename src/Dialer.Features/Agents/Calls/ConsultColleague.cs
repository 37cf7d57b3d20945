using System.Security.Claims;
using Dapper;
using Dialer.Core;
using Dialer.Core.Routing;
using Dialer.Features.Access;
using Dialer.Features.Dialing;
using Dialer.Features.Routing;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Rest;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Agents.Calls;

/// <summary>
/// Warm transfer: the customer holds, a colleague's leg visits the agent's conference, then all talk, or the customer goes home with the colleague, or the colleague goes back.
/// </summary>
/// <remarks>
/// Everybody's own conference stays: a visit is a move of the colleague's leg, whose document brings it back to its own room when it leaves. What began and was not ended
/// (the customer hung up meanwhile) is ended by <see cref="AgentKeeper"/>.
/// </remarks>
public sealed class ConsultColleague(Database database, AgentSessions sessions, AgentHandoff handoff, TwilioClient twilio, WebhookUrls urls, ServiceClock clock)
{
    public sealed record Request(long? AgentId, string? Skill);

    public sealed record Step(string Action);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/agent/calls/{attemptId:long}/consult", (long attemptId, Request request, ClaimsPrincipal caller, ConsultColleague consult, CancellationToken cancel) =>
            consult.AskAsync(attemptId, request, caller.UserId(), cancel)).RequireAuthorization(Scopes.CallsTake);
        routes.MapPut("/api/v1/agent/calls/{attemptId:long}/consult", (long attemptId, Step step, ClaimsPrincipal caller, ConsultColleague consult, CancellationToken cancel) =>
            consult.StepAsync(attemptId, step.Action, caller.UserId(), cancel)).RequireAuthorization(Scopes.CallsTake);
    }

    private async Task<IResult> AskAsync(long attemptId, Request request, long me, CancellationToken cancel)
    {
        if ((request.AgentId is null) == string.IsNullOrWhiteSpace(request.Skill))
            return Problem.Invalid("Name either an agent or a skill.");
        if (await MyCall.FindAsync(database, attemptId, me, cancel) is not { } call)
            return Problem.Conflict("You are not talking in this call.");
        if (await database.FindAsync<bool>("select exists (select from consult where attempt_id = @attemptId and ended_at is null)", new { attemptId }, cancel))
            return Problem.Conflict("You are consulting a colleague. Complete or cancel that first.");
        var held = await twilio.UpdateParticipantAsync(call.ConferenceSid, call.Sid, new UpdateParticipant { Hold = true }, cancel);
        if (held.Error is { } error)
            return Carrier.Refused("The customer was not put on hold, so nobody was asked.", error);
        var guest = await database.InTransactionAsync((connection, transaction) => InviteAsync(connection, transaction, call, request, me, cancel), cancel);
        var alone = guest is null ? await TakeBackAsync(call, me, cancel) : null;
        await sessions.AnnounceAsync(guest, await sessions.FindOpenAsync(me, cancel));
        return alone ?? Results.NoContent();
    }

    /// <summary>Nobody came: the customer is back, or still on hold if the carrier says so, and the desk shows which.</summary>
    private async Task<IResult> TakeBackAsync(MyCall call, long me, CancellationToken cancel)
    {
        var back = await twilio.UpdateParticipantAsync(call.ConferenceSid, call.Sid, new UpdateParticipant { Hold = false }, cancel);
        await database.ExecuteAsync(
            "update attempt set held_at = case when @holds then coalesce(held_at, @now) end where attempt_id = @AttemptId and agent_id = @me",
            new { call.AttemptId, me, holds = back.Error is not null, now = clock.Now }, cancel);
        return back.Error is { } error
            ? Carrier.Refused("Nobody who fits is available now, and the customer is still on hold.", error)
            : Problem.Conflict("Nobody who fits is available now. The customer is back with you.");
    }

    private async Task<AgentSession?> InviteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, MyCall call, Request request, long me, CancellationToken cancel)
    {
        var now = clock.Now;
        await connection.ExecuteAsync(new CommandDefinition("select 1 from attempt where attempt_id = @AttemptId for update", new { call.AttemptId }, transaction, cancellationToken: cancel));
        var guest = await handoff.ReserveGuestAsync(connection, transaction, new RoutedCall(call.AttemptId, call.CreatedAt, call.Direction), request.AgentId, request.Skill, cancel);
        if (guest?.SoftphoneSid is not { } leg)
            return null;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into consult (attempt_id, from_agent, to_agent, to_session, state, at) values (@AttemptId, @me, @AgentId, @SessionId, 'Asked', @now);
            update attempt set held_at = @now where attempt_id = @AttemptId
            """,
            new { call.AttemptId, me, guest.AgentId, guest.SessionId, now }, transaction, cancellationToken: cancel));
        var visit = new Twiml().AddConference(new DialConference(AgentSession.ConferenceOf(call.SessionId))
        {
            Action = $"{urls.AgentEnded}?s={guest.SessionId:N}",
        });
        await Outbox.AddAsync(connection, transaction, CallMove.Kind, new CallMove(leg, visit.ToString()), now, cancel);
        return guest;
    }

    private async Task<IResult> StepAsync(long attemptId, string action, long me, CancellationToken cancel)
    {
        if (await MyCall.FindAsync(database, attemptId, me, cancel) is not { } call)
            return Problem.Conflict("You are not talking in this call.");
        if (action is not ("threeWay" or "complete" or "cancel"))
            return Problem.Invalid("Do one of: threeWay, complete, cancel.");
        if (action != "complete")
        {
            var back = await twilio.UpdateParticipantAsync(call.ConferenceSid, call.Sid, new UpdateParticipant { Hold = false }, cancel);
            if (back.Error is { } error)
                return Carrier.Refused("The customer is still on hold.", error);
        }

        var (problem, changed) = await database.InTransactionAsync(
            (connection, transaction) => action switch
            {
                "threeWay" => JoinAllAsync(connection, transaction, call, cancel),
                "complete" => CompleteAsync(connection, transaction, call, me, cancel),
                _ => CancelAsync(connection, transaction, call, cancel),
            },
            cancel);
        await sessions.AnnounceAsync([.. changed, await sessions.FindOpenAsync(me, cancel)]);
        return problem ?? Results.NoContent();
    }

    private static async Task<(IResult?, List<AgentSession?>)> JoinAllAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, MyCall call, CancellationToken cancel)
    {
        var done = await connection.ExecuteAsync(new CommandDefinition(
            "update consult set state = 'ThreeWay' where attempt_id = @AttemptId and ended_at is null and state = 'Joined'; update attempt set held_at = null where attempt_id = @AttemptId",
            new { call.AttemptId }, transaction, cancellationToken: cancel));
        return (done < 2 ? Problem.Conflict("Your colleague is not in the call.") : null, []);
    }

    private async Task<(IResult?, List<AgentSession?>)> CompleteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, MyCall call, long me, CancellationToken cancel)
    {
        var now = clock.Now;
        var wrapUp = await connection.ExecuteScalarAsync<int?>(new CommandDefinition(
            "select coalesce(c.wrap_up_seconds, 60) from attempt t left join campaign c using (campaign_id) where t.attempt_id = @AttemptId and t.agent_id = @me and t.state = 'Answered' for update of t",
            new { call.AttemptId, me }, transaction, cancellationToken: cancel));
        if (wrapUp is null || await EndAsync(connection, transaction, call.AttemptId, "Completed", now, cancel) is not { } guest)
            return (Problem.Conflict("Your colleague is not in the call."), []);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update attempt set agent_id = @ToAgent, held_at = null, conversation_at = coalesce(conversation_at, bridged_at), routing = jsonb_build_object('reason', 'Transfer') where attempt_id = @AttemptId;
            insert into handover (attempt_id, from_agent, to_agent, at) values (@AttemptId, @me, @ToAgent, @now);
            """,
            new { call.AttemptId, guest.ToAgent, me, now }, transaction, cancellationToken: cancel));
        var freed = await AgentSessions.ApplyToAgentAsync(connection, transaction, me, new AgentEvent.CallEnded(new AttemptId(call.AttemptId), Duration.FromSeconds(wrapUp.Value)), now, cancel);
        await Outbox.AddAsync(connection, transaction, CallMove.Kind, new CallMove(guest.SoftphoneSid, AgentVoice.Park(guest.ToSession, urls)), now, cancel);
        var home = handoff.Render(new RoutedCall(call.AttemptId, call.CreatedAt, call.Direction), AgentSession.ConferenceOf(guest.ToSession));
        await Outbox.AddAsync(connection, transaction, CallMove.Kind, new CallMove(call.Sid, home), now, cancel);
        return (null, [freed]);
    }

    private async Task<(IResult?, List<AgentSession?>)> CancelAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, MyCall call, CancellationToken cancel)
    {
        var now = clock.Now;
        await connection.ExecuteAsync(new CommandDefinition("update attempt set held_at = null where attempt_id = @AttemptId", new { call.AttemptId }, transaction, cancellationToken: cancel));
        return (null, [await SendHomeAsync(connection, transaction, call.AttemptId, urls, now, cancel)]);
    }

    /// <summary>Ends an open consultation of this call: the colleague's leg goes back to its own room and the colleague is free. Null when there is none.</summary>
    internal static async Task<AgentSession?> SendHomeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, WebhookUrls urls, Instant now, CancellationToken cancel)
    {
        if (await EndAsync(connection, transaction, attemptId, "Cancelled", now, cancel) is not { } guest)
            return null;
        await Outbox.AddAsync(connection, transaction, CallMove.Kind, new CallMove(guest.SoftphoneSid, AgentVoice.Park(guest.ToSession, urls)), now, cancel);
        return await AgentSessions.ApplyAsync(connection, transaction, guest.ToSession, new AgentEvent.CallEnded(new AttemptId(attemptId), Duration.Zero), now, cancel);
    }

    private static Task<Guest?> EndAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, string state, Instant now, CancellationToken cancel)
    {
        const string Sql =
            """
            update consult c set state = @state, ended_at = @now from agent_session s
            where c.attempt_id = @attemptId and c.ended_at is null and s.session_id = c.to_session and (c.state <> 'Asked' or @state = 'Cancelled')
            returning c.to_agent, c.to_session, coalesce(s.softphone_sid, '') as softphone_sid
            """;
        return connection.QuerySingleOrDefaultAsync<Guest>(new CommandDefinition(Sql, new { attemptId, state, now }, transaction, cancellationToken: cancel));
    }

    private sealed class Guest
    {
        public long ToAgent { get; init; }

        public Guid ToSession { get; init; }

        public string SoftphoneSid { get; init; } = "";
    }
}
