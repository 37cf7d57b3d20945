using System.Buffers.Binary;
using System.Text;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Imports;

/// <summary>Writes rows in PostgreSQL's binary COPY format (PostgreSQL manual, COPY, "Binary Format") straight from values, without a boxed object or a task per value.</summary>
internal sealed class CopyStream : IAsyncDisposable
{
    private const int FlushAt = 1 << 16;
    private const int TextOid = 25;
    private static readonly LocalDate Epoch = new(2000, 1, 1);
    private readonly NpgsqlRawCopyStream _stream;
    private byte[] _buffer = new byte[FlushAt * 2];
    private int _length;
    private int _arrayAt;
    private bool _completed;

    private CopyStream(NpgsqlRawCopyStream stream)
    {
        _stream = stream;
        ReadOnlySpan<byte> signature = [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];
        signature.CopyTo(_buffer);
        _length = signature.Length;
    }

    public static async Task<CopyStream> BeginAsync(NpgsqlConnection connection, string copyCommand, CancellationToken cancel) =>
        new(await connection.BeginRawBinaryCopyAsync(copyCommand, cancel));

    public void BeginRow(short columns) => BinaryPrimitives.WriteInt16BigEndian(Take(2), columns);

    public void Null() => Length(-1);

    public void Int32(int value)
    {
        Length(4);
        BinaryPrimitives.WriteInt32BigEndian(Take(4), value);
    }

    public void Int64(long value)
    {
        Length(8);
        BinaryPrimitives.WriteInt64BigEndian(Take(8), value);
    }

    public void Bool(bool? value)
    {
        if (value is not { } known)
        {
            Null();
            return;
        }

        Length(1);
        Take(1)[0] = known ? (byte)1 : (byte)0;
    }

    public void Date(LocalDate? value)
    {
        if (value is { } date)
            Int32(Period.DaysBetween(Epoch, date));
        else
            Null();
    }

    public void Text(string? value)
    {
        if (value is null)
            Null();
        else
            Text(value.AsSpan());
    }

    public void Text(ReadOnlySpan<char> value)
    {
        Grow(4 + Encoding.UTF8.GetMaxByteCount(value.Length));
        var count = Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length + 4));
        Length(count);
        _length += count;
    }

    /// <summary>A one-dimensional <c>text[]</c>.</summary>
    public void BeginTextArray(int count)
    {
        _arrayAt = _length;
        Length(0);
        BinaryPrimitives.WriteInt32BigEndian(Take(4), count == 0 ? 0 : 1);
        BinaryPrimitives.WriteInt32BigEndian(Take(4), 0); // no nulls
        BinaryPrimitives.WriteInt32BigEndian(Take(4), TextOid);
        if (count == 0)
            return;
        BinaryPrimitives.WriteInt32BigEndian(Take(4), count);
        BinaryPrimitives.WriteInt32BigEndian(Take(4), 1); // lower bound
    }

    public void EndTextArray() => BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_arrayAt), _length - _arrayAt - 4);

    /// <summary>Sends what is gathered once there is enough of it. Call between rows.</summary>
    public ValueTask FlushIfFullAsync(CancellationToken cancel) => _length < FlushAt ? ValueTask.CompletedTask : FlushAsync(cancel);

    public async Task CompleteAsync(CancellationToken cancel)
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(2), -1);
        await FlushAsync(cancel);
        _completed = true;
        await _stream.DisposeAsync();
    }

    /// <summary>Without <see cref="CompleteAsync"/> before it, gives the COPY up: the table gets no row.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_completed)
            return;
        await _stream.CancelAsync();
        await _stream.DisposeAsync();
    }

    private async ValueTask FlushAsync(CancellationToken cancel)
    {
        await _stream.WriteAsync(_buffer.AsMemory(0, _length), cancel);
        _length = 0;
    }

    private void Length(int bytes) => BinaryPrimitives.WriteInt32BigEndian(Take(4), bytes);

    private Span<byte> Take(int bytes)
    {
        Grow(bytes);
        _length += bytes;
        return _buffer.AsSpan(_length - bytes, bytes);
    }

    private void Grow(int bytes)
    {
        if (_length + bytes > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
    }
}
