using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dialer.Benchmarks.Network;

/// <summary>The least that a product can be: one document for every call, 204 for every callback. It also answers <c>POST Calls</c> itself, as the limit to compare with.</summary>
internal sealed class Product : IAsyncDisposable
{
    private const string Peer = """{"sid":"CA00000000000000000000000000000001","status":"queued"}""";
    private readonly WebApplication _app;
    private long _callbacks;
    private long _documents;

    private Product(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    public long Callbacks => Interlocked.Read(ref _callbacks);

    public long Documents => Interlocked.Read(ref _documents);

    public static async Task<Product> StartAsync(string twiml)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0));
        var app = builder.Build();
        var product = new Product(app);
        app.MapPost("/answer", async context =>
        {
            await context.Request.ReadFormAsync();
            Interlocked.Increment(ref product._documents);
            context.Response.ContentType = "text/xml";
            await context.Response.WriteAsync(twiml);
        });
        app.MapPost("/status", async context =>
        {
            await context.Request.ReadFormAsync();
            Interlocked.Increment(ref product._callbacks);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
        app.MapPost("/2010-04-01/{**path}", async context =>
        {
            await context.Request.ReadFormAsync();
            context.Response.StatusCode = StatusCodes.Status201Created;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Peer);
        });
        await app.StartAsync();
        product.Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return product;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
