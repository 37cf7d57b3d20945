using System.Security.Claims;
using Dialer.Core.Routing;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Dialer.Twilio.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Agents;

/// <summary>The agent asks for a state, and says with each heartbeat that the desk is alive.</summary>
public static class ChangeState
{
    public sealed record StateRequest(AgentState State, string? Reason);

    public sealed record HeartbeatRequest(Guid SessionId);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/api/v1/agent/state", RequestAsync).RequireAuthorization(Scopes.CallsTake);
        routes.MapPost("/api/v1/agent/wrap-up/extend", ExtendAsync).RequireAuthorization(Scopes.CallsTake);
        routes.MapPost("/api/v1/agent/heartbeat", BeatAsync).RequireAuthorization(Scopes.CallsTake).WithMetadata(new RepeatsFreely());
    }

    private static async Task<IResult> RequestAsync(
        StateRequest request, ClaimsPrincipal caller, AgentSessions sessions, AgentDesk desk, TwilioClient twilio, ServiceClock clock, CancellationToken cancel)
    {
        if (request.State is not (AgentState.Available or AgentState.Break or AgentState.Offline))
            return Problem.Invalid("Ask for Available, Break or Offline; the other states follow from calls.");
        if (request is { State: AgentState.Break, Reason.Length: 0 or > 60 })
            return Problem.Invalid("Give a reason of 1 to 60 characters for a break.");
        if (await sessions.FindOpenAsync(caller.UserId(), cancel) is not { } session)
            return Problem.Conflict("You are not signed in at a desk. Start a session first.");
        var changed = await sessions.ApplyAsync(session.SessionId, new AgentEvent.Requested(request.State, request.Reason), clock.Now, cancel);
        if (changed is null)
            return session.State == request.State ? Results.Ok(await desk.ReadAsync(session.SessionId, cancel)) : Problem.Conflict($"{request.State} is not possible while you are {session.State}.");
        await sessions.AnnounceAsync(changed);
        if (changed.State == AgentState.Offline && session.SoftphoneSid is { } leg)
            await twilio.CompleteCallAsync(leg, cancel);
        return Results.Ok(await desk.ReadAsync(changed.SessionId, cancel));
    }

    /// <summary>Half a minute more for this wrap-up, once.</summary>
    private static async Task<IResult> ExtendAsync(ClaimsPrincipal caller, AgentSessions sessions, AgentDesk desk, ServiceClock clock, CancellationToken cancel)
    {
        if (await sessions.FindOpenAsync(caller.UserId(), cancel) is not { } session)
            return Problem.Conflict("You are not signed in at a desk. Start a session first.");
        var changed = await sessions.ApplyAsync(session.SessionId, new AgentEvent.Extend(NodaTime.Duration.FromSeconds(30)), clock.Now, cancel);
        return changed is null ? Problem.Conflict("Wrap-up can be made longer once, while it lasts.") : Results.Ok(await desk.ReadAsync(changed.SessionId, cancel));
    }

    private static async Task<IResult> BeatAsync(HeartbeatRequest request, ClaimsPrincipal caller, Database database, AgentSessions sessions, AgentIndex index, ServiceClock clock, CancellationToken cancel)
    {
        var known = await database.FindAsync<string>(
            "update agent_session set heartbeat_at = clock_timestamp() where session_id = @SessionId and agent_id = @agent and ended_at is null returning state",
            new { request.SessionId, agent = caller.UserId() },
            cancel);
        if (known is null)
            return Problem.Conflict("This session has ended. Start a new one.");
        await index.HeartbeatAsync(request.SessionId);
        if (known == nameof(AgentState.NotResponding))
            await sessions.AnnounceAsync(await sessions.ApplyAsync(request.SessionId, new AgentEvent.HeartbeatBack(), clock.Now, cancel));
        return Results.NoContent();
    }
}
