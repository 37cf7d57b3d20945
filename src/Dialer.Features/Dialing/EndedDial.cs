using Dapper;
using Dialer.Core;
using Dialer.Core.Calls;
using Dialer.Core.Routing;
using Dialer.Features.Agents;
using Dialer.Features.Routing;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>The customer's leg has left the agent's conference and is still on the line: the agent's leg dropped. Another agent, or the head of the line; never silence.</summary>
public sealed class EndedDial(Database database, AgentHandoff handoff, CallQueue queue, AgentSessions sessions, ServiceClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/twilio/voice/dial-ended", (TwilioForm form, HttpContext http, AttemptTokens tokens, EndedDial ended, CancellationToken cancel) =>
            ended.HandleAsync(form, http, tokens.TryRead(http.Request.Query["t"], out var token) ? token : null, cancel))
        .AllowAnonymous().RequireTwilioSignature();

    private async Task<IResult> HandleAsync(TwilioForm form, HttpContext http, AttemptToken? known, CancellationToken cancel)
    {
        if (known is not { } token || DialEnded.From(form) is not { CallStatus: Twilio.Webhooks.CallStatus.InProgress })
            return TwimlResult.Of(Twiml.Empty);
        var (twiml, agents) = await database.InTransactionAsync(
            async (connection, transaction) => await AttemptRow.LockAsync(connection, transaction, token.Attempt.Value, cancel) is { State: AttemptState.Answered } row
                ? await RescueAsync(connection, transaction, row, http.Request.Query["c"].ToString(), cancel)
                : (Twiml.HangUp, []),
            cancel);
        await sessions.AnnounceAsync([.. agents]);
        return TwimlResult.Of(twiml);
    }

    private async Task<(string Twiml, List<AgentSession?> Agents)> RescueAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, string left, CancellationToken cancel)
    {
        if (row.Treatment == "Queue" || (row.AgentId is { } next && await AgentSessions.OpenOfAsync(connection, transaction, next, cancel) is { } session && left.Length > 0 && AgentSession.ConferenceOf(session) != left))
            return (Twiml.Empty, []); // moved on purpose: the network asks the old document's action and does not use the answer

        var freed = await FreeAsync(connection, transaction, row, cancel);
        if (await handoff.TryAsync(connection, transaction, row.Routed, cancel) is { } joined)
            return (joined.Twiml, [freed, joined.Agent]);
        return (await queue.EnterAsync(connection, transaction, row.Routed, Core.Routing.CallerOrder.MostPriority, cancel), [freed]);
    }

    /// <summary>The agent whose leg dropped still writes up what was said.</summary>
    private async Task<AgentSession?> FreeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, CancellationToken cancel)
    {
        if (row.AgentId is not { } agentId)
            return null;
        await connection.ExecuteAsync(new CommandDefinition(
            "update attempt set agent_id = null, held_at = null, conversation_at = coalesce(conversation_at, bridged_at) where attempt_id = @AttemptId", new { row.AttemptId }, transaction, cancellationToken: cancel));
        return await AgentSessions.ApplyToAgentAsync(
            connection, transaction, agentId, new AgentEvent.CallEnded(new AttemptId(row.AttemptId), Duration.FromSeconds(row.WrapUpSeconds)), clock.Now, cancel);
    }
}
