using Dapper;
using Npgsql;

namespace Dialer.Features.Imports;

/// <summary>The verdicts on payments, recalls and stops that need the file's other rows and what is stored; and the good rows, read for being applied.</summary>
internal static class AccountVerdicts
{
    private const string Good = "s.error_code is null and not exists (select 1 from late_verdict v where v.row_number = s.row_number)";

    private const string PrepareSql =
        $"""
        drop table if exists late_verdict;
        create temporary table late_verdict (row_number int primary key, code text, text text);
        analyze import_stage;
        insert into late_verdict (row_number, code, text)
        select s.row_number, 'UNKNOWN_ACCOUNT', 'this client has no account of that number here'
        from import_stage s
        where {Good} and not exists (select 1 from account a where a.client_id = @ClientId and a.client_account_no = s.account_no);
        """;

    private const string PaymentSql =
        $"""
        insert into late_verdict (row_number, code, text)
        select s.row_number, 'OTHER_CURRENCY', 'the account is in ' || a.currency
        from import_stage s join account a on a.client_id = @ClientId and a.client_account_no = s.account_no
        where {Good} and s.currency <> a.currency;
        insert into late_verdict (row_number, code, text)
        select r.row_number, case when r.same then null else 'DUPLICATE_REFERENCE' end, 'row ' || r.first_row || ' of this file has the same reference with another account, amount or day'
        from (select s.row_number, min(s.row_number) over same_reference as first_row,
                     (s.account_no, s.amount, s.on_day) = (first_value(s.account_no) over same_reference, first_value(s.amount) over same_reference, first_value(s.on_day) over same_reference) as same
              from import_stage s where {Good} window same_reference as (partition by s.reference order by s.row_number)) r
        where r.row_number <> r.first_row;
        insert into late_verdict (row_number, code, text)
        select s.row_number, case when a.client_account_no = s.account_no and p.amount * 100 = s.amount then null else 'DUPLICATE_REFERENCE' end,
               'a payment of this reference is posted already, with another account or amount'
        from import_stage s
        join client_payment p on p.client_id = @ClientId and p.reference = s.reference and p.state = 'Posted'
        join account a using (account_id)
        where {Good};
        """;

    private const string RecallVerdictSql =
        $"""
        insert into late_verdict (row_number, code, text)
        select r.row_number, null, null
        from (select s.row_number, row_number() over (partition by s.account_no order by s.row_number) as n, a.status
              from import_stage s join account a on a.client_id = @ClientId and a.client_account_no = s.account_no where {Good}) r
        where r.n > 1 or r.status <> 'Open';
        """;

    private const string CeaseVerdictSql =
        $"""
        insert into late_verdict (row_number, code, text)
        select r.row_number, null, null
        from (select s.row_number, row_number() over (partition by s.kind, s.whole_person, case when s.whole_person then a.person_id else a.account_id end order by s.on_day desc nulls first, s.row_number) as n,
                     exists (select 1 from hold h where h.person_id = a.person_id and h.kind = s.kind and h.closed_at is null
                             and h.account_id is not distinct from (case when s.whole_person then null else a.account_id end)
                             and (h.expires_at is null or h.expires_at >= (s.on_day + 1)::timestamp at time zone 'UTC')) as held
              from import_stage s join account a on a.client_id = @ClientId and a.client_account_no = s.account_no where {Good}) r
        where r.n > 1 or r.held;
        """;

    private const string CountSql =
        """
        select count(*) as "In", count(*) filter (where s.error_code is null and v.row_number is null) as Accepted, 0::bigint as Updated,
               count(*) filter (where v.row_number is not null and v.code is null) as Duplicate,
               count(*) filter (where s.error_code is not null or v.code is not null) as Rejected, coalesce(sum(s.amount), 0) / 100.0 as Balance
        from import_stage s left join late_verdict v using (row_number)
        """;

    private const string AllSql =
        """
        select s.row_number as line,
               case when s.error_code is not null or v.code is not null then 'Rejected' when v.row_number is not null then 'Duplicate' else 'Accepted' end as verdict,
               coalesce(s.error_code, v.code) as code, coalesce(s.error_text, case when v.code is not null then v.text end) as text
        from import_stage s left join late_verdict v using (row_number)
        """;

    public const string InOrderSql = $"select * from ({AllSql}) r order by line";

    public const string FirstSql = $"select * from ({AllSql}) r where verdict <> 'Accepted' order by verdict <> 'Rejected', verdict <> 'Duplicate', line limit @limit";

    public const string PaymentsSql =
        $"""
        select a.account_id, s.reference, s.amount / 100.0 as amount, a.currency, s.on_day as paid_on
        from import_stage s join account a on a.client_id = @ClientId and a.client_account_no = s.account_no where {Good} order by s.row_number
        """;

    /// <summary>Keeps what each account was, closes it, and returns its id.</summary>
    public const string RecallSql =
        $"""
        insert into import_change (import_batch_id, subject, subject_id, before)
        select @ImportId, 'Account', a.account_id, to_jsonb(a) from import_stage s join account a on a.client_id = @ClientId and a.client_account_no = s.account_no where {Good};
        update account a
        set status = 'Recalled', status_reason = 'Recalled by the client, import ' || @ImportId || '.' || coalesce(' ' || s.reason, ''), updated_at = @Now
        from import_stage s where a.client_id = @ClientId and a.client_account_no = s.account_no and {Good} and a.status = 'Open'
        returning a.account_id
        """;

    /// <summary>An end date counts to its last moment, UTC.</summary>
    public const string StopsSql =
        $"""
        select a.person_id, a.account_id, s.whole_person, s.kind, s.reason, (s.on_day + 1)::timestamp at time zone 'UTC' as expires_at
        from import_stage s join account a on a.client_id = @ClientId and a.client_account_no = s.account_no where {Good} order by a.person_id, s.row_number
        """;

    public static async Task<VerdictCounts> ReachAsync(NpgsqlConnection connection, FileKind kind, long clientId, int timeoutSeconds, CancellationToken cancel)
    {
        var parameters = new { ClientId = clientId };
        var verdicts = kind switch
        {
            FileKind.Payment => PaymentSql,
            FileKind.Recall => RecallVerdictSql,
            _ => CeaseVerdictSql,
        };
        foreach (var sql in new[] { PrepareSql, verdicts })
            await connection.ExecuteAsync(new CommandDefinition(sql, parameters, commandTimeout: timeoutSeconds, cancellationToken: cancel));
        return await connection.QuerySingleAsync<VerdictCounts>(new CommandDefinition(CountSql, commandTimeout: timeoutSeconds, cancellationToken: cancel));
    }
}
