using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Webhooks;

namespace Dialer.Simulator.Faults;

/// <summary>The faults in force. Each rule draws its own chances, in the order in which it is asked.</summary>
public sealed class FaultDesk(PhoneNetwork network)
{
    private readonly List<(FaultRule Rule, Chance Chance)> _rules = [];
    private int _lastId;

    public IEnumerable<FaultRule> Rules => _rules.Select(r => r.Rule);

    public FaultRule Add(FaultRule rule)
    {
        var named = rule with { Id = rule.Id.Length > 0 ? rule.Id : $"fault-{++_lastId}" };
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
    public FaultRule? ForRest(string method, string path, string? to)
    {
        if (_rules.Count == 0)
            return null;
        var makesCall = method == "POST" && (path.EndsWith("/Calls.json", StringComparison.Ordinal) || path.EndsWith("/Participants.json", StringComparison.Ordinal));
        return Strike(r => (r.On == "rest" || (r.On == "post-calls" && makesCall))
            && (r.Url is null || path.Contains(r.Url, StringComparison.Ordinal)) && (r.To is null || (to?.StartsWith(r.To, StringComparison.Ordinal) ?? false)));
    }

    /// <summary>The SIP code with which a carrier refuses this call now; null when it takes it.</summary>
    public int? CarrierRefusal(Call call) => Strike(r => r.On == "carrier" && Concerns(r, call)) is { } rule ? rule.Status is 500 ? 503 : rule.Status : null;

    public bool ProcessorFails(Call call) => Strike(r => r is { On: "processor", Action: FaultAction.Fail or FaultAction.Drop } && Concerns(r, call)) is not null;

    public double ProcessorDelay(Call call) => Strike(r => r is { On: "processor", Action: FaultAction.Slow or FaultAction.Delay } && Concerns(r, call))?.Seconds ?? 0;

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
