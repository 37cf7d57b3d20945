using Dapper;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Benchmarks;

/// <summary>A list of accounts in Los Angeles, each with a person, a cell phone, a lead in one campaign and one earlier call.</summary>
internal static class ComplianceData
{
    public static readonly Instant Noon = Instant.FromUtc(2026, 6, 10, 19, 0);

    // Indexes and foreign keys set aside while rows are loaded; the result is what the migrations make.
    private const string Load =
        """
        set session_replication_role = replica;
        create temporary table ddl as
            select 1 as k, format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as make, format('alter table %s drop constraint %I', conrelid::regclass, conname) as undo
            from pg_constraint where contype = 'u' and conrelid in ('person'::regclass, 'phone'::regclass, 'account'::regclass, 'attempt'::regclass)
            union all
            select 2, pg_get_indexdef(i.indexrelid), format('drop index %s', i.indexrelid::regclass)
            from pg_index i where i.indrelid in ('person'::regclass, 'phone'::regclass, 'account'::regclass, 'attempt'::regclass, 'ready_lead'::regclass)
              and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid);
        do $$ declare r record; begin for r in select undo from ddl order by k loop execute r.undo; end loop; end $$;
        create table bare (bare_id bigint generated always as identity primary key, at timestamptz not null);
        select ensure_daily_partitions('decision', '2026-05-10', '2026-06-12');
        insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at) values ('bench', 'Acme', 'Acme', '+18005550100', 'ThirdParty', 'Consumer', now());
        insert into person (client_id, client_person_no, first_name, last_name, state, zip, created_at, updated_at)
            select 1, n, 'A', 'B', 'CA', '90001', now(), now() from generate_series(1, @accounts) n;
        insert into account (client_id, person_id, client_account_no, creditor, balance, bucket_30, placed_on, created_at, updated_at)
            select 1, n, n, 'Acme', 100, 100, current_date, now(), now() from generate_series(1, @accounts) n;
        insert into phone (person_id, e164, line_type, place, source, created_at, updated_at)
            select n, case when n <= 8000000 then '+1213' else '+1310' end || lpad(((n - 1) % 8000000 + 2000000)::text, 7, '0'), 'Wireless', 'Personal', 'placement', now(), now() from generate_series(1, @accounts) n;
        insert into attempt (account_id, person_id, phone_id, mode, to_e164, from_e164, state, created_at)
            select p.person_id, p.person_id, p.phone_id, 'Preview', p.e164, '+18005550100', 'NoAnswer', timestamptz '2026-06-10 19:00Z' - interval '30 hours' from phone p;
        insert into campaign (name, client_id, mode, state, from_e164, opens_cron, closes_cron, created_at, updated_at)
            values ('bench', 1, 'Preview', 'Open', '+18005550100', '0 0 8 * * ?', '0 0 20 * * ?', now(), now());
        insert into ready_lead (campaign_id, account_id, person_id, rank, not_before)
            select 1, n, n, n % 1000, timestamptz '2026-06-10 12:00Z' from generate_series(1, @accounts) n;
        insert into decision (at, person_id, account_id, phone_id, mode, verdict, reasons, citations, conditions, retry_at, pack_version, facts_hash, last_at)
            select t.at, a.id, a.id, a.id, 'Preview', case when n % 3 = 0 then 'AllowWithConditions' else 'Deny' end,
                case when n % 3 = 0 then '{}' else array['REGF_7IN7_ATTEMPTS', 'POLICY_PERSON_CAP'] end, array['12 CFR 1006.14(b)(2)(i)(A)', 'house: seven calls a week to one person, over all debts'],
                case when n % 3 = 0 then array['DISCLOSE_SUBSEQUENT', 'RECORDING_NOTICE_REQUIRED', 'IDENTITY_DISCLOSURE_REQUIRED'] else '{}' end,
                t.at + interval '3 days', 'HOUSE@2 US-FED@2 US-STATE@2 US-CITY@1 CA-UTR@1 UK-2017@1', md5(n::text) || md5((n + 1)::text), t.at
            from generate_series(1, @decisions) n,
                lateral (select timestamptz '2026-05-11 08:00Z' + interval '30 days' * (n::float8 / @decisions) as at) t,
                lateral (select case when n % 20 = 0 then 1 + (n / 20) % 1000 * (@accounts / 1003) else 1 + (n::bigint * 7919) % (@accounts - 1) end as id) a;
        do $$ declare r record; begin for r in select make from ddl order by k loop execute r.make; end loop; end $$;
        """;

    public static async Task FillAsync(string connectionString, int accounts, int decisions)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0 });
        await Migrator.MigrateAsync(source, CancellationToken.None);
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync(Load, new { accounts, decisions });
        await connection.ExecuteAsync("vacuum analyze");
    }

    public static double Median(IReadOnlyCollection<double> values) => Percentile(values, 0.5);

    public static double Percentile(IReadOnlyCollection<double> values, double share) => values.Order().ElementAt(Math.Min(values.Count - 1, (int)(values.Count * share)));
}
