using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using NodaTime;

namespace Dialer.Features.Reports.Tables;

/// <summary>Writes a report as an .xlsx workbook (ECMA-376) with typed cells: numbers are numbers, dates are dates, texts are texts that no program takes for a formula.</summary>
internal static class WorkbookWriter
{
    /// <summary>The library keeps a sheet's XML in memory; beyond this the CSV is the right file.</summary>
    public const int MostRows = 100_000;

    private const uint Plain = 0;
    private const uint Head = 1;
    private const uint Whole = 2;
    private const uint Decimal2 = 3;
    private const uint Percent = 4;
    private const uint Clock = 5;
    private const uint Day = 6;
    private const uint Moment = 7;

    /// <returns>False when there were more than <see cref="MostRows"/> rows; the stream is then of no use.</returns>
    public static async Task<bool> WriteAsync(Stream stream, Report report, ReportScope scope, IAsyncEnumerable<object?[]> rows, CancellationToken cancel)
    {
        using var document = SpreadsheetDocument.Create(stream, SpreadsheetDocumentType.Workbook);
        var book = document.AddWorkbookPart();
        book.AddNewPart<WorkbookStylesPart>().Stylesheet = Styles();
        var sheet = book.AddNewPart<WorksheetPart>();
        var written = 0;
        using (var writer = OpenXmlWriter.Create(sheet))
        {
            writer.WriteStartElement(new Worksheet());
            writer.WriteElement(new SheetViews(new SheetView(new Pane { VerticalSplit = 1, TopLeftCell = "A2", ActivePane = PaneValues.BottomLeft, State = PaneStateValues.Frozen }) { WorkbookViewId = 0 }));
            writer.WriteElement(new Columns(report.Columns.Select((column, i) => new Column { Min = (uint)i + 1, Max = (uint)i + 1, Width = Width(column), CustomWidth = true })));
            writer.WriteStartElement(new SheetData());
            writer.WriteElement(new Row(report.Columns.Select(column => Text(column.Title, Head))));
            await foreach (var row in rows.WithCancellation(cancel))
            {
                if (++written > MostRows)
                    return false;
                writer.WriteElement(new Row(row.Select((cell, i) => Cell(cell, report.Columns[i].Kind, scope.Zone))));
            }

            writer.WriteEndElement();
            writer.WriteEndElement();
        }

        book.Workbook = new Workbook(new Sheets(new Sheet { Id = book.GetIdOfPart(sheet), SheetId = 1, Name = report.Title.Length > 31 ? report.Title[..31] : report.Title }));
        return true;
    }

    private static Cell Cell(object? value, CellKind kind, DateTimeZone zone) => value switch
    {
        null => new Cell(),
        string text => Text(text, Plain),
        long number => Number(number.ToString(CultureInfo.InvariantCulture), Whole),
        decimal money => Number(money.ToString(CultureInfo.InvariantCulture), Decimal2),
        LocalDate date => Number(date.ToDateTimeUnspecified().ToOADate().ToString(CultureInfo.InvariantCulture), Day),
        Instant at => Number(at.InZone(zone).LocalDateTime.ToDateTimeUnspecified().ToOADate().ToString("R", CultureInfo.InvariantCulture), Moment),
        double seconds when kind == CellKind.Seconds => Number((seconds / 86_400).ToString("R", CultureInfo.InvariantCulture), Clock),
        double other => Number(other.ToString("R", CultureInfo.InvariantCulture), kind == CellKind.Share ? Percent : Decimal2),
        _ => throw new InvalidOperationException($"A report has no cells of type {value.GetType().Name}."),
    };

    private static Cell Number(string text, uint style) => new() { CellValue = new CellValue(text), StyleIndex = style };

    /// <summary>An inline string: what stands in it is never evaluated, whatever it begins with. Characters that XML forbids are left out.</summary>
    private static Cell Text(string text, uint style) => new(new InlineString(new Text(string.Concat(text.Where(System.Xml.XmlConvert.IsXmlChar))) { Space = SpaceProcessingModeValues.Preserve })) { DataType = CellValues.InlineString, StyleIndex = style };

    private static double Width(ReportColumn column) => Math.Max(column.Title.Length + 2, column.Kind switch { CellKind.Text => 18, CellKind.Instant => 19, CellKind.Money => 13, _ => 10 });

    private static Stylesheet Styles()
    {
        CellFormat Format(uint number, uint font = 0) => new() { NumberFormatId = number, FontId = font, FillId = 0, BorderId = 0, FormatId = 0, ApplyNumberFormat = true, ApplyFont = font > 0 };
        return new Stylesheet(
            new NumberingFormats(
                new NumberingFormat { NumberFormatId = 164, FormatCode = "[h]:mm:ss" }, new NumberingFormat { NumberFormatId = 165, FormatCode = "yyyy-mm-dd" }, new NumberingFormat { NumberFormatId = 166, FormatCode = "yyyy-mm-dd hh:mm:ss" }) { Count = 3 },
            new Fonts(new Font(new FontSize { Val = 11 }, new FontName { Val = "Calibri" }), new Font(new Bold(), new FontSize { Val = 11 }, new FontName { Val = "Calibri" })) { Count = 2 },
            new Fills(new Fill(new PatternFill { PatternType = PatternValues.None }), new Fill(new PatternFill { PatternType = PatternValues.Gray125 })) { Count = 2 },
            new Borders(new Border(new LeftBorder(), new RightBorder(), new TopBorder(), new BottomBorder(), new DiagonalBorder())) { Count = 1 },
            new CellStyleFormats(new CellFormat { NumberFormatId = 0, FontId = 0, FillId = 0, BorderId = 0 }) { Count = 1 },
            new CellFormats(Format(0), Format(0, 1), Format(3), Format(4), Format(10), Format(164), Format(165), Format(166)) { Count = 8 });
    }
}
