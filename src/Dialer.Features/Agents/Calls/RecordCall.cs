using System.Security.Claims;
using Dapper;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Features.Dialing;
using Dialer.Features.Recordings;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Rest;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Agents.Calls;

/// <summary>
/// Recording begins with the agent's word that the notice was given, never before; a pause counts only when the carrier says that it is one.
/// Whoever does not want to be recorded is not: the recording ends, what they said is written down, and the call may go on without one (RECORDING_DECLINED).
/// </summary>
/// <remarks>What was recorded before stays: it was announced, and the person had stayed on the line. All-party states: Cal. Penal Code 632.7, Wash. RCW 9.73.030 and their like.</remarks>
public sealed class RecordCall(Database database, TwilioClient twilio, AttemptTokens tokens, WebhookUrls urls, ServiceClock clock)
{
    public enum Action
    {
        Start,
        Pause,
        Resume,

        /// <summary>The person objects. Nothing of this call is recorded any more, and no other action begins it again.</summary>
        Decline,
    }

    public sealed record Request(Action Action, bool NoticeGiven);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/api/v1/agent/calls/{attemptId:long}/recording", HandleAsync).RequireAuthorization(Scopes.CallsTake);
        routes.MapPost("/twilio/recording", ChangedAsync).AllowAnonymous().RequireTwilioSignature();
    }

    /// <summary>True when nothing of the call is being recorded from now on, as the carrier says.</summary>
    internal async Task<bool> PauseAsync(long attemptId, string sid, CancellationToken cancel)
    {
        if (await RunningAsync(attemptId, cancel) is not { } recording)
            return true;
        if (recording.State == "Paused")
            return true;
        var answer = await twilio.PauseRecordingAsync(sid, cancel);
        if (answer.Value?.Status != "paused")
            return false;
        await SetAsync(recording.RecordingSid, "Paused", cancel);
        await RecordingPauses.BeginAsync(database, attemptId, clock.Now, cancel);
        return true;
    }

    /// <summary>Nothing is resumed while a card is given: a second payment that was refused, or a repeated word of an earlier one, ends no pause of this one.</summary>
    internal async Task<bool> ResumeAsync(long attemptId, string sid, CancellationToken cancel)
    {
        if (await RunningAsync(attemptId, cancel) is not { State: "Paused" } recording || await MayRecordAsync(attemptId, cancel) is not null)
            return true;
        var answer = await twilio.ResumeRecordingAsync(sid, cancel);
        if (answer.Value?.Status != "in-progress")
            return false;
        await SetAsync(recording.RecordingSid, "Recording", cancel);
        await RecordingPauses.EndAsync(database, attemptId, clock.Now, cancel);
        return true;
    }

    private static async Task<IResult> HandleAsync(long attemptId, Request request, ClaimsPrincipal caller, Database database, RecordCall record, AgentSessions sessions, CancellationToken cancel)
    {
        if (await MyCall.FindAsync(database, attemptId, caller.UserId(), cancel) is not { } call)
            return Problem.Conflict("You are not talking in this call.");
        var problem = request.Action switch
        {
            Action.Start => await record.StartAsync(call, request.NoticeGiven, caller.UserId(), cancel),
            Action.Decline => await record.DeclineAsync(call, caller.UserId(), caller.UserName(), cancel),
            Action.Pause => await record.PauseAsync(attemptId, call.Sid, cancel) ? null : Results.Problem("The recording is still running: the carrier did not pause it. Ask for nothing secret.", statusCode: 502, title: "Not paused"),
            _ => await record.MayRecordAsync(attemptId, cancel) is { } refusal ? refusal
                : await record.ResumeAsync(attemptId, call.Sid, cancel) ? null : Results.Problem("The recording is still paused. Try again.", statusCode: 502, title: "Not resumed"),
        };
        await sessions.AnnounceAsync(await sessions.FindOpenAsync(caller.UserId(), cancel));
        return problem ?? Results.NoContent();
    }

    private async Task<IResult?> StartAsync(MyCall call, bool noticeGiven, long agent, CancellationToken cancel)
    {
        if (!noticeGiven)
            return Problem.Invalid("Say that the call is recorded, and tick it, before recording.");
        if (await MayRecordAsync(call.AttemptId, cancel) is { } refusal)
            return refusal;
        if (await RunningAsync(call.AttemptId, cancel) is not null)
            return null;
        var answer = await twilio.StartRecordingAsync(call.Sid, urls.Recording(tokens.Issue(new Core.AttemptId(call.AttemptId), call.CreatedAt)), cancel);
        if (!answer.Succeeded(out var recording))
            return Carrier.Refused("The call is not recorded.", answer.Error!);
        await database.ExecuteAsync(
            "insert into recording (recording_sid, attempt_id, state, started_by, started_at) values (@Sid, @AttemptId, 'Recording', @agent, @now) on conflict do nothing",
            new { recording.Sid, call.AttemptId, agent, now = clock.Now },
            cancel);
        // An objection, or a payment, that came while the carrier began has found no recording to end.
        return await MayRecordAsync(call.AttemptId, cancel) is { } meanwhile ? await StopAsync(call, recording.Sid, cancel) ?? meanwhile : null;
    }

    /// <summary>What the person said is written down first, whatever the carrier answers then.</summary>
    private async Task<IResult?> DeclineAsync(MyCall call, long agent, string actor, CancellationToken cancel)
    {
        await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var first = await connection.ExecuteAsync(new CommandDefinition(
                    "insert into recording_declined (attempt_id, at, agent_id) values (@AttemptId, @now, @agent) on conflict do nothing", new { call.AttemptId, now = clock.Now, agent }, transaction, cancellationToken: cancel));
                if (first == 1)
                    await AuditTrail.AddAsync(connection, transaction, actor, "recording.declined", $"attempt:{call.AttemptId}", new { code = "RECORDING_DECLINED" }, clock.Now, cancel);
            },
            cancel);
        if (await RunningAsync(call.AttemptId, cancel) is { } recording && await StopAsync(call, recording.RecordingSid, cancel) is { } runs)
            return runs;
        await database.ExecuteAsync("update recording_declined set stopped_at = coalesce(stopped_at, @now) where attempt_id = @AttemptId", new { call.AttemptId, now = clock.Now }, cancel);
        return null;
    }

    /// <summary>Null when the carrier says that the recording has ended.</summary>
    private async Task<IResult?> StopAsync(MyCall call, string recordingSid, CancellationToken cancel)
    {
        var answer = await twilio.StopRecordingAsync(call.Sid, cancel);
        if (answer.Value?.Status is not ("stopped" or "processing" or "completed" or "absent"))
            return Results.Problem("The recording is still running: the carrier did not end it. Press again; if it runs on, say so and end the call.", statusCode: 502, title: "Not stopped");
        await database.ExecuteAsync("update recording set state = 'Stopped', ended_at = @now where recording_sid = @recordingSid and state <> 'Stopped'", new { now = clock.Now, recordingSid }, cancel);
        await RecordingPauses.EndAsync(database, call.AttemptId, clock.Now, cancel);
        return null;
    }

    private async Task<bool> IsDeclinedAsync(long attemptId, CancellationToken cancel) =>
        await database.FindAsync<bool>("select exists (select 1 from recording_declined where attempt_id = @attemptId)", new { attemptId }, cancel);

    private static IResult Declined() => Problem.Conflict("RECORDING_DECLINED: the person does not want this call recorded. Go on without a recording, or end the call.");

    private async Task<IResult?> MayRecordAsync(long attemptId, CancellationToken cancel) =>
        await IsDeclinedAsync(attemptId, cancel) ? Declined()
        : await database.FindAsync<bool?>("select true from assisted_payment where attempt_id = @attemptId and ended_at is null", new { attemptId }, cancel) is true
            ? Problem.Conflict("A payment is being taken: nothing is recorded until it is over.")
            : null;

    private static async Task<IResult> ChangedAsync(TwilioForm form, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (RecordingChanged.From(form) is { Status: "completed" or "absent" } change)
            await database.ExecuteAsync(
                "update recording set state = 'Stopped', ended_at = coalesce(ended_at, @now), seconds = @Duration where recording_sid = @RecordingSid and (state <> 'Stopped' or seconds is null)",
                new { now = clock.Now, change.Duration, change.RecordingSid },
                cancel);
        return Results.NoContent();
    }

    private Task<Row?> RunningAsync(long attemptId, CancellationToken cancel) => database.FindAsync<Row>(
        "select recording_sid, state from recording where attempt_id = @attemptId and state <> 'Stopped' order by started_at desc limit 1", new { attemptId }, cancel);

    private Task SetAsync(string recordingSid, string state, CancellationToken cancel) =>
        database.ExecuteAsync("update recording set state = @state where recording_sid = @recordingSid", new { state, recordingSid }, cancel);

    private sealed class Row
    {
        public string RecordingSid { get; init; } = "";

        public string State { get; init; } = "";
    }
}
