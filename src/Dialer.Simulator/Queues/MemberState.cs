namespace Dialer.Simulator.Queues;

/// <summary>Where one call of a queue stands.</summary>
public enum MemberState
{
    Waiting,

    /// <summary>Somebody took it; it may still hear a document of theirs before they are connected.</summary>
    Taken,
    Bridged,
    Left,
}

public enum MemberEvent
{
    Taken,
    Joined,
    BridgeEnded,

    /// <summary>It left by its own document, by REST or by hanging up.</summary>
    WentAway,
}

/// <summary>The queue machine as one table. A pair that is not listed is illegal and changes nothing.</summary>
public static class MemberTable
{
    private static readonly Dictionary<(MemberState, MemberEvent), MemberState> Moves = new()
    {
        [(MemberState.Waiting, MemberEvent.Taken)] = MemberState.Taken,
        [(MemberState.Waiting, MemberEvent.WentAway)] = MemberState.Left,
        [(MemberState.Taken, MemberEvent.Joined)] = MemberState.Bridged,
        [(MemberState.Taken, MemberEvent.WentAway)] = MemberState.Left,
        [(MemberState.Bridged, MemberEvent.BridgeEnded)] = MemberState.Left,
        [(MemberState.Bridged, MemberEvent.WentAway)] = MemberState.Left,
    };

    public static MemberState? After(MemberState state, MemberEvent happened) => Moves.TryGetValue((state, happened), out var next) ? next : null;
}
