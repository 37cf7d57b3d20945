using System.Diagnostics;
using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Features.Compliance;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Benchmarks;

/// <summary>
/// Durable dial intents a second with every check (locks, facts, decision, ledger, attempt, commit), one batch at a time, against bare commits of one row by the same client in the same run.
/// </summary>
internal static class DurableIntentsBenchmark
{
    private static readonly Instant Noon = Instant.FromUtc(2026, 6, 10, 19, 0);

    /// <summary>Fills an empty database with <paramref name="accounts"/> accounts, then measures batches of 1 and of 50 against the bare commit, interleaved.</summary>
    public static async Task RunAsync(string connectionString, int accounts, TextWriter output)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await Migrator.MigrateAsync(source, CancellationToken.None);
        var database = new Database(source);
        await FillAsync(database, accounts);
        var gate = new ContactGate(new PolicyBook(PolicySet.Shipped), database);
        var (bare, one, fifty) = (new List<double>(), new List<double>(), new List<double>());
        var next = 1L;
        for (var round = 0; round < 6; round++)
        {
            bare.Add(await RateAsync(200, 1, () => database.ExecuteAsync("insert into bare (at) values (now())", null, default)));
            one.Add(await RateAsync(100, 1, () => IntendAsync(gate, database, Take(1))));
            fifty.Add(await RateAsync(10, 50, () => IntendAsync(gate, database, Take(50))));
        }

        output.WriteLine($"| {accounts:n0} accounts | median a second | lowest - highest | ratio to the bare commit |");
        output.WriteLine("|---|---|---|---|");
        Print("bare commit of one row", bare);
        Print("intent with all checks, one a transaction", one);
        Print("intents with all checks, 50 a transaction", fifty);

        long[] Take(int count)
        {
            // Spread over the whole table, so that the cache cannot help more than in a campaign.
            var ids = Enumerable.Range(0, count).Select(i => ((next + i) * 7919 % accounts) + 1).Distinct().ToArray();
            next += count;
            return ids;
        }

        void Print(string name, List<double> rates) =>
            output.WriteLine($"| {name} | {Median(rates):n0} | {rates.Min():n0} - {rates.Max():n0} | {Median(rates) / Median(bare):0.00} |");
    }

    private static async Task IntendAsync(ContactGate gate, Database database, long[] ids) => await database.InTransactionAsync(
        async (connection, transaction) =>
        {
            await PersonLocks.TakeAsync(connection, transaction, ids.Select(id => new PersonId(id)));
            var results = await gate.DecideAsync(
                connection, transaction, [.. ids.Select(id => new GateRequest(new PersonId(id), new AccountId(id), new PhoneId(id), null, ContactMode.Preview))], Noon, default);
            var allowed = results.Where(r => r.Allowed).Select(r => r.Request.Person.Value).ToArray();
            await connection.ExecuteAsync(
                """
                insert into attempt (account_id, person_id, phone_id, mode, to_e164, from_e164, state, created_at)
                select id, id, id, 'Preview', '+1' || (2135000000 + id), '+18005550100', 'Completed', @noon from unnest(@allowed) id
                """,
                new { allowed, noon = Noon },
                transaction);
        },
        CancellationToken.None);

    private static async Task<double> RateAsync(int transactions, int each, Func<Task> work)
    {
        await work();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < transactions; i++)
            await work();
        return transactions * each / watch.Elapsed.TotalSeconds;
    }

    private static Task<int> FillAsync(Database database, int accounts) => database.ExecuteAsync(
        """
        create table if not exists bare (bare_id bigint generated always as identity primary key, at timestamptz not null);
        insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at) values ('bench', 'Acme', 'Acme', '+18005550100', 'ThirdParty', 'Consumer', now()) on conflict do nothing;
        insert into person (client_id, client_person_no, first_name, last_name, state, zip, created_at, updated_at)
            select 1, n, 'A', 'B', 'CA', '90001', now(), now() from generate_series(1, @accounts) n where not exists (select 1 from person) order by n;
        insert into account (client_id, person_id, client_account_no, creditor, balance, bucket_30, placed_on, created_at, updated_at)
            select 1, n, n, 'Acme', 100, 100, current_date, now(), now() from generate_series(1, @accounts) n where not exists (select 1 from account) order by n;
        insert into phone (person_id, e164, line_type, place, source, created_at, updated_at)
            select n, '+1' || (2135000000 + n), 'Wireless', 'Personal', 'placement', now(), now() from generate_series(1, @accounts) n where not exists (select 1 from phone) order by n;
        insert into attempt (account_id, person_id, phone_id, mode, to_e164, from_e164, state, created_at)
            select n, n, n, 'Preview', '+1' || (2135000000 + n), '+18005550100', 'NoAnswer', timestamptz '2026-06-10 19:00Z' - interval '30 hours' * i
            from generate_series(1, @accounts) n, generate_series(1, 3) i where not exists (select 1 from attempt);
        analyze
        """,
        new { accounts },
        CancellationToken.None);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
