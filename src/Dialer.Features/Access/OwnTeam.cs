using System.Security.Claims;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Access;

/// <remarks>Who is in no team has no team's agents. Agents move between teams, so the team is read when it is asked for, not kept in the sign-in.</remarks>
public sealed partial class OwnTeam(Database database)
{
    /// <summary>Whether the caller may do to this agent what his scope allows.</summary>
    public async Task<bool> ReachesAsync(ClaimsPrincipal caller, long agentId, CancellationToken cancel) =>
        caller.May(Scopes.TeamsAll)
        || await database.FindAsync<bool?>(
            "select true from agent mine join agent theirs on theirs.team = mine.team where mine.agent_id = @me and theirs.agent_id = @agentId and mine.team <> ''",
            new { me = caller.UserId(), agentId }, cancel) == true;

    /// <summary>The team whose agents the caller sees; null when he sees all. The empty name is the team of nobody.</summary>
    public async Task<string?> SeenByAsync(ClaimsPrincipal caller, CancellationToken cancel) => caller.May(Scopes.TeamsAll)
        ? null
        : await database.FindAsync<string>("select team from agent where agent_id = @me", new { me = caller.UserId() }, cancel) ?? "";
}

public static partial class OwnTeamEndpoints
{
    /// <summary>Refuses (403) what is about an agent of another team. The agent's number is found in the request by <paramref name="agentOf"/>; null leaves the answer to the endpoint.</summary>
    public static RouteHandlerBuilder RequireOwnTeam(this RouteHandlerBuilder endpoint, Func<EndpointFilterInvocationContext, long?> agentOf) => endpoint
        .WithMetadata(new BoundToTeam())
        .AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            return agentOf(context) is { } agent && !await http.RequestServices.GetRequiredService<OwnTeam>().ReachesAsync(http.User, agent, http.RequestAborted)
                ? Results.Problem("This agent is not in your team.", statusCode: StatusCodes.Status403Forbidden, title: "Another team")
                : await next(context);
        });
}
