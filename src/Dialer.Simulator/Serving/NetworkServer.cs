using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dialer.Simulator.Agents;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Faults;
using Dialer.Simulator.People;
using Dialer.Simulator.Rest;
using Dialer.Simulator.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dialer.Simulator.Serving;

/// <summary>How the network is served.</summary>
public sealed record ServerOptions
{
    public IPAddress Bind { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes a free port.</summary>
    public int Port { get; init; }

    public string? LedgerFile { get; init; }

    public IReadOnlyList<FaultRule> Faults { get; init; } = [];

    public int Agents { get; init; }

    public Uri? Product { get; init; }

    /// <summary>User names of virtual agents: {0} is their number from 1, with the usual format codes.</summary>
    public string AgentUser { get; init; } = "agent{0:000}";

    public string AgentPassword { get; init; } = string.Empty;

    public AgentTemper Temper { get; init; } = new();
}

/// <summary>The simulated network behind HTTP: Twilio's REST API, the simulator's own endpoints and page.</summary>
public sealed class NetworkServer : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly WebApplication _app;
    private readonly HttpWebhooks _webhooks;
    private int _underWay;
    private HttpProductApi? _product;

    private NetworkServer(WebApplication app, PhoneNetwork network, NetworkLoop loop, RestApi api, HttpWebhooks webhooks)
    {
        _app = app;
        Network = network;
        Loop = loop;
        Api = api;
        _webhooks = webhooks;
    }

    public PhoneNetwork Network { get; }

    public NetworkLoop Loop { get; private set; }

    public RestApi Api { get; }

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Starts serving; the returned server runs until it is disposed.</summary>
    public static async Task<NetworkServer> StartAsync(NetworkOptions options, ServerOptions serving, NetworkClock clock, PhoneBook people, CancellationToken cancel)
    {
        var ledger = serving.LedgerFile is { } file ? new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 1 << 16) : null;
        var network = new PhoneNetwork(options with { Start = clock.Now }, people, ledger, () => clock.RealNow);
        foreach (var rule in serving.Faults)
            network.Faults.Add(rule);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Listen(serving.Bind, serving.Port);
            k.AddServerHeader = false;
        });
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var webhooks = new HttpWebhooks();
        var loop = new NetworkLoop(network, clock, webhooks, app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("network"));
        var server = new NetworkServer(app, network, loop, new RestApi(network), webhooks);
        app.Use(AllowDesksAsync);
        app.Map("/2010-04-01/{**path}", server.RestAsync);
        app.Map(ProcessorRoutes.Path, server.RestAsync);
        SimulatorRoutes.Map(app, server);
        Page.Map(app);
        await app.StartAsync(cancel);
        server.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        network.PublicBase = server.Address.GetLeftPart(UriPartial.Authority);
        loop.Start();
        loop.Post(network.Inbound.Start);
        if (serving is { Agents: > 0, Product: { } product })
            server.Seat(serving, product, clock.Speed);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        Loop.Dispose();
        await _app.DisposeAsync();
        _product?.Dispose();
        _webhooks.Dispose();
        Network.Dispose();
    }

    private void Seat(ServerOptions serving, Uri product, double speed)
    {
        var api = _product = new HttpProductApi(product, Loop);
        Loop.Post(() =>
        {
            for (var i = 1; i <= serving.Agents; i++)
                new VirtualAgent(Network, api, serving.Temper with { Speed = speed }, string.Format(serving.AgentUser, i), serving.AgentPassword).Start(i * 0.4);
        });
    }

    private async Task RestAsync(HttpContext context)
    {
        var (path, query) = Target(context);
        if (Network.Faults.Any && await Loop.AskAsync(() => Api.CutUnread(context.Request.Method, path)) is { } cut)
        {
            if (cut == FaultAction.CutWithinRequest)
                _ = await context.Request.Body.ReadAsync(new byte[1], context.RequestAborted);
            context.Abort();
            return;
        }

        var request = await ReadAsync(context, path, query);
        Interlocked.Increment(ref _underWay);
        RestReply reply;
        try
        {
            reply = await Loop.AskAsync(() =>
            {
                Api.Concurrent = Volatile.Read(ref _underWay);
                return Api.Handle(request);
            });
            if (reply.DelaySeconds > 0)
                await Task.Delay(TimeSpan.FromSeconds(reply.DelaySeconds / Loop.Clock.Speed), context.RequestAborted);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }

        await WriteAsync(context, reply);
    }

    private static (string Path, Form Query) Target(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? (target, new Form()) : (target[..question], Form.Decode(target[question..]));
    }

    private static async Task<RestRequest> ReadAsync(HttpContext context, string path, Form query)
    {
        var body = new Form();
        if (context.Request.ContentLength > 0 || context.Request.Headers.TransferEncoding.Count > 0)
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            body = Form.Decode(await reader.ReadToEndAsync(context.RequestAborted));
        }

        var (user, password) = BasicAuth(context.Request.Headers.Authorization);
        return new RestRequest(context.Request.Method, path, query, body, user, password, Begun: true) { IdempotencyKey = context.Request.Headers["Idempotency-Key"] };
    }

    private static async Task WriteAsync(HttpContext context, RestReply reply)
    {
        if (reply.Cut == Cut.BeforeResponse)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
            context.Response.Headers[name] = value;
        if (reply.Status == 401)
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"Twilio API\"";
        if (reply.Status == 204)
            return;
        var bytes = reply.Media ?? Encoding.UTF8.GetBytes(reply.Json?.ToJsonString(Json) ?? string.Empty);
        context.Response.ContentType = reply.MediaType ?? "application/json;charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        if (reply.Cut == Cut.WithinResponse)
        {
            await context.Response.Body.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));
            await context.Response.Body.FlushAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(200)); // a reset at once would take back what is still on its way
            context.Abort();
            return;
        }

        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static (string? User, string? Password) BasicAuth(string? header)
    {
        if (header is null || !header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return (null, null);
        try
        {
            var text = Encoding.UTF8.GetString(Convert.FromBase64String(header[6..].Trim()));
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 ? (text, string.Empty) : (text[..colon], text[(colon + 1)..]);
        }
        catch (FormatException)
        {
            return (null, null);
        }
    }

    /// <summary>A softphone in a browser comes from the product's origin; on this machine it may. (Twilio's own SDK needs no such leave.)</summary>
    private static Task AllowDesksAsync(HttpContext http, RequestDelegate next)
    {
        var origin = http.Request.Headers.Origin.ToString();
        if (!http.Request.Path.StartsWithSegments("/simulator/softphones", StringComparison.Ordinal) || !Uri.TryCreate(origin, UriKind.Absolute, out var from) || !from.IsLoopback)
            return next(http);
        http.Response.Headers.AccessControlAllowOrigin = origin;
        http.Response.Headers.Vary = "Origin";
        if (!HttpMethods.IsOptions(http.Request.Method))
            return next(http);
        http.Response.Headers.AccessControlAllowMethods = "GET, POST";
        http.Response.Headers.AccessControlAllowHeaders = "content-type";
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
