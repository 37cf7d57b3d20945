using System.CommandLine;
using System.Text.Json;
using Dialer.Simulator.Audit;

namespace Dialer.Host.Commands;

/// <summary><c>./dialer audit</c>: recomputes the invariants I1 to I15 from the network's ledger and a dump of the database, and names each violation.</summary>
public static class AuditCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Build()
    {
        var ledger = new Option<FileInfo>("--ledger") { Description = "The network's ledger (JSON lines).", Required = true };
        var dump = new Option<FileInfo?>("--dump") { Description = "Dump of the product's database (JSON lines); without it only what the ledger shows is checked." };
        var cps = new Option<double>("--cps") { Description = "Calls a second the account allows.", DefaultValueFactory = _ => 30 };
        var json = new Option<bool>("--json") { Description = "Print the report as one JSON object." };
        var command = new Command("audit", "Check a run by the phone network's own ledger.") { ledger, dump, cps, json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(ledger) is not { Exists: true } file)
            {
                Console.Error.WriteLine("audit: the ledger file does not exist.");
                return 2;
            }

            var report = Auditor.Run(Read(file), parsed.GetValue(dump) is { } rows ? Read(rows) : Lines.Empty, new AuditLimits { CallsPerSecond = parsed.GetValue(cps) });
            if (parsed.GetValue(json))
                Console.Out.WriteLine(JsonSerializer.Serialize(report, Json));
            else
                Print(report);
            return report.Violations.Count > 0 ? 1 : 0;
        });
        return command;
    }

    private static void Print(AuditReport report)
    {
        foreach (var violation in report.Violations)
            Console.Out.WriteLine($"{violation.Invariant}  {violation.Subject}: {violation.Detail}");
        foreach (var skipped in report.NotChecked)
            Console.Out.WriteLine($"not checked  {skipped}");
        Console.Out.WriteLine($"{report.Checked.Count} invariants checked, {report.Violations.Count} violations.");
    }

    private static Lines Read(FileInfo file)
    {
        using var reader = new StreamReader(file.Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return Lines.Read(reader);
    }
}
