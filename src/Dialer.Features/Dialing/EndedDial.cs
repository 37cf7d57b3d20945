using Dapper;
using Dialer.Core;
using Dialer.Core.Calls;
using Dialer.Core.Routing;
using Dialer.Features.Agents;
using Dialer.Features.Ivr;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>The customer's leg has left the agent's conference and is still on the line: the agent's leg dropped. Another agent, or a kind goodbye; never silence.</summary>
public sealed class EndedDial(Database database, AgentHandoff handoff, AgentSessions sessions, IvrFlow ivr, ServiceClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/twilio/voice/dial-ended", (TwilioForm form, HttpContext http, AttemptTokens tokens, EndedDial ended, CancellationToken cancel) =>
            ended.HandleAsync(form, tokens.TryRead(http.Request.Query["t"], out var token) ? token : null, cancel))
        .AllowAnonymous().RequireTwilioSignature();

    private async Task<IResult> HandleAsync(TwilioForm form, AttemptToken? known, CancellationToken cancel)
    {
        if (known is not { } token || DialEnded.From(form) is not { CallStatus: Twilio.Webhooks.CallStatus.InProgress })
            return TwimlResult.Of(Twiml.Empty);
        var (twiml, agents) = await database.InTransactionAsync(
            async (connection, transaction) => await AttemptRow.LockAsync(connection, transaction, token.Attempt.Value, cancel) is { State: AttemptState.Answered } row
                ? await RescueAsync(connection, transaction, row, cancel)
                : (Twiml.HangUp, []),
            cancel);
        await sessions.AnnounceAsync([.. agents]);
        return TwimlResult.Of(twiml);
    }

    private async Task<(string Twiml, List<AgentSession?> Agents)> RescueAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, CancellationToken cancel)
    {
        var freed = await FreeAsync(connection, transaction, row, cancel);
        if (await handoff.TryAsync(connection, transaction, row, cancel) is { } joined)
            return (joined.Twiml, [freed, joined.Agent]);
        return (await ivr.StartAsync(connection, transaction, row.AttemptId, AnswerCall.AbandonedFlow, clock.Now, cancel), [freed]);
    }

    /// <summary>The agent whose leg dropped still writes up what was said.</summary>
    private async Task<AgentSession?> FreeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, CancellationToken cancel)
    {
        if (row.AgentId is not { } agentId)
            return null;
        await connection.ExecuteAsync(new CommandDefinition(
            "update attempt set agent_id = null, conversation_at = coalesce(conversation_at, bridged_at) where attempt_id = @AttemptId", new { row.AttemptId }, transaction, cancellationToken: cancel));
        return await AgentSessions.ApplyToAgentAsync(
            connection, transaction, agentId, new AgentEvent.CallEnded(new AttemptId(row.AttemptId), Duration.FromSeconds(row.WrapUpSeconds)), clock.Now, cancel);
    }
}
