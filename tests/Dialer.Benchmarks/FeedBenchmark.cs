using System.Diagnostics;
using System.Globalization;
using Dapper;
using Dialer.Features;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Benchmarks;

/// <summary>What the event feed's triggers cost dialling: the rows of whole calls, step by step as the service writes them, with the triggers and without, in turn.</summary>
internal static class FeedBenchmark
{
    private const int Connections = 8;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(8);

    /// <summary>One transaction each, as one webhook each: dialled, placed, ringing, answered, ended with its disposition.</summary>
    private static readonly string[] Steps =
    [
        "update attempt set state = 'Submitting', submitted_at = clock_timestamp() where attempt_id = @id",
        "update attempt set state = 'Placed', sid = 'CA' || @id, placed_at = clock_timestamp(), sequence = 0 where attempt_id = @id",
        "update attempt set state = 'Ringing', ringing_at = clock_timestamp(), sequence = 1 where attempt_id = @id",
        "update attempt set state = 'Answered', answered_at = clock_timestamp(), answered_by = 'human', sequence = 2 where attempt_id = @id",
        "update attempt set state = 'Completed', ended_at = clock_timestamp(), sequence = 3 where attempt_id = @id; insert into disposition (attempt_id, code, source, at) values (@id, 'TPC', 'System', clock_timestamp())",
    ];

    private const string Triggers = "feed_call_ended on attempt, feed_disposition on disposition";

    public static async Task RunAsync(string server, int rounds)
    {
        await using var database = await BenchmarkDatabase.MakeAsync(server, Connections + 2);
        await FillAsync(database.Source);
        var (with, without) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var (on, off) = (await RoundAsync(database.Source, triggers: true), await RoundAsync(database.Source, triggers: false));
            if (round == 0)
                continue; // warm-up
            with.Add(on);
            without.Add(off);
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"round {round}: {on:0.0} calls a second with, {off:0.0} without"));
        }

        Write(with, without, await database.Source.OpenConnectionAsync());
    }

    private static async Task FillAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at) values ('B', 'B', 'B', '+18005550199', 'ThirdParty', 'Consumer', now());
            insert into person (client_id, client_person_no, first_name, last_name, created_at, updated_at) select client_id, g, 'Maria', 'Lopez', now(), now() from client, generate_series(1, 20000) g;
            insert into account (client_id, person_id, client_account_no, creditor, balance, bucket_30, placed_on, created_at, updated_at)
                select client_id, person_id, client_person_no, 'Acme', 100, 100, '2026-01-01', now(), now() from person;
            insert into campaign (name, client_id, mode, state, from_e164, opens_cron, closes_cron, created_at, updated_at)
                select 'One', client_id, 'Predictive', 'Open', '+18005550199', '0 0 8 ? * *', '0 0 21 ? * *', now(), now() from client;
            analyze;
            """);
    }

    /// <returns>Whole calls a second. Every round begins with empty tables, so that neither side grows the other's.</returns>
    private static async Task<double> RoundAsync(NpgsqlDataSource source, bool triggers)
    {
        await using (var connection = await source.OpenConnectionAsync())
        {
            await connection.ExecuteAsync("truncate attempt, event_feed, disposition cascade");
            foreach (var trigger in Triggers.Split(", ").Select(text => text.Split(" on ")))
#pragma warning disable CA2100, S2077 // two constants of this file
                await connection.ExecuteAsync($"alter table {trigger[1]} {(triggers ? "enable" : "disable")} trigger {trigger[0]}");
#pragma warning restore CA2100, S2077
            await connection.ExecuteAsync("checkpoint;");
        }

        var calls = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async worker =>
        {
            await using var connection = await source.OpenConnectionAsync();
            for (var n = 0; watch.Elapsed < Round; n++)
            {
                var person = 1 + (((n * Connections) + worker) % 20_000);
                var id = await connection.ExecuteScalarAsync<long>(
                    """
                    insert into attempt (campaign_id, account_id, person_id, mode, to_e164, from_e164, state, created_at)
                    select 1, account_id, person_id, 'Predictive', '+1212' || to_char(2000000 + person_id, 'FM0000000'), '+18005550199', 'Intent', clock_timestamp() from account where person_id = @person returning attempt_id
                    """,
                    new { person });
                foreach (var step in Steps)
                    await connection.ExecuteAsync(step, new { id });
                Interlocked.Increment(ref calls);
            }
        }));
        return calls / watch.Elapsed.TotalSeconds;
    }

    private static void Write(List<double> with, List<double> without, NpgsqlConnection connection)
    {
        using (connection)
        {
            var ratios = with.Zip(without, (on, off) => on / off).Order().ToList();
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
                | rounds | calls a second with the triggers: median | without: median | ratio: median | lowest - highest |
                |---:|---:|---:|---:|---|
                | {with.Count} | {Median(with):0} | {Median(without):0} | {ratios[ratios.Count / 2]:0.000} | {ratios[0]:0.000} - {ratios[^1]:0.000} |

                PostgreSQL {connection.PostgreSqlVersion}, fsync {connection.ExecuteScalar<string>("show fsync")}, synchronous_commit {connection.ExecuteScalar<string>("show synchronous_commit")}.
                """));
        }
    }

    private static double Median(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
