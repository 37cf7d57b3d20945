using Dialer.Twilio;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Access;

/// <summary>
/// Sign-in at an identity provider (OpenID Connect, authorization code with PKCE): <c>GET /api/v1/access/openid</c> says whether there is one, <c>.../start</c> sends the browser there,
/// <c>.../callback</c> takes it back and begins a session of ours. The provider says who it is; what he may do stays in our table of users and roles, and who is not in it does not come in.
/// </summary>
/// <remarks>A sign-in that fails ends at the sign-in page with a word why (<c>?signin=</c>): stale, refused, failed, unknown, second-factor or network.</remarks>
internal static class OpenIdSignIn
{
    private const string CookieName = "dialer-openid";
    private const string CookiePath = "/api/v1/access/openid";

    /// <summary>Goes nowhere but to the sign-out: it is large, and nothing else has a use for it.</summary>
    private const string EndingName = "dialer-openid-end";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/access/openid", (IOptions<AccessOptions> options) => Results.Ok(new { enabled = options.Value.OpenId.IsOn, name = options.Value.OpenId.Name })).AllowAnonymous();
        routes.MapGet("/api/v1/access/openid/start", StartAsync).AllowAnonymous().RequireRateLimiting("login");
        routes.MapGet(OpenIdProvider.CallbackPath, ReturnAsync).AllowAnonymous().RequireRateLimiting("login");
    }

    private static async Task<IResult> StartAsync(
        HttpContext http, OpenIdProvider provider, IOptions<AccessOptions> options, IOptions<PublicFaceOptions> face, CancellationToken cancel)
    {
        if (!options.Value.OpenId.IsOn)
            return Problem.NotFound("No identity provider is set up. Sign in with your password.");
        if (!options.Value.Admits(http.Connection.RemoteIpAddress))
            return Failed("network");
        var pass = OpenIdPass.New();
        if (await provider.AddressAsync(pass, cancel) is not { } address)
            return Failed("failed");
        http.Response.Cookies.Append(CookieName, provider.Seal(pass), Cookie(face.Value));
        return Results.Redirect(address);
    }

    private static async Task<IResult> ReturnAsync(
        HttpContext http, OpenIdProvider provider, Users users, IOptions<AccessOptions> options, IOptions<TwilioOptions> twilio, IOptions<PublicFaceOptions> face, CancellationToken cancel)
    {
        var access = options.Value;
        if (!access.OpenId.IsOn || !access.Admits(http.Connection.RemoteIpAddress))
            return Failed("network");
        var pass = provider.Open(http.Request.Cookies[CookieName]);
        http.Response.Cookies.Delete(CookieName, Cookie(face.Value));
        if (pass is null || !OpenIdPass.Same(http.Request.Query["state"].ToString(), pass.State))
            return Failed("stale");
        if (http.Request.Query["code"].ToString() is not { Length: > 0 } code)
            return Failed("refused");
        if (await provider.RedeemAsync(code, pass, cancel) is not { } person)
            return Failed("failed");
        if (person.Name.Length == 0 || await users.FindAsync(person.Name, cancel) is not { Disabled: false } user)
            return Failed("unknown");
        if (!person.SecondFactor && (user.TotpConfirmed || SignIn.MustHaveSecond(user, access, twilio.Value)))
            return Failed("second-factor");
        await http.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, SignIn.PrincipalOf(user, mustEnrol: false, CookieAuthenticationDefaults.AuthenticationScheme));
        http.Response.Cookies.Append(EndingName, provider.SealEnding(person, SignIn.Lifetime), Ending(face.Value));
        return Results.Redirect("/");
    }

    /// <summary>Takes what a sign-in at the provider has left, and says where the browser ends its session there; null when there is nothing to end.</summary>
    internal static async Task<string?> EndAsync(HttpContext http, OpenIdProvider provider, PublicFaceOptions face, CancellationToken cancel)
    {
        var kept = http.Request.Cookies[EndingName];
        if (kept is not null)
            http.Response.Cookies.Delete(EndingName, Ending(face));
        return await provider.EndingAsync(kept, cancel);
    }

    private static CookieOptions Ending(PublicFaceOptions face)
    {
        var cookie = Cookie(face);
        (cookie.Path, cookie.SameSite, cookie.MaxAge) = (SignIn.LogoutPath, SameSiteMode.Strict, SignIn.Lifetime);
        return cookie;
    }

    /// <summary>Lax, because the way back comes from another site; it holds nothing that would sign anybody in.</summary>
    private static CookieOptions Cookie(PublicFaceOptions face) => new()
    {
        Path = CookiePath,
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        MaxAge = OpenIdProvider.Patience,
        Secure = face.PublicUrl.StartsWith("https://", StringComparison.OrdinalIgnoreCase),
        IsEssential = true,
    };

    private static IResult Failed(string why) => Results.Redirect($"/?signin={why}");
}
