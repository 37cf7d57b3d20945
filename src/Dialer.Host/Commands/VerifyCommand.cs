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
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(file), parsed.GetValue(anchors), parsed.GetValue(export), parsed.GetValue(json), Console.Out, Console.Error, cancel));
        return command;
    }

    internal static async Task<int> RunAsync(FileInfo? file, FileInfo? anchors, FileInfo? export, bool json, TextWriter output, TextWriter errors, CancellationToken cancel)
    {
        try
        {
            IReadOnlyList<AuditAnchor> heads = anchors is null ? [] : ReadAnchors(anchors);
            var report = file is null ? await VerifyDatabaseAsync(heads, export, cancel) : VerifyFile(file, heads);
            await PrintAsync(report, json, output);
            return report.Intact ? 0 : 1;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NpgsqlException or JsonException or InvalidOperationException)
        {
            await errors.WriteLineAsync($"The chain could not be read: {problem.Message}");
            return 2;
        }
    }

    private static ChainReport VerifyFile(FileInfo file, IReadOnlyList<AuditAnchor> heads) =>
        AuditChain.Verify(File.ReadLines(file.FullName).Where(line => line.Length > 0).Select(AuditChain.FromLine), heads);

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

    private static async Task PrintAsync(ChainReport report, bool json, TextWriter output)
    {
        if (json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(report, JsonSerializerOptions.Web));
            return;
        }

        foreach (var fault in report.Faults)
            await output.WriteLineAsync(fault);
        await output.WriteLineAsync(report.Intact ? $"The chain of {report.Rows} rows is whole. Head: {report.LastId} {report.Head}" : $"The chain of {report.Rows} rows is not whole: {report.Faults.Count} finding(s).");
        if (report.ProvenTo < report.LastId)
            await output.WriteLineAsync(report.ProvenTo == 0
                ? "No head was given with --anchors: rows cut off at the end could not be seen."
                : $"Proven against a kept head up to row {report.ProvenTo}; rows cut off after it could not be seen.");
    }
}
