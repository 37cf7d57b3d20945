using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Access;

/// <summary>Sign-in with a name and a password: a cookie for browsers, a bearer token for programs, both in one answer.</summary>
public static class SignIn
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public sealed record Request(string? UserName, string? Password);

    public sealed record UserView(long Id, string UserName, string DisplayName, string[] Roles);

    public sealed record Response(string Token, DateTimeOffset ExpiresAt, UserView User);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/access/login", HandleAsync).AllowAnonymous().RequireRateLimiting("login");
        routes.MapPost("/api/v1/access/logout", async (HttpContext http) =>
        {
            await http.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            return Results.NoContent();
        }).AllowAnonymous();
        routes.MapGet("/api/v1/access/me", (ClaimsPrincipal caller) => new UserView(
            caller.UserId(), caller.UserName(), caller.FindFirstValue(ClaimTypes.GivenName) ?? caller.UserName(), [.. caller.FindAll(ClaimTypes.Role).Select(c => c.Value)]));
    }

    private static async Task<IResult> HandleAsync(
        Request request, HttpContext http, Users users, ServiceClock clock, IOptionsMonitor<BearerTokenOptions> bearer, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(request.UserName) || string.IsNullOrEmpty(request.Password))
            return Results.Problem("Give userName and password.", statusCode: 400, title: "Missing credentials");
        var user = await users.FindAsync(request.UserName, cancel);
        if (!Passwords.Verify(request.Password, user?.PasswordHash) || user is null || user.Disabled)
            return Results.Problem("The user name or the password is wrong.", statusCode: 401, title: "Not signed in");
        var principal = PrincipalOf(user, CookieAuthenticationDefaults.AuthenticationScheme);
        await http.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, principal);
        var expires = TimeProvider.System.GetUtcNow() + Lifetime;
        var ticket = new AuthenticationTicket(principal, new AuthenticationProperties { ExpiresUtc = expires }, BearerTokenDefaults.AuthenticationScheme);
        var token = bearer.Get(BearerTokenDefaults.AuthenticationScheme).BearerTokenProtector.Protect(ticket);
        return Results.Ok(new Response(token, clock.IsSimulated ? clock.GetUtcNow() + (Lifetime * clock.Speed) : expires, new UserView(user.UserId, user.UserName, user.DisplayName, user.Roles)));
    }

    private static ClaimsPrincipal PrincipalOf(User user, string scheme) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, user.UserId.ToString()),
            new Claim(ClaimTypes.Name, user.UserName),
            new Claim(ClaimTypes.GivenName, user.DisplayName),
            new Claim(Caller.Stamp, user.SecurityStamp.ToString("N")),
            .. user.Roles.Select(role => new Claim(ClaimTypes.Role, role)),
        ],
        scheme));
}
