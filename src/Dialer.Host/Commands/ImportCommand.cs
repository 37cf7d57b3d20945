using System.CommandLine;
using System.Text;
using System.Text.Json;
using Dialer.Features;
using Dialer.Features.Accounts;
using Dialer.Features.Imports;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.Options;
using Npgsql;
using Spectre.Console;

namespace Dialer.Host.Commands;

/// <summary>
/// <c>./dialer import FILE --client CODE [--kind KIND]</c>: a client's file into the database that <c>ConnectionStrings__Postgres</c> names.
/// Exit code 0 when the file was taken (or was taken before), 1 when it was refused as a whole, 2 when it could not be read or the database not be reached.
/// </summary>
internal static class ImportCommand
{
    public static Command Build()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The file: CSV or tab with a header, .xlsx, or fixed width by the client's saved map." };
        var client = new Option<string>("--client") { Description = "Code of the client who placed the accounts.", Required = true };
        var clientName = new Option<string?>("--client-name") { Description = "Create the client under this name if its code is new." };
        var spokenName = new Option<string?>("--spoken-name") { Description = "With --client-name: the name said on calls, which must not reveal a debt (default: the name)." };
        var callback = new Option<string?>("--callback") { Description = "With --client-name: the number people are told to ring." };
        var kind = new Option<FileKind>("--kind") { Description = "Placement (default), Update, Payment, Recall or Cease." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Check and count everything, write nothing." };
        var rejects = new Option<FileInfo?>("--rejects") { Description = "Write the rejected rows to this CSV, with error_code and error_text." };
        var encoding = new Option<string?>("--encoding") { Description = "utf-8 (default), utf-16, windows-1252 or iso-8859-1." };
        var dates = new Option<string?>("--date-format") { Description = "The file's date format, such as MM/dd/yyyy (default: yyyy-MM-dd)." };
        var rows = new Option<long?>("--expect-rows") { Description = "Control total: refuse the file unless it has this many rows." };
        var balance = new Option<decimal?>("--expect-balance") { Description = "Control total: refuse the file unless its balances sum to this." };
        var json = new Option<bool>("--json") { Description = "Print the report as one JSON object." };
        var command = new Command("import", "Import a client's file: every row gets a verdict, wrong rows are kept aside.")
            { file, client, kind, clientName, spokenName, callback, dryRun, rejects, encoding, dates, rows, balance, json };
        command.SetAction((parsed, cancel) =>
        {
            var source = parsed.GetRequiredValue(file);
            var request = new ImportRequest(
                parsed.GetRequiredValue(client), source.Name, $"cli:{Environment.UserName}", parsed.GetValue(dryRun), parsed.GetValue(encoding), parsed.GetValue(dates), parsed.GetValue(rows),
                parsed.GetValue(balance), parsed.GetValue(kind));
            var name = parsed.GetValue(clientName);
            var created = name is null ? null : new Client(request.ClientCode, name, parsed.GetValue(spokenName) ?? name, parsed.GetValue(callback) ?? "");
            return RunAsync(source, request, created, parsed.GetValue(rejects), parsed.GetValue(json), cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(FileInfo source, ImportRequest request, Client? client, FileInfo? rejectsFile, bool json, CancellationToken cancel)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        if (configuration.GetConnectionString("Postgres") is not { Length: > 0 } connectionString)
            return await FailAsync("Set ConnectionStrings__Postgres to the database to import into.");
        if (!source.Exists)
            return await FailAsync($"There is no file {source.FullName}.");
        try
        {
            await using var data = NpgsqlDataSource.Create(connectionString);
            await Migrator.RequireCurrentAsync(data, cancel);
            var database = new Database(data);
            var clock = ServiceClock.From(configuration);
            var options = Options.Create(configuration.GetSection("Dialer:Imports").Get<ImportsOptions>() ?? new ImportsOptions());
            if (client is not null)
                await new Clients(database, clock).EnsureAsync(client, cancel);
            await using var stream = source.OpenRead();
            await using var rejects = rejectsFile is null ? null : new StreamWriter(rejectsFile.FullName, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            var report = await WithProgressAsync(progress => new ImportFile(database, options, clock).RunAsync(stream, request, rejects, progress, cancel));
            await Console.Out.WriteLineAsync(json ? Json(report) : Text(report, rejectsFile));
            return report.Refusal is null ? 0 : 1;
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException or UnauthorizedAccessException or SchemaException or ArgumentException)
        {
            return await FailAsync(failure.Message);
        }
    }

    private static async Task<ImportReport> WithProgressAsync(Func<IProgress<ImportProgress>?, Task<ImportReport>> run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (!console.Profile.Capabilities.Interactive)
            return await run(null);
        return await console.Status().StartAsync("Reading", async status =>
            await run(new Progress<ImportProgress>(progress => status.Status($"{progress.Step}: {progress.Rows:N0} rows"))));
    }

    private static string Json(ImportReport report) => JsonSerializer.Serialize(
        new
        {
            outcome = report.Outcome.ToString(), report.ImportId, report.Client, report.FileName, report.Sha256, report.Encoding, report.RowsIn, report.Accepted, report.Updated, report.Duplicate,
            report.Rejected, report.Balance, report.RejectedByCode, report.IgnoredColumns, at = report.At.ToString(), report.Refusal,
        },
        JsonSerializerOptions.Web);

    private static string Text(ImportReport report, FileInfo? rejects)
    {
        if (report.Refusal is { } refusal)
            return $"Refused ({refusal.Code}): {refusal.Text}";
        var text = new StringBuilder(report.Outcome switch
        {
            ImportOutcome.DryRun => "Dry run, nothing was written. ",
            ImportOutcome.AlreadyImported => $"This file was imported before, as import {report.ImportId}; nothing was changed. It had: ",
            _ => $"Import {report.ImportId}. ",
        });
        text.Append($"{report.RowsIn:N0} rows in = {report.Accepted:N0} accepted + {report.Updated:N0} updated + {report.Duplicate:N0} duplicate + {report.Rejected:N0} rejected; balances {report.Balance:N2}.");
        foreach (var (code, count) in report.RejectedByCode)
            text.Append($"\n  {count,8:N0}  {code}");
        if (report.IgnoredColumns.Count > 0)
            text.Append($"\nColumns not read: {string.Join(", ", report.IgnoredColumns)}");
        if (rejects is not null && report.Rejected > 0 && report.Outcome != ImportOutcome.AlreadyImported)
            text.Append($"\nRejected rows: {rejects.FullName}");
        return text.ToString();
    }

    private static async Task<int> FailAsync(string message)
    {
        await Console.Error.WriteLineAsync(message);
        return 2;
    }
}
