using CsvHelper;
using NodaTime;
using NodaTime.Text;

namespace Dialer.Features.Reports.Tables;

/// <summary>Writes a report as CSV (RFC 4180, UTF-8 with a mark so that Excel reads it), row by row. A text that a spreadsheet would take for a formula gets an apostrophe before it.</summary>
internal static class CsvWriting
{
    private static readonly CsvWriterOptions Options = new() { Injection = CsvInjection.Escape, NewLine = "\r\n", WriteByteOrderMark = true };
    private static readonly LocalDateTimePattern Moment = LocalDateTimePattern.CreateWithInvariantCulture("yyyy-MM-dd HH:mm:ss");

    public static async Task WriteAsync(Stream stream, Report report, ReportScope scope, IAsyncEnumerable<object?[]> rows, CancellationToken cancel)
    {
        await using var csv = CsvWriter.Create(stream, Options, leaveOpen: true);
        await csv.WriteRecordAsync([.. report.Columns.Select(column => column.Title)], cancel);
        await foreach (var row in rows.WithCancellation(cancel))
        {
            foreach (var cell in row)
                Write(csv, cell, scope.Zone);
            await csv.EndRecordAsync(cancel);
        }
    }

    /// <summary>Numbers are written as numbers, so that a minus sign is no formula.</summary>
    private static void Write(CsvWriter csv, object? cell, DateTimeZone zone)
    {
        switch (cell)
        {
            case null: csv.WriteField(""); break;
            case long number: csv.WriteField(number, default); break;
            case decimal money: csv.WriteField(money, default); break;
            case double number: csv.WriteField(Math.Round(number, 4), default); break;
            case LocalDate date: csv.WriteField(LocalDatePattern.Iso.Format(date)); break;
            case Instant at: csv.WriteField(Moment.Format(at.InZone(zone).LocalDateTime)); break;
            case string text: csv.WriteField(text); break;
            default: throw new InvalidOperationException($"A report has no cells of type {cell.GetType().Name}.");
        }
    }
}
