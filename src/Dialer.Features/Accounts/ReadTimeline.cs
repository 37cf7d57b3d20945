using System.Security.Claims;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Features.Accounts;

/// <summary>
/// <c>GET /api/v1/accounts/{id}/timeline</c>: everything that happened with one account in one stream, the newest first: calls with their outcome and note, promises, payments, what was
/// written to the customer, holds, what he said about being contacted, and tasks.
/// </summary>
internal static class ReadTimeline
{
    private const int Most = 60;

    private const string Sql =
        """
        with mine as (select account_id, person_id from account where account_id = @id)
        select * from (
            (select t.created_at as at, 'Call' as kind, coalesce(d.code, t.disposition, t.state) as code, t.direction as detail, null::numeric as amount,
                nullif(coalesce(d.note, ''), '') as note, coalesce(u.display_name, '') as by,
                case when t.bridged_at is not null then extract(epoch from coalesce(t.ended_at, @now) - t.bridged_at)::int end as seconds, t.attempt_id as id
            from mine m join attempt t using (account_id) left join disposition d on d.attempt_id = t.attempt_id left join app_user u on u.user_id = coalesce(d.agent_id, t.agent_id)
            where t.created_at < @before order by t.created_at desc limit @most)
            union all
            (select h.at, 'Handover', coalesce(h.code, 'Transferred'), h.skill, null, nullif(h.note, ''), u.display_name, null, h.attempt_id
            from mine m join attempt t using (account_id) join handover h on h.attempt_id = t.attempt_id join app_user u on u.user_id = h.from_agent where h.at < @before order by h.at desc limit @most)
            union all
            (select p.made_at, 'Promise', p.state, to_char(p.due_on, 'YYYY-MM-DD'), p.amount, null, p.source, null, p.promise_id from mine m join promise p using (account_id) where p.made_at < @before
            order by p.made_at desc limit @most)
            union all
            (select y.created_at, 'Payment', y.state, y.method || coalesce(' ' || y.instrument_last4, ''), y.amount, null, y.source, null, y.payment_id from mine m join payment y using (account_id)
            where y.created_at < @before order by y.created_at desc limit @most)
            union all
            (select f.made_at, 'Offer', f.state, to_char(f.last_day, 'YYYY-MM-DD'), f.amount, nullif(q.words, ''), coalesce(u.display_name, f.made_by), null, f.settlement_offer_id
            from mine m join settlement_offer f using (account_id) left join app_user u on u.user_name = f.made_by left join offer_request q on q.settlement_offer_id = f.settlement_offer_id
            where f.made_at < @before order by f.made_at desc limit @most)
            union all
            (select g.made_at, 'Plan', g.state, (select count(*) || ' × ' || min(i.due_on)::text from plan_installment i where i.payment_plan_id = g.payment_plan_id),
                (select i.amount from plan_installment i where i.payment_plan_id = g.payment_plan_id order by i.number limit 1), null, coalesce(u.display_name, 'Ivr'), null, g.payment_plan_id
            from mine m join payment_plan g using (account_id) left join attempt t using (attempt_id) left join app_user u on u.user_id = t.agent_id
            where g.made_at < @before order by g.made_at desc limit @most)
            union all
            (select n.queued_at, 'Notice', n.kind, n.channel || ' ' || n.state, null, null, coalesce(n.written_by, ''), null, n.notice_id from mine m join customer_notice n using (account_id)
            where n.queued_at < @before order by n.queued_at desc limit @most)
            union all
            (select o.opened_at, 'Hold', o.kind, case when o.closed_at is null then 'Open' else 'Closed' end, null, nullif(o.reason, ''), o.opened_by, null, o.hold_id from mine m join hold o using (person_id)
            where (o.account_id is null or o.account_id = m.account_id) and o.opened_at < @before order by o.opened_at desc limit @most)
            union all
            (select c.at, 'Consent', c.kind, c.channel, null, nullif(c.source, ''), c.recorded_by, null, c.consent_event_id from mine m join consent_event c using (person_id) where c.at < @before
            order by c.at desc limit @most)
            union all
            (select e.at, 'Phone', e.what, right(h.e164, 4), null, nullif(e.words, ''), e.recorded_by, null, e.phone_event_id from mine m join phone_event e using (person_id) join phone h using (phone_id)
            where e.at < @before order by e.at desc limit @most)
            union all
            (select k.made_at, 'Task', case when k.done_at is null then 'Open' else 'Done' end, to_char(k.due_on, 'YYYY-MM-DD'), null, nullif(k.words, ''), coalesce(u.display_name, k.made_by), null, k.task_id
            from mine m join task k using (account_id) left join app_user u on u.user_name = k.made_by where k.made_at < @before order by k.made_at desc limit @most)
        ) happened order by at desc, kind, id desc limit @most
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/accounts/{id:long}/timeline", HandleAsync).RequireAuthorization(Scopes.AccountsRead);

    /// <param name="before">Only what happened earlier: the <c>at</c> of the last one shown.</param>
    private static async Task<IResult> HandleAsync(long id, ClaimsPrincipal caller, Database database, TimeProvider time, CancellationToken cancel, string? before = null)
    {
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        var until = now + Duration.FromDays(1);
        if (before is not null && !InstantPattern.ExtendedIso.Parse(before).TryGetValue(default, out until))
            return Problem.Invalid("before is an ISO 8601 instant such as 2026-06-02T15:30:00Z.");
        await AccountLooks.WriteOnceAsync(database, caller, id, now, cancel);
        var rows = await database.QueryAsync<EntryRow>(Sql, new { id, before = until, now, most = Most }, cancel);
        return Results.Ok(new { items = rows, next = rows.Count == Most ? rows[^1].At : (Instant?)null });
    }

    public sealed record EntryRow
    {
        public Instant At { get; init; }

        /// <summary>Call, Handover, Promise, Payment, Offer, Plan, Notice, Hold, Consent, Phone or Task.</summary>
        public string Kind { get; init; } = "";

        /// <summary>What it came to: a disposition, a state, a kind of notice or hold.</summary>
        public string Code { get; init; } = "";

        public string? Detail { get; init; }

        public decimal? Amount { get; init; }

        public string? Note { get; init; }

        public string By { get; init; } = "";

        /// <summary>Of talk; null where nobody talked.</summary>
        public int? Seconds { get; init; }

        public long Id { get; init; }
    }
}
