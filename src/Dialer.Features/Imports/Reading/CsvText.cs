using System.Buffers;
using System.Text;

namespace Dialer.Features.Imports.Reading;

/// <summary>Writes cells that a spreadsheet shows as text and never runs, and reads them back as they were.</summary>
/// <remarks>
/// A cell that a spreadsheet would take for a formula (it begins with = + - @, a tab or a line end, or their full-width forms) gets an apostrophe in front.
/// The rule is its own inverse for every text: <c>Unguard(Guard(x)) == x</c>, also when x begins with apostrophes itself.
/// </remarks>
public static class CsvText
{
    private static readonly SearchValues<char> Formula = SearchValues.Create("=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20");
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(",\"\r\n;\t|");

    public static string Guard(string cell) => BeginsFormula(cell) ? "'" + cell : cell;

    public static ReadOnlySpan<char> Unguard(ReadOnlySpan<char> cell) => cell is ['\'', ..] && BeginsFormula(cell) ? cell[1..] : cell;

    /// <summary>Adds one line of guarded and, where needed, quoted cells.</summary>
    public static void AppendLine(StringBuilder line, IEnumerable<string> cells)
    {
        var first = true;
        foreach (var cell in cells)
        {
            if (!first)
                line.Append(',');
            first = false;
            var guarded = Guard(cell);
            if (guarded.AsSpan().IndexOfAny(NeedsQuotes) >= 0 || guarded.Length == 0 || guarded[0] == ' ' || guarded[^1] == ' ')
                line.Append('"').Append(guarded.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            else
                line.Append(guarded);
        }

        line.Append("\r\n");
    }

    private static bool BeginsFormula(ReadOnlySpan<char> cell)
    {
        var text = cell.TrimStart('\'');
        return text.Length > 0 && Formula.Contains(text[0]);
    }
}
