using Dapper;
using Dialer.Core;
using Dialer.Core.Routing;
using Dialer.Features.Agents;
using Dialer.Storage.Redis;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.Logging;
using NodaTime;
using Npgsql;
using StackExchange.Redis;

namespace Dialer.Features.Dialing;

/// <summary>Gives an answered call to the agent who has waited longest: chosen atomically in Redis, decided in PostgreSQL.</summary>
public sealed class AgentHandoff(AgentIndex index, AttemptTokens tokens, WebhookUrls urls, ServiceClock clock, ILogger<AgentHandoff> log)
{
    private const int Tries = 5;

    /// <summary>Real time a reserved agent may wait for the customer's leg to join before the sweeper looks.</summary>
    private static readonly TimeSpan JoinDeadline = TimeSpan.FromSeconds(5);

    public sealed record Joined(string Twiml, AgentSession Agent);

    /// <summary>TwiML that joins the caller to an agent's conference, or null when nobody is free (or Redis cannot say who is).</summary>
    public async Task<Joined?> TryAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, CancellationToken cancel)
    {
        var now = clock.Now;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            if (await ReserveAsync(row.Skills ?? []) is not { } reserved)
                return null;
            var until = now + Duration.FromSeconds(5) + clock.OfReal(JoinDeadline);
            var agent = await AgentSessions.ConfirmAsync(connection, transaction, reserved, new AgentEvent.Reserve(new AttemptId(row.AttemptId), until), now, cancel);
            if (agent is null)
                continue;
            await connection.ExecuteAsync(new CommandDefinition(
                "update attempt set agent_id = @AgentId, treatment = 'Agent', abandoned = false where attempt_id = @AttemptId",
                new { reserved.AgentId, row.AttemptId },
                transaction,
                cancellationToken: cancel));
            return new Joined(Render(row, reserved.Conference), agent);
        }

        return null;
    }

    /// <summary>The same document again, for a repeated request.</summary>
    public string Render(AttemptRow row, string conference) => new Twiml().AddConference(new DialConference(conference)
    {
        Action = urls.DialEnded(tokens.Issue(new AttemptId(row.AttemptId), row.CreatedAt)),
        StartOnEnter = true,
        EndOnExit = false,
        ParticipantLabel = "customer",
    }).ToString();

    private async Task<ReservedAgent?> ReserveAsync(string[] skills)
    {
        try
        {
            return await index.ReserveAsync(skills);
        }
        catch (Exception failure) when (failure is RedisException or RedisNotWholeException or TimeoutException)
        {
            log.LogWarning("No agent can be chosen: {Reason}", failure.Message);
            return null;
        }
    }
}
