using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using Dialer.Features.Access;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Microsoft.Extensions.DependencyInjection;
using Users = Dialer.Features.Access.Users;

namespace Dialer.Features.Tests.Reports;

/// <summary>A table of a screen, taken away as a workbook.</summary>
public sealed class TakenTables(DialingWorld world) : IClassFixture<DialingWorld>
{
    [Fact]
    public async Task Cells_keep_their_types_texts_are_no_formulas_and_the_taking_is_on_record()
    {
        var table = new
        {
            title = "Floor: [North]",
            zone = "America/New_York",
            columns = new[] { "Agent", "Calls", "Rate", "Since" },
            rows = new object?[][] { ["=HYPERLINK(\"http://x\")", 7, 0.25, "2026-06-02T16:00:00Z"], ["Ben", null, 1.5, "2026-06-02"] },
        };

        using var answer = await PostAsync(Roles.Supervisor, table);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var file = new MemoryStream(await answer.Content.ReadAsByteArrayAsync());
        using var document = SpreadsheetDocument.Open(file, isEditable: false);
        new DocumentFormat.OpenXml.Validation.OpenXmlValidator().Validate(document).Select(error => $"{error.Path?.XPath} {error.Description}").ShouldBeEmpty();
        var rows = document.WorkbookPart!.WorksheetParts.Single().Worksheet.Descendants<Row>().Select(row => row.Elements<Cell>().ToList()).ToList();
        rows[0].Select(cell => cell.InnerText).ShouldBe(["Agent", "Calls", "Rate", "Since"]);
        document.WorkbookPart.WorksheetParts.Single().Worksheet.Descendants<CellFormula>().ShouldBeEmpty();
        (rows[1][0].DataType!.Value, rows[1][0].InnerText).ShouldBe((CellValues.InlineString, "=HYPERLINK(\"http://x\")"));
        (rows[1][1].CellValue!.Text, rows[1][2].CellValue!.Text).ShouldBe(("7", "0.25"));
        DateTime.FromOADate(double.Parse(rows[1][3].CellValue!.Text, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(new DateTime(2026, 6, 2, 12, 0, 0), TimeSpan.FromSeconds(1));
        (rows[2][1].InnerText, rows[2][3].InnerText).ShouldBe(("", "2026-06-02"));
        (await world.OneAsync<string>("select detail::jsonb ->> 'rows' from audit where action = 'table.exported' and subject = 'Floor: [North]'")).ShouldBe("2");
    }

    [Fact]
    public async Task What_is_no_table_is_refused_in_words()
    {
        using var ragged = await PostAsync(Roles.Supervisor, new { title = "T", columns = new[] { "A", "B" }, rows = new object[][] { [1] } });
        ragged.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ragged.Content.ReadAsStringAsync()).ShouldContain("a cell for every column");
        using var nowhere = await PostAsync(Roles.Supervisor, new { title = "T", zone = "Mars", columns = new[] { "A" }, rows = Array.Empty<object[]>() });
        nowhere.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task<HttpResponseMessage> PostAsync(string role, object table)
    {
        var name = $"taker-{role.ToLowerInvariant()}";
        await world.Services.GetRequiredService<Users>().PutAsync(name, name, DialingWorld.Password, [role], [], ComplianceWorld.Noon, default);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tables.xlsx") { Content = JsonContent.Create(table) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await world.SignInAsync(name));
        return await world.Http.SendAsync(request);
    }
}
