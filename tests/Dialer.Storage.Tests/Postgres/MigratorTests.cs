using Dialer.Features.Tests;
using Dialer.Storage.Postgres;
using Npgsql;

namespace Dialer.Storage.Tests.Postgres;

public sealed class MigratorTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Migrating_twice_does_nothing_the_second_time()
    {
        (await Migrator.MigrateAsync(_database.Source, default)).ShouldBeEmpty();
        await Migrator.RequireCurrentAsync(_database.Source, default);
    }

    [Fact]
    public async Task Nodes_that_start_together_wait_for_one_another()
    {
        var done = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Migrator.MigrateAsync(_database.Source, default)));

        done.ShouldAllBe(names => names.Count == 0);
    }

    [Fact]
    public async Task A_migration_that_was_edited_after_it_shipped_is_refused()
    {
        await ExecuteAsync("update schema_migration set checksum = 'other' where name = '0001_platform'");

        (await Should.ThrowAsync<SchemaException>(() => Migrator.MigrateAsync(_database.Source, default))).Message.ShouldContain("0001_platform");
    }

    [Fact]
    public async Task A_database_that_is_newer_than_the_build_is_refused()
    {
        await ExecuteAsync("insert into schema_migration (name, checksum) values ('9999_future', 'x')");

        (await Should.ThrowAsync<SchemaException>(() => Migrator.MigrateAsync(_database.Source, default))).Message.ShouldContain("9999_future");
    }

    [Fact]
    public async Task A_database_that_lacks_a_migration_does_not_serve()
    {
        await ExecuteAsync("delete from schema_migration where name = '0003_dialing'");

        (await Should.ThrowAsync<SchemaException>(() => Migrator.RequireCurrentAsync(_database.Source, default))).Message.ShouldContain("0003_dialing");
    }

    [Fact]
    public async Task Daily_partitions_hold_their_own_day_and_the_default_holds_the_rest()
    {
        await ExecuteAsync("select ensure_daily_partitions('call_event', '2026-03-03', '2026-03-04')");
        await ExecuteAsync("select ensure_daily_partitions('call_event', '2026-03-03', '2026-03-05')");

        await ExecuteAsync("insert into call_event (day, event_key, attempt_id, kind, at) values ('2026-03-04T00:00:00Z', 'a', 1, 'answer', now()), ('2026-03-09T00:00:00Z', 'b', 1, 'answer', now())");

        (await RowsAsync("select tableoid::regclass::text from call_event order by event_key")).ShouldBe(["call_event_20260304", "call_event_default"]);
    }

    [Fact]
    public async Task A_day_whose_rows_already_lie_in_the_default_partition_keeps_them_there()
    {
        await ExecuteAsync("select ensure_daily_partitions('call_event', '2026-03-03', '2026-03-03')");
        await ExecuteAsync("insert into call_event (day, event_key, attempt_id, kind, at) values ('2026-03-09T00:00:00Z', 'b', 1, 'answer', now())");

        await ExecuteAsync("select ensure_daily_partitions('call_event', '2026-03-09', '2026-03-10')");

        (await RowsAsync("select tableoid::regclass::text from call_event")).ShouldBe(["call_event_default"]);
        (await RowsAsync("select coalesce(to_regclass('call_event_20260310')::text, 'missing')")).ShouldBe(["call_event_20260310"]);
    }

    [Fact]
    public async Task The_audit_cannot_be_changed()
    {
        await ExecuteAsync("select ensure_daily_partitions('audit', '2026-03-03', '2026-03-03')");
        await ExecuteAsync("insert into audit (at, actor, action, subject, prev_hash, hash) values ('2026-03-03T12:00:00Z', 'a', 'b', 'c', '', '')");

        (await Should.ThrowAsync<PostgresException>(() => ExecuteAsync("update audit set actor = 'z'"))).SqlState.ShouldBe(PostgresErrorCodes.RestrictViolation);
        (await Should.ThrowAsync<PostgresException>(() => ExecuteAsync("delete from audit"))).SqlState.ShouldBe(PostgresErrorCodes.RestrictViolation);
    }

    private Task<int> ExecuteAsync(string sql) => _database.Database.ExecuteAsync(sql, null, default);

    private Task<IReadOnlyList<string>> RowsAsync(string sql) => _database.Database.QueryAsync<string>(sql, null, default);
}
