using System.Text;
using Dialer.Features.Imports.Reading;
using FsCheck;
using FsCheck.Fluent;

namespace Dialer.Features.Tests.Imports;

public sealed class DelimitedReaderTests
{
    private static readonly Config Quick = Config.QuickThrowOnFailure.WithMaxTest(300);

    /// <summary>Cells of what goes wrong in files: quotes, delimiters, line ends, NUL, marks, formulas, apostrophes, right-to-left and astral letters.</summary>
    private static readonly Arbitrary<string[][]> Tables =
        (from width in Gen.Choose(1, 6)
         from height in Gen.Choose(1, 6)
         from cells in Gen.ArrayOf(Gen.ArrayOf(Gen.Elements("\"", ",", "\n", "\r", "\r\n", "\0", "=", "+", "-", "@", "'", "\t", ";", " ", "a", "ü", "\u202E", "\uFEFF", "😀", "1", "＝"), 5).Select(string.Concat), width * height)
         select cells.Chunk(width).ToArray()).ToArbitrary();

    [Fact]
    public void What_is_written_is_read_back_cell_by_cell() => Check.One(Quick, Prop.ForAll(Tables, table =>
    {
        var text = new StringBuilder();
        foreach (var row in table)
            CsvText.AppendLine(text, row);
        Read(text.ToString(), ',').Select(row => row.Select(cell => CsvText.Unguard(cell).ToString()).ToArray()).ShouldBe(table);
    }));

    [Fact]
    public void No_cell_is_written_that_a_spreadsheet_would_run() => Check.One(Quick, Prop.ForAll(Tables, table =>
    {
        foreach (var cell in table.SelectMany(row => row))
            (CsvText.Guard(cell) is { Length: > 0 } guarded && "=+-@\t\r\n＝＋－＠".Contains(guarded[0])).ShouldBeFalse();
    }));

    [Fact]
    public void Any_text_at_all_is_read_to_its_end_and_every_line_is_accounted_for() => Check.One(Quick, Prop.ForAll(Tables, table =>
    {
        var text = string.Join("", table.SelectMany(row => row));
        var reader = new DelimitedReader(new StringReader(text), ',', 1000, 10_000);
        var records = 0;
        long line = 0;
        while (reader.Read())
        {
            reader.LineNumber.ShouldBeGreaterThan(line);
            line = reader.LineNumber;
            (++records).ShouldBeLessThanOrEqualTo(text.Length);
        }
    }));

    [Fact]
    public void A_quote_that_is_never_closed_costs_its_own_line_only()
    {
        var reader = new DelimitedReader(new StringReader("1,\"Smith,NY\n2,Lee,\"CA, USA\"\n3,Ray,TX\n"), ',', 1000, 10_000) { ExpectedCells = 3 };

        var seen = new List<(long, RecordFault, string)>();
        while (reader.Read())
            seen.Add((reader.LineNumber, reader.Fault, reader.Raw.ToString()));

        seen.ShouldBe([(1, RecordFault.BrokenQuotes, "1,\"Smith,NY"), (2, RecordFault.None, "2,Lee,\"CA, USA\""), (3, RecordFault.None, "3,Ray,TX")]);
    }

    [Fact]
    public void A_quoted_cell_may_span_lines()
    {
        var reader = new DelimitedReader(new StringReader("a,\"two\nlines \"\"here\"\"\",c\nd,e,f"), ',', 1000, 10_000) { ExpectedCells = 3 };

        reader.Read().ShouldBeTrue();
        reader[1].ToString().ShouldBe("two\nlines \"here\"");
        reader.Read().ShouldBeTrue();
        (reader.LineNumber, reader[0].ToString()).ShouldBe((3, "d"));
        reader.Read().ShouldBeFalse();
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Every_kind_of_line_end_ends_a_line(string end) => Read($"a,b{end}c,d{end}", ',').ShouldBe([["a", "b"], ["c", "d"]]);

    [Fact]
    public void Cells_longer_than_a_buffer_are_whole()
    {
        var cell = new string('x', 200_000);

        Read($"a,{cell}\n\"{cell}\",b\n", ',').ShouldBe([["a", cell], [cell, "b"]]);
    }

    private static List<string[]> Read(string text, char delimiter)
    {
        var reader = new DelimitedReader(new StringReader(text), delimiter, 1 << 20, 1 << 22);
        var rows = new List<string[]>();
        while (reader.Read())
        {
            reader.Fault.ShouldBe(RecordFault.None);
            rows.Add([.. Enumerable.Range(0, reader.CellCount).Select(i => reader[i].ToString())]);
        }

        return rows;
    }
}
