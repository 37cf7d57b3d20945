using System.Security.Claims;
using Dialer.Features.Access;
using Dialer.Features.Accounts;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.WorkItems;

/// <summary>
/// <c>GET /api/v1/accounts/{id}/tasks</c>: what is to be done about one account, and what was. <c>GET /api/v1/tasks</c>: what is open on the floor, the most overdue first, by account number and
/// without a name. An agent's own stand in his work list.
/// </summary>
internal static class ReadTasks
{
    private const string OfAccountSql =
        """
        select k.task_id, k.account_id, k.kind, k.words, k.due_on, k.agent_id, u.display_name as agent, k.team, coalesce(m.display_name, k.made_by) as made_by, k.made_at, k.done_at, d.display_name as done_by,
            k.done_at is null and (k.made_by = @name or @gives and (@team::text is null or @team <> '' and (k.team = @team or exists (select from agent g where g.agent_id = k.agent_id and g.team = @team)))) as may_change
        from task k left join app_user u on u.user_id = k.agent_id left join app_user m on m.user_name = k.made_by left join app_user d on d.user_id = k.done_by
        where k.account_id = @id order by k.done_at is not null, case when k.done_at is null then k.due_on end, k.done_at desc, k.task_id desc limit 50
        """;

    private const string OpenSql =
        """
        select k.task_id, k.account_id, k.kind, k.words, k.due_on, k.agent_id, u.display_name as agent, k.team, coalesce(m.display_name, k.made_by) as made_by, k.made_at, a.client_account_no, a.creditor
        from task k join account a using (account_id) left join app_user u on u.user_id = k.agent_id left join app_user m on m.user_name = k.made_by
        where k.done_at is null and (@team::text is null or @team <> '' and (k.team = @team or exists (select from agent g where g.agent_id = k.agent_id and g.team = @team)))
        order by k.due_on, k.task_id limit 200
        """;

    /// <summary>To whom the caller may give a task besides himself.</summary>
    private const string SeatsSql =
        """
        select g.agent_id, u.display_name as name, g.team from agent g join app_user u on u.user_id = g.agent_id
        where not u.disabled and g.agent_id <> @me and (@team::text is null or @team <> '' and g.team = @team) order by u.display_name, g.agent_id limit 1000
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/accounts/{id:long}/tasks", OfAccountAsync).RequireAuthorization(Scopes.AccountsRead);
        routes.MapGet("/api/v1/tasks", OpenAsync).RequireAuthorization(Scopes.TasksAssign).WithMetadata(new BoundToTeam());
    }

    private static async Task<IResult> OfAccountAsync(long id, ClaimsPrincipal caller, OwnTeam own, Database database, ServiceClock clock, CancellationToken cancel)
    {
        var now = clock.Now;
        await AccountLooks.WriteOnceAsync(database, caller, id, now, cancel);
        var team = await database.FindAsync<string>("select team from agent where agent_id = @me", new { me = caller.UserId() }, cancel);
        var (gives, seen) = (caller.May(Scopes.TasksAssign), await own.SeenByAsync(caller, cancel));
        return Results.Ok(new
        {
            today = now.InUtc().Date,
            seat = team is not null,
            team = team ?? "",
            agents = gives ? await database.QueryAsync<Seat>(SeatsSql, new { me = caller.UserId(), team = seen }, cancel) : [],
            items = await database.QueryAsync<TaskView>(OfAccountSql, new { id, name = caller.UserName(), gives, team = seen }, cancel),
        });
    }

    private static async Task<IResult> OpenAsync(ClaimsPrincipal caller, OwnTeam own, Database database, ServiceClock clock, CancellationToken cancel) => Results.Ok(new
    {
        today = clock.Now.InUtc().Date,
        items = await database.QueryAsync<TaskView>(OpenSql, new { team = await own.SeenByAsync(caller, cancel) }, cancel),
    });

    public sealed record Seat(long AgentId, string Name, string Team);

    /// <summary>A task as lists show it.</summary>
    public sealed class TaskView
    {
        public long TaskId { get; init; }

        public long AccountId { get; init; }

        public string Kind { get; init; } = "";

        public string Words { get; init; } = "";

        public LocalDate DueOn { get; init; }

        public long? AgentId { get; init; }

        public string? Agent { get; init; }

        public string Team { get; init; } = "";

        public string MadeBy { get; init; } = "";

        public Instant MadeAt { get; init; }

        public Instant? DoneAt { get; init; }

        public string? DoneBy { get; init; }

        /// <summary>The reader gave it, or may give such tasks, and it is not done: he may change it and take it back.</summary>
        public bool MayChange { get; init; }

        /// <summary>With <see cref="Creditor"/>: in the floor's list only, where no account is open beside it.</summary>
        public string? ClientAccountNo { get; init; }

        public string? Creditor { get; init; }
    }
}
