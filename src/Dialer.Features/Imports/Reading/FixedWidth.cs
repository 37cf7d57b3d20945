using System.Text;

namespace Dialer.Features.Imports.Reading;

/// <summary>One column of a fixed-width file.</summary>
/// <param name="Name">Its name; read as a header's name would be.</param>
/// <param name="Start">Its first character, from 1.</param>
/// <param name="Length">Its width in characters.</param>
public sealed record FixedColumn(string Name, int Start, int Length);

/// <summary>Writes a file of fixed-width lines out as CSV text under a header of the declared names, line by line in bounded memory.</summary>
/// <remarks>A line that ends early has blanks there: editors take trailing spaces away. The trailer becomes a record of its mark, its count and its sum.</remarks>
internal static class FixedWidth
{
    private const int LongestLine = 64 * 1024;

    /// <summary>True when the first line is no data but a delimited header of these very names: a rejects file that comes back repaired.</summary>
    public static bool IsDelimited(IReadOnlyList<string> firstLine, IReadOnlyList<FixedColumn> columns) =>
        columns.All(column => firstLine.Contains(column.Name, StringComparer.OrdinalIgnoreCase));

    public static string? Fault(IReadOnlyList<FixedColumn> columns) =>
        columns.Count == 0 ? "Name at least one column."
        : columns.Any(column => column.Start < 1 || column.Length < 1 || column.Start + column.Length > LongestLine) ? "A column starts at 1 or later and is at least one character wide."
        : columns.Any(column => string.IsNullOrWhiteSpace(column.Name)) ? "Every column has a name."
        : columns.DistinctBy(column => column.Name.Trim().ToUpperInvariant()).Count() != columns.Count ? "Two columns have the same name."
        : null;

    public static ImportRefusal? WriteCsv(StreamReader text, IReadOnlyList<FixedColumn> columns, FileTrailer? trailer, Stream csv, CancellationToken cancel)
    {
        using var output = new StreamWriter(csv, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true);
        var line = new StringBuilder();
        CsvText.AppendLine(line, columns.Select(column => column.Name));
        var cells = new string[columns.Count];
        var characters = new char[LongestLine];
        var number = 1;
        while (ReadLine(text, characters) is var length and >= -1)
        {
            if (length == -1)
                return ImportRefusal.CellTooLong(number, LongestLine);
            cancel.ThrowIfCancellationRequested();
            var record = characters.AsSpan(0, length);
            if (trailer is { RowsAt: not null } or { TotalAt: not null } && record.StartsWith(trailer.Mark, StringComparison.Ordinal))
            {
                CsvText.AppendLine(line, [trailer.Mark, Cut(record, trailer.RowsAt), Cut(record, trailer.TotalAt)]);
            }
            else
            {
                for (var i = 0; i < cells.Length; i++)
                    cells[i] = Cut(record, columns[i]);
                CsvText.AppendLine(line, cells);
            }

            output.Write(line);
            line.Clear();
            number++;
        }

        output.Write(line);
        return null;
    }

    private static string Cut(ReadOnlySpan<char> record, FixedColumn? column)
    {
        if (column is null || column.Start > record.Length)
            return "";
        var from = record[(column.Start - 1)..];
        return from[..Math.Min(column.Length, from.Length)].Trim().ToString();
    }

    /// <summary>The length of the next line in the buffer; -1 when it is longer than that, -2 at the end of the text.</summary>
    private static int ReadLine(StreamReader text, char[] line)
    {
        var length = 0;
        int c;
        while ((c = text.Read()) >= 0)
        {
            if (c is '\r' && text.Peek() == '\n')
                _ = text.Read();
            if (c is '\r' or '\n')
                return length;
            if (length == line.Length)
                return -1;
            line[length++] = (char)c;
        }

        return length > 0 ? length : -2;
    }
}

/// <summary>How a file's last record is known, and where its control totals stand.</summary>
/// <param name="Mark">The first cell of the record (fixed width: how the line begins), such as <c>TRL</c>.</param>
/// <param name="Rows">The cell, from 1, that counts the rows; null when there is none.</param>
/// <param name="Total">The cell, from 1, with the sum of the balances or amounts; null when there is none.</param>
/// <param name="RowsAt">Of a fixed-width file: where the count stands.</param>
/// <param name="TotalAt">Of a fixed-width file: where the sum stands.</param>
public sealed record FileTrailer(string Mark, int? Rows = null, int? Total = null, FixedColumn? RowsAt = null, FixedColumn? TotalAt = null)
{
    internal string? Fault() =>
        string.IsNullOrWhiteSpace(Mark) || Mark.Length > 40 ? "A trailer has a mark: the text of its first cell."
        : Rows is < 2 or > 200 || Total is < 2 or > 200 ? "The trailer's totals stand in its cell 2 or later."
        : null;

    internal bool Is(DelimitedReader record) => record.CellCount > 0 && record[0].Trim().Equals(Mark, StringComparison.OrdinalIgnoreCase);

    /// <summary>The totals it declares, or why they cannot be read.</summary>
    internal (long? Rows, decimal? Total, ImportRefusal? Refusal) Read(DelimitedReader record)
    {
        var (rowsAt, totalAt) = RowsAt is not null || TotalAt is not null ? (RowsAt is null ? null : (int?)2, TotalAt is null ? null : (int?)3) : (Rows, Total);
        long? rows = null;
        decimal? total = null;
        if (rowsAt is { } r)
        {
            if (r > record.CellCount || !long.TryParse(record[r - 1].Trim(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var count))
                return (null, null, ImportRefusal.BadTrailer("number of rows"));
            rows = count;
        }

        if (totalAt is { } t)
        {
            if (t > record.CellCount || !FieldText.TryMoney(CsvText.Unguard(record[t - 1].Trim()), out var cents))
                return (null, null, ImportRefusal.BadTrailer("sum"));
            total = cents / 100m;
        }

        return (rows, total, null);
    }
}
