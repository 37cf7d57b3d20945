using System.Data;
using Dapper;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Imports;

/// <summary>Writes the rows that were judged good: persons, accounts, phones and consents, changed rows only. The caller's transaction makes it all or nothing.</summary>
internal static class PlacementCommit
{
    private const string GoodRows =
        """
        import_stage s
        where s.error_code is null and not exists (select 1 from late_verdict v where v.row_number = s.row_number)
        """;

    private const string InsertPersonsSql =
        """
        insert into person (client_id, client_person_no, first_name, last_name, birth_date, ssn_last4, email, language, address, city, state, zip, created_at, updated_at)
        select @ClientId, s.person_no, s.first_name, s.last_name, s.birth_date, s.ssn_last4, s.email, coalesce(s.language, 'en'), s.address, s.city, s.state, s.zip, @Now, @Now
        from file_person f join import_stage s on s.row_number = f.row_number
        where not exists (select 1 from person p where p.client_id = @ClientId and p.client_person_no = f.person_no)
        """;

    /// <summary>A blank cell says nothing about what is stored; it never erases.</summary>
    private const string UpdatePersonsSql =
        """
        update person p
        set first_name = s.first_name, last_name = s.last_name, birth_date = coalesce(s.birth_date, p.birth_date), ssn_last4 = coalesce(s.ssn_last4, p.ssn_last4),
            email = coalesce(s.email, p.email), language = coalesce(s.language, p.language), address = coalesce(s.address, p.address),
            city = coalesce(s.city, p.city), state = coalesce(s.state, p.state), zip = coalesce(s.zip, p.zip), updated_at = @Now
        from touched_person t
        join file_person f on f.person_no = t.person_no
        join import_stage s on s.row_number = f.row_number
        where p.client_id = @ClientId and p.client_person_no = t.person_no
          and (p.first_name, p.last_name, p.birth_date, p.ssn_last4, p.email, p.language, p.address, p.city, p.state, p.zip) is distinct from
              (s.first_name, s.last_name, coalesce(s.birth_date, p.birth_date), coalesce(s.ssn_last4, p.ssn_last4), coalesce(s.email, p.email),
               coalesce(s.language, p.language), coalesce(s.address, p.address), coalesce(s.city, p.city), coalesce(s.state, p.state), coalesce(s.zip, p.zip))
        """;

    private const string InsertAccountsSql =
        $"""
        insert into account (client_id, person_id, client_account_no, creditor, product, currency, balance, bucket_current, bucket_30, bucket_60, bucket_90, bucket_120,
            bucket_older, minimum_payment, oldest_due_on, placed_on, import_batch_id, created_at, updated_at)
        select @ClientId, p.person_id, s.account_no, s.creditor, s.product, s.currency, s.balance / 100.0, s.bucket_current / 100.0, s.bucket_30 / 100.0, s.bucket_60 / 100.0,
            s.bucket_90 / 100.0, s.bucket_120 / 100.0, s.bucket_older / 100.0, s.minimum_payment / 100.0, s.oldest_due_on, s.placed_on, @ImportId, @Now, @Now
        from (select s.* from {GoodRows} and not exists (select 1 from known k where k.row_number = s.row_number)) s
        join person p on p.client_id = @ClientId and p.client_person_no = s.person_no
        """;

    /// <summary>
    /// What the file does not say of the balance is what is stored at this moment, not what was when the file was judged; and an account paid since then stays paid.
    /// A row that waits for another's lock is read again by PostgreSQL, so a payment in between is seen.
    /// </summary>
    private const string UpdateAccountsSql =
        """
        update account a
        set creditor = s.creditor, product = s.product, currency = s.currency,
            balance = case when s.balance_kept then a.balance else s.balance / 100.0 end,
            bucket_current = case when s.balance_kept then a.bucket_current else s.bucket_current / 100.0 end,
            bucket_30 = case when s.balance_kept then a.bucket_30 else s.bucket_30 / 100.0 end,
            bucket_60 = case when s.balance_kept then a.bucket_60 else s.bucket_60 / 100.0 end,
            bucket_90 = case when s.balance_kept then a.bucket_90 else s.bucket_90 / 100.0 end,
            bucket_120 = case when s.balance_kept then a.bucket_120 else s.bucket_120 / 100.0 end,
            bucket_older = case when s.balance_kept then a.bucket_older else s.bucket_older / 100.0 end,
            minimum_payment = s.minimum_payment / 100.0, oldest_due_on = coalesce(s.oldest_due_on, a.oldest_due_on),
            placed_on = s.placed_on, status = 'Open', status_reason = null, import_batch_id = @ImportId, updated_at = @Now
        from known k join import_stage s on s.row_number = k.row_number
        where k.changed and a.account_id = k.account_id and a.status <> 'Paid'
        """;

    private const string InsertPhonesSql =
        $"""
        insert into phone (person_id, e164, line_type, place, rank, source, created_at, updated_at)
        select p.person_id, n.e164, n.line_type, n.place, n.rank, 'placement', @Now, @Now
        from (select s.person_no, s.e164s, s.line_types, s.places from {GoodRows} and s.e164s <> '{EmptyArray}'
              and (not exists (select 1 from known k where k.row_number = s.row_number) or exists (select 1 from touched_person t where t.person_no = s.person_no))) s
        join person p on p.client_id = @ClientId and p.client_person_no = s.person_no
        cross join lateral unnest(s.e164s, s.line_types, s.places) with ordinality as n (e164, line_type, place, rank)
        on conflict (person_id, e164) do nothing
        """;

    private const string EmptyArray = "{}";

    private const string UpdatePhonesSql =
        """
        update phone h
        set line_type = case when n.line_type = 'Unknown' then h.line_type else n.line_type end,
            place = case when n.place = 'Unknown' then h.place else n.place end, updated_at = @Now
        from touched_person t
        join person p on p.client_id = @ClientId and p.client_person_no = t.person_no
        join known k on k.person_id = p.person_id
        join import_stage s on s.row_number = k.row_number
        cross join lateral unnest(s.e164s, s.line_types, s.places) as n (e164, line_type, place)
        where h.person_id = p.person_id and h.e164 = n.e164
          and (n.line_type <> 'Unknown' and n.line_type <> h.line_type or n.place <> 'Unknown' and n.place <> h.place)
        """;

    /// <summary>Consent as the creditor states it. It never revives a number whose owner revoked (47 CFR 64.1200(a)(10)); a "no" withdraws only what a placement granted.</summary>
    private const string InsertConsentsSql =
        $"""
        insert into consent_event (at, person_id, e164, channel, kind, scope, source, evidence, recorded_by)
        select distinct @Now, p.person_id, n.e164, 'Voice', 'Granted', 'ArtificialVoice', 'placement', 'import ' || @ImportId, @By
        from (select s.person_no, s.e164s from {GoodRows} and s.consent
              and (not exists (select 1 from known k where k.row_number = s.row_number) or exists (select 1 from touched_person t where t.person_no = s.person_no))) s
        join person p on p.client_id = @ClientId and p.client_person_no = s.person_no
        cross join lateral unnest(s.e164s) as n (e164)
        where not exists (select 1 from consent_event c where c.e164 = n.e164 and c.channel = 'Voice' and c.scope in ('All', 'ArtificialVoice')
                          and c.kind = 'Revoked' and c.source <> 'placement')
          and coalesce((select c.kind from consent_event c where c.e164 = n.e164 and c.person_id = p.person_id and c.channel = 'Voice' and c.scope = 'ArtificialVoice'
                        order by c.at desc, c.consent_event_id desc limit 1), 'None') <> 'Granted';

        insert into consent_event (at, person_id, e164, channel, kind, scope, source, evidence, recorded_by)
        select distinct @Now, k.person_id, n.e164, 'Voice', 'Revoked', 'ArtificialVoice', 'placement', 'import ' || @ImportId, @By
        from known k join import_stage s on s.row_number = k.row_number
        cross join lateral unnest(s.e164s) as n (e164)
        where not s.consent
          and (select c.kind = 'Granted' and c.source = 'placement' from consent_event c
               where c.e164 = n.e164 and c.person_id = k.person_id and c.channel = 'Voice' and c.scope = 'ArtificialVoice'
               order by c.at desc, c.consent_event_id desc limit 1);
        """;

    private const string KeepBeforeSql =
        """
        insert into import_change (import_batch_id, subject, subject_id, before)
        select @ImportId, 'Account', a.account_id, to_jsonb(a) from known k join account a using (account_id) where k.changed and a.status <> 'Paid' for no key update of a;
        insert into import_change (import_batch_id, subject, subject_id, before)
        select @ImportId, 'Person', p.person_id, to_jsonb(p) from touched_person t join person p on p.client_id = @ClientId and p.client_person_no = t.person_no;
        """;

    public const string InsertRejectsSql =
        $"""
        insert into import_reject (import_batch_id, row_number, raw, error_code, error_text)
        select @ImportId, row_number, raw, error_code, error_text from ({RejectsFile.StagedSql}) r
        """;

    public static async Task ApplyAsync(
        NpgsqlConnection connection, IDbTransaction transaction, long importId, long clientId, string by, VerdictCounts counts, Instant now, int timeoutSeconds, CancellationToken cancel)
    {
        var parameters = new { ImportId = importId, ClientId = clientId, By = by, Now = now };
        Task<int> Run(string sql) =>
            connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, commandTimeout: timeoutSeconds, cancellationToken: cancel));

        await Run(KeepBeforeSql);
        await Run(InsertPersonsSql);
        await Run("analyze person");
        await Run(UpdatePersonsSql);
        var inserted = await Run(InsertAccountsSql);
        if (inserted != counts.Accepted)
            throw new InvalidOperationException($"{counts.Accepted} rows were accepted but {inserted} accounts would be made; nothing was committed.");
        await Run(UpdateAccountsSql);
        await Run(InsertPhonesSql);
        await Run(UpdatePhonesSql);
        await Run(InsertConsentsSql);
        await Run(InsertRejectsSql);
    }
}
