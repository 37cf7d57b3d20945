using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Dialer.Features.Access;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Access;

public sealed partial class DefaultDeny(DialingWorld world) : IClassFixture<DialingWorld>
{
    private IReadOnlyList<RouteEndpoint> Endpoints =>
        [.. world.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Distinct()];

    [Fact]
    public async Task Nobody_reaches_an_endpoint_that_does_not_say_it_is_for_everybody()
    {
        var closed = Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null).ToList();
        closed.Count.ShouldBeGreaterThan(20);

        foreach (var endpoint in closed)
        {
            using var request = RequestFor(endpoint);
            using var answer = await world.Http.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{request.Method} {request.RequestUri}");
        }
    }

    [Fact]
    public void Only_sign_in_health_and_documents_are_for_everybody_and_webhooks_are_signed()
    {
        var open = Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null).ToList();

        open.Where(endpoint => endpoint.Metadata.GetMetadata<SignedByTwilio>() is null)
            .Select(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/'))
            .ShouldBe(["api/v1/access/login", "api/v1/access/logout", "api/v1/access/openid", "api/v1/access/openid/start", "api/v1/access/openid/callback", "health/live", "health/ready", "openapi/{documentName}.json", "{*path:nonfile}"], ignoreOrder: true);
        Endpoints.Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("twilio/", StringComparison.Ordinal))
            .ShouldAllBe(endpoint => endpoint.Metadata.GetMetadata<SignedByTwilio>() != null);
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_name_are_refused_alike()
    {
        await UserAsync("wanda", Roles.Collector);

        var answers = new List<string>();
        foreach (var (userName, password) in new[] { ("wanda", "not it"), ("nobody", DialingWorld.Password) })
        {
            using var answer = await world.Http.PostAsJsonAsync("/api/v1/access/login", new { userName, password });
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            answers.Add(TraceId().Replace(await answer.Content.ReadAsStringAsync(), ""));
        }

        answers[0].ShouldBe(answers[1]);
    }

    [Fact]
    public async Task An_agent_may_not_do_what_supervisors_do()
    {
        await UserAsync("albert", Roles.Collector);
        var token = await world.SignInAsync("albert");

        (await StatusAsync(HttpMethod.Get, "/api/v1/access/me", token)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(HttpMethod.Post, "/api/v1/campaigns/1/launch", token)).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(HttpMethod.Get, "/api/v1/live", token)).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(HttpMethod.Get, "/api/v1/imports", token)).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_changed_password_ends_the_tokens_and_cookies_given_before()
    {
        await UserAsync("carla", Roles.Supervisor);
        var token = await world.SignInAsync("carla");
        var cookie = await CookieAsync("carla");
        (await StatusAsync(HttpMethod.Get, "/api/v1/access/me", token)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(HttpMethod.Get, "/api/v1/access/me", cookie: cookie)).ShouldBe(HttpStatusCode.OK);

        await UserAsync("carla", Roles.Supervisor);

        (await StatusAsync(HttpMethod.Get, "/api/v1/access/me", token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(HttpMethod.Get, "/api/v1/access/me", cookie: cookie)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_page_of_another_site_cannot_change_anything_with_the_users_cookie()
    {
        await UserAsync("dora", Roles.Supervisor);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/campaigns/1/launch");
        request.Headers.Add("Cookie", await CookieAsync("dora"));
        request.Headers.Add("Origin", "https://evil.example");

        using var answer = await world.Http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("Foreign origin");
    }

    private Task UserAsync(string name, string role) => world.Services.GetRequiredService<Users>().PutAsync(name, name, DialingWorld.Password, [role], [], ComplianceWorld.Noon, default);

    private async Task<string> CookieAsync(string name)
    {
        using var answer = await world.Http.PostAsJsonAsync("/api/v1/access/login", new { userName = name, password = DialingWorld.Password });
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, string? token = null, string? cookie = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        using var answer = await world.Http.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>A request that reaches this endpoint, whatever it says then.</summary>
    internal static HttpRequestMessage RequestFor(RouteEndpoint endpoint) => new(new HttpMethod(MethodOf(endpoint)), AddressOf(endpoint)) { Content = ContentFor(endpoint) };

    private static string MethodOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET";

    /// <summary>Of a type the endpoint accepts: with any other, the request would be matched to the web application's page instead.</summary>
    private static ByteArrayContent? ContentFor(RouteEndpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is not { ContentTypes: [var type, ..] })
            return null;
        var content = new ByteArrayContent([]);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return content;
    }

    /// <summary>Each parameter is 1, an empty GUID, or the first word that its regular expression lists.</summary>
    private static string AddressOf(RouteEndpoint endpoint) => Parameter().Replace(
        "/" + endpoint.RoutePattern.RawText!.TrimStart('/'), parameter => parameter.Groups["word"] is { Success: true } word ? word.Value : parameter.Value.Contains(":guid", StringComparison.Ordinal) ? Guid.Empty.ToString() : "1");

    [GeneratedRegex(@"\{[^}]*?(regex\(\^\((?<word>\w+)[^}]*)?\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex TraceId();
}
