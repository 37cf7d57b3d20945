using System.Security.Claims;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.WorkItems;

/// <summary>
/// <c>POST /api/v1/tasks</c>: something to be done about an account. Everybody at a desk gives them to himself and to his own team; to another agent, and to other teams,
/// whoever has <see cref="Scopes.TasksAssign"/>, of the own team only without <see cref="Scopes.TeamsAll"/>.
/// </summary>
internal static class GiveTask
{
    private const int MostDays = 366;

    /// <param name="Text">What is to be done, 1 to 500 characters.</param>
    /// <param name="DueOn">The last day that is in time.</param>
    /// <param name="AgentId">Whose it is. Null without a team: the caller's own.</param>
    /// <param name="Team">Instead of an agent: whoever of this team comes first.</param>
    public sealed record Request(long AccountId, string? Text, LocalDate DueOn, long? AgentId = null, string? Team = null);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/tasks", HandleAsync).RequireAuthorization(Scopes.CallsTake);

    private static async Task<IResult> HandleAsync(Request request, ClaimsPrincipal caller, Database database, OwnTeam own, ServiceClock clock, CancellationToken cancel)
    {
        var now = clock.Now;
        var (words, team, me) = (request.Text?.Trim() ?? "", request.Team?.Trim() ?? "", caller.UserId());
        if ((RefuseWords(words) ?? RefuseDay(request.DueOn, now) ?? RefuseBoth(request.AgentId, team)) is { } invalid)
            return invalid;
        if (!await database.FindAsync<bool>("select exists (select from account where account_id = @AccountId)", new { request.AccountId }, cancel))
            return Problem.NotFound($"There is no account {request.AccountId}.");
        long? agent = team.Length > 0 ? null : request.AgentId ?? me;
        if (await RefuseAsync(agent, team, caller, database, own, cancel) is { } refusal)
            return refusal;
        var task = new NewTask(request.AccountId, agent == me ? TaskKind.Own : TaskKind.Given, agent, team, words, request.DueOn, caller.UserName());
        var id = await database.InTransactionAsync((connection, transaction) => TaskRegister.AddAsync(connection, transaction, task, now, cancel), cancel);
        return Results.Created($"/api/v1/accounts/{request.AccountId}/tasks", new { taskId = id });
    }

    internal static IResult? RefuseWords(string words) =>
        words.Length is 0 or > TaskRegister.MostWords ? Problem.Invalid($"Say in 1 to {TaskRegister.MostWords} characters what is to be done.") : Problem.OfCardIn(words);

    /// <summary>Where it is still yesterday, yesterday is today.</summary>
    internal static IResult? RefuseDay(LocalDate dueOn, Instant now)
    {
        var today = now.InUtc().Date;
        return dueOn < today.PlusDays(-1) || dueOn > today.PlusDays(MostDays) ? Problem.Invalid($"A task is due today or within {MostDays} days.") : null;
    }

    internal static IResult? RefuseBoth(long? agentId, string team) =>
        agentId is not null && team.Length > 0 ? Problem.Invalid("A task is one agent's or a team's, not both.") : null;

    /// <summary>Why the caller may not give it to this agent or this team, or null.</summary>
    internal static async Task<IResult?> RefuseAsync(long? agent, string team, ClaimsPrincipal caller, Database database, OwnTeam own, CancellationToken cancel)
    {
        var gives = caller.May(Scopes.TasksAssign);
        if (agent is { } whose)
        {
            if (whose != caller.UserId() && !(gives && await own.ReachesAsync(caller, whose, cancel)))
                return OwnTeamEndpoints.Foreign();
            return await database.FindAsync<bool>("select exists (select from agent where agent_id = @whose)", new { whose }, cancel)
                ? null
                : Problem.Conflict("A task needs somebody with a seat at a desk, or a team.");
        }

        var seen = await own.SeenByAsync(caller, cancel);
        if (seen == team)
            return null;
        if (seen is not null || !gives)
            return OwnTeamEndpoints.Foreign();
        return await database.FindAsync<bool>("select exists (select from agent where team = @team)", new { team }, cancel) ? null : Problem.Invalid($"There is no team '{team}'.");
    }
}
