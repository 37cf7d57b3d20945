using System.Diagnostics;
using System.Globalization;
using Dapper;
using Dialer.Core;
using Dialer.Core.Ivr;
using Dialer.Features;
using Dialer.Features.Ivr;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;

namespace Dialer.Benchmarks.Webhooks;

/// <summary>
/// Whether the time of an answer tells a guesser that an account number is somebody's: callers who type one that is and callers who type one that is nobody's, in random order, over one connection,
/// each answering every question wrong until the service gives up. What is judged is a rank statistic of each step's answer times.
/// </summary>
internal static class ProbingBenchmark
{
    private const int People = 20_000;
    private const int FirstNumber = 20_000_000;
    private const int WarmUp = 200;

    /// <summary>What follows the key 1: the account number, then three rounds of ZIP code and date of birth, all wrong.</summary>
    private static readonly (string Digits, string Step)[] Steps =
    [
        ("", "the account number"), ("99999", "first answer"), ("01011970", "second answer: a wrong round"),
        ("99999", "first answer again"), ("01011970", "second again: a wrong round"), ("99999", "first answer, third time"), ("01011970", "second, third time: goodbye"),
    ];

    /// <summary>Needs a PostgreSQL server on which a database may be made, and a Redis. Writes a Markdown report.</summary>
    public static async Task RunAsync(string server, string redis, int calls)
    {
        await using var database = await BenchmarkDatabase.MakeAsync(server, connections: 40);
        await using var host = await WebhooksBenchmark.HostAsync(database.Address, redis, ("Dialer:Ivr:MaxFailuresPerHour", "1000000"));
        var random = new Random(1);
        var probes = await FillAsync(new Database(database.Source), host.Services, calls + WarmUp, random);
        var took = new List<(bool Exists, double[] Microseconds)>();
        using (var caller = await Caller.OpenAsync(WebhooksBenchmark.Port(host)))
        {
            foreach (var probe in probes)
                took.Add((probe.Exists, await AskAsync(caller, probe.Requests)));
        }

        await host.StopAsync();
        Report([.. took.Skip(WarmUp)], await WebhooksBenchmark.ServerAsync(database.Source));
    }

    /// <summary>One caller's steps one after another: what a guesser with a clock of microseconds at our very door would see.</summary>
    private static async Task<double[]> AskAsync(Caller caller, IReadOnlyList<byte[]> requests)
    {
        var took = new double[requests.Count];
        for (var i = 0; i < requests.Count; i++)
        {
            var asked = Stopwatch.GetTimestamp();
            var status = await caller.ExchangeAsync(requests[i]);
            took[i] = Stopwatch.GetElapsedTime(asked).TotalMicroseconds;
            if (status is not 200)
                throw new InvalidOperationException($"answered {status}");
        }

        return took;
    }

    /// <summary>Calls from telephones nobody knows, each asked for its account number, half of them with one that is somebody's: nobody's twice.</summary>
    private static async Task<IReadOnlyList<Probe>> FillAsync(Database database, IServiceProvider services, int calls, Random random)
    {
        var now = SystemClock.Instance.GetCurrentInstant();
        await using var connection = await database.OpenAsync(default);
        await connection.ExecuteAsync(
            """
            insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at) values ('B', 'B', 'Northfield Services', '+18005550199', 'ThirdParty', 'Consumer', @now);
            insert into person (client_id, client_person_no, first_name, last_name, birth_date, ssn_last4, zip, created_at, updated_at)
                select client_id, g, 'Maria', 'Lopez', '1980-02-29', '4321', '30301', @now, @now from client, generate_series(0, @People - 1) g;
            insert into phone (person_id, e164, source, created_at, updated_at) select person_id, '+1470' || lpad(client_person_no, 7, '0'), 'placement', @now, @now from person;
            insert into account (client_id, person_id, client_account_no, creditor, balance, bucket_30, placed_on, created_at, updated_at)
                select client_id, person_id, 'NF-' || (@FirstNumber + (client_person_no::int * 2)), 'Acme', 100, 100, '2026-01-01', @now, @now from person;
            insert into attempt (direction, mode, to_e164, from_e164, state, sid, created_at, answered_at, deadline)
                select 'Inbound', 'Agentless', '+18005550199', '+1305' || lpad(g::text, 7, '0'), 'Answered', 'CA' || g, @now, @now, @late from generate_series(0, @calls) g;
            """,
            new { now, People, FirstNumber, calls, late = now + Duration.FromHours(9) },
            commandTimeout: 600);
        var ids = (await connection.QueryAsync<(long Id, string Sid)>("select attempt_id, sid from attempt order by attempt_id")).AsList();
        var model = ids[0].Id;
        await database.InTransactionAsync((c, t) => services.GetRequiredService<IvrFlow>().StartAsync(c, t, model, "inbound", now, default), default);
        await services.GetRequiredService<IvrSteps>().TakeAsync(new AttemptId(model), 1, new IvrInput.Keys("1"), () => Task.FromResult(false), now, default);
        await Stock.CopyAsync(connection, model, ids[1].Id, ids[^1].Id);
        await connection.ExecuteAsync("vacuum analyze", commandTimeout: 600);
        var tokens = services.GetRequiredService<AttemptTokens>();
        var numbers = Enumerable.Range(0, People).ToArray();
        random.Shuffle(numbers);
        return [.. ids.Skip(1).Select((call, index) =>
        {
            var exists = random.Next(2) == 0;
            var number = (FirstNumber + (numbers[index] * 2) + (exists ? 0 : 1)).ToString(CultureInfo.InvariantCulture);
            return new Probe(exists, [.. Steps.Select((step, i) => Stock.Signed(tokens, call, now, $"/twilio/voice/ivr?t={{0}}&n={i + 2}", ("Digits", i == 0 ? number : step.Digits), ("msg", "Gather End")))]);
        })];
    }

    private static void Report(IReadOnlyList<(bool Exists, double[] Microseconds)> took, string server)
    {
        var (somebodys, nobodys) = (took.Where(call => call.Exists).ToList(), took.Where(call => !call.Exists).ToList());
        Line("# What the time of an answer tells a guesser");
        Line("");
        Line("Made by `dotnet run -c Release --project tests/Dialer.Benchmarks -- probing \"$ConnectionStrings__Postgres\" \"$ConnectionStrings__Redis\"`.");
        Line($"{server}.");
        Line($"{somebodys.Count} calls with an account number that is somebody's, {nobodys.Count} with one that is nobody's, in random order over one connection, after {WarmUp} that warm up; every answer to the identity questions is wrong.");
        Line("");
        Line("AUC: how often an answer about somebody's number takes longer than one about nobody's, ties half; 0.5 tells nothing. Its interval is DeLong's.");
        Line("");
        Line("| step | somebody's: median | nobody's: median | p99 of all | AUC | 95 % |");
        Line("|---|---:|---:|---:|---:|---:|");
        for (var step = 0; step < Steps.Length; step++)
            Row(Steps[step].Step, [.. somebodys.Select(call => call.Microseconds[step])], [.. nobodys.Select(call => call.Microseconds[step])]);
        Row("the whole call", [.. somebodys.Select(call => call.Microseconds.Sum())], [.. nobodys.Select(call => call.Microseconds.Sum())]);
    }

    private static void Row(string name, double[] somebodys, double[] nobodys)
    {
        var (auc, error) = RankTest.Compare(somebodys, nobodys);
        Line($"| {name} | {Quantile(somebodys, 0.5) / 1000:0.00} ms | {Quantile(nobodys, 0.5) / 1000:0.00} ms | {Quantile([.. somebodys, .. nobodys], 0.99) / 1000:0.0} ms | {auc:0.000} | {auc - (1.96 * error):0.000} - {auc + (1.96 * error):0.000} |");
    }

    private static double Quantile(double[] values, double share) => values.Order().ElementAt((int)(share * (values.Length - 1)));

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static void Line(string text) => Console.Out.WriteLine(text);

    private sealed record Probe(bool Exists, IReadOnlyList<byte[]> Requests);
}

/// <summary>Two samples compared by the ranks of their values alone.</summary>
internal static class RankTest
{
    /// <summary>The share of pairs in which the value of <paramref name="one"/> is the greater, ties half (Mann and Whitney), and its standard error (DeLong, DeLong and Clarke-Pearson 1988).</summary>
    public static (double Auc, double Error) Compare(double[] one, double[] other)
    {
        var ofOne = one.Select(Below(other)).ToList();
        var ofOther = other.Select(Below(one)).ToList();
        return (ofOne.Average(), Math.Sqrt((Variance(ofOne) / one.Length) + (Variance(ofOther) / other.Length)));
    }

    /// <summary>How large a share of a sample lies below a value, ties half.</summary>
    private static Func<double, double> Below(double[] sample)
    {
        var sorted = sample.Order().ToArray();
        return value => (First(sorted, value, orEqual: false) + First(sorted, value, orEqual: true)) / 2.0 / sorted.Length;
    }

    /// <summary>How many are smaller than the value, or, with <paramref name="orEqual"/>, not greater.</summary>
    private static int First(double[] sorted, double value, bool orEqual)
    {
        var (from, to) = (0, sorted.Length);
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (sorted[middle] < value || (orEqual && sorted[middle] == value))
                from = middle + 1;
            else
                to = middle;
        }

        return from;
    }

    private static double Variance(List<double> values)
    {
        var mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1);
    }
}
