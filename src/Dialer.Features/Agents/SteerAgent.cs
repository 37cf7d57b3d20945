using System.Security.Claims;
using Dialer.Core.Routing;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Agents;

/// <summary>A supervisor asks for an agent's state, with a reason that the agent sees. As when the agent asks himself: a call is never cut off, the wish waits until it is over.</summary>
public static class SteerAgent
{
    public sealed record Request(AgentState State, string Reason);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPut("/api/v1/agents/{id:long}/state", HandleAsync).RequireAuthorization(Scopes.AgentsAssign);

    private static async Task<IResult> HandleAsync(
        long id, Request request, ClaimsPrincipal caller, Database database, AgentSessions sessions, TwilioClient twilio, ServiceClock clock, CancellationToken cancel)
    {
        if (request.State is not (AgentState.Available or AgentState.Break or AgentState.Offline))
            return Problem.Invalid("Ask for Available, Break or Offline; the other states follow from calls.");
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 60)
            return Problem.Invalid("Give a reason of up to 60 characters; the agent sees it.");
        if (await sessions.FindOpenAsync(id, cancel) is not { } session)
            return Problem.NotFound("This agent is not signed in at a desk.");
        var changed = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var next = await AgentSessions.ApplyAsync(connection, transaction, session.SessionId, new AgentEvent.Requested(request.State, request.Reason), clock.Now, cancel);
                if (next is not null)
                    await AuditTrail.AddAsync(
                        connection, transaction, caller.UserName(), "agent.state", $"user/{id}", new { from = session.State.ToString(), asked = request.State.ToString(), now = next.State.ToString(), request.Reason }, clock.Now, cancel);
                return next;
            },
            cancel);
        if (changed is null)
            return Problem.Conflict($"{request.State} is not possible while the agent is {session.State}.");
        await sessions.AnnounceAsync(changed);
        if (changed.State == AgentState.Offline && session.SoftphoneSid is { } leg)
            await twilio.CompleteCallAsync(leg, cancel);
        return Results.Ok(new { state = changed.State, intent = changed.Intent });
    }
}
