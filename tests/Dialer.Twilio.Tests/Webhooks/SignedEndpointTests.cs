using System.Net;
using System.Text;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dialer.Twilio.Tests.Webhooks;

/// <summary>A real server behind a "proxy": it is called at 127.0.0.1 while the world knows it by its public URL.</summary>
public sealed class SignedEndpointTests : IAsyncLifetime
{
    private const string Public = "https://calls.example.com";
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Twilio:AccountSid"] = "AC" + new string('1', 32),
            ["Twilio:AuthToken"] = "primary",
            ["Twilio:SecondaryAuthToken"] = "secondary",
            ["Dialer:PublicUrl"] = Public,
            ["Dialer:TokenKey"] = new string('k', 32),
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddTwilio(builder.Configuration);
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapGroup("/twilio").RequireTwilioSignature().MapPost("/x", (TwilioForm form, int n) => $"{form["CallSid"]} {n}");
        await _app.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("primary")]
    [InlineData("secondary")]
    public async Task A_signed_webhook_is_let_through_under_the_public_url(string token)
    {
        var (status, body) = await PostAsync("/twilio/x?n=2&s=it's%20a+b", "CallSid=CA1&ToZip=", token: token);
        status.ShouldBe(HttpStatusCode.OK);
        body.ShouldBe("CA1 2");
    }

    [Fact]
    public async Task An_unsigned_or_wrongly_signed_webhook_gets_403_and_nothing_else()
    {
        foreach (var token in new[] { null, "guess", "" })
            (await PostAsync("/twilio/x?n=2", "CallSid=CA1", token: token)).ShouldBe((HttpStatusCode.Forbidden, ""));
    }

    [Fact]
    public async Task The_signature_is_checked_before_parameters_are_bound() =>
        (await PostAsync("/twilio/x?n=notanumber", "CallSid=CA1", token: null)).ShouldBe((HttpStatusCode.Forbidden, ""));

    [Fact]
    public async Task A_signature_for_the_host_header_s_url_is_refused()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/twilio/x?n=2") { Content = new StringContent("CallSid=CA1", Encoding.UTF8, "application/x-www-form-urlencoded") };
        request.Headers.Add("X-Twilio-Signature", TwilioSignature.Compute("primary", $"{_http.BaseAddress}twilio/x?n=2", [new("CallSid", "CA1")]));
        using var response = await _http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused() =>
        (await PostAsync("/twilio/x?n=2", "CallSid=" + new string('a', 70_000), token: "primary")).Item1.ShouldBe(HttpStatusCode.Forbidden);

    [Fact]
    public async Task A_wrong_configuration_stops_the_start_with_every_error()
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System);
        services.AddTwilio(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Twilio:AccountSid"] = "nope", ["Twilio:BaseUrl"] = "ftp://x" }).Build());
        await using var provider = services.BuildServiceProvider();
        var error = Should.Throw<Microsoft.Extensions.Options.OptionsValidationException>(() => provider.GetRequiredService<Dialer.Twilio.Rest.TwilioClient>());
        error.Failures.Count().ShouldBe(3);
    }

    private async Task<(HttpStatusCode, string)> PostAsync(string path, string body, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded") };
        if (token is not null)
            request.Headers.Add("X-Twilio-Signature", TwilioSignature.Compute(token, Public + path, TwilioForm.Parse(Encoding.UTF8.GetBytes(body))!.Fields));
        using var response = await _http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
