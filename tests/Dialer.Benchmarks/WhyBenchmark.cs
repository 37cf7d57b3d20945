using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Features.Compliance;
using Dialer.Storage.Postgres;
using Npgsql;

namespace Dialer.Benchmarks;

/// <summary>"Why (not) this account?" over a full decision ledger, and how soon a revocation holds.</summary>
internal static class WhyBenchmark
{
    private const int Asked = 1000;

    public static async Task<string> RunAsync(string connectionString)
    {
        var output = new StringBuilder();
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 40 });
        var database = new Database(source);
        var gate = new ContactGate(new PolicyBook(PolicySet.Shipped), database);
        var explain = new ExplainAccount(gate, database);
        var accounts = (await database.QueryAsync<long>("select max(account_id) from account", null, default)).Single();
        var rows = (await database.QueryAsync<long>("select sum(n_live_tup)::bigint from pg_stat_user_tables where relname like 'decision%'", null, default)).Single();
        output.AppendLine(CultureInfo.InvariantCulture, $"Ledger: {rows:n0} rows (the server's estimate).");
        output.AppendLine();
        output.AppendLine("| question | asked | median | p99 | worst |");
        output.AppendLine("|---|---|---|---|---|");
        Print("why, any account", await TimesAsync(i => explain.ExplainAsync(new AccountId(1 + (i * 7919L % accounts)), ComplianceData.Noon, default)));
        Print("why, an account with about 500 decisions", await TimesAsync(i => explain.ExplainAsync(new AccountId(1 + (i % 1000 * (accounts / 1003))), ComplianceData.Noon, default)));
        Print("revocation recorded, committed, and the next decision a denial", await TimesAsync(i => RevokeAsync(database, gate, 1 + (i * 104_729L % accounts))));
        return output.ToString();

        void Print(string what, List<double> times) => output.AppendLine(CultureInfo.InvariantCulture,
            $"| {what} | {times.Count:n0} | {ComplianceData.Median(times):0.0} ms | {ComplianceData.Percentile(times, 0.99):0.0} ms | {times.Max():0.0} ms |");
    }

    private static async Task RevokeAsync(Database database, ContactGate gate, long id)
    {
        var person = new PersonId(id);
        var e164 = await database.FindAsync<string>("select e164 from phone where phone_id = @id", new { id }, default);
        await database.InTransactionAsync(
            (connection, transaction) => ConsentRegister.RecordAsync(
                connection, transaction, new ConsentStatement(person, e164!, Channel.Voice, ConsentKind.Revoked, ConsentScope.All, "bench"), "bench", ComplianceData.Noon, default), default);
        var decision = (await gate.PreviewAsync([new GateRequest(person, new AccountId(id), new PhoneId(id), null, ContactMode.Preview)], ComplianceData.Noon, default)).Single();
        if (decision.Allowed)
            throw new InvalidOperationException($"Person {id} revoked and is still callable.");
    }

    private static async Task<List<double>> TimesAsync(Func<int, Task> ask)
    {
        var times = new List<double>(Asked);
        for (var i = -20; i < Asked; i++)
        {
            var watch = Stopwatch.StartNew();
            await ask(i + 21);
            if (i >= 0)
                times.Add(watch.Elapsed.TotalMilliseconds);
        }

        return times;
    }
}
