using Dapper;
using Dialer.Features.Access;
using Dialer.Features.Imports.Reading;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Imports;

/// <summary>
/// <c>POST /api/v1/imports/preview?client=CODE</c>: what each column would be read as, and the first 50 rows with the faults each has by itself. Nothing is stored.
/// What depends on other rows or on what is stored (repeats, contradictions) only a dry run tells.
/// </summary>
internal static class PreviewImport
{
    private const int MaxRows = 50;

    public sealed record Column(string Name, string? Meaning);

    public sealed record Row(long Line, IReadOnlyList<string> Cells, string? ErrorCode, string? ErrorText);

    public sealed record Preview(string Encoding, string Delimiter, IReadOnlyList<Column> Columns, IReadOnlyList<Row> Rows);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/imports/preview", HandleAsync).RequireAuthorization(Scopes.ImportsRun).DisableAntiforgery();

    private static async Task<IResult> HandleAsync(
        [AsParameters] ReceiveImport.Query query, HttpContext http, Database database, IOptions<ImportsOptions> options, TimeProvider time, CancellationToken cancel)
    {
        var (body, _) = await ReceiveImport.FileAsync(http, options.Value, cancel);
        if (body is null)
            return ReceiveImport.NoFile();
        ImportMap? map;
        await using (var connection = await database.OpenAsync(cancel))
        {
            var clientId = await connection.QuerySingleOrDefaultAsync<long?>(new CommandDefinition("select client_id from client where code = @Client", new { query.Client }, cancellationToken: cancel));
            if (clientId is null)
                return ReceiveImport.Refused(ImportRefusal.UnknownClient(query.Client));
            map = await ImportMap.FindAsync(connection, clientId.Value, cancel);
        }

        var (preview, refusal) = await ReadAsync(body, query.Encoding, query.DateFormat ?? map?.DateFormat, map, options.Value, LocalDate.FromDateTime(time.GetUtcNow().UtcDateTime), cancel);
        return preview is null ? ReceiveImport.Refused(refusal!) : Results.Ok(preview);
    }

    internal static async Task<(Preview? Preview, ImportRefusal? Refusal)> ReadAsync(
        Stream stream, string? encoding, string? dateFormat, ImportMap? map, ImportsOptions options, LocalDate today, CancellationToken cancel)
    {
        var (file, refusal) = await SourceFile.OpenAsync(stream, encoding, options, cancel);
        if (file is null)
            return (null, refusal);
        await using (file)
        {
            var (layout, noLayout) = PlacementLayout.Read(file, map?.Columns, options);
            return layout is null ? (null, noLayout) : (Read(file, layout, dateFormat, today), null);
        }
    }

    private static Preview Read(SourceFile file, PlacementLayout layout, string? dateFormat, LocalDate today)
    {
        using var text = file.OpenText();
        var reader = layout.OpenRows(text);
        var rules = new PlacementRules(layout.Columns, dateFormat, today);
        var (row, faults, rows) = (new PlacementRow(), new RowFaults(), new List<Row>());
        while (rows.Count < MaxRows && reader.Read())
        {
            if (reader.IsBlank)
                continue;
            var good = rules.Read(reader, row, faults);
            var cells = reader.Fault == RecordFault.None ? Enumerable.Range(0, reader.CellCount).Select(i => reader[i].ToString()).ToList() : [reader.Raw.ToString()];
            rows.Add(new Row(reader.LineNumber, cells, good ? null : faults.Code, good ? null : faults.Text));
        }

        var columns = layout.Names.Select((name, i) => new Column(name, layout.Columns.MeaningAt(i))).ToList();
        return new Preview(file.Encoding.WebName, layout.Delimiter.ToString(), columns, rows);
    }
}
