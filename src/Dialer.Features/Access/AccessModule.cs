using System.Security.Claims;
using System.Threading.RateLimiting;
using Dialer.Twilio;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Dialer.Features.Access;

/// <summary>Who may do what: sign-in, sessions, and authorisation that denies by default.</summary>
public static class AccessModule
{
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AccessOptions>().Bind(configuration.GetSection("Dialer:Access")).ValidateDataAnnotations()
            .Validate(options => !options.Faults().Any(), "Dialer:Access:Networks must hold networks such as 10.0.0.0/8.")
            .Validate(options => !options.OpenId.Faults().Any(), "Dialer:Access:OpenId needs an Authority that is an https address, a ClientId, a Claim, and a Scope with the word openid.").ValidateOnStart();
        services.TryAddSingleton(new Passwords());
        services.AddSingleton<Users>();
        services.AddSingleton<SecondFactor>();
        services.AddSingleton<OpenIdProvider>();
        services.AddSingleton<OwnTeam>();
        services.AddSingleton<IdempotentAnswers>();
        services.AddSingleton<OpenSessions>();
        services.AddHostedService(provider => provider.GetRequiredService<OpenSessions>());
        services.AddDataProtection().SetApplicationName("dialer");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(options => options.XmlRepository = new KeyRing(provider.GetRequiredService<NpgsqlDataSource>())));
        services.AddAuthentication("either")
            .AddPolicyScheme("either", null, options => options.ForwardDefaultSelector = http =>
                Integrations.TokenScheme.Takes(http.Request.Headers.Authorization) ? Integrations.TokenScheme.Name : http.Request.Headers.Authorization.Count > 0 ? BearerTokenDefaults.AuthenticationScheme : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddBearerToken()
            .AddCookie(ConfigureCookie);
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme).Configure<IOptions<PublicFaceOptions>>((cookie, face) =>
        {
            if (!face.Value.PublicUrl.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
                return;
            cookie.Cookie.Name = "__Host-dialer"; // browsers take this name only over https, for this host alone and the whole of it
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.Always;
            cookie.Cookie.Path = "/";
        });
        AddPolicies(services.AddAuthorizationBuilder());
        services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.AddPolicy("login", http =>
            {
                var perMinute = http.RequestServices.GetRequiredService<IOptions<AccessOptions>>().Value.SignInsPerMinute;
                return RateLimitPartition.GetTokenBucketLimiter(
                    http.Connection.RemoteIpAddress?.ToString() ?? "",
                    _ => new TokenBucketRateLimiterOptions { TokenLimit = perMinute, TokensPerPeriod = Math.Max(1, perMinute / 12), ReplenishmentPeriod = TimeSpan.FromSeconds(5), QueueLimit = 0 });
            });
        });
        return services;
    }

    public static void MapAccess(this IEndpointRouteBuilder routes)
    {
        SignIn.Map(routes);
        OpenIdSignIn.Map(routes);
        SecondFactor.Map(routes);
        ManageUsers.Map(routes);
        AppointLead.Map(routes);
    }

    /// <summary>After authorisation: streams that end with their session, and unsafe requests that are done once.</summary>
    public static void UseAccess(this IApplicationBuilder app)
    {
        OpenSessions.Use(app);
        IdempotentAnswers.Use(app);
    }

    /// <summary>
    /// A browser's unsafe request must come from our own pages: SameSite=Strict on the cookie, and an Origin that names this host.
    /// Programs with a bearer token send no cookie and are not asked.
    /// </summary>
    public static void UseSameOrigin(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        var unsafeVerb = !(HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || HttpMethods.IsOptions(http.Request.Method));
        var origin = http.Request.Headers.Origin.ToString();
        if (unsafeVerb && origin.Length > 0 && http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority.Equals(http.Request.Host.Value, StringComparison.OrdinalIgnoreCase)))
        {
            await Results.Problem("Requests that change something must come from this site's own pages.", statusCode: 403, title: "Foreign origin").ExecuteAsync(http);
            return;
        }

        await next(http);
    });

    /// <summary>A bearer token lives as long as its user's stamp: a changed password or role, or a disabled user, ends it, as it ends a cookie.</summary>
    public static void UseCurrentBearer(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (http.Request.Headers.Authorization.Count > 0 && http.User.FindFirstValue(Caller.Stamp) is { } stamp
            && !await http.RequestServices.GetRequiredService<Users>().IsCurrentAsync(http.User.UserId(), Guid.Parse(stamp), http.RequestAborted))
            http.User = new ClaimsPrincipal(new ClaimsIdentity());
        await next(http);
    });

    /// <summary>A policy for each scope. An endpoint that names none is for nobody, signed in or not.</summary>
    public static void AddPolicies(AuthorizationBuilder authorization)
    {
        authorization.SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireAssertion(_ => false).Build());
        authorization.AddPolicy(Scopes.SignedIn, policy => policy.RequireAuthenticatedUser());
        foreach (var scope in Scopes.All)
            authorization.AddPolicy(scope, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => context.User.May(scope)));
    }

    private static void ConfigureCookie(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "dialer";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = TimeSpan.FromHours(12);
        options.TimeProvider = TimeProvider.System;
        options.Events.OnRedirectToLogin = context => Answer(context.Response, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context => Answer(context.Response, StatusCodes.Status403Forbidden);
        options.Events.OnValidatePrincipal = ValidateAsync;
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var users = context.HttpContext.RequestServices.GetRequiredService<Users>();
        var principal = context.Principal;
        if (principal?.FindFirstValue(Caller.Stamp) is not { } stamp || !await users.IsCurrentAsync(principal.UserId(), Guid.Parse(stamp), context.HttpContext.RequestAborted))
            context.RejectPrincipal();
    }

    private static Task Answer(HttpResponse response, int status)
    {
        response.StatusCode = status;
        return Task.CompletedTask;
    }
}
