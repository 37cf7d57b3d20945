using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Dialer.Features.Imports.Reading;

/// <summary>Writes the first sheet of an .xlsx workbook (ECMA-376) out as CSV text, cell by cell, in bounded memory.</summary>
/// <remarks>
/// A workbook is a zip of XML, and both can be bombs: entries and unpacked bytes are capped as they are read (a zip's own figures are not believed), DTDs and entities are refused.
/// Numbers come out as they are stored, so that 00123 typed as text stays 00123; a number whose style is a date comes out as yyyy-MM-dd. Formulas give their last computed value; they are never run.
/// </remarks>
internal static class Workbook
{
    private const int MaxEntries = 2_000;
    private const int MaxSharedCharacters = 32 * 1024 * 1024;
    private const int MaxColumns = 16_384;

    private static readonly XmlReaderSettings Xml = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true, CloseInput = true };

    public static ImportRefusal? WriteCsv(Stream workbook, Stream csv, ImportsOptions options, CancellationToken cancel)
    {
        workbook.Position = 0;
        try
        {
            using var zip = new ZipArchive(workbook, ZipArchiveMode.Read, leaveOpen: true);
            if (zip.Entries.Count > MaxEntries)
                return Bad("it has more parts than a workbook needs");
            var sheet = zip.Entries.Where(entry => entry.FullName.StartsWith("xl/worksheets/sheet", StringComparison.OrdinalIgnoreCase) && entry.FullName.EndsWith(".xml", StringComparison.OrdinalIgnoreCase))
                .MinBy(entry => entry.FullName.Length * 1000 + entry.FullName[^5]);
            if (sheet is null)
                return ImportRefusal.NotText("a zip archive that is no workbook");
            var budget = new Budget(options.MaxFileBytes * 4);
            var shared = ReadShared(zip.GetEntry("xl/sharedStrings.xml"), budget);
            var dates = ReadDateStyles(zip.GetEntry("xl/styles.xml"), budget);
            using var output = new StreamWriter(csv, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true);
            WriteSheet(Open(sheet, budget), shared, dates, output, cancel);
            return null;
        }
        catch (Exception fault) when (fault is InvalidDataException or XmlException or FormatException or OverflowException)
        {
            return Bad(fault is XmlException ? "its XML is malformed or has a DTD" : fault.Message);
        }
    }

    private static ImportRefusal Bad(string why) => new("BAD_WORKBOOK", $"The workbook cannot be read: {why}. Save it again as .xlsx or as CSV UTF-8.");

    private static void WriteSheet(XmlReader xml, List<string> shared, HashSet<int> dates, StreamWriter output, CancellationToken cancel)
    {
        using (xml)
        {
            var cells = new List<string>();
            var line = new StringBuilder();
            var width = 0;
            while (xml.ReadToFollowing("row"))
            {
                cancel.ThrowIfCancellationRequested();
                cells.Clear();
                using (var row = xml.ReadSubtree())
                    ReadRow(row, shared, dates, cells);
                width = Math.Max(width, width == 0 ? cells.Count : 0); // the header's width; shorter rows are padded to it
                while (cells.Count < width)
                    cells.Add("");
                while (cells.Count > width && cells[^1].Length == 0)
                    cells.RemoveAt(cells.Count - 1);
                line.Clear();
                CsvText.AppendLine(line, cells);
                output.Write(line);
            }
        }
    }

    private static void ReadRow(XmlReader row, List<string> shared, HashSet<int> dates, List<string> cells)
    {
        while (row.ReadToFollowing("c"))
        {
            var column = row.GetAttribute("r") is { } reference ? ColumnOf(reference) : cells.Count;
            if (column >= MaxColumns)
                throw new InvalidDataException("a cell lies outside the sheet");
            while (cells.Count < column)
                cells.Add("");
            var type = row.GetAttribute("t");
            var style = int.TryParse(row.GetAttribute("s"), out var index) ? index : -1;
            using var cell = row.ReadSubtree();
            cells.Add(Value(Text(cell), type, dates.Contains(style), shared));
        }
    }

    /// <summary>The text of v, or of the t parts of an inline string; of f (the formula) nothing.</summary>
    private static string Text(XmlReader cell)
    {
        var text = "";
        while (cell.Read())
        {
            if (cell.NodeType == XmlNodeType.Element && cell.LocalName is "v" or "t" && !cell.IsEmptyElement && cell.Read() && cell.NodeType is XmlNodeType.Text or XmlNodeType.SignificantWhitespace)
                text += cell.Value;
        }

        return text;
    }

    private static string Value(string text, string? type, bool date, List<string> shared) => type switch
    {
        "s" => int.TryParse(text, out var index) && index >= 0 && index < shared.Count ? shared[index] : throw new InvalidDataException("a cell names a text that is not there"),
        "b" => text == "1" ? "yes" : "no",
        "str" or "inlineStr" or "d" or "e" => text,
        _ when date && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var serial) && serial is >= 1 and < 2_958_466 =>
            DateTime.FromOADate(serial).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => Plain(text),
    };

    /// <summary>A number as digits: Excel stores 15551234567 as it is, but 1E+2 or 0.30000000000000004 for what it shows as 100 and 0.3.</summary>
    private static string Plain(string text) =>
        text.AsSpan().IndexOfAny('E', 'e') < 0 && text.Length < 17 ? text
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1e15
            ? Math.Round((decimal)number, 6).ToString("0.######", CultureInfo.InvariantCulture) : text;

    private static List<string> ReadShared(ZipArchiveEntry? entry, Budget budget)
    {
        var shared = new List<string>();
        if (entry is null)
            return shared;
        using var xml = Open(entry, budget);
        long characters = 0;
        var text = new StringBuilder();
        while (xml.ReadToFollowing("si"))
        {
            text.Clear();
            using var item = xml.ReadSubtree();
            while (item.ReadToFollowing("t"))
                text.Append(item.ReadElementContentAsString());
            if ((characters += text.Length) > MaxSharedCharacters)
                throw new InvalidDataException("its texts are too large; save it as CSV UTF-8");
            shared.Add(text.ToString());
        }

        return shared;
    }

    private static HashSet<int> ReadDateStyles(ZipArchiveEntry? entry, Budget budget)
    {
        var dates = new HashSet<int>();
        if (entry is null)
            return dates;
        using var xml = Open(entry, budget);
        var formats = new HashSet<int>([.. Enumerable.Range(14, 4), 22]); // built-in date formats
        var (inCells, style) = (false, 0);
        while (xml.Read())
        {
            if (xml.LocalName == "cellXfs")
                inCells = xml.NodeType == XmlNodeType.Element;
            else if (xml is { NodeType: XmlNodeType.Element, LocalName: "numFmt" } && IsDate(xml.GetAttribute("formatCode")) && int.TryParse(xml.GetAttribute("numFmtId"), out var id))
                formats.Add(id);
            else if (xml is { NodeType: XmlNodeType.Element, LocalName: "xf" } && inCells)
            {
                if (int.TryParse(xml.GetAttribute("numFmtId"), out var format) && formats.Contains(format))
                    dates.Add(style);
                style++;
            }
        }

        return dates;
    }

    private static bool IsDate(string? format)
    {
        var quoted = false;
        foreach (var c in format ?? "")
        {
            if (c == '"')
                quoted = !quoted;
            else if (!quoted && c is 'y' or 'd' or 'Y' or 'D')
                return true;
        }

        return false;
    }

    private static int ColumnOf(string reference)
    {
        var column = 0;
        foreach (var c in reference)
        {
            if (!char.IsAsciiLetter(c))
                break;
            column = checked(column * 26 + (char.ToUpperInvariant(c) - 'A' + 1));
        }

        return column > 0 ? column - 1 : throw new InvalidDataException("a cell has no place");
    }

    private static XmlReader Open(ZipArchiveEntry entry, Budget budget) => XmlReader.Create(new CappedStream(entry.Open(), budget), Xml);

    private sealed class Budget(long bytes)
    {
        public long Left { get; set; } = bytes;
    }

    /// <summary>Counts what comes out of the decompressor and stops when the whole workbook's budget is spent.</summary>
    private sealed class CappedStream(Stream inner, Budget budget) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, count);
            if ((budget.Left -= read) < 0)
                throw new InvalidDataException("it unpacks to far more than its size");
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
