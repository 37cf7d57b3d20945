using System.Text;
using Dialer.Features.Imports;

namespace Dialer.Features.Tests.Imports;

/// <summary>Files that are refused as a whole: a clear reason, and nothing half-done.</summary>
public sealed class RefusedFileTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly ImportedFile _file = new(database);

    private const int TenMegabytes = 10 * 1024 * 1024;

    [Theory]
    [InlineData("nothing", "EMPTY_FILE")]
    [InlineData("random bytes", "NOT_TEXT")]
    [InlineData("a broken workbook", "BAD_WORKBOOK")]
    [InlineData("a PDF", "NOT_TEXT")]
    [InlineData("UTF-16 without a mark", "UTF16_WITHOUT_MARK")]
    [InlineData("UTF-32", "NOT_TEXT")]
    [InlineData("Latin-1 letters", "NOT_UTF8")]
    [InlineData("no header", "NO_HEADER")]
    [InlineData("wrong columns", "WRONG_COLUMNS")]
    [InlineData("a column twice", "REPEATED_COLUMN")]
    [InlineData("a header alone", "NO_ROWS")]
    [InlineData("blank lines alone", "NO_ROWS")]
    [InlineData("a cell of 10 MB", "CELL_TOO_LONG")]
    [InlineData("a quoted cell of 10 MB", "CELL_TOO_LONG")]
    [InlineData("one line of 10 MB", "CELL_TOO_LONG")]
    public async Task A_file_that_is_no_placement_is_refused_with_its_reason(string what, string code)
    {
        var report = await _file.ImportAsync(Bytes(what));

        report.Outcome.ShouldBe(ImportOutcome.Refused);
        report.Refusal.ShouldNotBeNull().Code.ShouldBe(code);
        (await _file.AccountsAsync()).ShouldBe(0);
        (await _file.ScalarAsync<long>("select count(*) from import_batch b join client c using (client_id) where c.code = @Client and status <> 'Failed'")).ShouldBe(0);
    }

    private static byte[] Bytes(string what)
    {
        var good = ImportedFile.File(ImportedFile.Row("1"));
        var random = new byte[4096];
        new Random(7).NextBytes(random);
        return what switch
        {
            "nothing" => [],
            "random bytes" => random,
            "a broken workbook" => [0x50, 0x4B, 0x03, 0x04, .. random],
            "UTF-16 without a mark" => Encoding.Unicode.GetBytes(good),
            "UTF-32" => [0xFF, 0xFE, 0, 0, .. Encoding.UTF32.GetBytes(good)],
            "Latin-1 letters" => Encoding.Latin1.GetBytes(ImportedFile.File(ImportedFile.Row("1", first: "José"))),
            _ => Encoding.UTF8.GetBytes(what switch
            {
                "a PDF" => "%PDF-1.7\n" + good,
                "no header" => ImportedFile.Row("1") + "\n",
                "wrong columns" => "first_name,city\nAnn,Rome\n",
                "a column twice" => ImportedFile.Header + ",dob\n" + ImportedFile.Row("1") + ",x\n",
                "a header alone" => ImportedFile.Header + "\n",
                "blank lines alone" => ImportedFile.Header + "\n\n,,,,,,,,,,,,,,,\n",
                "a cell of 10 MB" => good + ImportedFile.Row("2", first: new string('x', TenMegabytes)) + "\n",
                "a quoted cell of 10 MB" => good + ImportedFile.Row("2", first: "\"" + new string('x', TenMegabytes) + "\"") + "\n",
                "one line of 10 MB" => new string('x', TenMegabytes),
                _ => throw new ArgumentOutOfRangeException(nameof(what)),
            }),
        };
    }

    [Fact]
    public async Task A_file_above_the_limit_is_refused()
    {
        _file.Options.MaxFileBytes = 1024;

        (await _file.ImportAsync(ImportedFile.File([.. Enumerable.Range(0, 20).Select(i => ImportedFile.Row(i.ToString()))]))).Refusal.ShouldNotBeNull().Code.ShouldBe("FILE_TOO_LARGE");
    }

    [Fact]
    public async Task An_endless_upload_is_cut_off_at_the_limit()
    {
        _file.Options.MaxFileBytes = 1 << 20;
        await _file.EnsureClientAsync();
        using var endless = new EndlessStream();

        var report = await _file.Importer().RunAsync(endless, new ImportRequest(_file.Client, "f.csv", "tester"), null, null, CancellationToken.None);

        report.Refusal.ShouldNotBeNull().Code.ShouldBe("FILE_TOO_LARGE");
        endless.Given.ShouldBeLessThan(2 << 20);
    }

    [Fact]
    public async Task An_unknown_client_is_refused()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(ImportedFile.File(ImportedFile.Row("1"))));

        var report = await _file.Importer().RunAsync(stream, new ImportRequest("NOBODY", "f.csv", "tester"), null, null, CancellationToken.None);

        report.Refusal.ShouldNotBeNull().Code.ShouldBe("UNKNOWN_CLIENT");
    }

    [Theory]
    [InlineData("utf-8-bom")]
    [InlineData("utf-16")]
    [InlineData("utf-16be")]
    [InlineData("windows-1252 declared")]
    public async Task Text_whose_encoding_is_marked_or_declared_is_read(string encoding)
    {
        var text = ImportedFile.File(ImportedFile.Row("1", first: "José"));
        byte[] bytes = encoding switch
        {
            "utf-8-bom" => [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)],
            "utf-16" => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)],
            "utf-16be" => [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(text)],
            _ => Encoding.Latin1.GetBytes(text),
        };

        var report = await _file.ImportAsync(bytes, new ImportRequest("", "f.csv", "tester", Encoding: encoding.StartsWith("windows", StringComparison.Ordinal) ? "windows-1252" : null));

        report.Accepted.ShouldBe(1);
        (await _file.ScalarAsync<string>("select first_name from person p join client c using (client_id) where c.code = @Client")).ShouldBe("José");
    }

    private sealed class EndlessStream : Stream
    {
        public long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'a');
            Given += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
