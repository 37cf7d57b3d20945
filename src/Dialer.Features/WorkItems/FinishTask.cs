using System.Security.Claims;
using Dapper;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.WorkItems;

/// <summary>
/// <c>PUT /api/v1/tasks/{id}</c>: done, or not done after all. By whose it is, by everybody of the team whose it is, by who gave it, and by who may give such tasks. Saying the same twice changes nothing.
/// </summary>
internal static class FinishTask
{
    public sealed record Request(bool Done);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPut("/api/v1/tasks/{id:long}", HandleAsync).RequireAuthorization(Scopes.CallsTake);

    private static async Task<IResult> HandleAsync(long id, Request request, ClaimsPrincipal caller, Database database, OwnTeam own, ServiceClock clock, CancellationToken cancel)
    {
        if (await database.FindAsync<Row>("select account_id, agent_id, team, made_by from task where task_id = @id", new { id }, cancel) is not { } task)
            return Problem.NotFound($"There is no task {id}.");
        if (!await MayAsync(task, caller, own, cancel))
            return OwnTeamEndpoints.Foreign();
        var now = clock.Now;
        await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var changed = await connection.ExecuteAsync(new CommandDefinition(
                    "update task set done_at = case when @Done then @now end, done_by = case when @Done then @me end where task_id = @id and (done_at is null) = @Done",
                    new { id, request.Done, now, me = caller.UserId() }, transaction, cancellationToken: cancel));
                if (changed == 1)
                    await AuditTrail.AddAsync(
                        connection, transaction, caller.UserName(), request.Done ? "task.done" : "task.reopen", $"account/{task.AccountId}", new { task = id }, now, cancel);
            },
            cancel);
        return Results.NoContent();
    }

    private static async Task<bool> MayAsync(Row task, ClaimsPrincipal caller, OwnTeam own, CancellationToken cancel)
    {
        if (task.AgentId == caller.UserId() || task.MadeBy == caller.UserName())
            return true;
        var gives = caller.May(Scopes.TasksAssign);
        if (task.AgentId is { } agent)
            return gives && await own.ReachesAsync(caller, agent, cancel);
        var seen = await own.SeenByAsync(caller, cancel);
        return seen is null ? gives : seen == task.Team;
    }

    private sealed class Row
    {
        public long AccountId { get; init; }

        public long? AgentId { get; init; }

        public string Team { get; init; } = "";

        public string MadeBy { get; init; } = "";
    }
}
