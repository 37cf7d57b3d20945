using System.Security.Claims;
using Dapper;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.WorkItems;

/// <summary>
/// <c>PATCH /api/v1/tasks/{id}</c>: other words, another day, somebody else's; what is left out stays. <c>DELETE /api/v1/tasks/{id}</c>: taken back, as if it had not been given; the audit trail keeps that it was.
/// By who gave it, and by who may give such tasks: whose it is can end it, not change what was asked of him. What is done is changed by nobody.
/// </summary>
internal static class ChangeTask
{
    /// <param name="Text">1 to 500 characters. What the service has said of a task that it found stays as it is.</param>
    /// <param name="AgentId">With <paramref name="Team"/> left out as well: it stays whose it is.</param>
    public sealed record Request(string? Text = null, LocalDate? DueOn = null, long? AgentId = null, string? Team = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPatch("/api/v1/tasks/{id:long}", ChangeAsync).RequireAuthorization(Scopes.CallsTake);
        routes.MapDelete("/api/v1/tasks/{id:long}", TakeBackAsync).RequireAuthorization(Scopes.CallsTake);
    }

    private static async Task<IResult> ChangeAsync(long id, Request request, ClaimsPrincipal caller, Database database, OwnTeam own, ServiceClock clock, CancellationToken cancel)
    {
        if (await FindAsync(id, database, cancel) is not { } task)
            return Problem.NotFound($"There is no task {id}.");
        if (await RefuseAsync(task, caller, own, cancel) is { } refusal)
            return refusal;
        var now = clock.Now;
        var (words, dueOn, team) = (request.Text?.Trim() ?? task.Words, request.DueOn ?? task.DueOn, request.Team?.Trim() ?? "");
        if (request.Text is not null && !task.IsByPerson && words != task.Words)
            return Problem.Invalid("What the service has said of this task stays as it is. Its day and whose it is can be changed.");
        if (((task.IsByPerson ? GiveTask.RefuseWords(words) : null) ?? (dueOn == task.DueOn ? null : GiveTask.RefuseDay(dueOn, now)) ?? GiveTask.RefuseBoth(request.AgentId, team)) is { } invalid)
            return invalid;
        var moves = request.AgentId is not null || team.Length > 0;
        long? agent = !moves ? task.AgentId : team.Length > 0 ? null : request.AgentId;
        team = moves ? team : task.Team;
        if ((agent != task.AgentId || team != task.Team) && await GiveTask.RefuseAsync(agent, team, caller, database, own, cancel) is { } foreign)
            return foreign;
        return await StoreAsync(
            id, task, caller, database, "task.change", now,
            """
            update task set words = coalesce(@text, words), due_on = coalesce(@day, due_on), -- what is left out is left to whoever changes that at the same moment
                agent_id = case when @moves then @agent else agent_id end, team = case when @moves then @team else team end,
                kind = case when @moves and kind in ('Own', 'Given') then case when exists (select from app_user where user_id = @agent and user_name = made_by) then 'Own' else 'Given' end else kind end
            where task_id = @id and done_at is null
            """,
            new { id, text = request.Text is null ? null : words, day = request.DueOn, moves, agent, team }, new { task = id, words = words != task.Words, dueOn, agentId = agent, team }, cancel);
    }

    private static async Task<IResult> TakeBackAsync(long id, ClaimsPrincipal caller, Database database, OwnTeam own, ServiceClock clock, CancellationToken cancel)
    {
        if (await FindAsync(id, database, cancel) is not { } task)
            return Results.NoContent();
        if (await RefuseAsync(task, caller, own, cancel) is { } refusal)
            return refusal;
        return await StoreAsync(
            id, task, caller, database, "task.take-back", clock.Now, "delete from task where task_id = @id and done_at is null", new { id }, new { task = id, task.Kind, task.DueOn, task.AgentId, task.Team }, cancel);
    }

    /// <summary>The change and its audit row, unless somebody has finished the task meanwhile.</summary>
    private static async Task<IResult> StoreAsync(
        long id, Row task, ClaimsPrincipal caller, Database database, string action, Instant now, string sql, object parameters, object detail, CancellationToken cancel)
    {
        var stored = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                if (await connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancel)) == 0)
                    return false;
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), action, $"account/{task.AccountId}", detail, now, cancel);
                return true;
            },
            cancel);
        return stored ? Results.NoContent() : Done(id);
    }

    private static async Task<IResult?> RefuseAsync(Row task, ClaimsPrincipal caller, OwnTeam own, CancellationToken cancel)
    {
        if (task.MadeBy != caller.UserName() && !await MayGiveAsync(task, caller, own, cancel))
            return Results.Problem("A task is changed by who gave it, and by who may give such tasks.", statusCode: StatusCodes.Status403Forbidden, title: "Another's task");
        return task.IsDone ? Done(task.TaskId) : null;
    }

    private static async Task<bool> MayGiveAsync(Row task, ClaimsPrincipal caller, OwnTeam own, CancellationToken cancel)
    {
        if (!caller.May(Scopes.TasksAssign))
            return false;
        if (task.AgentId is { } agent)
            return await own.ReachesAsync(caller, agent, cancel);
        return await own.SeenByAsync(caller, cancel) is not { } seen || seen == task.Team;
    }

    private static IResult Done(long id) => Problem.Conflict($"Task {id} is done. Say that it is not done after all, then change it.");

    private static Task<Row?> FindAsync(long id, Database database, CancellationToken cancel) =>
        database.FindAsync<Row>("select task_id, account_id, agent_id, team, kind, words, due_on, made_by, done_at is not null as is_done from task where task_id = @id", new { id }, cancel);

    private sealed class Row
    {
        public long TaskId { get; init; }

        public long AccountId { get; init; }

        public long? AgentId { get; init; }

        public string Team { get; init; } = "";

        public string Kind { get; init; } = "";

        public string Words { get; init; } = "";

        public LocalDate DueOn { get; init; }

        public string MadeBy { get; init; } = "";

        public bool IsDone { get; init; }

        public bool IsByPerson => Kind is nameof(TaskKind.Own) or nameof(TaskKind.Given);
    }
}
