using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Features.Reports.Tables;

/// <summary>
/// <c>POST /api/v1/tables.xlsx</c>: any table of a screen, as it is sorted there, as a workbook with typed cells. What is sent comes back as a file and is stored nowhere; that it was taken is in the audit trail.
/// Numbers stay numbers, instants (ISO 8601, UTC) become times in the zone asked for, everything else is text.
/// </summary>
internal static class WriteTable
{
    private const int MostRows = 20_000;
    private const int MostColumns = 60;
    private const int LongestText = 32_767; // a cell's limit in the programs that read workbooks

    public sealed record Request(string? Title, string? Zone, string[]? Columns, JsonElement[][]? Rows);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/tables.xlsx", HandleAsync).RequireAuthorization(Scopes.ReportsRead).WithMetadata(new RepeatsFreely());

    private static async Task<IResult> HandleAsync(Request request, ClaimsPrincipal user, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (request is not { Title.Length: > 0 and <= 100, Columns.Length: > 0 and <= MostColumns, Rows.Length: <= MostRows } || request.Rows.Any(row => row.Length != request.Columns.Length))
            return Problem.Invalid(string.Create(CultureInfo.InvariantCulture, $"A table has a title, 1 to {MostColumns} columns and at most {MostRows:N0} rows, each with a cell for every column."));
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(request.Zone ?? "America/New_York") is not { } zone)
            return Problem.Invalid("zone must be an IANA time zone such as America/Chicago.");
        var report = new Report("table", SheetName(request.Title), "", [.. request.Columns.Select(column => new ReportColumn(column, column, CellKind.Text))], "");
        var today = clock.Now.InZone(zone).Date;
        using var file = new MemoryStream();
        await WorkbookWriter.WriteAsync(file, report, new ReportScope(today, today, zone, null), CellsAsync(request.Rows), cancel);
        await database.InTransactionAsync(
            (connection, transaction) => AuditTrail.AddAsync(
                connection, transaction, user.UserName(), "table.exported", request.Title, new { rows = request.Rows.Length, request.Columns }, clock.Now, cancel),
            cancel);
        return Results.File(file.ToArray(), ReadReports.WorkbookType, "table.xlsx");
    }

    /// <summary>A sheet's name must do without these characters.</summary>
    private static string SheetName(string title) => string.Concat(title.Select(c => c is '[' or ']' or ':' or '*' or '?' or '/' or '\\' or '\'' ? ' ' : c));

    private static IAsyncEnumerable<object?[]> CellsAsync(JsonElement[][] rows) => rows.Select(row => row.Select(CellOf).ToArray()).ToAsyncEnumerable();

    private static object? CellOf(JsonElement cell) => cell.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.Number => cell.TryGetInt64(out var whole) ? (object)whole : cell.GetDouble(),
        JsonValueKind.String when cell.GetString() is { Length: >= 20 and <= 32 } iso && InstantPattern.ExtendedIso.Parse(iso).TryGetValue(default, out var at) => at,
        JsonValueKind.String => cell.GetString() is { Length: > LongestText } text ? text[..LongestText] : cell.GetString(),
        _ => cell.GetRawText(),
    };
}
