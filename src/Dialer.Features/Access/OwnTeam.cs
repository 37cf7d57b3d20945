using System.Globalization;
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

    /// <summary>The same of what <paramref name="agentSql"/> finds by @id, as text: one column, the agent. Null there reaches nobody but who sees all teams; no row: there is no such thing, and nothing to refuse.</summary>
    public async Task<bool> ReachesAsync(ClaimsPrincipal caller, string agentSql, object id, CancellationToken cancel)
    {
        if (caller.May(Scopes.TeamsAll))
            return true;
        var agents = await database.QueryAsync<long?>(agentSql, new { id = Convert.ToString(id, CultureInfo.InvariantCulture) }, cancel);
        return agents.Count == 0 || agents[0] is { } agent && await ReachesAsync(caller, agent, cancel);
    }

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
            return agentOf(context) is { } agent && !await http.RequestServices.GetRequiredService<OwnTeam>().ReachesAsync(http.User, agent, http.RequestAborted) ? Foreign() : await next(context);
        });

    /// <summary>
    /// As above, for what is found by its own number or name: the request's value <paramref name="parameter"/> is @id of <paramref name="agentSql"/>, whose one row is the agent it is about.
    /// A null there is about nobody, and for those who see all teams; no row leaves the answer to the endpoint.
    /// </summary>
    public static RouteHandlerBuilder RequireOwnTeam(this RouteHandlerBuilder endpoint, string parameter, string agentSql) => endpoint
        .WithMetadata(new BoundToTeam())
        .AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            return await http.RequestServices.GetRequiredService<OwnTeam>().ReachesAsync(http.User, agentSql, http.Request.RouteValues[parameter]!, http.RequestAborted) ? await next(context) : Foreign();
        });

    /// <summary>The answer to who reaches for another team's.</summary>
    public static IResult Foreign() => Results.Problem("This is about an agent who is not in your team.", statusCode: StatusCodes.Status403Forbidden, title: "Another team");
}
