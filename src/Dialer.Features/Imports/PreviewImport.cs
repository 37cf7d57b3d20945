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
/// <c>POST /api/v1/imports/preview?client=CODE&amp;kind=</c>, with the file (and a map) as for the import: what each column would be read as, and the first 50 rows with the faults each has by itself.
/// Nothing is stored. When the columns cannot be used as they are, <c>refusal</c> says why and the columns and rows are shown nevertheless, to be mapped.
/// What depends on other rows or on what is stored (repeats, contradictions) only a dry run tells.
/// </summary>
internal static class PreviewImport
{
    private const int MaxRows = 50;

    public sealed record Column(string Name, string? Meaning);

    public sealed record Row(long Line, IReadOnlyList<string> Cells, string? ErrorCode, string? ErrorText);

    /// <param name="Saved">The map was the client's saved one.</param>
    /// <param name="Refusal">Why the columns cannot be used yet.</param>
    public sealed record Preview(
        string Encoding, string Delimiter, IReadOnlyList<Column> Columns, IReadOnlyList<Row> Rows, string Sha256, ImportMap? Map = null, bool Saved = false, ImportRefusal? Refusal = null);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/imports/preview", HandleAsync).RequireAuthorization(Scopes.ImportsRun).DisableAntiforgery().WithMetadata(new RepeatsFreely());

    private static async Task<IResult> HandleAsync(
        [AsParameters] ReceiveImport.Query query, HttpContext http, Database database, IOptions<ImportsOptions> options, TimeProvider time, CancellationToken cancel)
    {
        var sent = await ReceiveImport.ReadAsync(http, query.Kind, options.Value, cancel);
        if (sent is not { Body: { } body })
            return ReceiveImport.NoFile(sent.Fault);
        ImportMap? saved;
        await using (var connection = await database.OpenAsync(cancel))
        {
            var clientId = await connection.QuerySingleOrDefaultAsync<long?>(new CommandDefinition("select client_id from client where code = @Client", new { query.Client }, cancellationToken: cancel));
            if (clientId is null)
                return ReceiveImport.Refused(ImportRefusal.UnknownClient(query.Client));
            saved = await ImportMap.FindAsync(connection, clientId.Value, query.Kind, cancel);
        }

        var map = (sent.Map ?? saved)?.IgnoringCase();
        var (preview, refusal) = await ReadAsync(
            body, query.Encoding ?? map?.Encoding, query.DateFormat ?? map?.DateFormat, map, options.Value, LocalDate.FromDateTime(time.GetUtcNow().UtcDateTime), cancel, query.Kind);
        return preview is null ? ReceiveImport.Refused(refusal!) : Results.Ok(preview with { Map = map, Saved = sent.Map is null && saved is not null });
    }

    internal static async Task<(Preview? Preview, ImportRefusal? Refusal)> ReadAsync(
        Stream stream, string? encoding, string? dateFormat, ImportMap? map, ImportsOptions options, LocalDate today, CancellationToken cancel, FileKind kind = FileKind.Placement)
    {
        var (source, refusal) = await SourceFile.OpenAsync(stream, encoding, options, cancel);
        if (source is null)
            return (null, refusal);
        var (file, uncut) = await SourceFile.CutAsync(source, map, options, cancel);
        if (file is null)
        {
            await source.DisposeAsync();
            return (null, uncut);
        }

        await using (file)
        {
            var (layout, noLayout) = FileLayout.Read(file, kind, map?.Columns, options);
            if (layout is not null)
                return (Read(file, layout, kind, dateFormat, today, map?.Trailer), null);
            return Unmapped(file, noLayout!, options) is { } raw ? (raw, null) : (null, noLayout);
        }
    }

    private static Preview Read(SourceFile file, FileLayout layout, FileKind kind, string? dateFormat, LocalDate today, FileTrailer? trailer)
    {
        using var text = file.OpenText();
        var reader = layout.OpenRows(text);
        var work = FileWork.Of(kind, layout.Columns, dateFormat, today);
        var (faults, rows) = (new RowFaults(), new List<Row>());
        while (rows.Count < MaxRows && reader.Read())
        {
            if (reader.IsBlank || trailer?.Is(reader) == true)
                continue;
            var good = work.Read(reader, faults);
            rows.Add(new Row(reader.LineNumber, Cells(reader), good ? null : faults.Code, good ? null : faults.Text));
        }

        var columns = layout.Names.Select((name, i) => new Column(name, layout.Columns.MeaningAt(i))).ToList();
        return new Preview(file.Encoding.WebName, layout.Delimiter.ToString(), columns, rows, Convert.ToHexStringLower(file.Sha256));
    }

    /// <summary>The columns as the sender names them, and the rows as they stand; null when the file has no first line to show.</summary>
    private static Preview? Unmapped(SourceFile file, ImportRefusal why, ImportsOptions options)
    {
        if (FileLayout.FirstLine(file, options) is not { Cells: { } names, Delimiter: var delimiter })
            return null;
        using var text = file.OpenText();
        var reader = new DelimitedReader(text, delimiter, options.MaxCellCharacters, options.MaxCellCharacters * 32);
        reader.Read();
        var rows = new List<Row>();
        while (rows.Count < MaxRows && reader.Read())
        {
            if (!reader.IsBlank)
                rows.Add(new Row(reader.LineNumber, Cells(reader), null, null));
        }

        return new Preview(file.Encoding.WebName, delimiter.ToString(), [.. names.Select(name => new Column(name, null))], rows, Convert.ToHexStringLower(file.Sha256), Refusal: why);
    }

    private static List<string> Cells(DelimitedReader reader) =>
        reader.Fault == RecordFault.None ? [.. Enumerable.Range(0, reader.CellCount).Select(i => reader[i].ToString())] : [reader.Raw.ToString()];
}
