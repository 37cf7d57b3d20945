using Dapper;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Promises;

/// <summary>What a nightly run did.</summary>
public sealed record PromiseEvaluation(int Kept, int PartiallyKept, int Broken);

/// <summary>The date whose end is judged: promises with an earlier last day of grace are decided.</summary>
public sealed record EvaluatePromisesArgs(LocalDate Today);

/// <summary>
/// Decides every active promise whose grace has passed: Kept when the captured payments, and those made to the client directly, from the day it was made to its last day of grace
/// reach the amount less the tolerance (5 %, or 5 in money if that is more), PartiallyKept when there was any, else Broken.
/// A kept promise whose payment was reversed becomes Broken. A promise waits for a payment in time whose end is not known yet.
/// </summary>
/// <remarks>Days are those where the person is, as the IVR takes them: in the zone of the call's campaign. Safe to run twice or on two nodes: each promise leaves Active once.</remarks>
public sealed class EvaluatePromises(Database database, TimeProvider time)
{
    public async Task<PromiseEvaluation> RunAsync(EvaluatePromisesArgs args, CancellationToken cancel)
    {
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        var states = await database.QueryAsync<string>(
            """
            with paid as (
                select p.promise_id, p.amount - greatest(p.amount * p.tolerance, 5.00) as enough, coalesce(sum(y.amount), 0) as total
                from promise p
                left join attempt t on t.attempt_id = p.attempt_id
                left join campaign k on k.campaign_id = t.campaign_id
                cross join lateral (select coalesce(k.zone, 'America/New_York') as zone) z
                left join lateral (
                    select amount from payment
                    where account_id = p.account_id and state = 'Captured' and created_at >= p.made_at and (created_at at time zone z.zone)::date <= p.grace_until
                    union all
                    select amount from client_payment
                    where account_id = p.account_id and state = 'Posted' and paid_on >= (p.made_at at time zone z.zone)::date and paid_on <= p.grace_until) y on true
                where (p.state = 'Active' and p.grace_until < @Today and not exists (
                        select 1 from payment w where w.account_id = p.account_id and w.state in ('Created', 'Pending', 'Unknown')
                            and w.created_at >= p.made_at and (w.created_at at time zone z.zone)::date <= p.grace_until))
                   or (p.state = 'Kept' and exists (select 1 from payment r where r.account_id = p.account_id and r.state = 'Reversed' and r.updated_at > p.closed_at))
                group by p.promise_id
            )
            update promise p
            set state = case when paid.total > 0 and paid.total >= paid.enough then 'Kept' when paid.total > 0 and p.state = 'Active' then 'PartiallyKept' else 'Broken' end,
                closed_at = @now
            from paid where paid.promise_id = p.promise_id
            returning p.state
            """,
            new { args.Today, now },
            cancel);
        return new PromiseEvaluation(states.Count(state => state == "Kept"), states.Count(state => state == "PartiallyKept"), states.Count(state => state == "Broken"));
    }
}
