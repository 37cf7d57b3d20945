using Dialer.Features.Tests;
using Dialer.Storage.Postgres;

namespace Dialer.Storage.Tests.Postgres;

/// <summary>Migrations that move rows are tried on rows: the schema of before, some of them, and then the rest of the migrations.</summary>
public sealed class MovedRowsTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new(source => Migrator.MigrateAsync(source, "0181_disclosures_taken_back", default));

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Call_backs_that_agents_had_agreed_become_call_requests()
    {
        await _database.Database.ExecuteAsync(
            """
            insert into client (client_id, code, name, spoken_name, callback_e164, collector_role, debt_class, created_at) overriding system value
                values (1, 'acme', 'Acme', 'Acme', '+18005550100', 'ThirdParty', 'Consumer', now());
            insert into person (person_id, client_id, client_person_no, first_name, last_name, created_at, updated_at) overriding system value
                select n, 1, 'p' || n, 'Ada', 'Doe', now(), now() from generate_series(1, 4) n;
            insert into account (account_id, client_id, person_id, client_account_no, creditor, balance, bucket_30, placed_on, created_at, updated_at) overriding system value
                select n, 1, n, 'a' || n, 'Acme', 100, 100, '2026-01-01', now(), now() from generate_series(1, 4) n;
            insert into phone (phone_id, person_id, e164, rank, status, source, created_at, updated_at) overriding system value values
                (11, 1, '+12135550111', 1, 'Active', 'placement', now(), now()), (12, 1, '+12135550112', 2, 'Active', 'placement', now(), now()),
                (21, 2, '+12135550121', 1, 'WrongNumber', 'placement', now(), now()), (22, 2, '+12135550122', 2, 'Active', 'placement', now(), now()),
                (31, 3, '+12135550131', 1, 'Disconnected', 'placement', now(), now());
            insert into call_back (person_id, account_id, phone_id, agent_id, due_at, state, made_at) values
                (1, 1, 12, 7, '2099-03-01T18:00:00Z', 'Due', '2026-11-01T10:00:00Z'),     -- on the number it was agreed for, not the first one
                (1, 1, 12, null, '2099-03-02T18:00:00Z', 'Due', '2026-11-01T11:00:00Z'),  -- the same number once more, later
                (2, 2, 21, null, '2020-03-01T18:00:00Z', 'Due', '2020-02-01T10:00:00Z'),  -- overdue, and its number has turned out to be wrong
                (3, 3, 31, 8, '2099-03-01T18:00:00Z', 'Due', '2026-11-01T10:00:00Z'),     -- nothing left to dial
                (4, 4, null, 8, '2099-03-01T18:00:00Z', 'Due', '2026-11-01T10:00:00Z'),   -- nor here
                (2, 2, 22, 9, '2026-10-01T18:00:00Z', 'Done', '2026-09-01T10:00:00Z');    -- over
            """,
            null, default);

        (await Migrator.MigrateAsync(_database.Source, default))[0].ShouldBe("0182_one_list_of_call_backs");

        (await RowsAsync("select concat_ws(' ', person_id, account_id, phone_id, e164, coalesce(agent_id::text, 'anyone'), state, to_char(due_at at time zone 'UTC', 'YYYY-MM-DD')) from call_request order by person_id"))
            .ShouldBe(["1 1 12 +12135550112 7 Queued 2099-03-01", "2 2 22 +12135550122 anyone Queued 2020-03-01"]);
        (await RowsAsync("select person_id::text from call_request where until_at = due_at + interval '4 hours'")).ShouldBe(["1"]);
        (await RowsAsync("select person_id::text from call_request where until_at between now() + interval '3 hours' and now() + interval '5 hours'")).ShouldBe(["2"]); // an overdue one still has its chance
        (await RowsAsync("select coalesce(to_regclass('call_back')::text, 'gone')")).ShouldBe(["gone"]);
    }

    [Fact]
    public async Task What_the_desk_wrote_before_purposes_were_kept_gets_its_own()
    {
        await Migrator.MigrateAsync(_database.Source, "0198_integrations", default);
        await _database.Database.ExecuteAsync(
            """
            insert into client (client_id, code, name, spoken_name, callback_e164, collector_role, debt_class, created_at) overriding system value
                values (1, 'acme', 'Acme', 'Acme', '+18005550100', 'ThirdParty', 'Consumer', now());
            insert into person (person_id, client_id, client_person_no, first_name, last_name, created_at, updated_at) overriding system value values (1, 1, 'p', 'Ada', 'Doe', now(), now());
            insert into account (account_id, client_id, person_id, client_account_no, creditor, balance, bucket_30, placed_on, created_at, updated_at) overriding system value
                values (1, 1, 1, 'a', 'Acme', 100, 100, '2026-01-01', now(), now());
            insert into customer_notice (notice_key, kind, person_id, account_id, channel, language, fields, next_at, queued_at, written_by)
            select kind || coalesce(by, ''), kind, 1, 1, 'Letter', 'en', '{}', now(), now(), by
            from (values ('Receipt', null), ('BalanceStatement', 'ann'), ('PromiseConfirmation', 'ann'), ('DisputeReceived', 'ann')) as x (kind, by)
            """,
            null, default);

        await Migrator.MigrateAsync(_database.Source, default);

        (await RowsAsync("select kind || ' ' || purpose from customer_notice order by 1")).ShouldBe(["BalanceStatement Collect", "DisputeReceived LegalNotice", "PromiseConfirmation Servicing", "Receipt Servicing"]);
    }

    private Task<IReadOnlyList<string>> RowsAsync(string sql) => _database.Database.QueryAsync<string>(sql, null, default);
}
