using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;

namespace Dialer.Simulator.Rooms;

/// <summary>Two legs joined by Dial or by a queue. When one leaves, the other leaves too.</summary>
public sealed class Bridge(PhoneNetwork network, string name) : Room(network)
{
    private Action<Call, char>? _pressed;

    public override string Sid => string.Empty;

    public override string Name => name;

    public override bool Active => true;

    public static Bridge Join(Call first, Action<string> firstLeft, Call second, Action<string> secondLeft, Action<Call, char>? pressed = null)
    {
        var bridge = new Bridge(first.Network, $"bridge-{first.Sid[^6..]}-{second.Sid[^6..]}") { _pressed = pressed };
        bridge.Seats.Add(first.Seat = new Seat(bridge, first) { OnLeft = firstLeft, JoinedAt = first.Network.Timeline.Now });
        bridge.Seats.Add(second.Seat = new Seat(bridge, second) { OnLeft = secondLeft, JoinedAt = first.Network.Timeline.Now });
        bridge.Recount();
        return bridge;
    }

    public override void Pressed(Call call, char key) => _pressed?.Invoke(call, key);

    public override void Leave(Seat seat, string reason)
    {
        if (!Seats.Remove(seat))
            return;
        Disconnect(seat);
        seat.Call.Seat = null;
        Recount();
        seat.OnLeft?.Invoke(reason);
        foreach (var other in Seats.ToArray())
            Leave(other, "other_party_left");
    }
}
