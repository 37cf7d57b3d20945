using System.Security.Claims;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Dialer.Twilio;
using Dialer.Twilio.Rest;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Agents.Calls;

/// <summary>
/// A supervisor in an agent's conference: Listen (muted), Whisper (heard by the agent alone: conference coaching), Barge (heard by both), TakeOver (barge with the agent muted).
/// Every change is in the audit trail. Source: Twilio, "Participant resource" (Coaching, CallSidToCoach, Muted).
/// </summary>
public sealed class MonitorAgent(Database database, AgentSessions sessions, TwilioClient twilio, AccessTokens tokens, IOptions<TwilioOptions> options, ServiceClock clock)
{
    public enum Mode
    {
        Listen,
        Whisper,
        Barge,
        TakeOver,
    }

    public sealed record StartRequest(long AgentId, Mode Mode);

    public sealed record ModeRequest(Mode Mode);

    public sealed record Response(Guid MonitorId, StartSession.Softphone Softphone);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/supervision/monitors").RequireAuthorization(Scopes.AgentsMonitor);
        group.MapPost("", (StartRequest request, ClaimsPrincipal caller, MonitorAgent monitor, CancellationToken cancel) => monitor.StartAsync(request, caller, cancel))
            .RequireOwnTeam(context => context.GetArgument<StartRequest>(0).AgentId);
        group.MapPut("{id:guid}", (Guid id, ModeRequest request, ClaimsPrincipal caller, MonitorAgent monitor, CancellationToken cancel) => monitor.ChangeAsync(id, request.Mode, caller, cancel));
        group.MapDelete("{id:guid}", (Guid id, ClaimsPrincipal caller, MonitorAgent monitor, CancellationToken cancel) => monitor.EndAsync(id, caller, cancel));
    }

    /// <summary>The document with which the supervisor's leg enters the agent's conference, in the mode asked for.</summary>
    internal async Task<string> EnterAsync(Guid id, string callSid, long? user, CancellationToken cancel)
    {
        var row = await database.FindAsync<Row>(
            """
            update monitor m set call_sid = @callSid from agent_session s
            where m.monitor_id = @id and m.supervisor_id = @user and m.ended_at is null and s.session_id = m.session_id and s.ended_at is null
            returning m.session_id, m.mode, m.call_sid, s.conference_sid, s.softphone_sid
            """,
            new { id, callSid, user },
            cancel);
        if (row is null)
            return Twiml.HangUp;
        await sessions.RefreshAsync(row.SessionId, cancel);
        return new Twiml().AddConference(new DialConference(AgentSession.ConferenceOf(row.SessionId))
        {
            StartOnEnter = false,
            Muted = row.Mode == Mode.Listen,
            Coach = row.Mode == Mode.Whisper ? row.SoftphoneSid : null,
        }).ToString();
    }

    /// <summary>A leg has come to an agent's conference. If it is that of a supervisor who takes the call over, the agent is muted now: before, the customer would hear nobody.</summary>
    internal async Task JoinedAsync(string callSid, CancellationToken cancel)
    {
        if (await database.FindAsync<Guid?>("select monitor_id from monitor where call_sid = @callSid and ended_at is null and mode = 'TakeOver'", new { callSid }, cancel) is { } id)
            await MuteAgentAsync(id, true, cancel);
    }

    /// <summary>A leg has left an agent's conference. If it was a supervisor's, whose page may be gone, he is not shown as there any more, and an agent he had muted is heard again.</summary>
    internal async Task LeftAsync(string callSid, CancellationToken cancel)
    {
        if (await database.FindAsync<Row>(
            "select m.monitor_id, m.session_id, m.mode, s.conference_sid, s.softphone_sid from monitor m join agent_session s using (session_id) where m.call_sid = @callSid and m.ended_at is null",
            new { callSid }, cancel) is not { } row)
            return;
        if (row.Mode == Mode.TakeOver)
            await MuteAgentAsync(row.MonitorId, false, cancel);
        await database.ExecuteAsync("update monitor set ended_at = @now where monitor_id = @MonitorId and ended_at is null", new { row.MonitorId, now = clock.Now }, cancel);
        await sessions.RefreshAsync(row.SessionId, cancel);
    }

    private async Task<IResult> StartAsync(StartRequest request, ClaimsPrincipal caller, CancellationToken cancel)
    {
        var id = Guid.NewGuid();
        var made = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var rows = await Dapper.SqlMapper.ExecuteAsync(
                    connection,
                    """
                    insert into monitor (monitor_id, supervisor_id, session_id, mode, started_at)
                    select @id, @me, session_id, @mode, @now from agent_session where agent_id = @AgentId and ended_at is null and conference_sid is not null and agent_id <> @me
                    """,
                    new { id, me = caller.UserId(), mode = request.Mode.ToString(), now = clock.Now, request.AgentId },
                    transaction);
                if (rows == 1)
                    await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "supervision.monitor", $"agent/{request.AgentId}", new { mode = request.Mode.ToString() }, clock.Now, cancel);
                return rows == 1;
            },
            cancel);
        if (!made)
            return Problem.Conflict("This agent has no open line to listen to.");
        var softphone = new StartSession.Softphone(
            options.Value.IsReal ? "twilio" : "simulator", tokens.Issue(StartSession.IdentityOf(caller.UserId()), clock.Now, Duration.FromHours(2)), options.Value.ApplicationSid, options.Value.BaseUrl,
            new Dictionary<string, string> { ["monitor"] = id.ToString("N") }, options.Value.Edges);
        return Results.Ok(new Response(id, softphone));
    }

    private async Task<IResult> ChangeAsync(Guid id, Mode mode, ClaimsPrincipal caller, CancellationToken cancel)
    {
        if (await FindAsync(id, caller.UserId(), cancel) is not { CallSid: { } leg, ConferenceSid: { } conference, SoftphoneSid: { } agent } row)
            return Problem.Conflict("You are not in this agent's line.");
        var change = new UpdateParticipant { Muted = mode == Mode.Listen, Coaching = mode == Mode.Whisper, CallSidToCoach = mode == Mode.Whisper ? agent : null };
        var answer = await twilio.UpdateParticipantAsync(conference, leg, change, cancel);
        if (answer.Error is { } error)
            return Carrier.Refused("Nothing was changed.", error);
        await twilio.UpdateParticipantAsync(conference, agent, new UpdateParticipant { Muted = mode == Mode.TakeOver }, cancel);
        await WriteAsync("update monitor set mode = @mode where monitor_id = @id", id, mode.ToString(), caller, cancel);
        await sessions.RefreshAsync(row.SessionId, cancel);
        return Results.NoContent();
    }

    private async Task<IResult> EndAsync(Guid id, ClaimsPrincipal caller, CancellationToken cancel)
    {
        if (await FindAsync(id, caller.UserId(), cancel) is not { } row)
            return Results.NoContent();
        if (row.Mode == Mode.TakeOver)
            await MuteAgentAsync(id, false, cancel);
        await WriteAsync("update monitor set ended_at = @now where monitor_id = @id", id, "End", caller, cancel);
        await sessions.RefreshAsync(row.SessionId, cancel);
        if (row.CallSid is { } leg)
            await twilio.CompleteCallAsync(leg, cancel);
        return Results.NoContent();
    }

    private async Task MuteAgentAsync(Guid id, bool on, CancellationToken cancel)
    {
        if (await database.FindAsync<Row>(RowSql, new { id }, cancel) is { ConferenceSid: { } conference, SoftphoneSid: { } agent })
            await twilio.UpdateParticipantAsync(conference, agent, new UpdateParticipant { Muted = on }, cancel);
    }

    private Task WriteAsync(string sql, Guid id, string mode, ClaimsPrincipal caller, CancellationToken cancel) => database.InTransactionAsync(
        async (connection, transaction) =>
        {
            await Dapper.SqlMapper.ExecuteAsync(connection, sql, new { id, mode, now = clock.Now }, transaction);
            await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "supervision.monitor", $"monitor/{id:N}", new { mode }, clock.Now, cancel);
        },
        cancel);

    private const string RowSql =
        """
        select m.session_id, m.mode, m.call_sid, s.conference_sid, s.softphone_sid, m.supervisor_id from monitor m join agent_session s using (session_id)
        where m.monitor_id = @id and m.ended_at is null
        """;

    private async Task<Row?> FindAsync(Guid id, long supervisor, CancellationToken cancel) =>
        await database.FindAsync<Row>(RowSql, new { id }, cancel) is { } row && row.SupervisorId == supervisor ? row : null;

    private sealed class Row
    {
        public Guid MonitorId { get; init; }

        public Guid SessionId { get; init; }

        public long SupervisorId { get; init; }

        public Mode Mode { get; init; }

        public string? CallSid { get; init; }

        public string? ConferenceSid { get; init; }

        public string? SoftphoneSid { get; init; }
    }
}
