using System.Security.Claims;
using Dialer.Twilio;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Access;

/// <summary>Sign-in with a name, a password and, where the user has one, a code: a cookie for browsers, a bearer token for programs, both in one answer.</summary>
/// <remarks>A wrong name, a wrong password and a locked user are refused alike and cost alike. That a code is needed is said only to who knows the password.</remarks>
public static class SignIn
{
    /// <summary>The claim of a supervisor who must still set up a second factor: good for nothing but that.</summary>
    public const string MustEnrol = "enrol";

    internal const string LogoutPath = "/api/v1/access/logout";

    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public sealed record Request(string? UserName, string? Password, string? Code);

    /// <param name="Scopes">What the roles allow, for a screen that offers no more than that; none until a second factor that is due is set up.</param>
    public sealed record UserView(long Id, string UserName, string DisplayName, string[] Roles, bool MustEnrol, string[] Scopes);

    public sealed record Response(string Token, DateTimeOffset ExpiresAt, UserView User);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/access/login", HandleAsync).AllowAnonymous().RequireRateLimiting("login");
        routes.MapPost(LogoutPath, LogoutAsync).AllowAnonymous().WithMetadata(new RepeatsFreely()); // its answer holds a token of the provider: it is not kept
        routes.MapGet("/api/v1/access/me", (ClaimsPrincipal caller) =>
            View(caller.UserId(), caller.UserName(), caller.FindFirstValue(ClaimTypes.GivenName) ?? caller.UserName(), [.. caller.FindAll(ClaimTypes.Role).Select(c => c.Value)], caller.HasClaim(MustEnrol, "yes")))
            .RequireAuthorization(Scopes.SignedIn);
    }

    /// <summary>Ends the browser's session. 204; or, where it began at an identity provider that can end its own as well, where the browser is to go for that.</summary>
    private static async Task<IResult> LogoutAsync(HttpContext http, OpenIdProvider provider, IOptions<PublicFaceOptions> face, CancellationToken cancel)
    {
        await http.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return await OpenIdSignIn.EndAsync(http, provider, face.Value, cancel) is { } address ? Results.Ok(new { address }) : Results.NoContent();
    }

    private static async Task<IResult> HandleAsync(
        Request request, HttpContext http, Users users, Passwords passwords, SecondFactor factor, ServiceClock clock, IOptionsMonitor<BearerTokenOptions> bearer, IOptions<AccessOptions> options, IOptions<TwilioOptions> twilio, CancellationToken cancel)
    {
        if (!options.Value.Admits(http.Connection.RemoteIpAddress))
            return Results.Problem("Nobody signs in from this network. Use the office network or the company's VPN.", statusCode: 403, title: "Network not allowed");
        if (string.IsNullOrEmpty(request.UserName) || string.IsNullOrEmpty(request.Password))
            return Results.Problem("Give userName and password.", statusCode: 400, title: "Missing credentials");
        var user = await users.FindAsync(request.UserName, cancel);
        var right = passwords.Verify(request.Password, user?.PasswordHash);
        if (user is null || user.Disabled || user.Locked || !right)
        {
            if (user is not null && !right)
                await users.FailAsync(user.UserId, options.Value, cancel);
            return Refused("The user name or the password is wrong, or there were too many wrong ones and you must wait.");
        }

        if (user.TotpConfirmed && string.IsNullOrWhiteSpace(request.Code))
            return Results.Problem("Enter the code that your authenticator shows.", statusCode: 401, title: "Code needed", extensions: new Dictionary<string, object?> { ["code"] = "CODE_NEEDED" });
        if (user.TotpConfirmed && !await factor.AcceptAsync(user, request.Code!, cancel))
        {
            await users.FailAsync(user.UserId, options.Value, cancel);
            return Results.Problem("This is not the code of this moment.", statusCode: 401, title: "Code wrong", extensions: new Dictionary<string, object?> { ["code"] = "CODE_WRONG" });
        }

        await users.SucceedAsync(user.UserId, cancel);
        var mustEnrol = !user.TotpConfirmed && MustHaveSecond(user, options.Value, twilio.Value);
        var principal = PrincipalOf(user, mustEnrol, CookieAuthenticationDefaults.AuthenticationScheme);
        await http.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, principal);
        var expires = TimeProvider.System.GetUtcNow() + Lifetime;
        var ticket = new AuthenticationTicket(principal, new AuthenticationProperties { ExpiresUtc = expires }, BearerTokenDefaults.AuthenticationScheme);
        var token = bearer.Get(BearerTokenDefaults.AuthenticationScheme).BearerTokenProtector.Protect(ticket);
        return Results.Ok(new Response(
            token, clock.IsSimulated ? clock.GetUtcNow() + (Lifetime * clock.Speed) : expires, View(user.UserId, user.UserName, user.DisplayName, user.Roles, mustEnrol)));
    }

    private static UserView View(long id, string userName, string displayName, string[] roles, bool mustEnrol) =>
        new(id, userName, displayName, roles, mustEnrol, mustEnrol ? [] : Roles.ScopesOf(roles));

    /// <summary>Whose password alone is not enough: supervisors and above, where the installation says so, and if it says nothing where its calls are real.</summary>
    internal static bool MustHaveSecond(User user, AccessOptions access, TwilioOptions twilio) => user.IsAbove && (access.SecondFactorRequired ?? twilio.IsReal);

    private static IResult Refused(string detail) => Results.Problem(detail, statusCode: 401, title: "Not signed in");

    internal static ClaimsPrincipal PrincipalOf(User user, bool mustEnrol, string scheme) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, user.UserId.ToString()),
            new Claim(ClaimTypes.Name, user.UserName),
            new Claim(ClaimTypes.GivenName, user.DisplayName),
            new Claim(Caller.Stamp, user.SecurityStamp.ToString("N")),
            .. user.Roles.Select(role => new Claim(ClaimTypes.Role, role)),
            .. mustEnrol ? [new Claim(MustEnrol, "yes")] : Array.Empty<Claim>(),
        ],
        scheme));
}
