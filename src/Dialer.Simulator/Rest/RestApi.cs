using System.Text.Json.Nodes;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Faults;

namespace Dialer.Simulator.Rest;

/// <summary>Twilio's 2010-04-01 REST API over the engine: authentication, routes, faults and the ledger's account of every request.</summary>
public sealed class RestApi
{
    private const string Prefix = "/2010-04-01/";
    private readonly PhoneNetwork _network;
    private readonly List<(string Method, string[] Pattern, Func<RestContext, RestReply> Handle)> _routes = [];
    private long _requests;

    public RestApi(PhoneNetwork network)
    {
        _network = network;
        CallRoutes.Map(this);
        ConferenceRoutes.Map(this);
        QueueRoutes.Map(this);
        RecordingRoutes.Map(this);
        PaymentRoutes.Map(this);
        NumberRoutes.Map(this);
        AvailableNumberRoutes.Map(this);
        ApplicationRoutes.Map(this);
        MessageRoutes.Map(this);
        AccountRoutes.Map(this);
    }

    /// <summary>Requests under way in the skin, for Twilio-Concurrent-Requests and 429.</summary>
    public int Concurrent { get; set; }

    /// <summary>Adds a route below <c>Accounts/{sid}</c>; a star stands for one part. The pattern's last part is without .json.</summary>
    public void Map(string method, string pattern, Func<RestContext, RestReply> handle) =>
        _routes.Add((method, pattern.Split('/', StringSplitOptions.RemoveEmptyEntries), handle));

    /// <summary>Answers one request on the engine's thread.</summary>
    public RestReply Handle(RestRequest request)
    {
        var started = _network.Timeline.Now;
        var fault = _network.Faults.ForRest(request.Method, request.Path, request.Body["To"], request.Begun);
        var reply = fault is null ? Answer(request) : Struck(request, fault);
        _requests++;
        Write(request, reply, fault);
        return reply with
        {
            Headers =
            [
                .. reply.Headers,
                new("Twilio-Request-Id", _network.Sids.Next("RQ")),
                new("Twilio-Request-Duration", (_network.Timeline.Now - started).TotalSeconds.ToString("0.000")),
                new("Twilio-Concurrent-Requests", Math.Max(1, Concurrent).ToString()),
                new("X-Home-Region", "us1"),
                new("X-API-Domain", "api.twilio.com"),
                new("X-Powered-By", "AT-5000"),
                new("X-Shenanigans", "none"),
            ],
        };
    }

    /// <summary>The fault that cuts this request's connection before its body has been read; null when none does.</summary>
    public FaultAction? CutUnread(string method, string path)
    {
        if (_network.Faults.ForUnread(method, path) is not { } fault)
            return null;
        Write(new RestRequest(method, path, new Wire.Form(), new Wire.Form(), null, null), new RestReply(0, Cut: Cut.BeforeResponse), fault);
        return fault.Action;
    }

    private RestReply Struck(RestRequest request, FaultRule fault)
    {
        switch (fault.Action)
        {
            case FaultAction.CutBefore or FaultAction.CutWithinRequest:
                return new RestReply(0, Cut: Cut.BeforeResponse);
            case FaultAction.CutAfterRequest or FaultAction.Drop:
                return fault.Made ? Answer(request) with { Cut = Cut.BeforeResponse } : new RestReply(0, Cut: Cut.BeforeResponse);
            case FaultAction.CutWithinResponse:
                return fault.Made ? Answer(request) with { Cut = Cut.WithinResponse } : new RestReply(500, Cut: Cut.WithinResponse);
            case FaultAction.Delay or FaultAction.Slow:
                return Answer(request) with { DelaySeconds = fault.Seconds };
            case FaultAction.Status when fault.Status == 429:
                return RestReply.Error(429, fault.Code ?? 20429, "Too Many Requests");
            case FaultAction.Status:
                if (fault.Made && fault.Status >= 500)
                    Answer(request);
                return RestReply.Error(fault.Status, fault.Code ?? (fault.Status == 503 ? 20503 : 20500), "Internal Server Error");
            default:
                return Answer(request);
        }
    }

    private RestReply Answer(RestRequest request)
    {
        if (request.Path == ProcessorRoutes.Path)
            return ProcessorRoutes.Charge(_network, request);
        if (!request.Path.StartsWith(Prefix, StringComparison.Ordinal))
            return RestReply.NotFound(request.Path);
        var options = _network.Options;
        var path = request.Path[Prefix.Length..];
        var extension = string.Empty;
        foreach (var known in (ReadOnlySpan<string>)[".json", ".wav", ".mp3"])
        {
            if (path.EndsWith(known, StringComparison.Ordinal))
            {
                extension = known;
                path = path[..^known.Length];
            }
        }

        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray();
        if (Authenticate(request) is not { } account)
            return RestReply.Error(401, 20003, "Authenticate");
        if (account == options.TestAccountSid)
            return TestCredentials.Answer(request, parts, _network);
        if (parts is not ["Accounts", ..])
            return RestReply.NotFound(request.Path);
        if (parts.Length > 1 && parts[1] != options.AccountSid)
            return RestReply.NotFound(request.Path);
        if (options.RestConcurrency is { } most && Concurrent > most)
            return RestReply.Error(429, 20429, "Too Many Requests");
        var below = parts.Skip(2).ToArray();
        if (extension is ".wav" or ".mp3" || (extension.Length == 0 && below is ["Recordings", _]))
            return RecordingRoutes.Media(new RestContext(_network, request, below is [_, var sid] ? [sid] : [string.Empty]), extension);
        foreach (var (method, pattern, handle) in _routes)
        {
            if (method == request.Method && Match(pattern, below) is { } variables)
                return handle(new RestContext(_network, request, variables));
        }

        return _routes.Exists(r => Match(r.Pattern, below) is not null)
            ? RestReply.Error(405, 20004, "Method not allowed")
            : RestReply.NotFound(request.Path);
    }

    private string? Authenticate(RestRequest request)
    {
        var options = _network.Options;
        if (request.User == options.AccountSid && request.Password == options.AuthToken)
            return options.AccountSid;
        if (request.User is { } key && options.ApiKeys.TryGetValue(key, out var secret) && secret == request.Password)
            return request.Path == $"{Prefix}Accounts/{options.AccountSid}.json" ? null : options.AccountSid;
        return request.User is not null && request.User == options.TestAccountSid && request.Password == options.TestAuthToken ? options.TestAccountSid : null;
    }

    private static List<string>? Match(string[] pattern, string[] parts)
    {
        if (pattern.Length != parts.Length)
            return null;
        var variables = new List<string>();
        for (var i = 0; i < parts.Length; i++)
        {
            if (pattern[i] == "*")
                variables.Add(parts[i]);
            else if (pattern[i] != parts[i])
                return null;
        }

        return variables;
    }

    private void Write(RestRequest request, RestReply reply, FaultRule? fault)
    {
        if (request.Method == "GET" && reply.Status < 400 && fault is null)
            return;
        var hash = Chance.Hash(0, request.Body.Encode());
        _network.Ledger.Write("request", null,
            ("method", request.Method), ("path", request.Path), ("status", reply.Status), ("code", reply.Status >= 400 ? (reply.Json as JsonObject)?["code"]?.GetValue<int>() : null),
            ("params", hash.ToString("x16")), ("to", request.Body["To"]), ("from", request.Body["From"]),
            ("set", request.Body["Status"]), ("t", PhoneNetwork.TokenOf(request.Body["Url"]) ?? PhoneNetwork.TokenOf(request.Body["StatusCallback"])),
            ("sid", (reply.Json as JsonObject)?["sid"]?.GetValue<string>()),
            ("cut", reply.Cut == Cut.None ? null : reply.Cut.ToString()), ("fault", fault?.Id));
    }
}
