using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Webhooks;

namespace Dialer.Simulator.Faults;

/// <summary>The faults in force. Each rule draws its own chances, in the order in which it is asked.</summary>
public sealed class FaultDesk(PhoneNetwork network)
{
    private readonly List<(FaultRule Rule, Chance Chance)> _rules = [];
    private volatile bool _any;
    private int _lastId;

    /// <summary>Whether there is any rule; may be asked from any thread.</summary>
    public bool Any => _any;

    public IEnumerable<FaultRule> Rules => _rules.Select(r => r.Rule);

    public FaultRule Add(FaultRule rule)
    {
        var named = rule with { Id = rule.Id.Length > 0 ? rule.Id : $"fault-{++_lastId}" };
        _any = true;
        _rules.Add((named, Chance.Of(network.Options.Seed, "fault", named.Id, named.On)));
        network.Ledger.Write("fault", null, ("id", named.Id), ("on", named.On), ("action", named.Action.ToString()), ("event", "added"));
        return named;
    }

    public bool Remove(string id) => _rules.RemoveAll(r => r.Rule.Id == id) > 0;

    public void Clear() => _rules.Clear();

    public FaultRule? ForWebhook(Call? call, WebhookPurpose purpose, string? label, string url)
    {
        if (_rules.Count == 0)
            return null;
        var name = purpose.ToString().ToLowerInvariant();
        return Strike(r => (r.On == name || (r.On == "callback" && purpose is not (WebhookPurpose.Twiml or WebhookPurpose.Media)))
            && (r.Event is null || r.Event == label) && Concerns(r, call) && (r.Url is null || url.Contains(r.Url, StringComparison.Ordinal)));
    }

    /// <summary>A fault of one REST request; the path has no host.</summary>
    /// <param name="begun">The request's head was judged by <see cref="ForUnread"/>.</param>
    public FaultRule? ForRest(string method, string path, string? to, bool begun = false) => _rules.Count == 0
        ? null
        : Strike(r => IsOn(r, method, path) && !(begun && CutsUnread(r)) && (r.To is null || (to?.StartsWith(r.To, StringComparison.Ordinal) ?? false)));

    /// <summary>A fault that cuts a request of which only the head is known: one that asks for a number in the body has to wait for it.</summary>
    public FaultRule? ForUnread(string method, string path) => _rules.Count == 0 ? null : Strike(r => IsOn(r, method, path) && CutsUnread(r));

    private static bool CutsUnread(FaultRule rule) => rule is { Action: FaultAction.CutBefore or FaultAction.CutWithinRequest, To: null };

    private static bool IsOn(FaultRule rule, string method, string path)
    {
        var makesCall = method == "POST" && (path.EndsWith("/Calls.json", StringComparison.Ordinal) || path.EndsWith("/Participants.json", StringComparison.Ordinal));
        return (rule.On == "rest" || (rule.On == "post-calls" && makesCall)) && (rule.Url is null || path.Contains(rule.Url, StringComparison.Ordinal));
    }

    /// <summary>The SIP code with which a carrier refuses this call now; null when it takes it.</summary>
    public int? CarrierRefusal(Call call) => Strike(r => r.On == "carrier" && Concerns(r, call)) is { } rule ? rule.Status is 500 ? 503 : rule.Status : null;

    public bool ProcessorFails(Call? call) => Strike(r => r is { On: "processor", Action: FaultAction.Fail or FaultAction.Drop } && Concerns(r, call)) is not null;

    public double ProcessorDelay(Call? call) => Strike(r => r is { On: "processor", Action: FaultAction.Slow or FaultAction.Delay } && Concerns(r, call))?.Seconds ?? 0;

    /// <summary>True when Enqueue meets an error of the system, and the call never comes into the queue.</summary>
    public bool QueueFails(Call call) => Strike(r => r.On == "queue" && Concerns(r, call)) is not null;

    public string? AmdMistake(Call call) => Strike(r => r.On == "amd-verdict" && Concerns(r, call))?.Verdict;

    private FaultRule? Strike(Func<FaultRule, bool> matches)
    {
        foreach (var (rule, chance) in _rules)
        {
            if (!matches(rule) || !rule.IsInForce(network.Timeline.Now) || (rule.Probability < 1 && !chance.Happens(rule.Probability)))
                continue;
            rule.Struck++;
            network.Ledger.Write("fault", null, ("id", rule.Id), ("on", rule.On), ("action", rule.Action.ToString()), ("event", "struck"));
            return rule;
        }

        return null;
    }

    private static bool Concerns(FaultRule rule, Call? call) => rule.To is null || (call?.To.StartsWith(rule.To, StringComparison.Ordinal) ?? false);
}
