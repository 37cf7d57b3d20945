using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dialer.Features.Access;
using Dialer.Features.Accounts;
using Dialer.Features.Imports;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Tests.Imports;

/// <summary>Imports and accounts over HTTP, on a real server and a real database; only the sign-in is a stand-in, which takes the role from a header.</summary>
public sealed class ImportsApiTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly ImportedFile _file = new(database);
    private readonly WebApplication _app = Application(database);
    private HttpClient _supervisor = new();
    private HttpClient _agent = new();

    public async Task InitializeAsync()
    {
        await _app.StartAsync();
        _supervisor = Client("Supervisor");
        _agent = Client(Roles.Collector);
        await _file.EnsureClientAsync();
    }

    public async Task DisposeAsync()
    {
        _supervisor.Dispose();
        _agent.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_file_is_taken_as_the_body_and_its_rejects_come_back_as_csv()
    {
        var report = await PostAsync(ImportedFile.File(ImportedFile.Row("1"), ImportedFile.Row("2", state: "ZZ")));

        (report.GetProperty("outcome").GetString(), report.GetProperty("accepted").GetInt64(), report.GetProperty("rejected").GetInt64()).ShouldBe(("Committed", 1, 1));
        var id = report.GetProperty("importId").GetInt64();
        var rejects = await _supervisor.GetAsync($"/api/v1/imports/{id}/rejects");
        rejects.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        (await rejects.Content.ReadAsStringAsync()).ShouldContain("UNKNOWN_STATE");
        (await _supervisor.GetFromJsonAsync<JsonElement>($"/api/v1/imports/{id}")).GetProperty("rejectedByCode").GetProperty("UNKNOWN_STATE").GetInt64().ShouldBe(1);
        (await _supervisor.GetFromJsonAsync<JsonElement>($"/api/v1/imports?client={_file.Client}")).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_file_is_taken_as_a_part_of_a_form_under_its_own_name()
    {
        using var form = new MultipartFormDataContent { { new StringContent(ImportedFile.File(ImportedFile.Row("1"))), "file", "march.csv" } };

        var report = await (await _supervisor.PostAsync($"/api/v1/imports?client={_file.Client}", form)).Content.ReadFromJsonAsync<JsonElement>();

        (report.GetProperty("accepted").GetInt64(), report.GetProperty("fileName").GetString()).ShouldBe((1, "march.csv"));
    }

    [Theory]
    [InlineData("first_name\nAnn\n", HttpStatusCode.UnprocessableEntity, "WRONG_COLUMNS")]
    [InlineData("", HttpStatusCode.UnprocessableEntity, "EMPTY_FILE")]
    public async Task A_refused_file_is_a_problem_with_a_code(string text, HttpStatusCode status, string code)
    {
        using var content = new StringContent(text);

        var answer = await _supervisor.PostAsync($"/api/v1/imports?client={_file.Client}", content);

        answer.StatusCode.ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task A_file_above_the_limit_is_too_large()
    {
        using var content = new StringContent(ImportedFile.Header + "\n" + new string('x', 3 << 20));

        (await _supervisor.PostAsync($"/api/v1/imports?client={_file.Client}", content)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Agents_may_not_import_and_strangers_see_nothing()
    {
        using var content = new StringContent("x");
        using var stranger = new HttpClient { BaseAddress = _agent.BaseAddress };

        (await _agent.PostAsync($"/api/v1/imports?client={_file.Client}", content)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await stranger.GetAsync("/api/v1/imports")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_agent_sees_masked_numbers_and_a_supervisor_whole_ones()
    {
        await PostAsync(ImportedFile.File(ImportedFile.Row("77", phone: "2125550166", last: "Quint_ana")));
        var found = await _agent.GetFromJsonAsync<JsonElement>($"/api/v1/accounts?q=quint_&client={_file.Client}");
        var id = found.GetProperty("items")[0].GetProperty("accountId").GetInt64();

        var masked = await _agent.GetFromJsonAsync<JsonElement>($"/api/v1/accounts/{id}");
        var whole = await _supervisor.GetFromJsonAsync<JsonElement>($"/api/v1/accounts/{id}");

        masked.GetProperty("phones")[0].GetProperty("e164").GetString().ShouldBe("•••• 0166");
        masked.GetProperty("account").GetProperty("birthDate").ValueKind.ShouldBe(JsonValueKind.Null);
        whole.GetProperty("phones")[0].GetProperty("e164").GetString().ShouldBe("+12125550166");
        whole.GetProperty("account").GetProperty("birthDate").GetString().ShouldBe("1980-04-05");
        whole.ToString().ShouldNotContain("\"1234\""); // the SSN's last digits are nobody's to see
        (await _agent.GetFromJsonAsync<JsonElement>("/api/v1/accounts?q=(212) 555-0166")).GetProperty("items").GetArrayLength().ShouldBeGreaterThan(0);
        (await _agent.GetAsync("/api/v1/accounts/999999999")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _agent.GetAsync("/api/v1/accounts?q=%25")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_map_is_saved_checked_and_read_back()
    {
        var path = $"/api/v1/clients/{_file.Client}/import-map";
        (await _supervisor.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _supervisor.PutAsJsonAsync(path, new { columns = new Dictionary<string, string> { ["Ref"] = "no_such_column" } })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        (await _supervisor.PutAsJsonAsync(path, new { columns = new Dictionary<string, string> { ["Ref"] = "client_account_no" }, dateFormat = "dd.MM.yyyy" })).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await _supervisor.GetFromJsonAsync<JsonElement>(path)).GetProperty("columns").GetProperty("Ref").GetString().ShouldBe("client_account_no");
    }

    private async Task<JsonElement> PostAsync(string text)
    {
        using var content = new StringContent(text, Encoding.UTF8, "text/csv");
        var answer = await _supervisor.PostAsync($"/api/v1/imports?client={_file.Client}", content);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private HttpClient Client(string role)
    {
        var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Role", role);
        return client;
    }

    private static WebApplication Application(TestDatabase database)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["Dialer:Imports:MaxFileBytes"] = (1 << 20).ToString();
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(_ => database.Database);
        builder.Services.AddImports().AddAccounts();
        builder.Services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        builder.Services.AddAuthentication("role").AddScheme<AuthenticationSchemeOptions, RoleHeader>("role", null);
        AccessModule.AddPolicies(builder.Services.AddAuthorizationBuilder());
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapImports();
        app.MapAccounts();
        return app;
    }

    private sealed class RoleHeader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header) && header.Parameter is { } role
                ? AuthenticateResult.Success(new AuthenticationTicket(
                    new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "1"), new Claim(ClaimTypes.Name, "tester"), new Claim(ClaimTypes.Role, role)], "role")), "role"))
                : AuthenticateResult.NoResult());
    }
}
