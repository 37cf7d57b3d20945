using System.Text.Json.Nodes;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Softphones;

namespace Dialer.Simulator.Agents;

/// <summary>An agent who speaks only the product's public API and holds a softphone: signs in, takes calls, wraps up, takes breaks,
/// reloads the tab, and finds back after the product was killed.</summary>
public sealed class VirtualAgent
{
    private readonly PhoneNetwork _network;
    private readonly IProductApi _product;
    private readonly AgentTemper _temper;
    private readonly string _password;
    private readonly Chance _chance;
    private readonly AgentCall _work;
    private string? _token;
    private string? _sessionId;
    private SoftphoneParty? _softphone;
    private Action? _closeEvents;
    private Appointment? _heartbeat;
    private int _failures;
    private bool _offline;
    private bool _signingIn;
    private int _softphoneAsked;

    public VirtualAgent(PhoneNetwork network, IProductApi product, AgentTemper temper, string user, string password)
    {
        _network = network;
        _product = product;
        _temper = temper;
        User = user;
        _password = password;
        _chance = Chance.Of(network.Options.Seed, "agent", user);
        _work = new AgentCall(this, _chance);
    }

    public string User { get; }

    /// <summary>The state the product last showed.</summary>
    public string State { get; private set; } = "Offline";

    internal PhoneNetwork Network => _network;

    internal AgentTemper Temper => _temper;

    public void Start(double afterSeconds) => _network.Timeline.After(afterSeconds, SignIn);

    /// <param name="promised">The sum of the promise that was keyed and taken.</param>
    internal void Note(string happened, string? detail = null, string? attempt = null, decimal? promised = null) =>
        _network.Ledger.Write("agent", null, ("user", User), ("event", happened), ("detail", detail), ("attempt", attempt), ("promised", promised));

    /// <summary>Sends a request of this agent; nothing is sent while its network is away.</summary>
    internal void Send(string method, string path, JsonObject? body, Action<ApiReply> done, string? key = null)
    {
        if (_offline)
        {
            Later(1, () => done(ApiReply.Nothing));
            return;
        }

        _product.Send(new ApiCall(method, path, body, _token, method == "GET" ? null : key ?? NextKey()), reply =>
        {
            if (reply.Status == 401 && path != "/api/v1/access/login")
            {
                _token = null;
                SignInAgain("the session token is no longer good");
            }

            done(reply);
        });
    }

    internal void SetState(string state, string? reason = null)
    {
        var body = new JsonObject { ["state"] = state };
        if (reason is not null)
            body["reason"] = reason;
        Send("PUT", "/api/v1/agent/state", body, reply =>
        {
            if (!reply.Ok)
                Note("state-refused", $"{state}: {reply.Status}");
        });
    }

    internal Appointment Later(double seconds, Action act) => _network.Timeline.After(seconds, act);

    internal double RealSeconds(double seconds) => seconds * _temper.Speed;

    /// <summary>Reloads the tab: stream and softphone drop, and the page that comes back asks for its session and its softphone again.</summary>
    internal void Refresh()
    {
        Note("refresh");
        CloseEvents();
        HangUpSoftphone();
        Later(ReloadSeconds, StartSession);
    }

    /// <summary>How long a reloaded tab is away.</summary>
    internal double ReloadSeconds => Math.Max(1.5, RealSeconds(0.5));

    /// <summary>The network is away: nothing is sent or received, and the softphone's media with it. Its leg drops when the media have been away for too long.</summary>
    internal void LoseNetwork(double seconds)
    {
        Note("network-lost", $"{seconds:0.0} s");
        _offline = true;
        CloseEvents();
        if (seconds >= _temper.MediaTimeoutSeconds)
            Later(_temper.MediaTimeoutSeconds, HangUpSoftphone);
        Later(seconds, () =>
        {
            _offline = false;
            Note("network-back");
            StartSession();
        });
    }

    private void SignIn()
    {
        if (_signingIn)
            return;
        _signingIn = true;
        Send("POST", "/api/v1/access/login", new JsonObject { ["userName"] = User, ["password"] = _password }, reply =>
        {
            _signingIn = false;
            if (!reply.Ok || reply.Body?["token"]?.GetValue<string>() is not { } token)
            {
                SignInAgain($"login answered {reply.Status}");
                return;
            }

            _failures = 0;
            _token = token;
            Note("login");
            StartSession();
        });
    }

    private void SignInAgain(string why)
    {
        if (_signingIn)
            return;
        Note("back-off", why);
        CloseEvents();
        _heartbeat?.Cancel();
        _signingIn = true;
        Later(BackOff(), () =>
        {
            _signingIn = false;
            SignIn();
        });
    }

    private void StartSession() => Send("POST", "/api/v1/agent/session", [], reply =>
    {
        if (!reply.Ok || reply.Body?["sessionId"] is not { } session)
        {
            if (reply.Status != 401)
                SignInAgain($"session answered {reply.Status}");
            return;
        }

        _failures = 0;
        var id = session.ToString();
        if (id != _sessionId)
            HangUpSoftphone();
        _sessionId = id;
        Note("session", id);
        if (_softphone is not { Ended: false })
            ConnectSoftphone(reply.Body!["softphone"]);
        OpenEvents();
        Beat();
    });

    private void ConnectSoftphone(JsonNode? softphone)
    {
        var parameters = (softphone?["params"] as JsonObject)?.Select(p => new KeyValuePair<string, string>(p.Key, p.Value?.ToString() ?? string.Empty)) ?? [];
        var (call, code, problem) = _network.Softphones.Connect(softphone?["token"]?.ToString() ?? string.Empty, parameters);
        if (call is null)
        {
            Note("softphone-refused", $"{code} {problem}");
            Later(BackOff(), StartSession);
            return;
        }

        var party = (SoftphoneParty)call.Party!;
        _softphone = party;
        party.Listening = (_, speech) => _work.Heard(speech);
        party.Connected = () => Later(0.8, () => Greet(party));
        party.Over = () =>
        {
            if (!ReferenceEquals(_softphone, party))
                return;
            _softphone = null;
            Note("softphone-ended", call.EndedBy);
            if (_token is not null)
                Later(Math.Max(2, RealSeconds(1)), StartSession);
        };
        if (call.IsOver)
            party.Over();
    }

    /// <summary>The first words to whoever is there: a name and a question, and not a word about a debt.</summary>
    private void Greet(SoftphoneParty party)
    {
        if (!party.Ended && party.Call.Seat is { } seat && seat.Room.IsTalking(party.Call))
            party.Call.Say(new Speech($"Hello, this is {User}. With whom do I speak?"));
    }

    private void HangUpSoftphone()
    {
        if (_softphone is not { Ended: false } party)
            return;
        _softphone = null;
        _network.Calls.End(party.Call, party.Call.IsLive ? CallEvent.HungUp : CallEvent.Cancelled, "caller");
    }

    private void OpenEvents()
    {
        CloseEvents();
        if (_token is null || _offline)
            return;
        Action? close = null;
        close = _product.OpenEvents(_token, (name, data) =>
        {
            if (name == "snapshot")
                See(data);
        }, () =>
        {
            if (!ReferenceEquals(_closeEvents, close))
                return;
            _closeEvents = null;
            if (!_offline && _token is not null)
                Later(BackOff(), StartSession);
        });
        _closeEvents = close;
    }

    private void CloseEvents()
    {
        var close = _closeEvents;
        _closeEvents = null;
        close?.Invoke();
    }

    private void Beat()
    {
        _heartbeat?.Cancel();
        _heartbeat = Later(_temper.HeartbeatSeconds, () =>
        {
            Beat();
            if (_sessionId is not null && _token is not null && !_offline)
                Send("POST", "/api/v1/agent/heartbeat", new JsonObject { ["sessionId"] = _sessionId }, reply =>
                {
                    if (reply.Status is 404 or 409 or 410)
                        StartSession();
                });
        });
    }

    private void See(JsonNode snapshot)
    {
        _failures = 0;
        var state = snapshot["state"]?.GetValue<string>() ?? "Offline";
        var changed = state != State;
        State = state;
        if (changed)
            Note("state", state);
        if (snapshot["softphoneConnected"]?.GetValue<bool>() == false && _softphone is { Ended: false } && ++_softphoneAsked >= 3)
        {
            _softphoneAsked = 0;
            HangUpSoftphone();
            Later(1, StartSession);
        }
        else if (snapshot["softphoneConnected"]?.GetValue<bool>() == true)
            _softphoneAsked = 0;
        switch (state)
        {
            case "Offline" or "NotResponding" when changed || state == "Offline":
                Later(_chance.Between(0.5, 2), () =>
                {
                    if (State is "Offline" or "NotResponding")
                        SetState("Available");
                });
                break;
            case "Break" when changed:
                Later(Math.Max(20, _chance.LogNormal(_temper.BreakSeconds, 0.3)), () =>
                {
                    if (State == "Break")
                        SetState("Available");
                });
                break;
        }

        _work.See(state, snapshot["call"] as JsonObject);
    }

    /// <summary>0.5, 1, 2, 4, then 5 real seconds, each with jitter.</summary>
    private double BackOff()
    {
        _failures = Math.Min(_failures + 1, 5);
        return RealSeconds(Math.Min(5, 0.25 * Math.Pow(2, _failures)) * _chance.Between(0.7, 1.3));
    }

    private string NextKey() => $"{_chance.NextBits():x16}{_chance.NextBits():x16}";
}
