using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dapper;
using Dialer.Features.Dialing;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Benchmarks;

/// <summary>How long the dialler looks for its next 20 leads, while it requeues each claim as it does in production; alone, and while another transaction keeps its snapshot for a minute.</summary>
internal static class NextLeadBenchmark
{
    private const int Batch = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static async Task<string> RunAsync(string[] connectionStrings)
    {
        var output = new StringBuilder();
        output.AppendLine("| leads | | claims | median | p99 | worst | leads claimed |");
        output.AppendLine("|---|---|---|---|---|---|---|");
        foreach (var text in connectionStrings)
        {
            await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(text) { MaxAutoPrepare = 20 });
            _ = new Database(source); // tells Dapper of our types
            await ClaimForAsync(source, TimeSpan.FromSeconds(5), new LeadCursor()); // warm-up
            var leads = await CountAsync(source);
            Print(output, leads, "alone", await ClaimForAsync(source, TimeSpan.FromSeconds(30), new LeadCursor()));
            await using var holder = await source.OpenConnectionAsync();
            await using var transaction = await holder.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
            await holder.ExecuteAsync("select count(*) from campaign", transaction: transaction);
            Print(output, leads, "another transaction holds its snapshot", await ClaimForAsync(source, TimeSpan.FromSeconds(60), new LeadCursor()));
            await transaction.RollbackAsync();
            Print(output, leads, "after it has ended", await ClaimForAsync(source, TimeSpan.FromSeconds(15), new LeadCursor()));
        }

        return output.ToString();
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("select count(*) from ready_lead");
    }

    private static async Task<(List<double> Milliseconds, long Claimed)> ClaimForAsync(NpgsqlDataSource source, TimeSpan duration, LeadCursor cursor)
    {
        var times = new List<double>();
        var claimed = 0L;
        await using var connection = await source.OpenConnectionAsync();
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Pause);
        while (clock.Elapsed < duration)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            var watch = Stopwatch.StartNew();
            var leads = await LeadClaim.NextAsync(connection, transaction, 1, Batch, ComplianceData.Noon, cursor, ComplianceData.Noon + Duration.FromTimeSpan(clock.Elapsed), default);
            times.Add(watch.Elapsed.TotalMilliseconds);
            claimed += leads.Count;
            await connection.ExecuteAsync(
                "update ready_lead set not_before = @later, attempts = attempts + 1 where campaign_id = 1 and account_id = any (@ids)",
                new { later = ComplianceData.Noon + Duration.FromHours(3), ids = leads.Select(lead => lead.AccountId).ToArray() }, transaction);
            await transaction.CommitAsync();
            if (leads.Count > 0)
                cursor.MoveTo(leads[^1]);
            else // a small list is used up: everything is due again
                await connection.ExecuteAsync("update ready_lead set not_before = '2026-06-10 12:00Z' where campaign_id = 1");
            await timer.WaitForNextTickAsync();
        }

        return (times, claimed);
    }

    private static void Print(StringBuilder output, long leads, string what, (List<double> Times, long Claimed) run) =>
        output.AppendLine(CultureInfo.InvariantCulture,
            $"| {leads:n0} | {what} | {run.Times.Count:n0} | {ComplianceData.Median(run.Times):0.00} ms | {ComplianceData.Percentile(run.Times, 0.99):0.00} ms | {run.Times.Max():0.00} ms | {run.Claimed:n0} |");
}
