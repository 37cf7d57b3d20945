namespace Dialer.Simulator.Rooms;

/// <summary>Where a conference stands. Before it starts its participants wait with music.</summary>
public enum ConferenceState
{
    Init,
    InProgress,
    Completed,
}

public enum ConferenceEvent
{
    /// <summary>Two are there, and one of them may start it.</summary>
    Started,

    /// <summary>The last one left, one left that ends it, nobody could be added, or REST said so.</summary>
    Ended,
}

/// <summary>The conference machine as one table. A pair that is not listed is illegal and changes nothing.</summary>
public static class ConferenceTable
{
    private static readonly Dictionary<(ConferenceState, ConferenceEvent), ConferenceState> Moves = new()
    {
        [(ConferenceState.Init, ConferenceEvent.Started)] = ConferenceState.InProgress,
        [(ConferenceState.Init, ConferenceEvent.Ended)] = ConferenceState.Completed,
        [(ConferenceState.InProgress, ConferenceEvent.Ended)] = ConferenceState.Completed,
    };

    public static ConferenceState? After(ConferenceState state, ConferenceEvent happened) => Moves.TryGetValue((state, happened), out var next) ? next : null;

    public static string Word(ConferenceState state) => state switch
    {
        ConferenceState.Init => "init",
        ConferenceState.InProgress => "in-progress",
        _ => "completed",
    };
}
