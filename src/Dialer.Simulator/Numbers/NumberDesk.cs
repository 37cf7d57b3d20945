using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using NodaTime;

namespace Dialer.Simulator.Numbers;

/// <summary>One of our own numbers, or an application: where its calls and messages go.</summary>
public sealed class VoiceEndpoint(string sid, string friendlyName, Instant created)
{
    public string Sid => sid;

    public string FriendlyName { get; set; } = friendlyName;

    public string? PhoneNumber { get; init; }

    public Instant Created { get; } = created;

    public Instant Updated { get; set; } = created;

    public string? VoiceUrl { get; set; }

    public string VoiceMethod { get; set; } = "POST";

    public string? VoiceFallbackUrl { get; set; }

    public string VoiceFallbackMethod { get; set; } = "POST";

    public string? StatusCallback { get; set; }

    public string StatusCallbackMethod { get; set; } = "POST";

    public string? VoiceApplicationSid { get; set; }

    public string? SmsUrl { get; set; }

    public string SmsMethod { get; set; } = "POST";

    public bool CallerIdLookup { get; set; }

    public string? SmsFallbackUrl { get; set; }

    public string SmsFallbackMethod { get; set; } = "POST";

    /// <summary>The application whose SmsUrl takes this number's messages, instead of its own.</summary>
    public string? SmsApplicationSid { get; set; }

    public string? SmsStatusCallback { get; set; }

    public string? MessageStatusCallback { get; set; }

    public bool PublicConnect { get; set; }

    public string? TrunkSid { get; set; }

    public string? AddressSid { get; set; }

    public string? BundleSid { get; set; }

    public string? IdentitySid { get; set; }

    public string EmergencyStatus { get; set; } = "Inactive";

    public string? EmergencyAddressSid { get; set; }

    /// <summary>voice or fax.</summary>
    public string VoiceReceiveMode { get; set; } = "voice";

    public VoiceSource Voice => new(VoiceUrl, VoiceMethod, VoiceFallbackUrl, VoiceFallbackMethod);
}

/// <summary>Our numbers, verified caller ids and applications.</summary>
public sealed class NumberDesk
{
    private readonly PhoneNetwork _network;
    private readonly Dictionary<string, VoiceEndpoint> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VoiceEndpoint> _applications = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Sid, string Number, Instant Created)> _verified = new(StringComparer.Ordinal);

    public NumberDesk(PhoneNetwork network)
    {
        _network = network;
        foreach (var number in network.Options.OwnedNumbers)
            Buy(number, number);
        foreach (var number in network.Options.VerifiedNumbers)
            Verify(number);
    }

    /// <summary>Oldest first.</summary>
    public IEnumerable<VoiceEndpoint> Owned => _numbers.Values.OrderBy(n => n.Created);

    public IEnumerable<VoiceEndpoint> Applications => _applications.Values.OrderBy(a => a.Created);

    public IEnumerable<(string Sid, string Number, Instant Created)> Verified => _verified.Values;

    public VoiceEndpoint? ByNumber(string number) => _numbers.GetValueOrDefault(number);

    public VoiceEndpoint? Number(string sid) => _numbers.Values.FirstOrDefault(n => n.Sid == sid);

    public VoiceEndpoint? Application(string? sid) => sid is null ? null : _applications.GetValueOrDefault(sid);

    public bool MayCallFrom(string number) => _numbers.ContainsKey(number) || _verified.ContainsKey(number) || number.StartsWith("client:", StringComparison.Ordinal);

    public VoiceEndpoint Buy(string number, string name)
    {
        var endpoint = new VoiceEndpoint(_network.Sids.Next("PN"), name, _network.Timeline.Now) { PhoneNumber = number };
        _numbers[number] = endpoint;
        return endpoint;
    }

    public void Release(VoiceEndpoint endpoint) => _numbers.Remove(endpoint.PhoneNumber!);

    public void Verify(string number) => _verified[number] = (_network.Sids.Next("PN"), number, _network.Timeline.Now);

    public VoiceEndpoint CreateApplication(string name)
    {
        var endpoint = new VoiceEndpoint(_network.Sids.Next("AP"), name, _network.Timeline.Now);
        _applications[endpoint.Sid] = endpoint;
        return endpoint;
    }

    public void RemoveApplication(VoiceEndpoint endpoint) => _applications.Remove(endpoint.Sid);

    /// <summary>Where a call to this number of ours goes: its application's URL when it has one, else its own.</summary>
    public VoiceEndpoint Target(VoiceEndpoint number) => Application(number.VoiceApplicationSid) ?? number;
}
