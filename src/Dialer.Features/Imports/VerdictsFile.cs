using System.Globalization;
using System.Text;
using Dapper;
using Dialer.Features.Imports.Reading;
using Npgsql;

namespace Dialer.Features.Imports;

/// <summary>The verdict on each row of a staged file: the first that need a look, or all of them as a CSV of <c>line,verdict,error_code,error_text</c>.</summary>
internal static class VerdictsFile
{
    public static async Task<IReadOnlyList<RowVerdict>> FirstAsync(NpgsqlConnection connection, FileWork work, int limit, CancellationToken cancel) =>
        (await connection.QueryAsync<RowVerdict>(new CommandDefinition(work.FirstVerdictsSql, new { limit }, cancellationToken: cancel))).AsList();

    public static async Task WriteAsync(NpgsqlConnection connection, FileWork work, TextWriter output, CancellationToken cancel)
    {
        var line = new StringBuilder();
        CsvText.AppendLine(line, ["line", "verdict", "error_code", "error_text"]);
        await foreach (var row in connection.QueryUnbufferedAsync<RowVerdict>(work.VerdictsSql).WithCancellation(cancel))
        {
            CsvText.AppendLine(line, [row.Line.ToString(CultureInfo.InvariantCulture), row.Verdict, row.Code ?? "", row.Text ?? ""]);
            if (line.Length < 1 << 15)
                continue;
            await output.WriteAsync(line, cancel);
            line.Clear();
        }

        await output.WriteAsync(line, cancel);
        await output.FlushAsync(cancel);
    }
}
