using System.Text.Json.Nodes;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Rooms;
using NodaTime;

namespace Dialer.Simulator.Engine;

/// <summary>Totals since the network started.</summary>
public sealed class Statistics(PhoneNetwork network)
{
    private readonly SortedDictionary<string, long> _byStatus = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _answeredBy = new(StringComparer.Ordinal);
    private readonly long[] _waits = new long[7];
    private readonly Queue<Instant> _starts = new();
    private readonly HashSet<string> _bridged = new(StringComparer.Ordinal);
    private double _waitTotal;
    private double _longestWait;
    private long _created;
    private long _inbound;
    private long _bridgedHumans;
    private long _payments;
    private decimal _paid;
    private int _mostStartsInASecond;

    public void Created(Call call)
    {
        _created++;
        if (call.Direction == "inbound")
            _inbound++;
        if (call.Direction != "outbound-api")
            return;
        var start = network.Timeline.Now + call.QueueTime;
        _starts.Enqueue(start);
        while (_starts.TryPeek(out var oldest) && oldest <= start - Duration.FromSeconds(1))
            _starts.Dequeue();
        _mostStartsInASecond = Math.Max(_mostStartsInASecond, _starts.Count);
    }

    public void Answered(Call call)
    {
        var kind = call.Party?.Kind ?? "nobody";
        _answeredBy[kind] = _answeredBy.GetValueOrDefault(kind) + 1;
    }

    /// <summary>The first time a called person hears somebody in a room: how long after the answer.</summary>
    public void Bridged(Seat seat, IReadOnlyList<Seat> others)
    {
        if (seat.Call.Party?.Kind is not ("human" or "script" or "machine") || seat.Call.AnsweredAt is not { } answered || !_bridged.Add(seat.Call.Sid))
            return;
        var wait = (network.Timeline.Now - answered).TotalSeconds;
        _bridgedHumans++;
        _waitTotal += wait;
        _longestWait = Math.Max(_longestWait, wait);
        _waits[Math.Min(_waits.Length - 1, wait switch { <= 0.5 => 0, <= 1 => 1, <= 2 => 2, <= 3 => 3, <= 5 => 4, <= 10 => 5, _ => 6 })]++;
    }

    public void Over(Call call)
    {
        var word = CallTable.Word(call.State);
        _byStatus[word] = _byStatus.GetValueOrDefault(word) + 1;
        _bridged.Remove(call.Sid);
    }

    public void Charged(decimal amount)
    {
        _payments++;
        _paid += amount;
    }

    public JsonObject Read()
    {
        var live = network.Calls.NewestFirst.Where(c => !c.IsOver).ToList();
        return new JsonObject
        {
            ["at"] = network.Timeline.Now.ToString(),
            ["created"] = _created,
            ["inbound"] = _inbound,
            ["live"] = live.Count,
            ["queued"] = live.Count(c => c.State == CallState.Queued),
            ["ringing"] = live.Count(c => c.State == CallState.Ringing),
            ["inProgress"] = live.Count(c => c.State == CallState.InProgress),
            ["byStatus"] = Of(_byStatus),
            ["answeredBy"] = Of(_answeredBy),
            ["bridged"] = new JsonObject
            {
                ["count"] = _bridgedHumans,
                ["meanWaitSeconds"] = _bridgedHumans == 0 ? 0 : Math.Round(_waitTotal / _bridgedHumans, 3),
                ["longestWaitSeconds"] = Math.Round(_longestWait, 3),
                ["waits"] = new JsonObject
                {
                    ["to0.5"] = _waits[0], ["to1"] = _waits[1], ["to2"] = _waits[2], ["to3"] = _waits[3], ["to5"] = _waits[4], ["to10"] = _waits[5], ["over10"] = _waits[6],
                },
            },
            ["payments"] = new JsonObject { ["count"] = _payments, ["amount"] = _paid },
            ["mostStartsInASecond"] = _mostStartsInASecond,
            ["webhooksUnderWay"] = network.Webhooks.UnderWay,
            ["ledgerLines"] = network.Ledger.Count,
            ["held"] = Of(Holdings.Of(network)),
        };
    }

    private static JsonObject Of(SortedDictionary<string, long> counts)
    {
        var json = new JsonObject();
        foreach (var (name, count) in counts)
            json[name] = count;
        return json;
    }
}
