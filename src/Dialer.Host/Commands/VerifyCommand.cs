using System.CommandLine;
using System.Text.Json;
using Dialer.Features.Audit;
using Npgsql;

namespace Dialer.Host.Commands;

/// <summary>
/// <c>./dialer verify [--file audit.jsonl] [--anchors heads.jsonl] [--export audit.jsonl] [--json]</c>: checks the audit chain of the database that <c>ConnectionStrings__Postgres</c> names,
/// or of an exported file without any database. Exit code 0 when it is whole, 1 when it is not, 2 when it could not be read.
/// </summary>
internal static class VerifyCommand
{
    public static Command Build()
    {
        var file = new Option<FileInfo?>("--file") { Description = "Verify this export (JSON lines) instead of a database." };
        var anchors = new Option<FileInfo?>("--anchors") { Description = "Heads kept outside, one {\"auditId\":n,\"hash\":\"hex\"} a line. Without them a chain cut at its end looks whole." };
        var export = new Option<FileInfo?>("--export") { Description = "Write the database's chain to this file, to be verified elsewhere." };
        var json = new Option<bool>("--json") { Description = "Print the report as one JSON object." };
        var command = new Command("verify", "Verify the audit chain: names every row that was changed, moved, cut or forged.") { file, anchors, export, json };
        command.SetAction(async (parsed, cancel) =>
        {
            try
            {
                var heads = parsed.GetValue(anchors) is { } kept ? ReadAnchors(kept) : [];
                var report = parsed.GetValue(file) is { } exported
                    ? AuditChain.Verify((await File.ReadAllLinesAsync(exported.FullName, cancel)).Where(line => line.Length > 0).Select(AuditChain.FromLine), heads)
                    : await VerifyDatabaseAsync(heads, parsed.GetValue(export), cancel);
                Print(report, parsed.GetValue(json));
                return report.Intact ? 0 : 1;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NpgsqlException or JsonException or InvalidOperationException)
            {
                await Console.Error.WriteLineAsync($"The chain could not be read: {problem.Message}");
                return 2;
            }
        });
        return command;
    }

    private static IReadOnlyList<AuditAnchor> ReadAnchors(FileInfo file) =>
        [.. File.ReadLines(file.FullName).Where(line => line.Length > 0).Select(line => JsonSerializer.Deserialize<AuditAnchor>(line, JsonSerializerOptions.Web) ?? throw new JsonException("An anchor is empty."))];

    private static async Task<ChainReport> VerifyDatabaseAsync(IReadOnlyList<AuditAnchor> heads, FileInfo? export, CancellationToken cancel)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        if (configuration.GetConnectionString("Postgres") is not { Length: > 0 } connectionString)
            throw new InvalidOperationException("Set ConnectionStrings__Postgres to the database, or give --file.");
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync(cancel);
        if (export is not null)
        {
            await using var writer = new StreamWriter(export.FullName);
            await foreach (var row in AuditChain.ReadAsync(connection, cancel))
                await writer.WriteLineAsync(AuditChain.ToLine(row).AsMemory(), cancel);
        }

        return await AuditChain.VerifyAsync(connection, heads, cancel);
    }

    private static void Print(ChainReport report, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, JsonSerializerOptions.Web));
            return;
        }

        foreach (var fault in report.Faults)
            Console.WriteLine(fault);
        Console.WriteLine(report.Intact ? $"The chain of {report.Rows} rows is whole. Head: {report.LastId} {report.Head}" : $"The chain of {report.Rows} rows is not whole: {report.Faults.Count} finding(s).");
    }
}
