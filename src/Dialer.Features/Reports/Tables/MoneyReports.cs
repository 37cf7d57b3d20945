namespace Dialer.Features.Reports.Tables;

/// <summary>Payments, promises, and what is owed.</summary>
internal static class MoneyReports
{
    private const string Overdue = "Sum that is past due by so many days";

    public static readonly Report Payments = new(
        "payments", "Payments", "One row a payment, whatever became of it; below them what clients were paid directly, by their own files.",
        [
            new("payment", "Payment", CellKind.Integer, "Our number; empty for money paid to the client"), new("at", "Begun", CellKind.Instant, "For money paid to the client: when its file was posted"), new("client", "Client", CellKind.Text), new("account", "Client's account", CellKind.Text),
            new("campaign", "Campaign", CellKind.Text), new("amount", "Amount", CellKind.Money, "What was to be paid, or was"), new("currency", "Currency", CellKind.Text), new("method", "Method", CellKind.Text),
            new("source", "By", CellKind.Text, "Ivr, Agent, or Client: the debtor paid the client itself"),
            new("state", "State", CellKind.Text, "Captured: the processor has the money. Posted: the client has it. Unknown: the processor's answer is outstanding, and a second try is blocked"),
            new("last4", "Instrument", CellKind.Text, "Last four digits"), new("confirmation", "Confirmation", CellKind.Text, "The processor's; for money paid to the client, the client's own reference"),
        ],
        """
        select payment_id, at, code, client_account_no, name, amount, currency, method, source, state, last4, confirmation from (
            select p.payment_id, p.created_at as at, cl.code, a.client_account_no, c.name, p.amount, p.currency, p.method, p.source, p.state, p.instrument_last4 as last4, p.confirmation_code as confirmation, 0 as part
            from payment p join account a using (account_id) join client cl on cl.client_id = a.client_id left join attempt t on t.attempt_id = p.attempt_id left join campaign c on c.campaign_id = t.campaign_id
            where p.created_at >= @from and p.created_at < @to and (@campaign::bigint is null or t.campaign_id = @campaign)
            union all
            select null, d.posted_at, cl.code, a.client_account_no, null, d.amount, d.currency, 'Direct', 'Client', d.state, null, d.reference, 1
            from client_payment d join account a using (account_id) join client cl on cl.client_id = d.client_id
            where d.posted_at >= @from and d.posted_at < @to and @campaign::bigint is null) paid
        order by part, at, payment_id, confirmation
        """);

    /// <summary>Read from the ledger alone, so that it equals the ledger by construction: what came in, what went back, and what the debts fell by.</summary>
    public static readonly Report Collected = new(
        "collected", "Collected", "Money that came in during the span, here and at the client, by the day it was booked in the ledger; what went back is taken off on the day it went.",
        [
            new("client", "Client", CellKind.Text), new("currency", "Currency", CellKind.Text), new("payments", "Payments here", CellKind.Integer, "Captures booked in the span"),
            new("taken", "Taken here", CellKind.Money, "Sum of those captures"), new("returned", "Returned", CellKind.Money, "Refunds, reversals and returned debits booked in the span"),
            new("direct", "Payments to the client", CellKind.Integer, "Rows of the client's payment files posted in the span"), new("directAmount", "Paid to the client", CellKind.Money, "Sum of those rows"),
            new("directUndone", "Taken back", CellKind.Money, "Rows of payment files undone in the span"),
            new("collected", "Collected", CellKind.Money, "Taken here - returned + paid to the client - taken back"),
            new("applied", "Debts fell by", CellKind.Money, "What the ledger took off the balances, as ageing shows them; forgiven rests of settlements are in it, what was paid beyond a balance is not"),
            new("beyond", "Beyond the debts", CellKind.Money, "Collected - debts fell by: paid beyond a balance and owed back; negative where a settlement forgave more"),
        ],
        """
        select cl.code, l.currency, count(*) filter (where l.side = 'Processor' and l.amount > 0), coalesce(sum(l.amount) filter (where l.side = 'Processor' and l.amount > 0), 0),
            coalesce(-sum(l.amount) filter (where l.side = 'Processor' and l.amount < 0), 0), count(*) filter (where l.side = 'Client' and l.amount > 0),
            coalesce(sum(l.amount) filter (where l.side = 'Client' and l.amount > 0), 0), coalesce(-sum(l.amount) filter (where l.side = 'Client' and l.amount < 0), 0),
            coalesce(sum(l.amount) filter (where l.side in ('Processor', 'Client')), 0), coalesce(-sum(l.amount) filter (where l.side = 'Receivable'), 0),
            coalesce(sum(l.amount) filter (where l.side in ('Processor', 'Client', 'Receivable')), 0)
        from ledger_line l join account a using (account_id) join client cl on cl.client_id = a.client_id
        where l.at >= @from and l.at < @to
            and (@campaign::bigint is null or exists (select from payment p join attempt t using (attempt_id) where p.payment_id = l.payment_id and t.campaign_id = @campaign))
        group by 1, 2 order by 1, 2
        """);

    public static readonly Report Promises = new(
        "promises", "Promises kept", "Promises that fell due in the span, by client: how many, and how much, was kept.",
        [
            new("client", "Client", CellKind.Text), new("due", "Due", CellKind.Integer, "Promises whose day of grace ended in the span, cancelled and replaced ones left out"),
            new("kept", "Kept", CellKind.Integer, "Paid in full by then"), new("partly", "Partly kept", CellKind.Integer, "Paid in part by then"), new("broken", "Broken", CellKind.Integer, "Nothing was paid by then"),
            new("keptRate", "Kept rate", CellKind.Share, "Kept / due, by count"), new("dueAmount", "Due amount", CellKind.Money, "Amount of the promises due"), new("keptAmount", "Kept amount", CellKind.Money, "Amount of the promises kept"),
            new("keptAmountRate", "Kept rate by amount", CellKind.Share, "Kept amount / due amount"),
            new("paidAmount", "Paid on them", CellKind.Money, "Captured here or paid to the client from each promise's day to its last day of grace; what decides whether it is kept"),
        ],
        """
        select cl.code, count(*), count(*) filter (where p.state = 'Kept'), count(*) filter (where p.state = 'PartiallyKept'), count(*) filter (where p.state = 'Broken'),
            count(*) filter (where p.state = 'Kept')::float8 / nullif(count(*), 0), sum(p.amount), coalesce(sum(p.amount) filter (where p.state = 'Kept'), 0),
            (coalesce(sum(p.amount) filter (where p.state = 'Kept'), 0) / nullif(sum(p.amount), 0))::float8, coalesce(sum(y.amount), 0)
        from promise p join account a using (account_id) join client cl on cl.client_id = a.client_id left join attempt t on t.attempt_id = p.attempt_id
        cross join lateral (
            select sum(amount) as amount from (
                select amount from payment where account_id = p.account_id and state = 'Captured' and created_at >= p.made_at and (created_at at time zone 'UTC')::date <= p.grace_until
                union all
                select amount from client_payment where account_id = p.account_id and state = 'Posted' and paid_on >= (p.made_at at time zone 'UTC')::date and paid_on <= p.grace_until) paid) y
        where p.state in ('Kept', 'PartiallyKept', 'Broken') and p.grace_until >= (@from at time zone @zone)::date and p.grace_until < (@to at time zone @zone)::date
            and (@campaign::bigint is null or t.campaign_id = @campaign)
        group by 1 order by 1
        """);

    public static readonly Report PromisesDue = new(
        "promises-due", "Promises due", "Open promises, the earliest first; overdue ones on top.",
        [
            new("promise", "Promise", CellKind.Integer, "The promise's own number"), new("dueOn", "Due", CellKind.Date), new("days", "Days left", CellKind.Integer, "Until the due day; negative: overdue"), new("client", "Client", CellKind.Text),
            new("account", "Client's account", CellKind.Text), new("amount", "Amount", CellKind.Money, "What was promised"), new("currency", "Currency", CellKind.Text), new("method", "Method", CellKind.Text),
            new("source", "By", CellKind.Text), new("agent", "Agent", CellKind.Text), new("madeAt", "Made", CellKind.Instant),
        ],
        """
        select p.promise_id, p.due_on, (p.due_on - @today::date)::bigint, cl.code, a.client_account_no, p.amount, p.currency, p.method, p.source, u.user_name, p.made_at
        from promise p join account a using (account_id) join client cl on cl.client_id = a.client_id left join attempt t on t.attempt_id = p.attempt_id left join app_user u on u.user_id = t.agent_id
        where p.state = 'Active' and (@campaign::bigint is null or t.campaign_id = @campaign)
        order by p.due_on, p.promise_id
        """);

    public static readonly Report Ageing = new(
        "ageing", "Ageing", "Open accounts as they stand now, by client and product; the buckets add up to the balance.",
        [
            new("client", "Client", CellKind.Text), new("product", "Product", CellKind.Text), new("currency", "Currency", CellKind.Text), new("accounts", "Accounts", CellKind.Integer, "Open accounts"),
            new("current", "Current", CellKind.Money, "Owed and not past due"), new("days30", "1-30 days", CellKind.Money, Overdue), new("days60", "31-60", CellKind.Money, Overdue), new("days90", "61-90", CellKind.Money, Overdue),
            new("days120", "91-120", CellKind.Money, Overdue), new("older", "Older", CellKind.Money, Overdue), new("balance", "Balance", CellKind.Money, "Sum of the buckets. Payments, here and to the client, have lowered it, the oldest bucket first"),
        ],
        """
        select cl.code, a.product, a.currency, count(*), sum(bucket_current), sum(bucket_30), sum(bucket_60), sum(bucket_90), sum(bucket_120), sum(bucket_older), sum(balance)
        from account a join client cl using (client_id)
        where a.status = 'Open' and (@campaign::bigint is null or exists (select from ready_lead l where l.campaign_id = @campaign and l.account_id = a.account_id))
        group by 1, 2, 3 order by 1, 2, 3
        """);

    public static readonly Report Roll = new(
        "roll", "Cure and roll", "Where accounts stood when the span began, and where when it ended; accounts placed later are left out.",
        [
            new("client", "Client", CellKind.Text), new("bucket", "Stood in", CellKind.Text, "The oldest bucket that held something when the span began"),
            new("accounts", "Accounts", CellKind.Integer, "Open, or moved since"), new("cured", "Cured", CellKind.Integer, "Nothing past due at the end of the span"),
            new("cureRate", "Cure rate", CellKind.Share, "Cured / accounts"), new("improved", "Improved", CellKind.Integer, "In a younger bucket at the end"), new("stayed", "Stayed", CellKind.Integer, "In the same bucket at the end"),
            new("rolled", "Rolled", CellKind.Integer, "In an older bucket at the end"), new("rollRate", "Roll rate", CellKind.Share, "Rolled / accounts"),
        ],
        """
        with moved as (
            select account_id, (array_agg(from_bucket order by at, bucket_move_id))[1] as was, (array_agg(to_bucket order by at desc, bucket_move_id desc) filter (where at < @to))[1] as became
            from bucket_move where at >= @from group by account_id),
        stood as (
            select a.client_id, coalesce(m.was, now_in.bucket) as was, coalesce(m.became, m.was, now_in.bucket) as became
            from account a cross join lateral (select oldest_bucket(a.bucket_30, a.bucket_60, a.bucket_90, a.bucket_120, a.bucket_older) as bucket) now_in left join moved m using (account_id)
            where a.created_at < @from and (a.status = 'Open' or m.account_id is not null)
                and (@campaign::bigint is null or exists (select from ready_lead l where l.campaign_id = @campaign and l.account_id = a.account_id)))
        select cl.code, (array['Current', '1-30 days', '31-60', '61-90', '91-120', 'Older'])[s.was + 1], count(*), count(*) filter (where became = 0 and was > 0),
            case when was > 0 then count(*) filter (where became = 0)::float8 / count(*) end, count(*) filter (where became < was and became > 0), count(*) filter (where became = was),
            count(*) filter (where became > was), count(*) filter (where became > was)::float8 / count(*)
        from stood s join client cl using (client_id) group by cl.code, s.was order by cl.code, s.was
        """);

    public static readonly Report Lists = new(
        "lists", "Lists", "How far each campaign's list is worked.",
        [
            new("campaign", "Campaign", CellKind.Text), new("accounts", "Accounts", CellKind.Integer, "On the campaign's list, or tried in the span"),
            new("tried", "Tried", CellKind.Integer, "Accounts for which the carrier was asked for a call in the span"), new("penetration", "Penetration", CellKind.Share, "Tried / accounts"),
            new("intensity", "Intensity", CellKind.Number, "Attempts / tried"), new("reached", "Reached", CellKind.Integer, "Accounts whose right party was spoken to in the span"),
            new("readyNow", "Ready now", CellKind.Integer, "On the list and past their retry time"), new("exhaustion", "Exhaustion", CellKind.Share, "1 - ready now / accounts"),
        ],
        """
        select c.name, n.accounts, n.tried, n.tried::float8 / nullif(n.accounts, 0), n.attempts::float8 / nullif(n.tried, 0), n.reached, n.ready, 1 - n.ready::float8 / nullif(n.accounts, 0)
        from campaign c cross join lateral (
            select (select count(*) from (select account_id from ready_lead l where l.campaign_id = c.campaign_id
                        union select account_id from call_fact f where f.campaign_id = c.campaign_id and f.handed_over and f.created_at >= @from and f.created_at < @to) listed) as accounts,
                (select count(distinct account_id) from call_fact f where f.campaign_id = c.campaign_id and f.handed_over and f.created_at >= @from and f.created_at < @to) as tried,
                (select count(*) from call_fact f where f.campaign_id = c.campaign_id and f.handed_over and f.created_at >= @from and f.created_at < @to) as attempts,
                (select count(distinct account_id) from call_fact f where f.campaign_id = c.campaign_id and f.right_party and f.created_at >= @from and f.created_at < @to) as reached,
                (select count(*) from ready_lead l where l.campaign_id = c.campaign_id and l.not_before <= @now) as ready) n
        where c.state <> 'Draft' and (@campaign::bigint is null or c.campaign_id = @campaign)
        order by c.name
        """);
}
