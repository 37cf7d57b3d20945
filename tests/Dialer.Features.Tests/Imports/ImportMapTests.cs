using System.Text;
using Dialer.Features.Imports;
using NodaTime;

namespace Dialer.Features.Tests.Imports;

public sealed class ImportMapTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Text = "Cust Ref\tGiven\tSurname\tDOB\tBranch\tOwed\tTelephone No 1\tFiller\n0042\tAnn\tLee\t04/05/1980\tHarbor\t$1,100.00\t212.555.0101\tx\n";
    private readonly ImportedFile _file = new(database);

    private static readonly ImportMap Map = new(
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["cust ref"] = "client_account_no", ["Given"] = "first_name", ["Branch"] = "creditor", ["Owed"] = "balance", ["Telephone No 1"] = "phone1", ["Filler"] = "",
        },
        "MM/dd/yyyy");

    [Fact]
    public async Task A_clients_saved_map_reads_its_own_column_names_and_dates()
    {
        await _file.EnsureClientAsync();
        await database.Database.ExecuteAsync(
            "insert into import_map (client_id, columns, date_format, updated_at, updated_by) select client_id, @columns::jsonb, @DateFormat, now(), 'x' from client where code = @Client",
            new { columns = System.Text.Json.JsonSerializer.Serialize(Map.Columns), Map.DateFormat, _file.Client }, CancellationToken.None);

        var report = await _file.ImportAsync(Text);

        report.Refusal.ShouldBeNull();
        (report.Accepted, report.IgnoredColumns.Single()).ShouldBe((1, "Filler"));
        (await _file.QueryAsync<(string, string, decimal)>("select client_account_no, p.birth_date::text, balance from account a join person p using (person_id) join client c on c.client_id = a.client_id where c.code = @Client"))
            .ShouldHaveSingleItem().ShouldBe(("0042", "1980-04-05", 1100m));
    }

    [Fact]
    public async Task A_preview_shows_what_each_column_means_and_what_is_wrong()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Text + "0043\t\tRay\t1980-04-05\tHarbor\t5\t\t\n"));

        var (preview, refusal) = await PreviewImport.ReadAsync(stream, null, Map.DateFormat, Map, new ImportsOptions(), new LocalDate(2026, 3, 2), CancellationToken.None);

        refusal.ShouldBeNull();
        preview!.Delimiter.ShouldBe("\t");
        preview.Columns.Select(column => column.Meaning).ShouldBe(["client_account_no", "first_name", "last_name", "birth_date", "creditor", "balance", "phone1", null]);
        preview.Rows.Select(row => (row.Line, row.ErrorCode)).ShouldBe([(2, null), (3, "MISSING_VALUE")]);
        preview.Rows[1].ErrorText!.ShouldContain("birth_date is not a date as MM/dd/yyyy");
    }
}
