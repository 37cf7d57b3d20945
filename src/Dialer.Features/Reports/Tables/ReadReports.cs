using System.Globalization;
using System.Security.Claims;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Features.Integrations;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using NodaTime.Text;
using Npgsql;

namespace Dialer.Features.Reports.Tables;

/// <summary>
/// <c>GET /api/v1/reports</c> lists them; <c>GET /api/v1/reports/{name}?from=&amp;to=&amp;zone=&amp;campaign=</c> reads one as JSON (at most <see cref="MostRows"/> rows),
/// <c>.../{name}.xlsx</c> and <c>.../{name}.csv</c> as a file. Days are whole, both included; today in New York when nothing is said. Files leave a row in the audit trail.
/// </summary>
internal static class ReadReports
{
    public const int MostRows = 5_000;
    public const string WorkbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/reports", () => ReportCatalog.All.Select(report => new Listed(report.Name, report.Title, report.About, report.Columns))).RequireAuthorization(Scopes.ReportsRead);
        routes.MapGet("/api/v1/reports/{name}", JsonAsync).RequireAuthorization(Scopes.ReportsRead);
        routes.MapGet("/api/v1/reports/{name}.xlsx", WorkbookAsync).RequireAuthorization(Scopes.ReportsRead);
        routes.MapGet("/api/v1/reports/{name}.csv", CsvAsync).RequireAuthorization(Scopes.ReportsRead);
    }

    private static async Task<IResult> JsonAsync(string name, [AsParameters] Asked asked, ReportReader reader, ServiceClock clock, CancellationToken cancel)
    {
        if (Check(name, asked, clock, out var report, out var scope) is { } refusal)
            return refusal;
        try
        {
            var rows = new List<Dictionary<string, object?>>();
            var more = false;
            await foreach (var row in reader.ReadAsync(report, scope, cancel))
            {
                if (more = rows.Count == MostRows)
                    break;
                rows.Add(report.Columns.Select((column, i) => (column.Key, Value: row[i])).ToDictionary(cell => cell.Key, cell => cell.Value));
            }

            return Results.Ok(new Answer(report.Name, report.Title, report.About, scope.From, scope.To, scope.Zone.Id, scope.Campaign, clock.Now, report.Columns, rows, more));
        }
        catch (PostgresException slow) when (slow.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            return TooSlow;
        }
    }

    private static async Task<IResult> WorkbookAsync(string name, [AsParameters] Asked asked, ReportReader reader, Database database, ServiceClock clock, ClaimsPrincipal user, CancellationToken cancel)
    {
        if (Check(name, asked, clock, out var report, out var scope) is { } refusal)
            return refusal;
        var file = new FileStream(Path.GetTempFileName(), new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous });
        try
        {
            if (!await WorkbookWriter.WriteAsync(file, report, scope, reader.ReadAsync(report, scope, cancel), cancel))
            {
                await file.DisposeAsync();
                return Problem.Invalid(string.Create(CultureInfo.InvariantCulture, $"A workbook holds at most {WorkbookWriter.MostRows:N0} rows here and this report has more. Ask for fewer days or one campaign, or take the CSV, which has no limit."));
            }
        }
        catch (PostgresException slow) when (slow.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            await file.DisposeAsync();
            return TooSlow;
        }

        await RememberAsync(database, user, report, scope, "xlsx", clock.Now, cancel);
        file.Position = 0;
        return Results.File(file, WorkbookType, FileName(report, scope, "xlsx"));
    }

    private static async Task<IResult> CsvAsync(string name, [AsParameters] Asked asked, ReportReader reader, Database database, ServiceClock clock, ClaimsPrincipal user, CancellationToken cancel)
    {
        if (Check(name, asked, clock, out var report, out var scope) is { } refusal)
            return refusal;
        await RememberAsync(database, user, report, scope, "csv", clock.Now, cancel);
        return Results.Stream(stream => CsvWriting.WriteAsync(stream, report, scope, reader.ReadAsync(report, scope, cancel), cancel), "text/csv; charset=utf-8", FileName(report, scope, "csv"));
    }

    /// <summary>Null when the question can be answered.</summary>
    private static IResult? Check(string name, Asked asked, ServiceClock clock, out Report report, out ReportScope scope)
    {
        (report, scope) = (ReportCatalog.Find(name)!, null!);
        if (report is null)
            return Problem.NotFound($"There is no report of that name. There are: {string.Join(", ", ReportCatalog.All.Select(known => known.Name))}.");
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(asked.Zone ?? "America/New_York") is not { } zone)
            return Problem.Invalid("zone must be an IANA time zone such as America/Chicago.");
        var today = clock.Now.InZone(zone).Date;
        if (!Day(asked.From, today, out var from) || !Day(asked.To, asked.From is null ? today : LocalDate.Max(from, today), out var to))
            return Problem.Invalid("from and to must be dates such as 2026-06-02.");
        if (to < from)
            return Problem.Invalid("to lies before from.");
        if (Period.DaysBetween(from, to) >= ReportScope.MostDays)
            return Problem.Invalid(string.Create(CultureInfo.InvariantCulture, $"A report spans at most {ReportScope.MostDays} days. Ask for fewer."));
        scope = new ReportScope(from, to, zone, asked.Campaign);
        return null;
    }

    private static bool Day(string? text, LocalDate otherwise, out LocalDate day)
    {
        day = otherwise;
        return text is null or "" || LocalDatePattern.Iso.Parse(text).TryGetValue(otherwise, out day);
    }

    private static IResult TooSlow =>
        Results.Problem($"The report took longer than {ReportReader.MostSeconds} seconds and was stopped, so that dialling is not disturbed. Ask for fewer days or one campaign.", statusCode: 503, title: "Not possible now");

    private static string FileName(Report report, ReportScope scope, string extension) => $"dialer-{report.Name}-{LocalDatePattern.Iso.Format(scope.From)}-{LocalDatePattern.Iso.Format(scope.To)}.{extension}";

    private static Task RememberAsync(Database database, ClaimsPrincipal user, Report report, ReportScope scope, string format, Instant now, CancellationToken cancel) =>
        database.InTransactionAsync(
            (connection, transaction) => AuditTrail.AddAsync(connection, transaction, user.UserName(), "report.exported", report.Name, new { scope.From, scope.To, scope.Campaign, format }, now, cancel), cancel);

    private sealed record Asked(string? From, string? To, string? Zone, long? Campaign);

    private sealed record Listed(string Name, string Title, string About, IReadOnlyList<ReportColumn> Columns);

    private sealed record Answer(
        string Name, string Title, string About, LocalDate From, LocalDate To, string Zone, long? Campaign, Instant At, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<Dictionary<string, object?>> Rows, bool More);
}
