using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Faults;
using Dialer.Simulator.People;
using Dialer.Simulator.Softphones;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Dialer.Simulator.Serving;

/// <summary>The simulator's own endpoints, beside Twilio's: softphones, inbound calls, faults, statistics, the ledger and the phone in the browser.</summary>
internal static class SimulatorRoutes
{
    public static void Map(WebApplication app, NetworkServer server)
    {
        var network = server.Network;
        app.MapGet("/simulator/health", () => Results.Json(new { status = "ok" }));
        app.MapGet("/simulator/stats", async () => Node(await server.Loop.AskAsync(network.Stats.Read)));
        app.MapGet("/simulator/ledger", (long? after, int? most) => Results.Text(string.Join('\n', network.Ledger.After(after ?? 0, most ?? 10_000)) + "\n", "application/x-ndjson"));
        app.MapGet("/simulator/notices", async () => Node(await server.Loop.AskAsync(() => new JsonArray([.. network.Debugger.Newest.Take(100).Select(n =>
            new JsonObject { ["call"] = n.CallSid, ["code"] = n.Code, ["error"] = n.Error, ["detail"] = n.Detail, ["at"] = n.At.ToString() })]))));
        app.MapGet("/simulator/calls", async () => Node(await server.Loop.AskAsync(() => new JsonArray([.. network.Calls.NewestFirst.Where(c => !c.IsOver).Take(200).Select(Line)]))));
        app.MapPost("/simulator/softphones", async (HttpContext context, CancellationToken _) => await ConnectAsync(context, server));
        app.MapPost("/simulator/clients", async (HttpContext context, CancellationToken _) =>
        {
            var body = await BodyAsync(context);
            var (done, code, problem) = await server.Loop.AskAsync(() => network.Softphones.Register(body["token"]?.ToString() ?? string.Empty, body["automatic"]?.GetValue<bool>() ?? true));
            return done ? Results.Json(new { registered = true }) : Refused(code, problem);
        });
        app.MapGet("/simulator/softphones/{sid}/events", (string sid, HttpContext context) => EventsAsync(context, server, sid));
        app.MapGet("/simulator/calls/{sid}/events", (string sid, HttpContext context) => EventsAsync(context, server, sid));
        foreach (var root in (ReadOnlySpan<string>)["softphones", "calls"])
        {
            app.MapPost($"/simulator/{root}/{{sid}}/digits", (string sid, HttpContext context) => ActAsync(context, server, sid, (call, body) => Press(call, body["digits"]?.ToString() ?? string.Empty)));
            app.MapPost($"/simulator/{root}/{{sid}}/hangup", (string sid, HttpContext context) => ActAsync(context, server, sid, (call, _) => HangUp(call)));
            app.MapPost($"/simulator/{root}/{{sid}}/say", (string sid, HttpContext context) => ActAsync(context, server, sid, (call, body) => call.Say(new Speech(body["text"]?.ToString() ?? string.Empty, body["intent"]?.DeepClone() as JsonObject))));
            app.MapPost($"/simulator/{root}/{{sid}}/answer", (string sid, HttpContext context) => ActAsync(context, server, sid, (call, _) => network.Calls.Answer(call)));
        }

        app.MapPost("/simulator/twiml", async (HttpContext context, CancellationToken _) =>
        {
            var document = Twiml.TwimlDocument.Parse((await BodyAsync(context))["twiml"]?.ToString() ?? string.Empty);
            return Results.Json(new { verbs = document.Verbs.Count, error = document.ErrorCode, warnings = document.Warnings.Select(w => new { code = w.Code, detail = w.Detail }) });
        });
        app.MapPost("/simulator/inbound", async (HttpContext context, CancellationToken _) => await InboundAsync(context, server));
        app.MapDelete("/simulator/inbound", async () =>
        {
            await server.Loop.DoAsync(network.Inbound.Stop);
            return Results.NoContent();
        });
        app.MapGet("/simulator/numbers", async () => Node(await server.Loop.AskAsync(() => new JsonArray([.. network.Numbers.Owned.Select(n => JsonValue.Create(n.PhoneNumber!))]))));
        app.MapPost("/simulator/inbound/storm", async (HttpContext context, CancellationToken _) => await StormAsync(context, server));
        app.MapPost("/simulator/phones/claim", async (HttpContext context, CancellationToken _) => await ClaimAsync(context, server));
        app.MapGet("/simulator/faults", async () => Results.Text($"[{string.Join(',', await server.Loop.AskAsync(() => network.Faults.Rules.Select(r => r.Write()).ToList()))}]", "application/json"));
        app.MapPost("/simulator/faults", async (HttpContext context, CancellationToken _) => await AddFaultsAsync(context, server));
        app.MapDelete("/simulator/faults/{id}", async (string id) => await server.Loop.AskAsync(() => network.Faults.Remove(id)) ? Results.NoContent() : Results.NotFound());
        app.MapDelete("/simulator/faults", async () =>
        {
            await server.Loop.DoAsync(network.Faults.Clear);
            return Results.NoContent();
        });
    }

    internal static JsonObject Line(Call call) => new()
    {
        ["sid"] = call.Sid,
        ["from"] = call.From,
        ["to"] = call.To,
        ["direction"] = call.Direction,
        ["state"] = CallTable.Word(call.State),
        ["party"] = call.Party?.Kind,
        ["room"] = call.Seat?.Room.Name,
        ["connected"] = call.Seat?.Connected ?? false,
        ["answeredBy"] = call.AnsweredBy,
        ["since"] = (call.AnsweredAt ?? call.StartedAt ?? call.Created).ToString(),
    };

    private static async Task<IResult> ConnectAsync(HttpContext context, NetworkServer server)
    {
        var body = await BodyAsync(context);
        var parameters = (body["params"] as JsonObject ?? []).Select(p => new KeyValuePair<string, string>(p.Key, p.Value?.ToString() ?? string.Empty)).ToList();
        var (call, code, problem) = await server.Loop.AskAsync(() => server.Network.Softphones.Connect(body["token"]?.ToString() ?? string.Empty, parameters));
        return call is null ? Refused(code, problem) : Results.Json(new { callSid = call.Sid }, statusCode: 201);
    }

    private static async Task<IResult> InboundAsync(HttpContext context, NetworkServer server)
    {
        var body = await BodyAsync(context);
        var persona = body["persona"]?.Deserialize<PersonaOverride>(JsonSerializerOptions.Web);
        if (body["script"]?.ToString() is { } script)
            persona = new PersonaOverride(Script: script);
        var shown = body["shown"]?.ToString();
        var asNumber = Core.Numbers.PhoneNumber.TryParse(shown, out var number);
        if (!asNumber && shown is not (null or "anonymous" or "restricted" or "unknown" or "unavailable"))
            return Results.Json(new { error = "What is shown is a telephone number or anonymous." }, statusCode: 400);
        try
        {
            var line = await server.Loop.AskAsync(() => server.Network.Inbound.Call(body["from"]?.ToString() ?? string.Empty, body["to"]?.ToString() ?? string.Empty, asNumber ? number.E164 : shown, persona, body["forwarded"]?.ToString()) is { } call ? Line(call) : null);
            return line is null ? Results.Json(new { error = "The number called is not one of this account's." }, statusCode: 404) : Results.Json(line, statusCode: 201);
        }
        catch (FormatException problem)
        {
            return Results.Json(new { error = problem.Message }, statusCode: 400);
        }
    }

    private static async Task<IResult> StormAsync(HttpContext context, NetworkServer server)
    {
        var body = await BodyAsync(context);
        var (calls, seconds) = ((int?)(body["calls"] as JsonValue) ?? 100, (double?)(body["seconds"] as JsonValue) ?? 60);
        if (calls is < 1 or > 100_000 || seconds < 0)
            return Results.Json(new { error = "calls must be between 1 and 100,000 and seconds not negative." }, statusCode: 400);
        var exact = body["script"]?.ToString() is { } script ? new PersonaOverride(Script: script) : body["persona"]?.Deserialize<PersonaOverride>(JsonSerializerOptions.Web);
        return await server.Loop.AskAsync(() => server.Network.Inbound.Storm(body["to"]?.ToString() ?? string.Empty, calls, seconds, exact))
            ? Results.Json(new { calls, seconds }, statusCode: 202)
            : Results.Json(new { error = "The number called is not one of this account's." }, statusCode: 404);
    }

    /// <summary>A number rings in the browser from now on: whoever opened its events is its phone.</summary>
    private static async Task<IResult> ClaimAsync(HttpContext context, NetworkServer server)
    {
        var body = await BodyAsync(context);
        if (!Core.Numbers.PhoneNumber.TryParse(body["number"]?.ToString(), out var number))
            return Results.Json(new { error = "number is not a telephone number." }, statusCode: 400);
        var release = body["release"]?.GetValue<bool>() ?? false;
        await server.Loop.DoAsync(() =>
        {
            if (release)
                server.Network.Directory.Unclaim(number.E164);
            else
                server.Network.Directory.Claim(number.E164);
        });
        return Results.Json(new { number = number.E164, claimed = !release });
    }

    private static async Task<IResult> AddFaultsAsync(HttpContext context, NetworkServer server)
    {
        using var reader = new StreamReader(context.Request.Body);
        try
        {
            var rules = FaultRule.Read(await reader.ReadToEndAsync(context.RequestAborted));
            var added = await server.Loop.AskAsync(() => rules.Select(server.Network.Faults.Add).Select(r => r.Id).ToList());
            return Results.Json(new { added }, statusCode: 201);
        }
        catch (FormatException problem)
        {
            return Results.Json(new { error = problem.Message }, statusCode: 400);
        }
    }

    private static async Task<IResult> ActAsync(HttpContext context, NetworkServer server, string sid, Action<Call, JsonNode> act)
    {
        var body = await BodyAsync(context);
        var done = await server.Loop.AskAsync(() =>
        {
            if (server.Network.Calls.Find(sid) is not { IsOver: false } call)
                return false;
            act(call, body);
            return true;
        });
        return done ? Results.NoContent() : Results.NotFound();
    }

    private static async Task EventsAsync(HttpContext context, NetworkServer server, string sid)
    {
        var party = await server.Loop.AskAsync(() => server.Network.Calls.Find(sid)?.Party as RemoteParty);
        if (party is null)
        {
            context.Response.StatusCode = 404;
            return;
        }

        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        using var changed = new SemaphoreSlim(1);
        void Wake()
        {
            if (changed.CurrentCount == 0)
                changed.Release();
        }

        await server.Loop.AskAsync(() => party.Changed += Wake);
        try
        {
            var last = int.TryParse(context.Request.Headers["Last-Event-ID"], out var number) ? number : 0;
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await changed.WaitAsync(context.RequestAborted);
                var (events, ended) = await server.Loop.AskAsync(() => (party.After(last), party.Ended));
                var text = new StringBuilder();
                foreach (var (id, happened, json) in events)
                {
                    text.Append("id: ").Append(id).Append("\nevent: ").Append(happened).Append("\ndata: ").Append(json).Append("\n\n");
                    last = id;
                }

                await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                if (ended)
                    return;
            }
        }
        catch (OperationCanceledException)
        {
            // The reader went away.
        }
        finally
        {
            await server.Loop.AskAsync(() => party.Changed -= Wake);
        }
    }

    private static void Press(Call call, string digits)
    {
        var at = 0.0;
        foreach (var key in digits.Where(d => char.IsAsciiDigit(d) || d is '*' or '#'))
        {
            call.Later(at, () => call.Press(key));
            at += 0.2;
        }
    }

    private static void HangUp(Call call) => call.Network.Calls.End(call, call.IsLive ? CallEvent.HungUp : call.Direction == "inbound" ? CallEvent.Cancelled : CallEvent.WasBusy, "caller");

    private static async Task<JsonNode> BodyAsync(HttpContext context)
    {
        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) ?? new JsonObject();
        }
        catch (JsonException)
        {
            return new JsonObject();
        }
    }

    private static IResult Refused(int code, string problem) => Results.Json(new { code, message = problem }, statusCode: 401);

    private static IResult Node(JsonNode node) => Results.Text(node.ToJsonString(), "application/json");
}
