using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Features.Compliance;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Benchmarks;

/// <summary>
/// Durable dial intents a second with every check (locks, facts, decision, ledger, attempt, commit) against pgbench committing one bare row a transaction, on the same server, in turns.
/// </summary>
internal static partial class DurableIntentsBenchmark
{
    private const int Rounds = 5;
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(4);

    public static async Task<string> RunAsync(string[] connectionStrings)
    {
        var output = new StringBuilder();
        var worlds = new List<World>();
        foreach (var text in connectionStrings)
            worlds.Add(await World.OpenAsync(text));
        // Round by round over all databases, so that the machine's moods meet each of them alike.
        for (var round = -1; round < Rounds; round++)
        {
            foreach (var world in worlds)
                await world.RoundAsync(keep: round >= 0);
        }

        output.AppendLine("| accounts | what | median a second | lowest - highest | ratio to pgbench, pair by pair: median (lowest - highest) |");
        output.AppendLine("|---|---|---|---|---|");
        foreach (var world in worlds)
        {
            world.Print(output);
            await world.DisposeAsync();
        }

        return output.ToString();
    }

    private sealed class World(NpgsqlDataSource source, string connectionString, long accounts) : IAsyncDisposable
    {
        private readonly long _accounts = accounts;
        private readonly ContactGate _gate = new(new PolicyBook(PolicySet.Shipped), new Database(source));
        private readonly Database _database = new(source);
        private readonly List<double> _bareOne = [];
        private readonly List<double> _bareEight = [];
        private readonly List<double> _one = [];
        private readonly List<double> _eight = [];
        private readonly List<double> _fifty = [];
        private readonly List<double> _inOrder = [];
        private long _next;

        public static async Task<World> OpenAsync(string connectionString)
        {
            var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 20, MaxAutoPrepare = 40 });
            await using var connection = await source.OpenConnectionAsync();
            var world = new World(source, connectionString, await connection.ExecuteScalarAsync<long>("select max(account_id) from account"));
            // Later than whatever an earlier run left, or the caps would deny what this one asks.
            var last = await connection.ExecuteScalarAsync<Instant?>("select max(at) from (select max(created_at) as at from attempt union all select max(at) from decision) earlier");
            world._next = last > ComplianceData.Noon ? (long)Math.Ceiling((last.Value - ComplianceData.Noon).TotalDays / 8) * world._accounts : 0;
            return world;
        }

        public ValueTask DisposeAsync() => source.DisposeAsync();

        public async Task RoundAsync(bool keep)
        {
            var (bareOne, one, fifty, inOrder) = (await PgbenchAsync(1), await RateAsync(1, 1), await RateAsync(1, 50), await RateAsync(1, 50, stride: 1));
            var (bareEight, eight) = (await PgbenchAsync(8), await RateAsync(8, 1));
            if (!keep)
                return;
            _bareOne.Add(bareOne);
            _one.Add(one);
            _fifty.Add(fifty);
            _inOrder.Add(inOrder);
            _bareEight.Add(bareEight);
            _eight.Add(eight);
        }

        public void Print(StringBuilder output)
        {
            Row("pgbench, bare commit of one row, 1 client", _bareOne, null);
            Row("intents with all checks, one a transaction, 1 client", _one, _bareOne);
            Row("50 a transaction, as the dialler does; leads spread over the whole table, 1 client", _fifty, _bareOne);
            Row("50 a transaction; leads in the order of their import, 1 client", _inOrder, _bareOne);
            Row("pgbench, bare commit of one row, 8 clients", _bareEight, null);
            Row("intents with all checks, one a transaction, 8 clients", _eight, _bareEight);

            void Row(string name, List<double> rates, List<double>? peer)
            {
                var ratios = peer is null ? [] : rates.Zip(peer, (mine, its) => mine / its).ToList();
                var ratio = peer is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{ComplianceData.Median(ratios):0.00} ({ratios.Min():0.00} - {ratios.Max():0.00})");
                output.AppendLine(CultureInfo.InvariantCulture, $"| {_accounts:n0} | {name} | {ComplianceData.Median(rates):n0} | {rates.Min():n0} - {rates.Max():n0} | {ratio} |");
            }
        }

        /// <summary>Intents a second of <paramref name="clients"/> concurrent senders, each with <paramref name="each"/> in a transaction.</summary>
        private async Task<double> RateAsync(int clients, int each, int stride = 7919)
        {
            var done = 0L;
            var watch = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
            {
                while (watch.Elapsed < Slice)
                    Interlocked.Add(ref done, await IntendAsync(Take(each, stride)));
            })));
            return done / watch.Elapsed.TotalSeconds;
        }

        /// <summary>The next ids, and the instant of their calls: each pass over the table is eight days later, so that no cap of the pass before denies.</summary>
        private (long[] Ids, Instant At) Take(int count, int stride)
        {
            var first = Interlocked.Add(ref _next, count) - count;
            return ([.. Enumerable.Range(0, count).Select(i => ((first + i) * stride % _accounts) + 1).Distinct().Order()], ComplianceData.Noon + Duration.FromDays(8 * (1 + (first / _accounts))));
        }

        private Task<int> IntendAsync((long[] Ids, Instant At) batch) => _database.InTransactionAsync(
            async (connection, transaction) =>
            {
                await PersonLocks.TakeAsync(connection, transaction, batch.Ids.Select(id => new PersonId(id)));
                var results = await _gate.DecideAsync(
                    connection, transaction, [.. batch.Ids.Select(id => new GateRequest(new PersonId(id), new AccountId(id), new PhoneId(id), null, ContactMode.Preview))], batch.At, default);
                var allowed = results.Where(r => r.Allowed).Select(r => r.Request.Person.Value).ToArray();
                return await connection.ExecuteAsync(
                    """
                    insert into attempt (account_id, person_id, phone_id, mode, to_e164, from_e164, state, created_at)
                    select p.person_id, p.person_id, p.phone_id, 'Preview', p.e164, '+18005550100', 'Completed', @noon from phone p where p.phone_id = any (@allowed)
                    """,
                    new { allowed, noon = batch.At },
                    transaction);
            },
            CancellationToken.None);

        private async Task<double> PgbenchAsync(int clients)
        {
            var to = new NpgsqlConnectionStringBuilder(connectionString);
            var script = Path.GetTempFileName();
            await File.WriteAllTextAsync(script, "insert into bare (at) values (now());");
            using var process = Process.Start(new ProcessStartInfo(
                Program("pgbench"),
                ["-n", "-h", to.Host!, "-p", to.Port.ToString(CultureInfo.InvariantCulture), "-U", to.Username!, "-c", $"{clients}", "-j", "1", "-T", $"{(int)Slice.TotalSeconds}", "-f", script, to.Database!])
            { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            var text = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            File.Delete(script);
            return double.Parse(Tps().Match(text).Groups["tps"].Value, CultureInfo.InvariantCulture);
        }

        private static string Program(string name) =>
            Directory.Exists("/usr/lib/postgresql") ? Directory.EnumerateFiles("/usr/lib/postgresql", name, SearchOption.AllDirectories).LastOrDefault() ?? name : name;
    }

    [GeneratedRegex(@"tps = (?<tps>[\d.]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tps();
}
