using Dapper;
using Dialer.Core.Routing;
using Dialer.Features.Agents.Calls;
using Dialer.Features.Routing;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Agents;

/// <summary>The agent's telephone leg: it parks in a conference of its own for the whole shift, and customers are brought to it.</summary>
public static class AgentVoice
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/twilio/voice/agent", ParkAsync).AllowAnonymous().RequireTwilioSignature();
        routes.MapPost("/twilio/voice/agent-ended", ParkAsync).AllowAnonymous().RequireTwilioSignature();
        routes.MapPost("/twilio/conference", ChangedAsync).AllowAnonymous().RequireTwilioSignature();
    }

    /// <summary>The document in which an agent's leg waits in its own conference, and to which it comes back after a visit to another.</summary>
    internal static string Park(Guid sessionId, WebhookUrls urls)
    {
        var session = sessionId.ToString("N");
        return new Twiml().AddConference(new DialConference(AgentSession.ConferenceOf(sessionId))
        {
            Action = $"{urls.AgentEnded}?s={session}",
            StartOnEnter = true,
            EndOnExit = true,
            StatusCallback = urls.Conference(session),
        }).ToString();
    }

    private static async Task<IResult> ParkAsync(TwilioForm form, HttpContext http, Database database, MonitorAgent monitor, WebhookUrls urls, CancellationToken cancel)
    {
        var call = InboundCall.Read(form);
        var text = form["session"] ?? http.Request.Query["s"];
        if (call is null || call.Status == CallStatus.Completed)
            return TwimlResult.Of(Twiml.HangUp);
        if (Guid.TryParse(form["monitor"], out var monitorId))
            return TwimlResult.Of(await monitor.EnterAsync(monitorId, call.CallSid, StartSession.AgentOf(call.From), cancel));
        if (!Guid.TryParse(text, out var sessionId))
            return TwimlResult.Of(Twiml.HangUp);
        var mine = await database.FindAsync<long?>(
            "update agent_session set softphone_sid = @CallSid where session_id = @sessionId and ended_at is null and agent_id = @agentId returning agent_id",
            new { call.CallSid, sessionId, agentId = StartSession.AgentOf(call.From) },
            cancel);
        if (mine is null)
            return TwimlResult.Of(Twiml.HangUp);
        return TwimlResult.Of(Park(sessionId, urls));
    }

    private static async Task<IResult> ChangedAsync(
        TwilioForm form, HttpContext http, Database database, AgentSessions sessions, MonitorAgent monitor, WebhookUrls urls, ServiceClock clock, CancellationToken cancel)
    {
        if (ConferenceChanged.From(form) is not { CallSid: { } callSid } change || !Guid.TryParse(http.Request.Query["s"], out var sessionId))
            return Results.NoContent();
        if (change.Kind is not ("participant-join" or "participant-leave"))
            return Results.NoContent();
        var changed = await database.InTransactionAsync(
            async (connection, transaction) => await IsSoftphoneAsync(connection, transaction, sessionId, callSid, cancel)
                ? await SoftphoneAsync(connection, transaction, sessionId, change, clock.Now, cancel)
                : change.Kind == "participant-join" ? await CustomerJoinedAsync(connection, transaction, sessionId, callSid, JoinedAt(change.At, clock.Now), clock.Now, cancel)
                : change.Kind == "participant-leave" ? await GuestLeftAsync(connection, transaction, sessionId, callSid, urls, clock.Now, cancel) : null,
            cancel);
        await sessions.AnnounceAsync(changed);
        if (change.Kind == "participant-leave")
            await monitor.LeftAsync(callSid, cancel);
        else
            await monitor.JoinedAsync(callSid, cancel);
        return Results.NoContent();
    }

    /// <summary>The carrier says in which second it was: the latest moment in it that is not yet to come, so that no wait is shown shorter than it was.</summary>
    internal static Instant JoinedAt(Instant? second, Instant now) => second is { } at ? Instant.Min(now, at + Duration.FromSeconds(1)) : now;

    private static async Task<bool> IsSoftphoneAsync(Npgsql.NpgsqlConnection connection, Npgsql.NpgsqlTransaction transaction, Guid sessionId, string callSid, CancellationToken cancel) =>
        await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select from agent_session where session_id = @sessionId and softphone_sid = @callSid)", new { sessionId, callSid }, transaction, cancellationToken: cancel));

    /// <summary>Joins and leaves of the agent's own leg, applied in SequenceNumber order: a late join must not revive a leg that has left.</summary>
    private static async Task<AgentSession?> SoftphoneAsync(Npgsql.NpgsqlConnection connection, Npgsql.NpgsqlTransaction transaction, Guid sessionId, ConferenceChanged change, Instant now, CancellationToken cancel)
    {
        var fresh = await connection.ExecuteAsync(new CommandDefinition(
            """
            update agent_session set conference_sid = @ConferenceSid, conference_sequence = @sequence
            where session_id = @sessionId and ended_at is null and (conference_sid is distinct from @ConferenceSid or conference_sequence < @sequence)
            """,
            new { change.ConferenceSid, sequence = change.Sequence ?? 0, sessionId },
            transaction,
            cancellationToken: cancel));
        if (fresh == 0)
            return null;
        AgentEvent happened = change.Kind == "participant-join" ? new AgentEvent.SoftphoneUp() : new AgentEvent.SoftphoneDown();
        return await AgentSessions.ApplyAsync(connection, transaction, sessionId, happened, now, cancel);
    }

    private static async Task<AgentSession?> CustomerJoinedAsync(
        Npgsql.NpgsqlConnection connection, Npgsql.NpgsqlTransaction transaction, Guid sessionId, string callSid, Instant at, Instant now, CancellationToken cancel)
    {
        var attempt = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            "update attempt set bridged_at = coalesce(bridged_at, @at), treatment = 'Agent' where sid = @callSid and ended_at is null returning attempt_id",
            new { callSid, at },
            transaction,
            cancellationToken: cancel));
        if (attempt is not { } id)
            return await GuestJoinedAsync(connection, transaction, sessionId, callSid, now, cancel);
        await CallQueue.JoinedAsync(connection, transaction, id, at, cancel);
        return await AgentSessions.ApplyAsync(connection, transaction, sessionId, new AgentEvent.Joined(new Core.AttemptId(id)), now, cancel);
    }

    /// <summary>A colleague came to the agent's conference to be consulted.</summary>
    private static async Task<AgentSession?> GuestJoinedAsync(Npgsql.NpgsqlConnection connection, Npgsql.NpgsqlTransaction transaction, Guid sessionId, string callSid, Instant now, CancellationToken cancel)
    {
        var guest = await connection.QuerySingleOrDefaultAsync<Guest>(new CommandDefinition(
            """
            update consult c set state = 'Joined' from agent_session host, agent_session g
            where host.session_id = @sessionId and c.attempt_id = host.attempt_id and c.ended_at is null and c.state = 'Asked' and g.session_id = c.to_session and g.softphone_sid = @callSid
            returning c.to_session, c.attempt_id
            """,
            new { sessionId, callSid }, transaction, cancellationToken: cancel));
        return guest is null ? null : await AgentSessions.ApplyAsync(connection, transaction, guest.ToSession, new AgentEvent.Joined(new Core.AttemptId(guest.AttemptId)), now, cancel);
    }

    /// <summary>
    /// A colleague's leg left the agent's conference although nobody sent it home: it dropped, or the whole conference ended. The consultation is over, so that the customer
    /// is not handed to an empty room and the colleague waits for no call. Who was sent home has no open consultation any more.
    /// </summary>
    private static async Task<AgentSession?> GuestLeftAsync(
        Npgsql.NpgsqlConnection connection, Npgsql.NpgsqlTransaction transaction, Guid sessionId, string callSid, WebhookUrls urls, Instant now, CancellationToken cancel)
    {
        var attempt = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            """
            select c.attempt_id from consult c join agent_session host on host.agent_id = c.from_agent join agent_session g on g.session_id = c.to_session
            where host.session_id = @sessionId and c.ended_at is null and c.state <> 'Asked' and g.softphone_sid = @callSid
            """,
            new { sessionId, callSid }, transaction, cancellationToken: cancel));
        return attempt is { } id ? await ConsultColleague.SendHomeAsync(connection, transaction, id, urls, now, cancel) : null;
    }

    private sealed class Guest
    {
        public Guid ToSession { get; init; }

        public long AttemptId { get; init; }
    }
}
