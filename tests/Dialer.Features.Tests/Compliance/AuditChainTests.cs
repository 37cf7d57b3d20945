using Dapper;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Tests.Compliance;

public sealed class AuditChainTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_chain_nobody_touched_verifies()
    {
        await WriteAsync(20);

        var report = await VerifyAsync();

        report.Faults.ShouldBeEmpty();
        report.Rows.ShouldBe(20);
    }

    [Theory]
    [InlineData("update audit set actor = 'someone else' where audit_id = 7", "row 7: its content")]
    [InlineData("update audit set detail = '{\"n\":99}' where audit_id = 7", "row 7: its content")]
    [InlineData("delete from audit where audit_id = 7", "row 8: row 7 is missing")]
    [InlineData("delete from audit where audit_id = 20; update audit_head set audit_id = 19, hash = (select hash from audit where audit_id = 19)", "row 20: was anchored and is gone")]
    [InlineData("update audit a set prev_hash = b.prev_hash from audit b where a.audit_id = 8 and b.audit_id = 7", "row 8: does not follow")]
    public async Task Any_change_behind_the_service_s_back_is_found_and_named(string crime, string finding)
    {
        await WriteAsync(20);
        await using (var connection = await _database.Source.OpenConnectionAsync())
        {
            await AuditChain.AnchorAsync(connection, "a safe", Instant.FromUtc(2026, 6, 1, 0, 0), default);
            await connection.ExecuteAsync("alter table audit disable trigger user");
            // Partitions carry the trigger too.
            foreach (var part in await connection.QueryAsync<string>("select inhrelid::regclass::text from pg_inherits where inhparent = 'audit'::regclass"))
                await DisableAsync(connection, part);
#pragma warning disable CA2100
            await connection.ExecuteAsync(crime);
#pragma warning restore CA2100
        }

        (await VerifyAsync()).Faults.ShouldContain(fault => fault.StartsWith(finding, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_service_itself_cannot_change_a_row()
    {
        await WriteAsync(1);
        await using var connection = await _database.Source.OpenConnectionAsync();

        await Should.ThrowAsync<Npgsql.PostgresException>(() => connection.ExecuteAsync("update audit set actor = 'x'"));
        await Should.ThrowAsync<Npgsql.PostgresException>(() => connection.ExecuteAsync("delete from audit"));
    }

    [Fact]
    public async Task Writers_at_the_same_time_make_one_chain()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => WriteAsync(5)));

        var report = await VerifyAsync();
        report.Faults.ShouldBeEmpty();
        report.Rows.ShouldBe(40);
    }

    /// <summary>An officer verifies in the middle of the day: what is written meanwhile is no fault of the chain.</summary>
    [Fact]
    public async Task A_chain_that_people_are_writing_to_verifies()
    {
        var writing = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => WriteAsync(15)));
        do
        {
            (await VerifyAsync()).Faults.ShouldBeEmpty();
        }
        while (!writing.IsCompleted);
        await writing;

        (await VerifyAsync()).Rows.ShouldBe(60);
    }

    private static Task DisableAsync(Npgsql.NpgsqlConnection connection, string part) =>
#pragma warning disable CA2100 // a partition's own name, from the catalogue
        connection.ExecuteAsync($"alter table {part} disable trigger user");
#pragma warning restore CA2100

    private async Task WriteAsync(int rows)
    {
        for (var i = 0; i < rows; i++)
        {
            var n = i;
            await _database.Database.InTransactionAsync(
                (connection, transaction) => AuditTrail.AddAsync(connection, transaction, "ada", "hold.open", $"person:{n}", new { z = 1, n, a = "é|" }, Instant.FromUtc(2026, 6, 1, 12, 0), default),
                CancellationToken.None);
        }
    }

    private async Task<ChainReport> VerifyAsync()
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        return await AuditChain.VerifyAsync(connection, [], default);
    }
}
