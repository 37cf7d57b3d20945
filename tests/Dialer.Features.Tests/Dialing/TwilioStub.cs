using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Dialer.Features.Tests.Dialing;

/// <summary>The few answers of Twilio's REST API that one exchange needs, on a port of its own; what it was asked is kept.</summary>
public sealed class TwilioStub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _calls;

    private TwilioStub(WebApplication app) => _app = app;

    public enum Answer
    {
        Created,
        CutConnection,
        ServerError,
        InvalidNumber,
        TooManyRequests,
    }

    public ConcurrentQueue<Request> Requests { get; } = [];

    /// <summary>How POST Calls is answered for a number; Created for every other.</summary>
    public ConcurrentDictionary<string, Answer> Answers { get; } = [];

    /// <summary>What a change of a call's recording is answered with, such as "paused"; null: the call is not recorded.</summary>
    public string? Recording { get; set; }

    /// <summary>A payment session is refused by the carrier.</summary>
    public bool RefusesPayments { get; set; }

    /// <summary>Happens while a recording is asked for, before the answer.</summary>
    public Func<Task>? WhileRecordingStarts { get; set; }

    /// <summary>Calls that the list shows, by the number called.</summary>
    public ConcurrentDictionary<string, (string Sid, string Status)> Listed { get; } = [];

    /// <summary>What the carrier says of a call when it is asked.</summary>
    public ConcurrentDictionary<string, string> Statuses { get; } = [];

    /// <summary>Happens while a call is asked about, before the answer; by its SID.</summary>
    public ConcurrentDictionary<string, Func<Task>> WhileAsked { get; } = [];

    /// <summary>The processor's own API; null: there is none.</summary>
    public Func<HttpRequest, IReadOnlyDictionary<string, string>, Task<IResult>>? Processor { get; set; }

    /// <summary>The sound of recordings, by SID.</summary>
    public ConcurrentDictionary<string, byte[]> Media { get; } = [];

    public string Url => _app.Urls.First();

    public sealed record Request(string Method, string Path, IReadOnlyDictionary<string, string> Form);

    public static async Task<TwilioStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new TwilioStub(app);
        app.Map("/{**path}", (Delegate)stub.AnswerAsync);
        await app.StartAsync();
        return stub;
    }

    public IReadOnlyList<Request> CallsTo(string e164) => [.. Requests.Where(r => r.Path.EndsWith("/Calls.json", StringComparison.Ordinal) && r.Method == "POST" && r.Form["To"] == e164)];

    public IReadOnlyList<Request> UpdatesOf(string sid) => [.. Requests.Where(r => r.Path.EndsWith($"/Calls/{sid}.json", StringComparison.Ordinal) && r.Method == "POST")];

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        IReadOnlyDictionary<string, string> form = http.Request.HasFormContentType
            ? (await http.Request.ReadFormAsync()).ToDictionary(pair => pair.Key, pair => pair.Value[0] ?? "")
            : new Dictionary<string, string>();
        Requests.Enqueue(new Request(http.Request.Method, http.Request.Path, form));
        if (http.Request.Path == "/v1/payment_intents")
            return Processor is { } processor ? await processor(http.Request, form) : Results.NotFound();
        if (http.Request.Method == "GET" && http.Request.Path.Value!.EndsWith(".wav", StringComparison.Ordinal))
            return Media.TryGetValue(Path.GetFileNameWithoutExtension(http.Request.Path.Value!), out var sound) ? Results.Bytes(sound, "audio/x-wav") : Results.NotFound();
        if (http.Request.Method == "GET" && WhileAsked.TryRemove(Path.GetFileNameWithoutExtension(http.Request.Path.Value!), out var meanwhile))
            await meanwhile();
        if (http.Request.Method == "GET" && Statuses.TryGetValue(Path.GetFileNameWithoutExtension(http.Request.Path.Value!), out var asked))
            return Results.Json(new { sid = Path.GetFileNameWithoutExtension(http.Request.Path.Value!), status = asked });
        if (http.Request.Method == "GET")
            return Results.Json(new { calls = Listed.TryGetValue(http.Request.Query["To"].ToString(), out var found) ? new object[] { new { sid = found.Sid, status = found.Status, to = http.Request.Query["To"].ToString() } } : [] });
        var path = http.Request.Path.Value!;
        if (path.Contains("/Recordings/", StringComparison.Ordinal))
            return Recording is { } status ? Results.Json(new { sid = "RE1", status }) : Results.Json(new { code = 20404, message = "not found", status = 404 }, statusCode: 404);
        if (path.Contains("/Participants/", StringComparison.Ordinal))
            return Results.Json(new { call_sid = Path.GetFileNameWithoutExtension(path), conference_sid = path.Split('/')[^3], status = "connected", muted = false, hold = form.GetValueOrDefault("Hold") == "true" });
        if (path.EndsWith("/Recordings.json", StringComparison.Ordinal) && WhileRecordingStarts is { } happens)
            await happens();
        if (RefusesPayments && path.EndsWith("/Payments.json", StringComparison.Ordinal))
            return Results.Json(new { code = 21220, message = "Call is not in the expected state", status = 400 }, statusCode: 400);
        if (path.EndsWith("/Recordings.json", StringComparison.Ordinal) || path.EndsWith("/Payments.json", StringComparison.Ordinal))
            return Results.Json(new { sid = string.Create(CultureInfo.InvariantCulture, $"{path.Split('/')[^1][..2].ToUpperInvariant()}{Interlocked.Increment(ref _calls):x32}"), call_sid = path.Split('/')[^2], status = "in-progress" }, statusCode: 201);
        if (!path.EndsWith("/Calls.json", StringComparison.Ordinal))
            return Results.Json(new { sid = Path.GetFileNameWithoutExtension(path), status = "completed" });
        switch (Answers.GetValueOrDefault(form["To"]))
        {
            case Answer.CutConnection:
                http.Abort();
                return Results.Empty;
            case Answer.ServerError:
                return Results.Json(new { message = "unavailable" }, statusCode: 503);
            case Answer.InvalidNumber:
                return Results.Json(new { code = 21211, message = "Invalid 'To' number", status = 400 }, statusCode: 400);
            case Answer.TooManyRequests:
                return Results.Json(new { code = 20429, message = "Too many requests", status = 429 }, statusCode: 429);
            default:
                var sid = string.Create(CultureInfo.InvariantCulture, $"CA{Interlocked.Increment(ref _calls):x32}");
                return Results.Json(new { sid, status = "queued", queue_time = "0" }, statusCode: 201);
        }
    }
}
