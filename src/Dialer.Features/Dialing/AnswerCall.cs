using Dapper;
using Dialer.Core.Calls;
using Dialer.Features.Agents;
using Dialer.Features.Compliance;
using Dialer.Features.Ivr;
using Dialer.Features.Routing;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>
/// Somebody, or something, picked up. Is the call still lawful and wanted? Then an agent, or the IVR, in the one answer to this webhook;
/// with nobody free, the abandonment path that the campaign's policy allows.
/// </summary>
public sealed class AnswerCall(
    Database database, AttemptEvents events, AgentHandoff handoff, AgentSessions sessions, ContactGate gate, IvrFlow ivr, ServiceClock clock, ILogger<AnswerCall> log)
{
    public const string OutboundFlow = "outbound";
    public const string AbandonedFlow = "abandoned";
    public const string MachineFlow = "machine";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/twilio/voice/answer", (TwilioForm form, HttpContext http, AttemptTokens tokens, AnswerCall answer, CancellationToken cancel) =>
            answer.HandleAsync(form, tokens.TryRead(http.Request.Query["t"], out var token) ? token : null, cancel))
        .AllowAnonymous().RequireTwilioSignature();

    private async Task<IResult> HandleAsync(TwilioForm form, AttemptToken? known, CancellationToken cancel)
    {
        if (known is not { } token || CallStatusChanged.From(form) is not { } call)
        {
            log.LogWarning("An answered call names no attempt of ours; it is hung up");
            return TwimlResult.Of(Twiml.HangUp);
        }

        var verdict = await gate.StillLawfulAsync(token.Attempt, clock.Now, cancel);
        var (twiml, agents) = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var picked = new ReceivedEvent(token.Day, $"answer:{call.CallSid}", token.Attempt.Value, "answer", null, call);
                if (await AttemptRow.ReceiveAsync(connection, transaction, picked, clock.Now, cancel) is not ({ } row, var isNew))
                    return (Twiml.HangUp, []);
                var answer = isNew ? await AnswerAsync(connection, transaction, row, call, verdict, cancel) : (Twiml: await RepeatAsync(connection, transaction, row, cancel), Agents: []);
                // What was answered is part of the call's record; a repeat answers the same and is stored once.
                await Inbox.ReceiveAsync(connection, transaction, token.Day, $"twiml:{call.CallSid}", row.AttemptId, "twiml.answer", null, new { answer.Twiml }, clock.Now, cancel);
                return answer;
            },
            cancel);
        await sessions.AnnounceScreenFirstAsync([.. agents], cancel);
        return TwimlResult.Of(twiml);
    }

    private async Task<(string Twiml, List<AgentSession?> Agents)> AnswerAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, CallStatusChanged call, AnswerVerdict verdict, CancellationToken cancel)
    {
        var now = clock.Now;
        var outcome = await events.ApplyAsync(
            connection, transaction, row, new AttemptEvent.Progress(call.CallSid, Core.Calls.CallStatus.InProgress, now, AnsweredBy: call.AnsweredBy?.Wire()), cancel);
        if (outcome.Change.Conflict || outcome.Change.Attempt.State.IsTerminal())
            return (Twiml.HangUp, [outcome.Agent]);
        if (outcome.Change.Attempt.AnsweredByMachine)
            return (await TreatMachineAsync(connection, transaction, row, cancel), [outcome.Agent]);
        // Whom the campaign's end surprised in mid-ring is owed what everybody is who answers: an agent if one is free, else who called, and to be counted.
        var over = verdict is { Lawful: false, Codes: ["CAMPAIGN_NOT_OPEN"] };
        if (over && row.Mode == "Agentless")
            return (await TreatAsync(connection, transaction, row, "Message", abandoned: false, await ivr.StartAsync(connection, transaction, row.AttemptId, AbandonedFlow, now, cancel), cancel), [outcome.Agent]);
        if (!verdict.Lawful && !over)
        {
            log.LogInformation("Attempt {AttemptId} is no longer lawful at its answer ({Codes}); it is hung up", row.AttemptId, string.Join(' ', verdict.Codes));
            return (await TreatAsync(connection, transaction, row, "HangUp", abandoned: false, Twiml.HangUp, cancel), [outcome.Agent]);
        }

        if (row.Mode == "Agentless")
        {
            await TreatAsync(connection, transaction, row, "Ivr", abandoned: false, "", cancel);
            return (await ivr.StartAsync(connection, transaction, row.AttemptId, OutboundFlow, now, cancel), [outcome.Agent]);
        }

        if (row.AgentId is { } waiting && await JoinWaitingAsync(connection, transaction, row, waiting, cancel) is { } twiml)
            return (twiml, [outcome.Agent]);
        if (await handoff.TryAsync(connection, transaction, row.Routed, cancel) is { } joined)
            return (joined.Twiml, [outcome.Agent, joined.Agent]);
        return (await AbandonAsync(connection, transaction, row, cancel), [outcome.Agent]);
    }

    /// <summary>The agent who had this call dialled, if he still waits for it.</summary>
    private async Task<string?> JoinWaitingAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, long agent, CancellationToken cancel)
    {
        if (await AgentSessions.OpenOfAsync(connection, transaction, agent, cancel) is not { } session
            || await AgentSessions.LockAsync(connection, transaction, session, cancel) is not { State: Core.Routing.AgentState.Reserved or Core.Routing.AgentState.OnCall } desk || desk.AttemptId != row.AttemptId)
            return null;
        return await TreatAsync(connection, transaction, row, "Agent", abandoned: false, handoff.Render(row.Routed, desk.Conference), cancel);
    }

    private async Task<string> AbandonAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, CancellationToken cancel) => row.NoAgentTreatment switch
    {
        "Ivr" => await TreatAsync(connection, transaction, row, "Ivr", abandoned: true, await ivr.StartAsync(connection, transaction, row.AttemptId, OutboundFlow, clock.Now, cancel), cancel),
        "Message" => await TreatAsync(connection, transaction, row, "Message", abandoned: true, await ivr.StartAsync(connection, transaction, row.AttemptId, AbandonedFlow, clock.Now, cancel), cancel),
        _ => await TreatAsync(connection, transaction, row, "HangUp", abandoned: true, Twiml.HangUp, cancel),
    };

    private async Task<string> TreatMachineAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, CancellationToken cancel) =>
        row.MachineTreatment == "LimitedContentMessage"
            ? await TreatAsync(connection, transaction, row, "LimitedContentMessage", abandoned: false, await ivr.StartAsync(connection, transaction, row.AttemptId, MachineFlow, clock.Now, cancel), cancel)
            : await TreatAsync(connection, transaction, row, "Machine", abandoned: false, Twiml.HangUp, cancel);

    private static async Task<string> TreatAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, string treatment, bool abandoned, string twiml, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "update attempt set treatment = @treatment, abandoned = @abandoned, artificial_voice = artificial_voice or @treatment in ('Ivr', 'Message', 'LimitedContentMessage') where attempt_id = @AttemptId",
            new { row.AttemptId, treatment, abandoned },
            transaction,
            cancellationToken: cancel));
        return twiml;
    }

    /// <summary>Twilio asks again when our first answer did not reach it in time: the same document, without a second effect.</summary>
    private async Task<string> RepeatAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, CancellationToken cancel) => row switch
    {
        { EndedAt: not null } => Twiml.HangUp,
        { Treatment: "Agent", AgentId: { } agent } => await ConferenceOfAsync(connection, transaction, agent, cancel) is { } conference ? handoff.Render(row.Routed, conference) : Twiml.HangUp,
        { Treatment: "Ivr" } => await ivr.StartAsync(connection, transaction, row.AttemptId, OutboundFlow, clock.Now, cancel),
        { Treatment: "Message" } => await ivr.StartAsync(connection, transaction, row.AttemptId, AbandonedFlow, clock.Now, cancel),
        { Treatment: "LimitedContentMessage" } => await ivr.StartAsync(connection, transaction, row.AttemptId, MachineFlow, clock.Now, cancel),
        _ => Twiml.HangUp,
    };

    private static async Task<string?> ConferenceOfAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long agentId, CancellationToken cancel) =>
        await AgentSessions.OpenOfAsync(connection, transaction, agentId, cancel) is { } session
            ? AgentSession.ConferenceOf(session)
            : null;
}
