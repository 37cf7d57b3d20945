using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Dialer.Simulator.Serving;

/// <summary>The network's own page: three files carried in the assembly, nothing from elsewhere.</summary>
internal static class Page
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/", () => File("index.html", "text/html; charset=utf-8"));
        app.MapGet("/network.js", () => File("network.js", "text/javascript; charset=utf-8"));
        app.MapGet("/network.css", () => File("network.css", "text/css; charset=utf-8"));
    }

    private static IResult File(string name, string type)
    {
        var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Dialer.Simulator.Web.{name}");
        return stream is null ? Results.NotFound() : Results.Stream(stream, type);
    }
}
