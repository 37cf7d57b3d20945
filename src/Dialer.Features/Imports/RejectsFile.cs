using System.Text;
using Dapper;
using Dialer.Features.Imports.Reading;
using Dialer.Storage.Postgres;
using Npgsql;

namespace Dialer.Features.Imports;

/// <summary>The rejects of an import as a CSV: the sender's own columns and cells, then <c>error_code,error_text</c>. It can be repaired and sent again as it is.</summary>
/// <remarks>A record that cannot be cut into its cells stands whole in the first column. Cells that a spreadsheet would run are guarded (<see cref="CsvText"/>).</remarks>
internal static class RejectsFile
{
    private const string StoredSql = "select raw, error_code, error_text from import_reject where import_batch_id = @ImportId order by row_number";

    /// <summary>Rejects of the staged file: the rows' own faults and, with their text read a second time, the late ones.</summary>
    public const string StagedSql =
        """
        select row_number, raw, error_code, error_text from import_stage where error_code is not null
        union all
        select v.row_number, r.raw, v.code, v.text from late_verdict v join late_raw r using (row_number) where v.code is not null
        """;

    private const string CreateLateRawSql = "drop table if exists late_raw; create temporary table late_raw (row_number int not null, raw text not null)";

    private const string LateRowsSql = "select row_number from late_verdict where code is not null order by row_number";

    private const string CopyLateRawSql = "copy late_raw from stdin (format binary)";

    public static async Task WriteStoredAsync(Database database, StoredImport import, TextWriter output, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await WriteAsync(connection, StoredSql, new { import.ImportId }, import.Header, import.Delimiter[0], output, cancel);
    }

    public static Task WriteStagedAsync(NpgsqlConnection connection, string header, char delimiter, TextWriter output, CancellationToken cancel) =>
        WriteAsync(connection, "select raw, error_code, error_text from (" + StagedSql + ") r order by row_number", new { }, header, delimiter, output, cancel);

    /// <summary>Fetches the text of the rows that were only found wrong beside others; the file is read once more, and only when there are any.</summary>
    public static async Task StageLateAsync(NpgsqlConnection connection, DelimitedReader reader, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(CreateLateRawSql, cancellationToken: cancel));
        var rows = (await connection.QueryAsync<int>(new CommandDefinition(LateRowsSql, cancellationToken: cancel))).AsList();
        if (rows.Count == 0)
            return;
        await using var copy = await CopyStream.BeginAsync(connection, CopyLateRawSql, cancel);
        var next = 0;
        while (next < rows.Count && reader.Read())
        {
            if (reader.LineNumber != rows[next])
                continue;
            copy.BeginRow(2);
            copy.Int32(rows[next++]);
            copy.Text(reader.Raw);
            await copy.FlushIfFullAsync(cancel);
        }

        await copy.CompleteAsync(cancel);
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection, string sql, object parameters, string header, char delimiter, TextWriter output, CancellationToken cancel)
    {
        var columns = Cells(header, delimiter) ?? [header];
        var line = new StringBuilder();
        CsvText.AppendLine(line, [.. columns, "error_code", "error_text"]);
        await foreach (var (raw, code, text) in connection.QueryUnbufferedAsync<(string Raw, string Code, string Text)>(sql, parameters).WithCancellation(cancel))
        {
            var cells = Cells(raw, delimiter) is { } whole && whole.Count <= columns.Count ? whole : [raw];
            CsvText.AppendLine(line, [.. cells, .. Enumerable.Repeat("", columns.Count - cells.Count), code, text]);
            if (line.Length < 1 << 15)
                continue;
            await output.WriteAsync(line, cancel);
            line.Clear();
        }

        await output.WriteAsync(line, cancel);
        await output.FlushAsync(cancel);
    }

    private static List<string>? Cells(string raw, char delimiter)
    {
        var reader = new DelimitedReader(new StringReader(raw), delimiter, int.MaxValue / 2, int.MaxValue / 2);
        if (!reader.Read() || reader.Fault != RecordFault.None)
            return null;
        return [.. Enumerable.Range(0, reader.CellCount).Select(i => CsvText.Unguard(reader[i]).ToString())];
    }
}
