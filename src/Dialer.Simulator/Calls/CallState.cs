namespace Dialer.Simulator.Calls;

/// <summary>Where a call stands. Before <see cref="Initiated"/> it waits in the account's calls-per-second queue.</summary>
public enum CallState
{
    Queued,
    Initiated,
    Ringing,
    InProgress,
    Completed,
    Busy,
    NoAnswer,
    Failed,
    Canceled,
}

public enum CallEvent
{
    Dequeued,
    Rang,
    Answered,
    HungUp,
    WasBusy,
    NotAnswered,
    CouldNotBePlaced,
    Cancelled,
}

/// <summary>The call machine as one table: (state, event) to next state. A pair that is not listed is illegal and changes nothing.</summary>
public static class CallTable
{
    private static readonly Dictionary<(CallState, CallEvent), CallState> Moves = new()
    {
        [(CallState.Queued, CallEvent.Dequeued)] = CallState.Initiated,
        [(CallState.Queued, CallEvent.Cancelled)] = CallState.Canceled,
        [(CallState.Queued, CallEvent.CouldNotBePlaced)] = CallState.Failed,
        [(CallState.Initiated, CallEvent.Rang)] = CallState.Ringing,
        [(CallState.Initiated, CallEvent.Answered)] = CallState.InProgress,
        [(CallState.Initiated, CallEvent.WasBusy)] = CallState.Busy,
        [(CallState.Initiated, CallEvent.NotAnswered)] = CallState.NoAnswer,
        [(CallState.Initiated, CallEvent.CouldNotBePlaced)] = CallState.Failed,
        [(CallState.Initiated, CallEvent.Cancelled)] = CallState.Canceled,
        [(CallState.Ringing, CallEvent.Answered)] = CallState.InProgress,
        [(CallState.Ringing, CallEvent.WasBusy)] = CallState.Busy,
        [(CallState.Ringing, CallEvent.NotAnswered)] = CallState.NoAnswer,
        [(CallState.Ringing, CallEvent.CouldNotBePlaced)] = CallState.Failed,
        [(CallState.Ringing, CallEvent.Cancelled)] = CallState.Canceled,
        [(CallState.InProgress, CallEvent.HungUp)] = CallState.Completed,
        [(CallState.InProgress, CallEvent.CouldNotBePlaced)] = CallState.Failed,
    };

    public static IEnumerable<KeyValuePair<(CallState State, CallEvent Event), CallState>> All => Moves;

    public static CallState? After(CallState state, CallEvent happened) => Moves.TryGetValue((state, happened), out var next) ? next : null;

    public static bool IsOver(CallState state) => state >= CallState.Completed;

    /// <summary>The word REST uses; it has none for "initiated".</summary>
    public static string RestWord(CallState state) => state == CallState.Initiated ? "queued" : Word(state);

    /// <summary>The word webhooks use in CallStatus.</summary>
    public static string Word(CallState state) => state switch
    {
        CallState.Queued => "queued",
        CallState.Initiated => "initiated",
        CallState.Ringing => "ringing",
        CallState.InProgress => "in-progress",
        CallState.Completed => "completed",
        CallState.Busy => "busy",
        CallState.NoAnswer => "no-answer",
        CallState.Failed => "failed",
        _ => "canceled",
    };
}
