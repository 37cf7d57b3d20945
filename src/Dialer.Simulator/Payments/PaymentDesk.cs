using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;

namespace Dialer.Simulator.Payments;

/// <summary>Payment sessions of the API (agent-assisted), by call; and the processor.</summary>
public sealed class PaymentDesk(PhoneNetwork network)
{
    private readonly Dictionary<string, PaymentSession> _bySid = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PaymentSession> _liveByCall = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PaymentSession> _byKey = new(StringComparer.Ordinal);

    public Processor Processor { get; } = new(network);

    /// <summary>Sessions that REST still finds: those under way, and those that have been over for less than an hour.</summary>
    public int Count => _bySid.Count;

    public int Keys => _byKey.Count;

    public PaymentSession? Find(string sid) => _bySid.GetValueOrDefault(sid);

    public PaymentSession? LiveOn(Call call) => _liveByCall.GetValueOrDefault(call.Sid);

    /// <summary>The session a create request with this idempotency key made before.</summary>
    public PaymentSession? ByKey(Call call, string key) => _byKey.GetValueOrDefault($"{call.Sid}/{key}");

    public PaymentSession Start(Call call, PaymentOrder order, string statusCallback, string key, double timeout)
    {
        var session = new PaymentSession(network, call, order, statusCallback, timeout) { Key = $"{call.Sid}/{key}" };
        _bySid[session.Sid] = session;
        _liveByCall[call.Sid] = session;
        _byKey[session.Key] = session;
        session.Started();
        return session;
    }

    /// <summary>True when an agent-assisted capture under way on this call takes the key.</summary>
    public bool Takes(Call call, char key) => LiveOn(call) is { } session && session.Digit(key);

    public void HungUp(Call call) => LiveOn(call)?.CallerHungUp();

    internal void Over(PaymentSession session)
    {
        _liveByCall.Remove(session.Call.Sid);
        network.Timeline.After(NodaTime.Duration.FromHours(1), () =>
        {
            _bySid.Remove(session.Sid);
            _byKey.Remove(session.Key);
        });
    }
}
