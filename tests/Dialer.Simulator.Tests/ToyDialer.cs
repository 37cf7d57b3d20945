using System.Text.Json.Nodes;
using Dialer.Simulator.Agents;
using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Serving;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;
using NodaTime;

namespace Dialer.Simulator.Tests;

/// <summary>The smallest product that can be run on the network: it dials a few lines per idle agent, bridges answered people to the agent
/// who is idle longest, and serves the agents' public API. It lives in this process, on the network's own clock.</summary>
internal sealed class ToyDialer : IDisposable
{
    private const string Base = "https://toy.example";
    private readonly List<Seat> _idle = [];
    private readonly Dictionary<string, Seat> _byToken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Seat> _byCall = new(StringComparer.Ordinal);
    private readonly InProcessProductApi _api;
    private readonly string _application;
    private readonly int _lines;
    private long _next;
    private long _attempt;

    public ToyDialer(long seed, int agents, int lines, Stream? ledger, Instant start, AgentTemper? temper = null)
    {
        _lines = lines;
        var options = new NetworkOptions { Seed = seed, Start = start, AuthToken = "toy", OwnedNumbers = ["+12125550100"], CallsPerSecond = 60, KeepCompletedHours = 0.5, ApiKeys = new Dictionary<string, string>(StringComparer.Ordinal) { ["SK" + new string('2', 32)] = "secret" } };
        Virtual = new VirtualNetwork(options, new PhoneBook(), new InProcessWebhooks((request, _) => Task.FromResult(Answer(request))), ledger);
        _api = new InProcessProductApi(Virtual.Network, Serve);
        _application = Virtual.Rest("POST", "Applications", new Form().Add("FriendlyName", "agents").Add("VoiceUrl", Base + "/agent")).Json!["sid"]!.GetValue<string>();
        for (var i = 1; i <= agents; i++)
            new VirtualAgent(Virtual.Network, _api, temper ?? new AgentTemper { HeartbeatSeconds = 30 }, $"agent{i:000}", "pw").Start(i * 0.2);
        Pace();
    }

    public VirtualNetwork Virtual { get; }

    public long Dialled => _attempt;

    public long Disposed { get; private set; }

    public void Dispose() => Virtual.Dispose();

    private void Pace() => Virtual.Network.Timeline.After(1, () =>
    {
        var ringing = _ringing;
        for (var i = ringing; i < _idle.Count * _lines; i++)
        {
            _ringing++;
            _attempt++;
            var number = $"+1{415 + (_next % 3 * 101)}{555 + (_next / 10000 % 400)}{_next++ % 10000:0000}";
            Virtual.Rest("POST", "Calls", new Form().Add("To", number).Add("From", "+12125550100").Add("Url", $"{Base}/answer?t={_attempt}").Add("Timeout", "22")
                .Add("StatusCallback", $"{Base}/status?t={_attempt}"));
        }

        Pace();
    });

    private int _ringing;

    private WebhookReply Answer(WebhookRequest request)
    {
        var path = new Uri(request.Url).AbsolutePath;
        var call = request.Fields["CallSid"] ?? string.Empty;
        switch (path)
        {
            case "/agent":
                return WebhookReply.Xml($"<Response><Dial><Conference startConferenceOnEnter=\"false\" beep=\"false\" waitUrl=\"\">{request.Fields["session"]}</Conference></Dial></Response>");
            case "/answer" when _idle.Count > 0:
                var seat = _idle[0];
                _idle.RemoveAt(0);
                _byCall[call] = seat;
                seat.Attempt = new Uri(request.Url).Query[3..];
                Show(seat, "OnCall");
                return WebhookReply.Xml($"<Response><Dial><Conference beep=\"false\" waitUrl=\"\">{seat.Session}</Conference></Dial></Response>");
            case "/answer":
                return WebhookReply.Xml("<Response><Say>We are sorry, nobody is free. Goodbye.</Say></Response>");
            case "/status":
                _ringing--;
                if (_byCall.Remove(call, out var busy))
                    Show(busy, "WrapUp");
                return WebhookReply.Empty;
            default:
                return WebhookReply.Empty;
        }
    }

    private ApiReply Serve(ApiCall call)
    {
        if (call.Path.EndsWith("/login", StringComparison.Ordinal))
        {
            var seat = new Seat($"tok-{call.Body!["userName"]}", $"agent-{call.Body["userName"]}");
            _byToken[seat.Token] = seat;
            return new ApiReply(200, new JsonObject { ["token"] = seat.Token });
        }

        var mine = _byToken[call.Token!];
        switch (call.Path)
        {
            case "/api/v1/agent/session":
                return new ApiReply(200, new JsonObject
                {
                    ["sessionId"] = mine.Session,
                    ["softphone"] = new JsonObject { ["token"] = Tokens.Voice(mine.Session, _application, Virtual.Now), ["params"] = new JsonObject { ["session"] = mine.Session } },
                });
            case "/api/v1/agent/events":
                Show(mine, mine.State);
                break;
            case "/api/v1/agent/state":
                Become(mine, call.Body!["state"]!.GetValue<string>());
                break;
            case var path when path.EndsWith("/hangup", StringComparison.Ordinal):
                foreach (var sid in _byCall.Where(c => c.Value == mine).Select(c => c.Key).ToList())
                    Virtual.Rest("POST", $"Calls/{sid}", new Form().Add("Status", "completed"));
                break;
            case var path when path.EndsWith("/disposition", StringComparison.Ordinal):
                Disposed++;
                Become(mine, "Available");
                break;
        }

        return new ApiReply(200, new JsonObject());
    }

    private void Become(Seat seat, string state)
    {
        _idle.Remove(seat);
        if (state == "Available")
            _idle.Add(seat);
        Show(seat, state);
    }

    private void Show(Seat seat, string state)
    {
        seat.State = state;
        var call = seat.Attempt is null ? null : new JsonObject { ["attemptId"] = seat.Attempt, ["direction"] = "outbound" };
        _api.Push(seat.Token, "snapshot", new JsonObject { ["state"] = state, ["softphoneConnected"] = true, ["call"] = call });
    }

    private sealed class Seat(string token, string session)
    {
        public string Token => token;

        public string Session => session;

        public string State { get; set; } = "Offline";

        public string? Attempt { get; set; }
    }
}

/// <summary>Access tokens as the product makes them.</summary>
internal static class Tokens
{
    public static string Voice(string identity, string application, Instant now, int seconds = 3600, string key = "SK22222222222222222222222222222222", string secret = "secret", string account = "AC00000000000000000000000000000001")
    {
        static string Encode(JsonObject json) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()));
        var head = Encode(new JsonObject { ["alg"] = "HS256", ["typ"] = "JWT", ["cty"] = "twilio-fpa;v=1" });
        var body = Encode(new JsonObject
        {
            ["jti"] = $"{key}-1", ["iss"] = key, ["sub"] = account, ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = now.ToUnixTimeSeconds() + seconds,
            ["grants"] = new JsonObject { ["identity"] = identity, ["voice"] = new JsonObject { ["incoming"] = new JsonObject { ["allow"] = true }, ["outgoing"] = new JsonObject { ["application_sid"] = application } } },
        });
        var signature = System.Security.Cryptography.HMACSHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret), System.Text.Encoding.ASCII.GetBytes($"{head}.{body}"));
        return $"{head}.{body}.{System.Buffers.Text.Base64Url.EncodeToString(signature)}";
    }
}
