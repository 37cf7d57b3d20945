using System.Buffers;

namespace Dialer.Features.Imports.Reading;

/// <summary>What is wrong with one record as text, before any column is looked at.</summary>
internal enum RecordFault
{
    None = 0,

    /// <summary>A quote that is never closed, or text after a closing quote. Only the first line of the record is given up; reading goes on at the next line.</summary>
    BrokenQuotes,

    /// <summary>A cell or a record longer than the limit: no placement file has one, so the file as a whole is not one.</summary>
    TooLong,
}

/// <summary>Reads records of delimiter-separated text (RFC 4180, with LF, CRLF or CR) in one pass and constant memory.</summary>
/// <remarks>
/// A stray quote must cost one row, not the rest of the file. So a quoted cell may span lines, but when the record that results is malformed
/// (no closing quote, text after it, or not as many cells as <see cref="ExpectedCells"/>), the first line alone is reported as broken and reading resumes right after it.
/// Cells and <see cref="Raw"/> are valid until the next <see cref="Read"/>.
/// </remarks>
internal sealed class DelimitedReader(TextReader text, char delimiter, int maxCell, int maxRecord)
{
    private const int MaxLines = 64;
    private readonly SearchValues<char> _unquotedEnd = SearchValues.Create([delimiter, '\r', '\n']);
    private readonly List<Cell> _cells = new(64);
    private char[] _buffer = new char[1 << 16];
    private char[] _unescaped = new char[256];
    private int _unescapedLength;
    private int _start; // of the current record in the buffer
    private int _end;   // of the text in the buffer
    private int _length; // of the current record, without its line end
    private int _next;  // of the next record, relative to _start
    private bool _endOfText;
    private long _line = 1;

    /// <summary>How many cells every record should have; 0 while the header is not known.</summary>
    public int ExpectedCells { get; set; }

    public char Delimiter => delimiter;

    public RecordFault Fault { get; private set; }

    /// <summary>The line, from 1, on which the current record begins.</summary>
    public long LineNumber { get; private set; }

    public int CellCount => _cells.Count;

    /// <summary>The record as it stands in the file, without its line end.</summary>
    public ReadOnlySpan<char> Raw => _buffer.AsSpan(_start, _length);

    public ReadOnlySpan<char> this[int index]
    {
        get
        {
            var cell = _cells[index];
            return cell.Unescaped ? _unescaped.AsSpan(cell.Start, cell.Length) : _buffer.AsSpan(_start + cell.Start, cell.Length);
        }
    }

    public bool IsBlank
    {
        get
        {
            for (var i = 0; i < _cells.Count; i++)
            {
                if (!this[i].IsWhiteSpace())
                    return false;
            }

            return Fault == RecordFault.None;
        }
    }

    /// <summary>Moves to the next record; false at the end of the text.</summary>
    public bool Read()
    {
        _start += _next;
        _next = 0;
        LineNumber = _line;
        Fault = RecordFault.None;
        if (At(0) < 0)
            return false;
        var fault = Scan(out var lines);
        if (fault == RecordFault.BrokenQuotes)
            GiveUpFirstLine();
        else
            _line += lines;
        if (Fault == RecordFault.None)
            Fault = fault;
        return true;
    }

    private RecordFault Scan(out int lines)
    {
        _cells.Clear();
        _unescapedLength = 0;
        lines = 0;
        var position = 0;
        while (true)
        {
            var fault = At(position) == '"' ? ScanQuoted(ref position, ref lines) : ScanUnquoted(ref position);
            if (fault != RecordFault.None)
                return fault;
            if (position > maxRecord)
                return lines > 0 ? RecordFault.BrokenQuotes : RecordFault.TooLong;
            if (lines > 0 && ExpectedCells > 0 && _cells.Count > ExpectedCells)
                return RecordFault.BrokenQuotes;
            if (At(position) == delimiter)
            {
                position++;
                continue;
            }

            if (At(position) is >= 0 and not ('\r' or '\n'))
                return RecordFault.BrokenQuotes; // text after a closing quote
            if (lines > 0 && ExpectedCells > 0 && _cells.Count != ExpectedCells)
                return RecordFault.BrokenQuotes;
            EndRecord(position);
            lines++;
            return RecordFault.None;
        }
    }

    private RecordFault ScanUnquoted(ref int position)
    {
        var from = position;
        while (true)
        {
            var rest = _buffer.AsSpan(_start + position, _end - _start - position);
            var found = rest.IndexOfAny(_unquotedEnd);
            position += found < 0 ? rest.Length : found;
            if (position - from > maxCell)
                return RecordFault.TooLong;
            if (found >= 0 || !Fill())
                break;
        }

        _cells.Add(new Cell(from, position - from, Unescaped: false));
        return RecordFault.None;
    }

    private RecordFault ScanQuoted(ref int position, ref int lines)
    {
        var from = ++position;
        var unescapedFrom = _unescapedLength;
        var pieceFrom = from;
        var linesBefore = lines;
        while (true)
        {
            var c = NextQuoteOrLine(ref position);
            if (position - from > maxCell)
                return lines > linesBefore ? RecordFault.BrokenQuotes : RecordFault.TooLong;
            if (c < 0)
                return RecordFault.BrokenQuotes;
            if (c is '\n' or '\r')
            {
                position += c == '\r' && At(position + 1) == '\n' ? 2 : 1;
                if (++lines > MaxLines)
                    return RecordFault.BrokenQuotes;
                continue;
            }

            if (At(position + 1) != '"')
                break;
            position++;
            Keep(pieceFrom, position - pieceFrom); // up to and with the first of the two quotes
            pieceFrom = ++position;
        }

        if (_unescapedLength == unescapedFrom)
        {
            _cells.Add(new Cell(from, position - from, Unescaped: false));
        }
        else
        {
            Keep(pieceFrom, position - pieceFrom);
            _cells.Add(new Cell(unescapedFrom, _unescapedLength - unescapedFrom, Unescaped: true));
        }

        position++;
        return RecordFault.None;
    }

    /// <summary>Moves to the next quote or line end and returns it; -1 at the end of the text; stops early when the cell is already too long.</summary>
    private int NextQuoteOrLine(ref int position)
    {
        var from = position;
        while (true)
        {
            var rest = _buffer.AsSpan(_start + position, _end - _start - position);
            var found = rest.IndexOfAny('"', '\r', '\n');
            if (found >= 0)
            {
                position += found;
                return _buffer[_start + position];
            }

            position += rest.Length;
            if (position - from > maxCell || !Fill())
                return -1;
        }
    }

    private void Keep(int from, int length)
    {
        if (_unescapedLength + length > _unescaped.Length)
            Array.Resize(ref _unescaped, Math.Max(_unescaped.Length * 2, _unescapedLength + length));
        _buffer.AsSpan(_start + from, length).CopyTo(_unescaped.AsSpan(_unescapedLength));
        _unescapedLength += length;
    }

    private void GiveUpFirstLine()
    {
        Fault = RecordFault.BrokenQuotes;
        _cells.Clear();
        var position = 0;
        while (true)
        {
            var rest = _buffer.AsSpan(_start + position, _end - _start - position);
            var found = rest.IndexOfAny('\r', '\n');
            position += found < 0 ? rest.Length : found;
            if (position > maxRecord)
            {
                Fault = RecordFault.TooLong;
                break;
            }

            if (found >= 0 || !Fill())
                break;
        }

        EndRecord(position);
        _line++;
    }

    private void EndRecord(int position)
    {
        _length = position;
        _next = At(position) switch
        {
            '\r' => position + (At(position + 1) == '\n' ? 2 : 1),
            '\n' => position + 1,
            _ => position,
        };
    }

    /// <summary>The character at a place of the current record, or -1 after the end of the text.</summary>
    private int At(int position)
    {
        while (_start + position >= _end)
        {
            if (!Fill())
                return -1;
        }

        return _buffer[_start + position];
    }

    private bool Fill()
    {
        if (_endOfText)
            return false;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var count = text.Read(_buffer, _end, _buffer.Length - _end);
        _endOfText = count == 0;
        _end += count;
        return count > 0;
    }

    private readonly record struct Cell(int Start, int Length, bool Unescaped);
}
