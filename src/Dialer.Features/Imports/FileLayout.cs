using Dialer.Features.Imports.Reading;

namespace Dialer.Features.Imports;

/// <summary>How one file is laid out: its header line as it stands, its delimiter, and which cell is which column.</summary>
internal sealed record FileLayout(string Header, IReadOnlyList<string> Names, char Delimiter, ColumnSet Columns, ImportsOptions Options)
{
    private static readonly char[] Delimiters = [',', '\t', ';', '|'];

    /// <summary>The file is a rejects file of ours that comes back: it never had a trailer.</summary>
    public bool IsRejects => Names.Contains("error_code") && Names.Contains("error_text");

    /// <summary>Reads the header with the delimiter that cuts it into most cells.</summary>
    public static (FileLayout? Layout, ImportRefusal? Refusal) Read(SourceFile file, FileKind kind, IReadOnlyDictionary<string, string>? map, ImportsOptions options)
    {
        var (best, refusal) = ReadHeader(file, options);
        if (best is null)
            return (null, refusal);
        var header = Enumerable.Range(0, best.CellCount).Select(i => best[i].ToString()).ToList();
        var (columns, unread) = ColumnSet.Read(kind, header, map);
        return columns is null ? (null, unread) : (new FileLayout(best.Raw.ToString(), header, best.Delimiter, columns, options), null);
    }

    /// <summary>The cells of the first line, whatever they are called.</summary>
    public static (IReadOnlyList<string>? Cells, char Delimiter, ImportRefusal? Refusal) FirstLine(SourceFile file, ImportsOptions options)
    {
        var (best, refusal) = ReadHeader(file, options);
        return best is null ? (null, ',', refusal) : ([.. Enumerable.Range(0, best.CellCount).Select(i => best[i].ToString())], best.Delimiter, null);
    }

    /// <summary>A reader that stands behind the header. Line numbers are the same each time a file is read.</summary>
    public DelimitedReader OpenRows(TextReader text)
    {
        var reader = NewReader(text, Delimiter, Options);
        reader.ExpectedCells = Columns.Count;
        reader.Read();
        return reader;
    }

    private static (DelimitedReader? Header, ImportRefusal? Refusal) ReadHeader(SourceFile file, ImportsOptions options)
    {
        DelimitedReader? best = null;
        foreach (var delimiter in Delimiters)
        {
            using var text = file.OpenText();
            var reader = NewReader(text, delimiter, options);
            if (!reader.Read())
                return (null, ImportRefusal.NoHeader());
            if (reader.Fault == RecordFault.TooLong)
                return (null, ImportRefusal.CellTooLong(1, options.MaxCellCharacters));
            if (best is null || reader.CellCount > best.CellCount)
                best = reader;
        }

        return best!.CellCount > options.MaxColumns ? (null, ImportRefusal.TooManyColumns(options.MaxColumns)) : (best, null);
    }

    private static DelimitedReader NewReader(TextReader text, char delimiter, ImportsOptions options) =>
        new(text, delimiter, options.MaxCellCharacters, options.MaxCellCharacters * 32);
}
