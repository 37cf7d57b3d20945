using Dapper;
using Dialer.Core;
using Dialer.Features.Compliance;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Tests.Compliance;

/// <summary>Sixteen senders want the last call to one person at the same moment, round after round, on the real PostgreSQL.</summary>
public sealed class CapRaceTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Senders = 16;

    // The whole proof takes minutes on a busy machine: DIALER_RACE_ROUNDS=200 runs it; every test run races a few rounds.
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("DIALER_RACE_ROUNDS"), out var rounds) ? rounds : 8;

    private static readonly Instant Noon = ComplianceWorld.Noon;
    private readonly ComplianceWorld _world = new(database.Source);

    [Fact]
    public async Task Sixteen_senders_never_pass_the_cap()
    {
        var (worst, over) = await RaceAsync(Rounds, GatedAsync);

        over.ShouldBe(0);
        worst.ShouldBe(7); // exactly one of them got the seventh call in each round
    }

    /// <summary>The planted bug: the same count without the lock. If this one passed, the race above would prove nothing.</summary>
    [Fact]
    public async Task The_obvious_count_and_insert_breaks_the_cap()
    {
        var (worst, over) = await RaceAsync(Rounds, NaiveAsync);

        over.ShouldBeGreaterThan(0);
        worst.ShouldBeGreaterThan(7);
    }

    private async Task<(int Worst, int RoundsOver)> RaceAsync(int rounds, Func<ComplianceWorld.Debtor, Task> call)
    {
        var (worst, over) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var debtor = await _world.DebtorAsync();
            await using (var connection = await database.Source.OpenConnectionAsync())
            {
                await connection.ExecuteAsync(
                    """
                    insert into attempt (account_id, person_id, phone_id, mode, to_e164, from_e164, state, created_at)
                    select @account, @person, @phone, 'Preview', @e164, '+18005550100', 'NoAnswer', @noon - interval '1 hour' * (30 + 15 * i) from generate_series(0, 5) i
                    """,
                    new { account = debtor.Account.Value, person = debtor.Person.Value, phone = debtor.Phone.Value, debtor.E164, noon = Noon });
            }

            using var start = new Barrier(Senders);
            await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Factory.StartNew(
                async () =>
                {
                    start.SignalAndWait();
                    await call(debtor);
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
            var calls = (await _world.Database.QueryAsync<int>("select count(*)::int from attempt where person_id = @id", new { id = debtor.Person.Value }, default)).Single();
            worst = Math.Max(worst, calls);
            over += calls > 7 ? 1 : 0;
        }

        return (worst, over);
    }

    private Task GatedAsync(ComplianceWorld.Debtor debtor) => _world.Database.InTransactionAsync(
        async (connection, transaction) =>
        {
            await PersonLocks.TakeAsync(connection, transaction, [debtor.Person]);
            var result = (await _world.Gate.DecideAsync(connection, transaction, [debtor.Preview], Noon, default)).Single();
            if (result.Allowed)
                await InsertAsync(connection, transaction, debtor);
        },
        CancellationToken.None);

    private Task NaiveAsync(ComplianceWorld.Debtor debtor) => _world.Database.InTransactionAsync(
        async (connection, transaction) =>
        {
            var placed = await connection.ExecuteScalarAsync<int>(
                "select count(*)::int from attempt where person_id = @id and created_at > @since and counted", new { id = debtor.Person.Value, since = Noon - Duration.FromHours(168) }, transaction);
            if (placed < 7)
                await InsertAsync(connection, transaction, debtor);
        },
        CancellationToken.None);

    // Ended at once, so that the index "one live call a person" does not save the naive version.
    private static Task InsertAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, ComplianceWorld.Debtor debtor) => connection.ExecuteAsync(
        """
        insert into attempt (account_id, person_id, phone_id, mode, to_e164, from_e164, state, created_at)
        values (@account, @person, @phone, 'Preview', @e164, '+18005550100', 'NoAnswer', @noon)
        """,
        new { account = debtor.Account.Value, person = debtor.Person.Value, phone = debtor.Phone.Value, debtor.E164, noon = Noon },
        transaction);
}
