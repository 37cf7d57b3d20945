namespace Dialer.Simulator.Engine;

/// <summary>How much the network holds in memory, by kind. Over a long run each of these levels off: README.md says what is kept for how long.</summary>
public static class Holdings
{
    public static SortedDictionary<string, long> Of(PhoneNetwork network) => new(StringComparer.Ordinal)
    {
        ["appointments"] = network.Timeline.Count,
        ["calls"] = network.Calls.Count,
        ["clients"] = network.Softphones.Registered,
        ["conferences"] = network.Conferences.Count,
        ["mediaFetched"] = network.Media.Count,
        ["messages"] = network.Messages.Count,
        ["numbersCounted"] = network.Directory.Counted,
        ["paymentKeys"] = network.Payments.Keys,
        ["payments"] = network.Payments.Count,
        ["queues"] = network.Queues.Count,
        ["recordings"] = network.Recordings.Count,
        ["webhooks"] = network.Webhooks.UnderWay,
    };
}
