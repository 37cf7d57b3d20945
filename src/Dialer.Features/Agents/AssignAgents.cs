using System.Security.Claims;
using Dapper;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Agents;

/// <summary>
/// Who works in which team, with which skills, on which kind of work, and which campaigns a team serves. A campaign that names teams is served by these alone; one that names
/// none, by everybody. A change is in the index within two seconds and holds for the next call, not for one in progress.
/// </summary>
/// <remarks>An agent has one call at a time whatever his team: a partial unique index on the attempts says so, not this.</remarks>
internal static class AssignAgents
{
    private static readonly string[] Blends = ["Blended", "Inbound", "Outbound"];

    /// <param name="Blend">Inbound, Outbound or Blended; null: as the team.</param>
    public sealed record Assignment(string? Team, string[]? Skills, string? Blend);

    /// <param name="Campaigns">The campaigns that name this team, by number.</param>
    public sealed record TeamWork(string? Blend, long[]? Campaigns);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/agents", ListAsync).RequireAuthorization(Scopes.AgentsAssign);
        routes.MapPut("/api/v1/agents/{id:long}/assignment", AssignAsync).RequireAuthorization(Scopes.AgentsAssign);
        routes.MapGet("/api/v1/teams", TeamsAsync).RequireAuthorization(Scopes.AgentsAssign);
        routes.MapPut("/api/v1/teams/{name}", PutTeamAsync).RequireAuthorization(Scopes.AgentsAssign);
    }

    private static async Task<IResult> ListAsync(Database database, CancellationToken cancel) => Results.Ok(new
    {
        items = await database.QueryAsync<AgentRow>(
            """
            select a.agent_id, u.display_name as name, a.team, a.skills, a.blend, w.blend as works, coalesce(s.state, 'Offline') as state, @TeamLead = any (u.roles) as lead
            from agent a join app_user u on u.user_id = a.agent_id join agent_work w using (agent_id) left join agent_session s on s.agent_id = a.agent_id and s.ended_at is null
            where not u.disabled order by a.team, u.display_name limit 2000
            """,
            new { Roles.TeamLead }, cancel),
    });

    private static async Task<IResult> AssignAsync(long id, Assignment body, ClaimsPrincipal caller, Database database, AgentSessions sessions, ServiceClock clock, CancellationToken cancel)
    {
        if (body is not { Team: { Length: <= 60 } team, Skills: { Length: <= 50 } skills })
            return Problem.Invalid("Give a team (empty: none) and the skills, 50 at most.");
        if (skills.FirstOrDefault(skill => skill.Length is 0 or > 40 || skill.Any(letter => letter != '-' && letter != ':' && !char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter)) || skill.StartsWith("serves-", StringComparison.Ordinal)) is { } wrong)
            return Problem.Invalid($"'{wrong}' is not a skill: small letters, digits and '-', with a level such as es:3; 'serves-' is kept for campaigns and kinds of work.");
        if (body.Blend is not null && !Blends.Contains(body.Blend))
            return Problem.Invalid("blend is Blended, Inbound, Outbound or nothing.");
        var found = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                if (await connection.ExecuteAsync(new CommandDefinition(
                    "update agent set team = @team, skills = @skills, blend = @Blend where agent_id = @id", new { id, team = team.Trim(), skills, body.Blend }, transaction, cancellationToken: cancel)) == 0)
                    return false;
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "agent.assign", $"agent/{id}", new { team, skills, body.Blend }, clock.Now, cancel);
                return true;
            },
            cancel);
        if (!found)
            return Problem.NotFound($"There is no agent {id}.");
        await sessions.AnnounceAsync(await sessions.FindOpenAsync(id, cancel));
        return Results.NoContent();
    }

    private static async Task<IResult> TeamsAsync(Database database, CancellationToken cancel) => Results.Ok(new
    {
        items = await database.QueryAsync<TeamRow>(
            """
            select n.name, coalesce(t.blend, 'Blended') as blend, (select count(*) from agent a where a.team = n.name) as agents,
                array(select c.campaign_id from campaign c where n.name = any (c.teams) order by 1) as campaigns
            from (select name from team union select team from agent where team <> '' union select unnest(teams) from campaign) n left join team t using (name) order by n.name
            """,
            null, cancel),
    });

    private static async Task<IResult> PutTeamAsync(string name, TeamWork body, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (name.Trim() is not { Length: > 0 and <= 60 } team)
            return Problem.Invalid("A team's name has 1 to 60 characters.");
        if (!Blends.Contains(body.Blend))
            return Problem.Invalid("blend is Blended, Inbound or Outbound.");
        if (body.Campaigns is not { Length: <= 500 } campaigns)
            return Problem.Invalid("Give the campaigns that name this team; none: [].");
        return await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var known = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
                    "select count(*) from campaign where campaign_id = any (@campaigns)", new { campaigns }, transaction, cancellationToken: cancel));
                if (known != campaigns.Distinct().Count())
                    return Problem.NotFound("There is no such campaign among these.");
                await connection.ExecuteAsync(new CommandDefinition(
                    """
                    insert into team (name, blend) values (@team, @Blend) on conflict (name) do update set blend = excluded.blend;
                    update campaign set teams = array_remove(teams, @team) where @team = any (teams) and campaign_id <> all (@campaigns);
                    update campaign set teams = teams || @team where campaign_id = any (@campaigns) and not @team = any (teams);
                    """,
                    new { team, body.Blend, campaigns }, transaction, cancellationToken: cancel));
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "team.put", $"team/{team}", new { body.Blend, campaigns }, clock.Now, cancel);
                return Results.NoContent();
            },
            cancel);
    }

    public sealed record AgentRow
    {
        public long AgentId { get; init; }

        public string Name { get; init; } = "";

        public string Team { get; init; } = "";

        public string[] Skills { get; init; } = [];

        /// <summary>His own; null: as the team.</summary>
        public string? Blend { get; init; }

        /// <summary>What that comes to.</summary>
        public string Works { get; init; } = "";

        public string State { get; init; } = "";

        /// <summary>Leads his team.</summary>
        public bool Lead { get; init; }
    }

    public sealed record TeamRow
    {
        public string Name { get; init; } = "";

        public string Blend { get; init; } = "";

        public long Agents { get; init; }

        public long[] Campaigns { get; init; } = [];
    }
}
