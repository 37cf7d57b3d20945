using Dapper;
using Dialer.Core;
using Dialer.Core.Routing;
using Dialer.Features.Agents;
using Dialer.Features.Compliance;
using Dialer.Storage.Redis;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;
using StackExchange.Redis;

namespace Dialer.Features.Routing;

public sealed partial class AgentHandoff(
    AgentIndex index, InboundDisclosures inbound, AttemptTokens tokens, WebhookUrls urls, ServiceClock clock, IOptions<RoutingOptions> options, ILogger<AgentHandoff> log)
{
    private const int Tries = 5;

    /// <summary>Real time a reserved agent may wait for the customer's leg to join before the sweeper looks.</summary>
    private static readonly TimeSpan JoinDeadline = TimeSpan.FromSeconds(5);

    /// <summary>TwiML that joins the caller to an agent's conference, or null when nobody who fits is free (or Redis cannot say who is).</summary>
    public async Task<JoinedAgent?> TryAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, RoutedCall call, CancellationToken cancel, IReadOnlyList<string>? extra = null)
    {
        var facts = await CallFacts.ReadAsync(connection, transaction, call.AttemptId, clock.Now, cancel);
        var steps = facts.Needs(options.Value.Needs, extra);
        var needs = extra is null ? steps.All : steps.Allowed(Duration.Zero); // a person who just answered cannot wait; one who is passed on can, for the right one
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            if (await ReserveAsync(facts.Knows, needs) is not { } reserved)
                return null;
            if (await GiveAsync(connection, transaction, call, reserved, needs, cancel) is { } joined)
                return joined;
        }

        return null;
    }

    /// <summary>
    /// Null also when another call that has not ended still names the agent. The savepoint keeps the caller's own transaction, and with it the answer to this webhook, alive
    /// in that case; the next agent is asked.
    /// </summary>
    private async Task<JoinedAgent?> GiveAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, RoutedCall call, ReservedAgent reserved, IReadOnlyList<IReadOnlyCollection<string>> needs, CancellationToken cancel)
    {
        const string Before = "before_agent";
        await transaction.SaveAsync(Before, cancel);
        try
        {
            var joined = await ConfirmAsync(connection, transaction, call, reserved, needs, Duration.Zero, cancel);
            await transaction.ReleaseAsync(Before, cancel);
            return joined;
        }
        catch (PostgresException taken) when (taken is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "attempt_one_live_agent" })
        {
            await transaction.RollbackAsync(Before, cancel);
            log.LogWarning("Agent {AgentId} still has a call that has not ended; attempt {AttemptId} goes to the next one", reserved.AgentId, call.AttemptId);
            return null;
        }
    }

    /// <summary>Reserves one named agent for the call if he is available; his own conference's document and session.</summary>
    public async Task<JoinedAgent?> ReserveAgentAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, RoutedCall call, long agentId, CancellationToken cancel)
    {
        var now = clock.Now;
        var until = now + Duration.FromSeconds(5) + clock.OfReal(JoinDeadline);
        var agent = await AgentSessions.ApplyToAgentAsync(connection, transaction, agentId, new AgentEvent.Reserve(new AttemptId(call.AttemptId), until), now, cancel);
        return agent is null ? null : new JoinedAgent(Render(call, agent.Conference), agent);
    }

    /// <summary>Reserves a colleague to come to the call: one named, or the longest idle with a skill. The call itself stays with its agent.</summary>
    public async Task<AgentSession?> ReserveGuestAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, RoutedCall call, long? agentId, string? skill, CancellationToken cancel)
    {
        if (agentId is { } named)
            return (await ReserveAgentAsync(connection, transaction, call, named, cancel))?.Agent;
        if (await ReserveAsync(null, [[skill ?? ""]]) is not { } reserved)
            return null;
        var until = clock.Now + Duration.FromSeconds(5) + clock.OfReal(JoinDeadline);
        return await AgentSessions.ConfirmAsync(connection, transaction, reserved, new AgentEvent.Reserve(new AttemptId(call.AttemptId), until), clock.Now, cancel);
    }

    /// <summary>Makes a reservation of the index true in PostgreSQL, with its reason; null when the agent has moved on since.</summary>
    internal async Task<JoinedAgent?> ConfirmAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, RoutedCall call, ReservedAgent reserved, IReadOnlyList<IReadOnlyCollection<string>> needs, Duration waited, CancellationToken cancel)
    {
        var now = clock.Now;
        var until = now + Duration.FromSeconds(5) + clock.OfReal(JoinDeadline);
        var agent = await AgentSessions.ConfirmAsync(connection, transaction, reserved, new AgentEvent.Reserve(new AttemptId(call.AttemptId), until), now, cancel);
        if (agent is null)
            return null;
        var reason = reserved.Which switch { 0 => RoutingReason.Sticky, 1 => RoutingReason.Skills, _ => RoutingReason.Widened };
        var met = reserved.Which == 0 ? needs[^1] : needs[reserved.Which - 1];
        var idle = now - Instant.FromUnixTimeMilliseconds(reserved.SinceMs);
        await connection.ExecuteAsync(new CommandDefinition(
            "update attempt set agent_id = @AgentId, treatment = 'Agent', abandoned = false, routing = cast(@why as jsonb) where attempt_id = @AttemptId",
            new { reserved.AgentId, call.AttemptId, why = RoutingJson.Why(reason, met, idle, waited) },
            transaction,
            cancellationToken: cancel));
        if (call.Direction == "Inbound")
            await inbound.NoteAsync(connection, transaction, new AttemptId(call.AttemptId), now, cancel);
        return new JoinedAgent(Render(call, reserved.Conference), agent);
    }

    /// <summary>The document that joins a call to a conference; the same again for a repeated request.</summary>
    public string Render(RoutedCall call, string conference) => new Twiml().AddConference(new DialConference(conference)
    {
        Action = urls.DialEnded(tokens.Issue(new AttemptId(call.AttemptId), call.CreatedAt), conference),
        StartOnEnter = true,
        EndOnExit = false,
    }).ToString();

    private async Task<ReservedAgent?> ReserveAsync(Guid? knows, IReadOnlyList<IReadOnlyCollection<string>> needs)
    {
        try
        {
            return (await index.MatchAsync([new IndexedCaller(knows, needs)]))[0];
        }
        catch (Exception failure) when (failure is RedisException or RedisNotWholeException or TimeoutException)
        {
            log.LogWarning("No agent can be chosen: {Reason}", failure.Message);
            return null;
        }
    }
}
