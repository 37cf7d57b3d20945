using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dialer.Host.Auditing;
using Dialer.Simulator.Audit;
using Npgsql;

namespace Dialer.Host.Commands;

/// <summary>
/// <c>./dialer audit</c>: recomputes the invariants I1 to I15, who heard of a debt and who was rung without leave from the network's ledger and a dump of the database, and names each violation.
/// <c>./dialer audit dump</c> writes that dump from the database that <c>ConnectionStrings__Postgres</c> names.
/// </summary>
public static class AuditCommand
{
    internal static readonly string TemplatesFolder = Path.Combine(AppContext.BaseDirectory, "twiml-templates");

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Build()
    {
        var ledger = new Option<FileInfo>("--ledger") { Description = "The network's ledger (JSON lines).", Required = true };
        var dump = new Option<FileInfo?>("--dump") { Description = "Dump of the product's database (JSON lines); without it only what the ledger shows is checked." };
        var cps = new Option<double>("--cps") { Description = "Calls a second the account allows.", DefaultValueFactory = _ => 30 };
        var templates = new Option<DirectoryInfo>("--templates") { Description = "TwiML templates, for the words of the abandonment message and those that reveal a debt.", DefaultValueFactory = _ => new DirectoryInfo(TemplatesFolder) };
        var sink = new Option<FileInfo[]>("--sink") { Description = "A file in which no card number or canary may be found, such as a log; may be repeated." };
        var canary = new Option<string[]>("--canary") { Description = "A planted secret that may turn up nowhere; may be repeated." };
        var json = new Option<bool>("--json") { Description = "Print the report as one JSON object." };
        var command = new Command("audit", "Check a run by the phone network's own ledger.") { ledger, dump, cps, templates, sink, canary, json, Dump() };
        command.SetAction(parsed =>
        {
            try
            {
                var limits = new AuditLimits
                {
                    CallsPerSecond = parsed.GetValue(cps),
                    AbandonmentMessages = parsed.GetValue(templates) is { Exists: true } folder ? SpokenWords.ReadTemplates(folder.FullName).Abandoned : [],
                    DebtWords = parsed.GetValue(templates) is { Exists: true } words ? DebtVocabulary.ReadTemplates(words.FullName) : DebtVocabulary.Empty,
                    Canaries = parsed.GetValue(canary) ?? [],
                };
                var report = Auditor.Run(
                    Read(parsed.GetRequiredValue(ledger)), parsed.GetValue(dump) is { } rows ? Read(rows) : Lines.Empty, limits, [.. (parsed.GetValue(sink) ?? []).Select(SinkOf)]);
                if (parsed.GetValue(json))
                    Console.Out.WriteLine(JsonSerializer.Serialize(report, Json));
                else
                    Print(report);
                return report.Violations.Count > 0 ? 1 : 0;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"audit: {problem.Message}");
                return 2;
            }
        });
        return command;
    }

    internal static AuditSink SinkOf(FileInfo file) => new(file.Name, LinesOf(file));

    /// <summary>The lines of a file that may still be written to.</summary>
    private static IEnumerable<string> LinesOf(FileInfo file)
    {
        using var reader = new StreamReader(file.Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    internal static Lines Read(FileInfo file)
    {
        using var reader = new StreamReader(file.Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return Lines.Read(reader);
    }

    private static Command Dump()
    {
        var file = new Option<FileInfo>("--out") { Description = "File to write (JSON lines). It holds telephone numbers: keep it as the database is kept.", Required = true };
        var command = new Command("dump", "Write what the auditor needs of the database that ConnectionStrings__Postgres names.") { file };
        command.SetAction(async (parsed, cancel) =>
        {
            if (new ConfigurationBuilder().AddEnvironmentVariables().Build().GetConnectionString("Postgres") is not { Length: > 0 } postgres)
            {
                await Console.Error.WriteLineAsync("audit dump: set ConnectionStrings__Postgres to the database.");
                return 2;
            }

            try
            {
                await using var writer = new StreamWriter(parsed.GetRequiredValue(file).FullName, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
                var rows = await DatabaseDump.WriteAsync(postgres, writer, cancel);
                await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{rows} rows."));
                return 0;
            }
            catch (Exception problem) when (problem is NpgsqlException or IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"audit dump: {problem.Message}");
                return 2;
            }
        });
        return command;
    }

    private static void Print(AuditReport report)
    {
        foreach (var violation in report.Violations)
            Console.Out.WriteLine($"{violation.Invariant}  {violation.Subject}: {violation.Detail}");
        foreach (var skipped in report.NotChecked)
            Console.Out.WriteLine($"not checked  {skipped}");
        foreach (var (name, figure) in report.Figures)
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {figure}"));
        Console.Out.WriteLine($"{report.Checked.Count} invariants checked, {report.Violations.Count} violations.");
    }
}
