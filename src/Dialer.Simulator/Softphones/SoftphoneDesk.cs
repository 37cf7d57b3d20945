using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Rooms;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Softphones;

/// <summary>The far end of a softphone's leg.</summary>
public sealed class SoftphoneParty(string identity) : RemoteParty
{
    public override string Kind => "agent";

    public string Identity => identity;

    /// <summary>Hears everything as it happens, in this process.</summary>
    public Action<Call, Speech>? Listening { get; set; }

    /// <summary>Somebody else can be heard now.</summary>
    public Action? Connected { get; set; }

    public Action? Over { get; set; }

    public override void OnBridged(Room room)
    {
        base.OnBridged(room);
        Connected?.Invoke();
    }

    public override void OnSpeech(Call speaker, Speech speech)
    {
        base.OnSpeech(speaker, speech);
        Listening?.Invoke(speaker, speech);
    }

    public override void OnEnded()
    {
        base.OnEnded();
        Over?.Invoke();
    }
}

/// <summary>Softphones: calls made with an access token to a TwiML application, and clients that can be dialled.</summary>
/// <remarks>Stands in for the private signalling of Twilio's Voice SDK; what the application's VoiceUrl receives is what Twilio sends.</remarks>
public sealed class SoftphoneDesk(PhoneNetwork network)
{
    private readonly Dictionary<string, (NodaTime.Instant Until, bool Automatic)> _registered = new(StringComparer.Ordinal);

    public int Registered => _registered.Count;

    /// <summary>Makes the softphone's call; or says, with one of the SDK's codes, why not.</summary>
    public (Call? Call, int ErrorCode, string Error) Connect(string token, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var (grant, code, problem) = AccessToken.Read(token, network.Options, network.Timeline.Now);
        if (grant is null)
            return (null, code, problem);
        if (network.Numbers.Application(grant.ApplicationSid) is not { } application)
            return (null, 21218, "The token's application does not exist on this network.");
        if (string.IsNullOrEmpty(application.VoiceUrl))
            return (null, 21205, "The application has no VoiceUrl.");
        var custom = new Form().AddAll(parameters);
        var party = new SoftphoneParty(grant.Identity);
        var call = new Call(network, network.Sids.Next("CA"), "client:" + grant.Identity, custom["To"] ?? string.Empty, "inbound")
        {
            Voice = application.Voice,
            ApplicationSid = application.Sid,
            StatusCallback = Callback.Of(application.StatusCallback, application.StatusCallbackMethod, [], "completed"),
            Custom = new Form().AddAll(custom.Where(p => p.Key is not "To")),
            CallToken = $"{{\"parentCallInfoToken\":\"{Chance.Hash(network.Options.Seed, grant.Identity):x16}\"}}",
            Party = party,
        };
        network.Ledger.Write("softphone", call, ("event", "connect"), ("identity", grant.Identity));
        party.Attach(call);
        network.Calls.Arrive(call);
        return (call, 0, string.Empty);
    }

    /// <summary>Makes a client reachable by Dial Client; an automatic one answers at once.</summary>
    public (bool Registered, int ErrorCode, string Error) Register(string token, bool automatic)
    {
        var (grant, code, problem) = AccessToken.Read(token, network.Options, network.Timeline.Now);
        if (grant is null)
            return (false, code, problem);
        if (!grant.Incoming)
            return (false, 31301, "The token does not allow incoming calls.");
        foreach (var gone in _registered.Where(client => client.Value.Until <= network.Timeline.Now).Select(client => client.Key).ToList())
            _registered.Remove(gone);
        _registered[grant.Identity] = (grant.Expires, automatic);
        network.Ledger.Write("softphone", null, ("event", "registered"), ("identity", grant.Identity));
        return (true, 0, string.Empty);
    }

    public CallPlan Plan(Call call)
    {
        var identity = call.To["client:".Length..];
        return _registered.TryGetValue(identity, out var client) && client.Until > network.Timeline.Now
            ? new CallPlan(CallOutcome.Answers, 0.3, client.Automatic ? 0.8 : 3600, 200, new SoftphoneParty(identity))
            : new CallPlan(CallOutcome.Fails, 0.3, 0, 404, null);
    }
}
