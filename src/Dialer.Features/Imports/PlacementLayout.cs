using Dialer.Features.Imports.Reading;

namespace Dialer.Features.Imports;

/// <summary>How one file is laid out: its header line as it stands, its delimiter, and which cell is which column.</summary>
internal sealed record PlacementLayout(string Header, IReadOnlyList<string> Names, char Delimiter, PlacementColumns Columns, ImportsOptions Options)
{
    private static readonly char[] Delimiters = [',', '\t', ';', '|'];

    /// <summary>Reads the header with the delimiter that cuts it into most cells.</summary>
    public static (PlacementLayout? Layout, ImportRefusal? Refusal) Read(SourceFile file, IReadOnlyDictionary<string, string>? map, ImportsOptions options)
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

        if (best!.CellCount > options.MaxColumns)
            return (null, ImportRefusal.TooManyColumns(options.MaxColumns));
        var header = Enumerable.Range(0, best.CellCount).Select(i => best[i].ToString()).ToList();
        var (columns, refusal) = PlacementColumns.Read(header, map);
        return columns is null ? (null, refusal) : (new PlacementLayout(best.Raw.ToString(), header, best.Delimiter, columns, options), null);
    }

    /// <summary>A reader that stands behind the header. Line numbers are the same each time a file is read.</summary>
    public DelimitedReader OpenRows(TextReader text)
    {
        var reader = NewReader(text, Delimiter, Options);
        reader.ExpectedCells = Columns.Count;
        reader.Read();
        return reader;
    }

    private static DelimitedReader NewReader(TextReader text, char delimiter, ImportsOptions options) =>
        new(text, delimiter, options.MaxCellCharacters, options.MaxCellCharacters * 32);
}
