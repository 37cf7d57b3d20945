using Dialer.Twilio.Twiml;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;

namespace Dialer.Host;

/// <summary>The web application: static files, and the same page for every address that is not the API's.</summary>
internal static class Screens
{
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self' blob: https://sdk.twilio.com https://media.twiliocdn.com; "
        + "connect-src 'self' https://eventgw.twilio.com https://media.twiliocdn.com https://sdk.twilio.com wss://*.twilio.com; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

    public static void UseSecurityHeaders(this IApplicationBuilder app)
    {
        // The simulated network's softphone lives on another origin; a real one never needs this.
        var gateway = app.ApplicationServices.GetRequiredService<IOptions<Twilio.TwilioOptions>>().Value;
        var policy = gateway.IsReal ? Policy : Policy.Replace("connect-src 'self'", $"connect-src 'self' {gateway.BaseUrl}", StringComparison.Ordinal);
        app.Use((http, next) =>
        {
            var headers = http.Response.Headers;
            headers.ContentSecurityPolicy = policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()";
            if (http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
                headers.CacheControl = "no-store";
            return next(http);
        });
    }

    /// <summary>The files that <c>&lt;Play&gt;</c> names, for the carrier.</summary>
    public static void UseRecordedPrompts(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetRequiredService<IOptions<TemplateOptions>>().Value.AudioFolder is { } folder && Directory.Exists(folder))
            app.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(folder), RequestPath = TemplateOptions.AudioAddress });
    }

    public static void MapScreens(this IEndpointRouteBuilder routes)
    {
        var index = Path.Combine(AppContext.BaseDirectory, "wwwroot", "index.html");
        routes.MapFallback("{*path:nonfile}", (HttpContext http) => Page(http, index)).AllowAnonymous();
    }

    /// <summary>The page names its scripts by their content, so it is asked for anew each time.</summary>
    private static IResult Page(HttpContext http, string index)
    {
        http.Response.Headers.CacheControl = "no-cache";
        return http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) || http.Request.Path.StartsWithSegments("/twilio", StringComparison.Ordinal)
                ? Results.Problem("There is nothing at this address.", statusCode: 404, title: "Not found")
                : File.Exists(index) ? Results.File(index, "text/html") : Results.Text("The web application is not part of this build. Build it in src/web with `npm ci && npm run build`.");
    }
}
