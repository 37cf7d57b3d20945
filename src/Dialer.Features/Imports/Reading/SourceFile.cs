using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Dialer.Features.Imports.Reading;

/// <summary>A file as it arrived: its bytes on local disk, its SHA-256 and its proven encoding. Reading it any number of times gives the same text.</summary>
/// <remarks>A stream that cannot seek (a request's body) is spooled to a private temporary file, which disappears when this is disposed.</remarks>
internal sealed class SourceFile : IAsyncDisposable
{
    private const int Chunk = 1 << 17;
    private readonly Stream _stream;
    private readonly bool _own;

    private SourceFile(Stream stream, bool own) => (_stream, _own) = (stream, own);

    public byte[] Sha256 { get; private set; } = [];

    public Encoding Encoding { get; private set; } = Encoding.UTF8;

    public long Length => _stream.Length;

    /// <summary>The text from its beginning. Not to be disposed: the bytes stay open for another reading.</summary>
    public StreamReader OpenText()
    {
        _stream.Position = 0;
        return new StreamReader(_stream, Encoding, detectEncodingFromByteOrderMarks: true, bufferSize: Chunk, leaveOpen: true);
    }

    /// <summary>Takes a stream in, or says why it is no text file.</summary>
    /// <param name="stream">The bytes; read to the end, at most <see cref="ImportsOptions.MaxFileBytes"/>.</param>
    /// <param name="encoding">A declared encoding ("utf-8", "windows-1252"), or null: UTF-8, or UTF-16 when a byte order mark says so.</param>
    /// <param name="options">The limits.</param>
    /// <param name="cancel">Stops the reading.</param>
    /// <remarks>The first sheet of a workbook (.xlsx) is written out as CSV text and read as such; <see cref="Sha256"/> stays that of the workbook.</remarks>
    public static async Task<(SourceFile? File, ImportRefusal? Refusal)> OpenAsync(Stream stream, string? encoding, ImportsOptions options, CancellationToken cancel)
    {
        var (file, refusal) = await SpoolAsync(stream, options.MaxFileBytes, cancel);
        if (file is null)
            return (null, refusal);
        refusal = await file.ProbeAsync(encoding, cancel);
        if (refusal is null)
            return (file, null);
        if (refusal.Code != "WORKBOOK")
        {
            await file.DisposeAsync();
            return (null, refusal);
        }

        await using (file)
            return await ConvertAsync(file, options, cancel);
    }

    private static async Task<(SourceFile? File, ImportRefusal? Refusal)> ConvertAsync(SourceFile workbook, ImportsOptions options, CancellationToken cancel)
    {
        var spool = NewSpool();
        var refusal = Workbook.WriteCsv(workbook._stream, spool, options, cancel);
        if (refusal is not null || spool.Length == 0)
        {
            await spool.DisposeAsync();
            return (null, refusal ?? ImportRefusal.Empty());
        }

        spool.Position = 0;
        return (new SourceFile(spool, own: true) { Sha256 = await SHA256.HashDataAsync(Rewound(workbook._stream), cancel) }, null);
    }

    /// <summary>The same file as CSV text, when its lines are of fixed width and are not a delimited file of the same column names already. <see cref="Sha256"/> stays.</summary>
    /// <remarks>This one is not needed afterwards and is disposed with the result.</remarks>
    public static async Task<(SourceFile? File, ImportRefusal? Refusal)> CutAsync(SourceFile file, ImportMap? map, ImportsOptions options, CancellationToken cancel)
    {
        if (map?.Positions is not { } positions)
            return (file, null);
        if (FixedWidth.Fault(positions) is { } fault)
            return (null, ImportRefusal.BadPositions(fault));
        if (FileLayout.FirstLine(file, options) is { Cells: { } cells } && FixedWidth.IsDelimited(cells, positions))
            return (file, null);
        var spool = NewSpool();
        ImportRefusal? refusal;
        using (var text = file.OpenText())
            refusal = FixedWidth.WriteCsv(text, positions, map.Trailer, spool, cancel);
        if (refusal is not null)
        {
            await spool.DisposeAsync();
            return (null, refusal);
        }

        spool.Position = 0;
        var cut = new SourceFile(spool, own: true) { Sha256 = file.Sha256 };
        await file.DisposeAsync();
        return (cut, null);
    }

    private static Stream Rewound(Stream stream)
    {
        stream.Position = 0;
        return stream;
    }

    public static FileStream NewSpool()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(Path.Combine(Path.GetTempPath(), $"dialer-import-{Guid.NewGuid():N}"), options);
    }

    public ValueTask DisposeAsync() => _own ? _stream.DisposeAsync() : ValueTask.CompletedTask;

    private static async Task<(SourceFile? File, ImportRefusal? Refusal)> SpoolAsync(Stream stream, long maxBytes, CancellationToken cancel)
    {
        if (stream.CanSeek)
            return stream.Length > maxBytes ? (null, ImportRefusal.TooLarge(maxBytes)) : (new SourceFile(stream, own: false), null);
        var spool = NewSpool();
        var buffer = new byte[Chunk];
        long total = 0;
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, cancel)) > 0)
            {
                total += count;
                if (total > maxBytes)
                {
                    await spool.DisposeAsync();
                    return (null, ImportRefusal.TooLarge(maxBytes));
                }

                await spool.WriteAsync(buffer.AsMemory(0, count), cancel);
            }
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }

        return (new SourceFile(spool, own: true), null);
    }

    private async Task<ImportRefusal?> ProbeAsync(string? declared, CancellationToken cancel)
    {
        _stream.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[Chunk];
        var kept = 0; // bytes of a character that the last chunk cut in two
        long offset = 0;
        long? badAt = null;
        while (true)
        {
            var count = await _stream.ReadAtLeastAsync(buffer.AsMemory(kept), Chunk - kept, throwOnEndOfStream: false, cancel);
            hash.AppendData(buffer, kept, count);
            var seen = buffer.AsSpan(0, kept + count);
            if (offset == 0 && RefuseHead(seen, declared) is { } refusal)
                return refusal;
            var last = kept + count < Chunk;
            kept = last ? 0 : CutCharacter(seen);
            var whole = seen[..^kept];
            if (badAt is null && Encoding is UTF8Encoding && !Utf8.IsValid(whole))
                badAt = offset + FirstBadByte(whole);
            if (last)
                break;
            offset += whole.Length;
            seen[^kept..].CopyTo(buffer);
        }

        Sha256 = hash.GetHashAndReset();
        return badAt is { } at ? ImportRefusal.NotUtf8(at) : null;
    }

    private ImportRefusal? RefuseHead(ReadOnlySpan<byte> head, string? declared)
    {
        head = head[..Math.Min(head.Length, 8192)];
        if (head.IsEmpty)
            return ImportRefusal.Empty();
        if (head.StartsWith(new byte[] { 0xFF, 0xFE, 0, 0 }))
            return ImportRefusal.NotText("UTF-32 text");
        if (head.StartsWith(new byte[] { 0xFF, 0xFE }) || head.StartsWith(new byte[] { 0xFE, 0xFF }))
        {
            Encoding = head[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode;
            return null;
        }

        if (head.StartsWith("PK\u0003\u0004"u8))
            return new ImportRefusal("WORKBOOK", "A zip archive, read on as a workbook.");
        if (Magic(head) is { } kind)
            return ImportRefusal.NotText(kind);
        if (declared is not null)
        {
            if (TextEncodings.Find(declared) is not { } encoding)
                return ImportRefusal.UnknownEncoding(declared);
            Encoding = encoding;
            if (encoding is UnicodeEncoding)
                return null;
        }

        var zeros = head.Count((byte)0);
        if (zeros * 10 > head.Length * 3)
            return ImportRefusal.Utf16WithoutMark();
        var controls = zeros;
        foreach (var b in head)
            controls += b is > 0 and < 32 and not ((byte)'\t' or (byte)'\r' or (byte)'\n') ? 1 : 0;
        return controls * 50 > head.Length ? ImportRefusal.NotText("binary data") : null;
    }

    private static string? Magic(ReadOnlySpan<byte> head) =>
        head.StartsWith("%PDF"u8) ? "a PDF"
        : head.StartsWith(new byte[] { 0x1F, 0x8B }) ? "gzip-compressed"
        : head.StartsWith(new byte[] { 0xD0, 0xCF, 0x11, 0xE0 }) ? "an old Excel workbook (.xls)"
        : head.StartsWith(new byte[] { 0x89, 0x50, 0x4E, 0x47 }) ? "a picture"
        : head.StartsWith("\u007FELF"u8) || head.StartsWith("MZ\0"u8) ? "a program"
        : null;

    /// <summary>How many bytes at the end belong to a UTF-8 character that is not complete yet (0 to 3).</summary>
    private static int CutCharacter(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var b = bytes[^back];
            if ((b & 0xC0) == 0x80)
                continue;
            var length = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC0 ? 2 : 1;
            return length > back ? back : 0;
        }

        return 0;
    }

    private static int FirstBadByte(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
            at += consumed;
        return at;
    }
}

internal static class TextEncodings
{
    public static Encoding? Find(string name) => name.Trim().ToLowerInvariant() switch
    {
        "utf-8" or "utf8" => Encoding.UTF8,
        "utf-16" or "utf-16le" or "utf16" => Encoding.Unicode,
        "utf-16be" => Encoding.BigEndianUnicode,
        "windows-1252" or "cp1252" or "1252" => CodePagesEncodingProvider.Instance.GetEncoding(1252),
        "iso-8859-1" or "latin1" => Encoding.Latin1,
        _ => null,
    };
}
