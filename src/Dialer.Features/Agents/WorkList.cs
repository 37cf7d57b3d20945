using System.Security.Claims;
using Dapper;
using Dialer.Core.Compliance;
using Dialer.Features.Access;
using Dialer.Features.Accounts;
using Dialer.Features.Dialing;
using Dialer.Features.Ivr;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Agents;

/// <summary>
/// What is waiting for this agent: call-backs that are due (his own; anyone's, those asked of the IVR among them; and others' that nobody took for ten minutes), promises he took that were broken,
/// those due soon, and tasks, his own and his team's.
/// One press dials, through the same gate as every call; a refusal says which rules object and from when they would not.
/// </summary>
internal static class WorkList
{
    private const string Sql =
        """
        select 'CallBack' as kind, b.call_request_id as id, b.due_at, a.account_id, p.person_id, p.first_name, p.last_name, a.creditor, null::numeric as amount, coalesce(b.agent_id = @me, false) as mine,
            null::text as task_kind, null::text as words
        from call_request b join person p using (person_id) left join account a using (account_id)
        where b.state = 'Queued' and b.due_at <= @soon and b.until_at > @now and (b.agent_id = @me or b.agent_id is null or b.due_at < @overdue)
        union all
        select case m.state when 'Broken' then 'BrokenPromise' else 'Promise' end, m.promise_id, m.due_on::timestamptz, a.account_id, p.person_id, p.first_name, p.last_name, a.creditor, m.amount, true, null, null
        from promise m join attempt t using (attempt_id) join person p on p.person_id = m.person_id join account a on a.account_id = m.account_id
        where t.agent_id = @me and (m.state = 'Broken' and m.closed_at > @recent or m.state = 'Active' and m.due_on <= @horizon)
        union all
        select 'Task', k.task_id, k.due_on::timestamptz, a.account_id, p.person_id, p.first_name, p.last_name, a.creditor, null, k.agent_id is not null, k.kind, k.words
        from task k join account a using (account_id) join person p using (person_id)
        where k.done_at is null and k.due_on <= @horizon and (k.agent_id = @me or k.team <> '' and k.team = (select team from agent where agent_id = @me))
        order by 3 limit 100
        """;

    public sealed record DialRequest(long AccountId, long? PhoneId, long? CallBackId);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/agent/work", ReadAsync).RequireAuthorization(Scopes.CallsTake);
        routes.MapPost("/api/v1/agent/dial", DialAsync).RequireAuthorization(Scopes.CallsTake);
        routes.MapGet("/api/v1/agent/dial/{accountId:long}", PreviewAsync).RequireAuthorization(Scopes.CallsTake);
    }

    private static async Task<IResult> ReadAsync(ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        var now = clock.Now;
        var items = await database.QueryAsync<WorkItem>(
            Sql,
            new
            {
                me = caller.UserId(), now, soon = now + Duration.FromMinutes(5), overdue = now - CallBackQueue.OwnFor, recent = now - Duration.FromDays(14), horizon = now.InUtc().Date.PlusDays(3),
            },
            cancel);
        var accounts = items.Where(item => item.AccountId is not null).Select(item => item.AccountId!.Value).ToList();
        if (accounts.Count > 0)
            await AccountLooks.WriteListAsync(database, caller, accounts, now, cancel);
        return Results.Ok(new { items });
    }

    private static async Task<IResult> DialAsync(DialRequest request, ClaimsPrincipal caller, Database database, AgentSessions sessions, AgentDial dial, CancellationToken cancel)
    {
        if (await sessions.FindOpenAsync(caller.UserId(), cancel) is not { } session)
            return Problem.Conflict("You are not signed in at a desk. Start a session first.");
        if (await TargetAsync(database, request.AccountId, request.PhoneId, request.CallBackId, cancel) is not { } target)
            return Problem.NotFound("This account has no active number to call.");
        var asked = request.CallBackId is not null;
        var outcome = await dial.DialAsync(
            new AgentDialRequest(session.SessionId, session.AgentId, target.PersonId, request.AccountId, target.PhoneId, asked ? "Call-back" : "Manual", CallBack: request.CallBackId)
            {
                Purpose = asked ? ContactPurpose.CallbackRequested : ContactPurpose.Collect,
            },
            cancel);
        return outcome.AttemptId is { } attempt ? Results.Ok(new { attemptId = attempt }) : NotDialled(outcome);
    }

    /// <summary>Why there is no call, with the codes of the rules that object and from when they would not.</summary>
    internal static IResult NotDialled(AgentDialOutcome outcome) => outcome.AgentGone
        ? Problem.Conflict("Be Available to dial: the call is given to you as every other.")
        : Results.Problem(outcome.Detail, statusCode: 409, title: "Not dialled", extensions: new Dictionary<string, object?> { ["reasons"] = outcome.Reasons, ["retryAt"] = outcome.RetryAt?.ToString() });

    /// <summary>Would it be allowed? Nothing is reserved, and by the time of the press it may be otherwise.</summary>
    private static async Task<IResult> PreviewAsync(long accountId, Database database, AgentDial dial, CancellationToken cancel)
    {
        if (await TargetAsync(database, accountId, null, null, cancel) is not { } target)
            return Problem.NotFound("This account has no active number to call.");
        var outcome = await dial.PreviewAsync(target.PersonId, accountId, target.PhoneId, cancel);
        return Results.Ok(new { allowed = outcome is { Detail: null, Reasons.Count: 0 }, reasons = outcome.Reasons, retryAt = outcome.RetryAt, phoneId = target.PhoneId, last4 = target.Last4 });
    }

    private static Task<Target?> TargetAsync(Database database, long accountId, long? phoneId, long? callBackId, CancellationToken cancel) => database.FindAsync<Target>(
        """
        select h.person_id, h.phone_id, right(h.e164, 4) as last4 from account a join phone h using (person_id)
        where a.account_id = @accountId and h.status = 'Active' and (@phoneId::bigint is null or h.phone_id = @phoneId)
        order by h.phone_id = (select b.phone_id from call_request b where b.call_request_id = @callBackId) desc nulls last, h.rank, h.phone_id limit 1
        """,
        new { accountId, phoneId, callBackId },
        cancel);

    private sealed class Target
    {
        public long PersonId { get; init; }

        public long PhoneId { get; init; }

        public string Last4 { get; init; } = "";
    }

    private sealed class WorkItem
    {
        public string Kind { get; init; } = "";

        public long Id { get; init; }

        public Instant DueAt { get; init; }

        public long? AccountId { get; init; }

        public long PersonId { get; init; }

        public string FirstName { get; init; } = "";

        public string LastName { get; init; } = "";

        public string? Creditor { get; init; }

        public decimal? Amount { get; init; }

        public bool Mine { get; init; }

        /// <summary>Of a task: its kind and what is to be done.</summary>
        public string? TaskKind { get; init; }

        public string? Words { get; init; }
    }
}
