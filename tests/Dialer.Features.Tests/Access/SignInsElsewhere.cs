using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dialer.Features.Access;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Tests.Access;

/// <summary>Sign-in at an identity provider: who is let in, and each way in which a code or a token is not good enough.</summary>
public sealed class SignInsElsewhere(DialingWorld world) : IClassFixture<DialingWorld>, IAsyncLifetime
{
    private IdentityProviderStub _provider = null!;
    private HttpClient _browser = null!;

    private AccessOptions Options => world.Services.GetRequiredService<IOptions<AccessOptions>>().Value;

    public async Task InitializeAsync()
    {
        _provider = await IdentityProviderStub.StartAsync();
        _browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = world.Http.BaseAddress };
        Options.OpenId = new OpenIdOptions { Authority = _provider.Url, ClientId = "dialer", ClientSecret = "a secret of the provider", Name = "Company account" };
        await UserAsync("olga", Roles.Collector);
    }

    public async Task DisposeAsync()
    {
        Options.OpenId = new OpenIdOptions();
        Options.SecondFactorRequired = null;
        _browser.Dispose();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_the_provider_lets_in_and_the_table_of_users_knows_has_a_session_of_his_own_role()
    {
        var (asked, cookie) = await LeaveAsync();
        (asked["response_type"], asked["code_challenge_method"], asked["redirect_uri"]).ShouldBe(("code", "S256", DialingWorld.PublicUrl + OpenIdProvider.CallbackPath));
        cookie.ShouldContain("httponly", Case.Insensitive);
        cookie.ShouldContain("secure", Case.Insensitive);

        var (to, session) = await ReturnAsync(cookie, asked["state"], _provider.SignsIn(asked, Claims("Olga")));

        to.ShouldBe("/");
        var me = await MeAsync(session!);
        (me["userName"]!.GetValue<string>(), me["mustEnrol"]!.GetValue<bool>(), me["scopes"]!.AsArray().Select(scope => scope!.GetValue<string>()).Contains(Scopes.CallsTake)).ShouldBe(("olga", false, true));
    }

    [Fact]
    public async Task A_code_is_of_use_only_to_the_browser_that_set_out_for_it_and_only_once()
    {
        var (asked, cookie) = await LeaveAsync();
        var (_, stranger) = await LeaveAsync();
        var code = _provider.SignsIn(asked, Claims("olga"));

        (await ReturnAsync("", asked["state"], code)).ShouldBe(("/?signin=stale", null));
        (await ReturnAsync(stranger, asked["state"], code)).ShouldBe(("/?signin=stale", null));
        (await ReturnAsync(cookie[..40] + (cookie[40] == 'x' ? 'y' : 'x') + cookie[41..], asked["state"], code)).ShouldBe(("/?signin=stale", null));
        (await ReturnAsync(cookie, asked["state"], "")).ShouldBe(("/?signin=refused", null));
        (await ReturnAsync(cookie, asked["state"], code)).To.ShouldBe("/");
        (await ReturnAsync(cookie, asked["state"], code)).ShouldBe(("/?signin=failed", null));
    }

    [Theory]
    [InlineData("nonce")]
    [InlineData("audience")]
    [InlineData("expired")]
    [InlineData("key")]
    public async Task A_token_that_was_not_made_for_this_sign_in_by_this_provider_lets_nobody_in(string fault)
    {
        var (asked, cookie) = await LeaveAsync();
        using var other = RSA.Create(2048);
        var code = fault switch
        {
            "nonce" => _provider.SignsIn(asked, Claims("olga"), nonce: "of another sign-in"),
            "audience" => _provider.SignsIn(asked, Claims("olga"), audience: "another program"),
            "expired" => _provider.SignsIn(asked, Claims("olga"), minutes: -10),
            _ => _provider.SignsIn(asked, Claims("olga"), forgedWith: other),
        };

        (await ReturnAsync(cookie, asked["state"], code)).ShouldBe(("/?signin=failed", null));
    }

    [Fact]
    public async Task Who_is_not_in_the_table_of_users_or_no_more_or_by_an_unverified_address_does_not_come_in()
    {
        await UserAsync("gone", Roles.Collector);
        await world.ExecuteAsync("update app_user set disabled = true where user_name = 'gone'");

        (await SignInAsync(Claims("nobody-here"))).ShouldBe(("/?signin=unknown", null));
        (await SignInAsync(Claims("gone"))).ShouldBe(("/?signin=unknown", null));
        (await SignInAsync(new() { ["sub"] = "17" })).ShouldBe(("/?signin=unknown", null));
        Options.OpenId.Claim = "email";
        await UserAsync("olga@example.com", Roles.Collector);
        (await SignInAsync(new() { ["email"] = "olga@example.com" })).ShouldBe(("/?signin=unknown", null));
        (await SignInAsync(new() { ["email"] = "olga@example.com", ["email_verified"] = true })).To.ShouldBe("/");
    }

    [Fact]
    public async Task Who_needs_a_second_factor_comes_in_only_when_the_provider_has_asked_for_one()
    {
        await UserAsync("vera", Roles.Supervisor);
        Options.SecondFactorRequired = true;

        (await SignInAsync(Claims("vera"))).ShouldBe(("/?signin=second-factor", null));
        (await SignInAsync(Claims("vera", "pwd"))).ShouldBe(("/?signin=second-factor", null));
        var (to, session) = await SignInAsync(Claims("vera", "pwd", "mfa"));
        to.ShouldBe("/");
        (await MeAsync(session!))["mustEnrol"]!.GetValue<bool>().ShouldBeFalse();
        Options.OpenId.AsksSecondFactor = true;
        (await SignInAsync(Claims("vera"))).To.ShouldBe("/");
    }

    [Fact]
    public async Task A_provider_that_is_down_or_is_not_who_it_was_said_to_be_is_not_believed()
    {
        _provider.Issuer = "https://somebody-else.example.com";
        (await GetAsync("/api/v1/access/openid/start")).Headers.Location!.OriginalString.ShouldBe("/?signin=failed");
        Options.OpenId.Authority = "http://127.0.0.1:1";
        (await GetAsync("/api/v1/access/openid/start")).Headers.Location!.OriginalString.ShouldBe("/?signin=failed");
        Options.OpenId = new OpenIdOptions();
        (await GetAsync("/api/v1/access/openid/start")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        JsonNode.Parse(await (await GetAsync("/api/v1/access/openid")).Content.ReadAsStringAsync())!["enabled"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task Who_signs_out_ends_the_providers_session_too_where_it_can_be_ended()
    {
        _provider.Ending = _provider.Url + "/end";
        var (asked, cookie) = await LeaveAsync();
        using var back = await CallbackAsync(cookie, asked["state"], _provider.SignsIn(asked, Claims("olga")));
        var cookies = back.Headers.GetValues("Set-Cookie").Select(each => each.Split(';')[0]).ToList();
        back.Headers.GetValues("Set-Cookie").Single(each => each.StartsWith("dialer-openid-end=", StringComparison.Ordinal)).ShouldContain("path=/api/v1/access/logout");

        var (status, address) = await SignOutAsync(cookies);

        status.ShouldBe(HttpStatusCode.OK);
        var to = new Uri(address!);
        var query = QueryHelpers.ParseQuery(to.Query);
        (to.GetLeftPart(UriPartial.Path), query["client_id"].ToString(), query["post_logout_redirect_uri"].ToString()).ShouldBe((_provider.Ending, "dialer", DialingWorld.PublicUrl + "/"));
        new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(query["id_token_hint"].ToString()).GetClaim("preferred_username").Value.ShouldBe("olga");
        (await SignOutAsync([.. cookies.Select(each => each.StartsWith("dialer-openid-end=", StringComparison.Ordinal) ? "dialer-openid-end=forged" : each)])).ShouldBe((HttpStatusCode.NoContent, null));
        (await SignOutAsync([])).ShouldBe((HttpStatusCode.NoContent, null)); // a session that a password began
    }

    [Fact]
    public async Task Who_signs_out_where_the_provider_has_no_place_for_it_is_signed_out_here()
    {
        var (asked, cookie) = await LeaveAsync();
        using var back = await CallbackAsync(cookie, asked["state"], _provider.SignsIn(asked, Claims("olga")));

        (await SignOutAsync([.. back.Headers.GetValues("Set-Cookie").Select(each => each.Split(';')[0])])).ShouldBe((HttpStatusCode.NoContent, null));
    }

    [Fact]
    public async Task A_provider_that_names_an_unsafe_place_to_sign_out_is_not_believed()
    {
        _provider.Ending = "http://example.com/end";
        (await GetAsync("/api/v1/access/openid/start")).Headers.Location!.OriginalString.ShouldBe("/?signin=failed");
    }

    [Theory]
    [InlineData("http://login.example.com", "dialer", "openid", 1)]
    [InlineData("https://login.example.com", "", "openid", 1)]
    [InlineData("https://login.example.com", "dialer", "profile", 1)]
    [InlineData("https://login.example.com", "dialer", "openid profile", 0)]
    [InlineData("", "", "", 0)]
    public void Settings_that_cannot_work_are_told_at_the_start(string authority, string client, string scope, int faults) =>
        new OpenIdOptions { Authority = authority, ClientId = client, Scope = scope }.Faults().Count().ShouldBe(faults);

    private static Dictionary<string, object> Claims(string name, params string[] amr) =>
        amr.Length == 0 ? new() { ["sub"] = "17", ["preferred_username"] = name } : new() { ["sub"] = "17", ["preferred_username"] = name, ["amr"] = amr };

    private Task UserAsync(string name, string role) => world.Services.GetRequiredService<Users>().PutAsync(name, name, DialingWorld.Password, [role], [], ComplianceWorld.Noon, default);

    private async Task<(string To, string? Session)> SignInAsync(Dictionary<string, object> claims)
    {
        var (asked, cookie) = await LeaveAsync();
        return await ReturnAsync(cookie, asked["state"], _provider.SignsIn(asked, claims));
    }

    /// <summary>The browser is sent to the provider: with what question, and with which cookie of ours.</summary>
    private async Task<(IReadOnlyDictionary<string, string> Asked, string Cookie)> LeaveAsync()
    {
        using var answer = await GetAsync("/api/v1/access/openid/start");
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var to = answer.Headers.Location!;
        to.GetLeftPart(UriPartial.Path).ShouldBe(_provider.Url + "/authorize");
        return (QueryHelpers.ParseQuery(to.Query).ToDictionary(each => each.Key, each => each.Value.ToString()), answer.Headers.GetValues("Set-Cookie").Single());
    }

    /// <summary>The browser comes back: where it is sent, and the session it got, if any.</summary>
    private async Task<(string To, string? Session)> ReturnAsync(string cookie, string state, string code)
    {
        using var answer = await CallbackAsync(cookie, state, code);
        var session = answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.SingleOrDefault(each => each.StartsWith("__Host-dialer=", StringComparison.Ordinal)) : null;
        return (answer.Headers.Location!.OriginalString, session?.Split(';')[0]);
    }

    private async Task<HttpResponseMessage> CallbackAsync(string cookie, string state, string code)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{OpenIdProvider.CallbackPath}?state={Uri.EscapeDataString(state)}&code={Uri.EscapeDataString(code)}");
        if (cookie.Length > 0)
            request.Headers.Add("Cookie", cookie.Split(';')[0]);
        var answer = await _browser.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        return answer;
    }

    /// <summary>What the browser is told, and where it goes from there.</summary>
    private async Task<(HttpStatusCode Status, string? Address)> SignOutAsync(IReadOnlyList<string> cookies)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/access/logout");
        if (cookies.Count > 0)
            request.Headers.Add("Cookie", string.Join("; ", cookies));
        using var answer = await _browser.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text)!["address"]!.GetValue<string>());
    }

    private async Task<JsonNode> MeAsync(string session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/access/me");
        request.Headers.Add("Cookie", session);
        using var answer = await _browser.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private Task<HttpResponseMessage> GetAsync(string path) => _browser.GetAsync(path);
}
