using System.Security.Claims;
using Dapper;
using Dialer.Core.Routing;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Dialer.Twilio;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Agents;

/// <summary>Signs the agent in at the desk, or gives a reloaded desk its running session back, with what the softphone needs.</summary>
public static class StartSession
{
    private const string Client = "client:agent_";

    /// <param name="Edges">Twilio's edges to connect to, the preferred first; empty: the nearest.</param>
    public sealed record Softphone(string Provider, string Token, string ApplicationSid, string Gateway, Dictionary<string, string> Params, string[] Edges);

    /// <param name="Draws">This desk has a screen and says when it has drawn a call.</param>
    public sealed record Request(bool Draws);

    public sealed record Response(Guid SessionId, string Conference, Softphone Softphone, AgentSnapshot Snapshot);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/agent/session", HandleAsync).RequireAuthorization(Scopes.CallsTake).WithMetadata(new RepeatsFreely());

    private static async Task<IResult> HandleAsync(
        Request? request, ClaimsPrincipal caller, Database database, AgentSessions sessions, AgentIndex index, AgentDesk desk, AccessTokens tokens, IOptions<TwilioOptions> twilio, ServiceClock clock, CancellationToken cancel)
    {
        var now = clock.Now;
        var agentId = caller.UserId();
        if (await database.FindAsync<bool?>("select true from agent where agent_id = @agentId", new { agentId }, cancel) is null)
            return Problem.Conflict("This user is not an agent. An administrator can give him the role Collector.");
        await OpenAsync(database, agentId, request?.Draws ?? false, now, cancel);
        var session = await sessions.FindOpenAsync(agentId, cancel) ?? throw new InvalidOperationException("The session that was just opened is not there.");
        var changed = session.State switch
        {
            AgentState.Offline => await sessions.ApplyAsync(session.SessionId, new AgentEvent.SignedIn(), now, cancel),
            AgentState.NotResponding => await sessions.ApplyAsync(session.SessionId, new AgentEvent.HeartbeatBack(), now, cancel),
            _ => null,
        };
        session = changed ?? session;
        await sessions.AnnounceAsync(session);
        await index.HeartbeatAsync(session.SessionId);
        var options = twilio.Value;
        var softphone = new Softphone(
            options.IsReal ? "twilio" : "simulator",
            tokens.Issue(IdentityOf(agentId), now, Duration.FromHours(12)),
            options.ApplicationSid,
            options.BaseUrl,
            new Dictionary<string, string> { ["session"] = session.SessionId.ToString("N") },
            options.Edges);
        return Results.Ok(new Response(session.SessionId, session.Conference, softphone, await desk.ReadAsync(session.SessionId, cancel)));
    }

    public static string IdentityOf(long agentId) => $"agent_{agentId}";

    /// <summary>Whose softphone a call's From ("client:" and the identity in its access token) is; null for any other caller.</summary>
    public static long? AgentOf(string from) =>
        from.StartsWith(Client, StringComparison.Ordinal) && long.TryParse(from.AsSpan(Client.Length), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var id) ? id : null;

    private static Task OpenAsync(Database database, long agentId, bool draws, Instant now, CancellationToken cancel) => database.InTransactionAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
            """
            insert into agent_session (session_id, agent_id, state, since, heartbeat_at, started_at, draws)
            values (gen_random_uuid(), @agentId, 'Offline', @now, clock_timestamp(), @now, @draws)
            on conflict (agent_id) where ended_at is null do update set heartbeat_at = clock_timestamp(), draws = agent_session.draws or excluded.draws
            """,
            new { agentId, draws, now },
            transaction,
            cancellationToken: cancel)),
        cancel);
}
