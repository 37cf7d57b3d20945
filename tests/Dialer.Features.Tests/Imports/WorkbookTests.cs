using System.IO.Compression;
using System.Text;
using Dialer.Features.Imports;

namespace Dialer.Features.Tests.Imports;

public sealed class WorkbookTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Space = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    private readonly ImportedFile _file = new(database);

    [Fact]
    public async Task A_workbook_is_imported_with_its_texts_dates_and_gaps()
    {
        // 29316 is 1980-04-05 as a serial date; style 1 is a date, the account number is text and keeps its zeros.
        var report = await _file.ImportAsync(Book(
            $"""
            <worksheet {Space}><sheetData>
            <row r="1">{Text("A1", "Account Number")}{Text("B1", "First Name")}{Text("C1", "Last Name")}{Text("D1", "DOB")}{Text("E1", "Creditor")}{Text("F1", "Balance")}{Text("G1", "Phone 1")}{Text("H1", "State")}</row>
            <row r="2">{Text("A2", "00123")}<c r="B2" t="s"><v>0</v></c>{Text("C2", "Lee")}<c r="D2" s="1"><v>29316</v></c>{Text("E2", "Harbor")}<c r="F2"><f>50*2</f><v>100.5</v></c><c r="G2"><v>2125550101</v></c></row>
            </sheetData></worksheet>
            """,
            $"<sst {Space}><si><t>An</t></si></sst>"));

        report.Refusal.ShouldBeNull();
        report.Accepted.ShouldBe(1);
        (await _file.QueryAsync<(string, string, string, decimal, string)>(
            """
            select a.client_account_no, p.first_name, p.birth_date::text, a.balance, h.e164
            from account a join person p using (person_id) join phone h using (person_id) join client c on c.client_id = a.client_id where c.code = @Client
            """)).ShouldHaveSingleItem().ShouldBe(("00123", "An", "1980-04-05", 100.5m, "+12125550101"));
    }

    [Fact]
    public async Task A_workbook_with_a_document_type_is_refused() =>
        (await _file.ImportAsync(Book("<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>", null)))
            .Refusal.ShouldNotBeNull().Code.ShouldBe("BAD_WORKBOOK");

    [Fact]
    public async Task A_zip_bomb_is_stopped_while_it_unpacks()
    {
        _file.Options.MaxFileBytes = 1 << 20;

        var bomb = Book($"<worksheet {Space}><sheetData>" + new string(' ', 50 * 1024 * 1024) + "</sheetData></worksheet>", null);

        bomb.Length.ShouldBeLessThan(1 << 20);
        (await _file.ImportAsync(bomb)).Refusal.ShouldNotBeNull().Code.ShouldBe("BAD_WORKBOOK");
    }

    [Fact]
    public async Task A_zip_archive_of_something_else_is_refused()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            zip.CreateEntry("readme.txt");

        (await _file.ImportAsync(bytes.ToArray())).Refusal.ShouldNotBeNull().Code.ShouldBe("NOT_TEXT");
    }

    private static string Text(string at, string text) => $"<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>";

    private static byte[] Book(string sheet, string? shared)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "xl/worksheets/sheet1.xml", sheet);
            Add(zip, "xl/styles.xml", $"<styleSheet {Space}><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>");
            if (shared is not null)
                Add(zip, "xl/sharedStrings.xml", shared);
        }

        return bytes.ToArray();
    }

    private static void Add(ZipArchive zip, string name, string text)
    {
        using var stream = zip.CreateEntry(name).Open();
        stream.Write(Encoding.UTF8.GetBytes(text));
    }
}
