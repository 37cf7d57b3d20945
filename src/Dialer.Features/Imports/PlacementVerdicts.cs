using Dapper;
using Npgsql;

namespace Dialer.Features.Imports;

/// <summary>How many rows got which verdict. <c>In = Accepted + Updated + Duplicate + Rejected</c>.</summary>
internal sealed record VerdictCounts(long In, long Accepted, long Updated, long Duplicate, long Rejected, decimal Balance);

/// <summary>The verdicts that need more than the row itself: the file's other rows, and what is stored. Reads only; writes nothing but temporary tables.</summary>
/// <remarks>
/// <c>late_verdict</c> holds the few rows that repeat or contradict others, <c>known</c> the rows of accounts that exist already,
/// <c>file_person</c> one row for each person of the file: the first of its good rows speaks for the person.
/// </remarks>
internal static class PlacementVerdicts
{
    private const string PrepareSql =
        """
        drop table if exists late_verdict, known, file_person, touched_person, consent_now;
        create temporary table late_verdict (row_number int primary key, code text, text text);
        create temporary table touched_person (person_no text collate "C" primary key);
        alter table import_stage add column balance_kept boolean not null default false;
        analyze import_stage;
        """;

    /// <summary>The same account number again: a repetition is a duplicate, a contradiction is rejected, because which of the two is right is the sender's to say.</summary>
    private const string RepeatedSql =
        """
        with repeated as (
            select account_no from import_stage where error_code is null group by account_no having count(*) > 1),
        ranked as (
            select s.row_number, min(s.row_number) over (partition by s.account_no) as first_row
            from import_stage s join repeated using (account_no) where s.error_code is null)
        insert into late_verdict (row_number, code, text)
        select r.row_number,
               case when to_jsonb(s) - 'row_number' = to_jsonb(f) - 'row_number' then null else 'DUPLICATE_ACCOUNT' end,
               'row ' || r.first_row || ' of this file has the same client_account_no with other content; keep the one that is right'
        from ranked r
        join import_stage s on s.row_number = r.row_number
        join import_stage f on f.row_number = r.first_row
        where r.row_number <> r.first_row
        """;

    /// <summary>An update speaks only of accounts that are placed and open; what it leaves blank is what is stored. A balance without buckets rises in the newest and falls in the oldest.</summary>
    private const string FillUpdateSql =
        """
        insert into late_verdict (row_number, code, text)
        select s.row_number, case when a.account_id is null then 'UNKNOWN_ACCOUNT' else 'ACCOUNT_NOT_OPEN' end,
               case when a.account_id is null then 'this client has no account of that number here; send it in a placement file first'
                    else 'this account is ' || lower(a.status) || ' here; an update does not open it again, a placement does' end
        from import_stage s left join account a on a.client_id = @ClientId and a.client_account_no = s.account_no
        where s.error_code is null and not exists (select 1 from late_verdict v where v.row_number = s.row_number)
          and (a.account_id is null or a.status in ('Recalled', 'Closed'));
        update import_stage s
        set person_no = coalesce(s.person_no, p.client_person_no), first_name = coalesce(s.first_name, p.first_name), last_name = coalesce(s.last_name, p.last_name),
            creditor = coalesce(s.creditor, a.creditor), product = coalesce(s.product, a.product), currency = coalesce(s.currency, a.currency), placed_on = coalesce(s.placed_on, a.placed_on),
            minimum_payment = coalesce(s.minimum_payment, a.minimum_payment * 100), balance_kept = s.balance is null, balance = coalesce(s.balance, a.balance * 100),
            bucket_current = coalesce(s.bucket_current, greatest(a.bucket_current - greatest(d.fall - a.bucket_older - a.bucket_120 - a.bucket_90 - a.bucket_60 - a.bucket_30, 0), 0) * 100 + d.rise * 100),
            bucket_30 = coalesce(s.bucket_30, greatest(a.bucket_30 - greatest(d.fall - a.bucket_older - a.bucket_120 - a.bucket_90 - a.bucket_60, 0), 0) * 100),
            bucket_60 = coalesce(s.bucket_60, greatest(a.bucket_60 - greatest(d.fall - a.bucket_older - a.bucket_120 - a.bucket_90, 0), 0) * 100),
            bucket_90 = coalesce(s.bucket_90, greatest(a.bucket_90 - greatest(d.fall - a.bucket_older - a.bucket_120, 0), 0) * 100),
            bucket_120 = coalesce(s.bucket_120, greatest(a.bucket_120 - greatest(d.fall - a.bucket_older, 0), 0) * 100),
            bucket_older = coalesce(s.bucket_older, greatest(a.bucket_older - d.fall, 0) * 100)
        from account a join person p using (person_id), import_stage o
        cross join lateral (
            select greatest(x.balance - coalesce(o.balance / 100.0, x.balance), 0) as fall, greatest(coalesce(o.balance / 100.0, x.balance) - x.balance, 0) as rise
            from account x where x.client_id = @ClientId and x.client_account_no = o.account_no) d
        where o.row_number = s.row_number and a.client_id = @ClientId and a.client_account_no = s.account_no and s.error_code is null
        """;

    private const string KnownSql =
        """
        create temporary table known as
        select s.row_number, s.person_no, a.account_id, a.person_id,
               a.status in ('Recalled', 'Closed')
               or (a.creditor, a.product, a.currency, a.balance, a.bucket_current, a.bucket_30, a.bucket_60, a.bucket_90, a.bucket_120, a.bucket_older, a.minimum_payment, a.placed_on)
                   is distinct from
                  (s.creditor, s.product, s.currency, s.balance / 100.0, s.bucket_current / 100.0, s.bucket_30 / 100.0, s.bucket_60 / 100.0, s.bucket_90 / 100.0,
                   s.bucket_120 / 100.0, s.bucket_older / 100.0, s.minimum_payment / 100.0, s.placed_on)
               or s.oldest_due_on is not null and a.oldest_due_on is distinct from s.oldest_due_on as changed
        from import_stage s
        join account a on a.client_id = @ClientId and a.client_account_no = s.account_no
        where s.error_code is null and not exists (select 1 from late_verdict v where v.row_number = s.row_number);
        analyze known;
        insert into late_verdict (row_number, code, text)
        select k.row_number,
               case when p.client_person_no <> k.person_no then 'ACCOUNT_OF_OTHER_PERSON' else 'ACCOUNT_PAID' end,
               case when p.client_person_no <> k.person_no then 'this account is placed already, under another client_person_no'
                    else 'this account is paid in full here; send its payment file or a correction first' end
        from known k join person p using (person_id) join account a using (account_id)
        where p.client_person_no <> k.person_no or a.status = 'Paid';
        delete from known where row_number in (select row_number from late_verdict);
        """;

    private const string PersonSql =
        """
        create temporary table file_person as
        select person_no, min(row_number) as row_number, count(*) as rows,
               min(lower(first_name) collate "C") <> max(lower(first_name) collate "C") or min(lower(last_name) collate "C") <> max(lower(last_name) collate "C")
               or coalesce(min(birth_date) <> max(birth_date), false) or coalesce(min(ssn_last4) <> max(ssn_last4), false) as conflict
        from import_stage s
        where error_code is null and not exists (select 1 from late_verdict v where v.row_number = s.row_number)
        group by person_no;
        analyze file_person;
        with contradicting as (
            insert into late_verdict (row_number, code, text)
            select s.row_number, 'PERSON_CONFLICT', 'row ' || p.row_number || ' of this file gives the same client_person_no another name, birth date or ssn4'
            from file_person p
            join import_stage f on f.row_number = p.row_number
            join import_stage s on s.person_no = p.person_no and s.row_number <> p.row_number
            where p.conflict and s.error_code is null and not exists (select 1 from late_verdict v where v.row_number = s.row_number)
              and (lower(s.first_name) <> lower(f.first_name) or lower(s.last_name) <> lower(f.last_name)
                   or s.birth_date <> f.birth_date or s.ssn_last4 <> f.ssn_last4)
            returning row_number)
        delete from known where row_number in (select row_number from contradicting);
        """;

    /// <summary>Known persons of whom the file says something new, also where no account of theirs changes.</summary>
    private const string TouchedSql =
        """
        insert into touched_person (person_no)
        select f.person_no
        from file_person f
        join import_stage s on s.row_number = f.row_number
        join person p on p.client_id = @ClientId and p.client_person_no = f.person_no
        where (p.first_name, p.last_name) is distinct from (s.first_name, s.last_name)
           or s.birth_date <> p.birth_date or s.birth_date is not null and p.birth_date is null
           or s.ssn_last4 is not null and s.ssn_last4 is distinct from p.ssn_last4
           or s.email is not null and s.email is distinct from p.email
           or s.language is not null and s.language is distinct from p.language
           or s.address is not null and s.address is distinct from p.address
           or s.city is not null and s.city is distinct from p.city
           or s.state is not null and s.state is distinct from p.state
           or s.zip is not null and s.zip is distinct from p.zip;

        create temporary table consent_now as
        select distinct on (c.person_id, c.e164) c.person_id, c.e164, c.kind, c.source
        from consent_event c
        where c.person_id in (select person_id from known) and c.channel = 'Voice' and c.scope = 'ArtificialVoice'
        order by c.person_id, c.e164, c.consent_event_id desc;
        analyze consent_now;

        insert into touched_person (person_no)
        select distinct k.person_no
        from known k
        join import_stage s on s.row_number = k.row_number
        cross join lateral unnest(s.e164s, s.line_types, s.places) as n (e164, line_type, place)
        left join phone h on h.person_id = k.person_id and h.e164 = n.e164
        left join consent_now c on c.person_id = k.person_id and c.e164 = n.e164
        where h.phone_id is null
           or n.line_type <> 'Unknown' and n.line_type <> h.line_type
           or n.place <> 'Unknown' and n.place <> h.place
           or not s.consent and c.kind = 'Granted' and c.source = 'placement'
           or s.consent and c.kind is distinct from 'Granted'
              and n.e164 not in (select r.e164 from consent_event r
                                 where r.channel = 'Voice' and r.scope in ('All', 'ArtificialVoice') and r.kind = 'Revoked' and r.source <> 'placement')
        on conflict do nothing;
        """;

    private const string CountSql =
        """
        select (select count(*) from import_stage) as "In",
               (select count(*) from import_stage where error_code is null)
                   - (select count(*) from late_verdict) - (select count(*) from known) as Accepted,
               (select count(*) from known k where k.changed or exists (select 1 from touched_person t where t.person_no = k.person_no)) as Updated,
               (select count(*) from late_verdict where code is null)
                   + (select count(*) from known k where not k.changed and not exists (select 1 from touched_person t where t.person_no = k.person_no)) as Duplicate,
               (select count(*) from import_stage where error_code is not null) + (select count(*) from late_verdict where code is not null) as Rejected,
               (select coalesce(sum(balance), 0) / 100.0 from import_stage) as Balance
        """;

    /// <summary>Every row with its verdict, in the file's order.</summary>
    private const string AllSql =
        """
        select s.row_number as line,
               case when s.error_code is not null or v.code is not null then 'Rejected'
                    when v.row_number is not null or k.row_number is not null and not k.changed and t.person_no is null then 'Duplicate'
                    when k.row_number is not null then 'Updated' else 'Accepted' end as verdict,
               coalesce(s.error_code, v.code) as code, coalesce(s.error_text, case when v.code is not null then v.text end) as text
        from import_stage s
        left join late_verdict v using (row_number) left join known k using (row_number) left join touched_person t on t.person_no = k.person_no
        """;

    public const string InOrderSql = $"select * from ({AllSql}) r order by line";

    public const string FirstSql = $"select * from ({AllSql}) r where verdict <> 'Accepted' order by verdict <> 'Rejected', verdict <> 'Duplicate', line limit @limit";

    public static async Task<VerdictCounts> ReachAsync(NpgsqlConnection connection, long clientId, bool update, int timeoutSeconds, CancellationToken cancel)
    {
        var parameters = new { ClientId = clientId };
        string[] steps = update ? [PrepareSql, RepeatedSql, FillUpdateSql, KnownSql, PersonSql, TouchedSql] : [PrepareSql, RepeatedSql, KnownSql, PersonSql, TouchedSql];
        foreach (var sql in steps)
            await connection.ExecuteAsync(new CommandDefinition(sql, parameters, commandTimeout: timeoutSeconds, cancellationToken: cancel));
        return await connection.QuerySingleAsync<VerdictCounts>(new CommandDefinition(CountSql, commandTimeout: timeoutSeconds, cancellationToken: cancel));
    }
}
