namespace Dialer.Core.Calls;

/// <summary>
/// Where one attempt to call one number stands. The order of the live states is their rank: an attempt only ever moves forward,
/// and a terminal state never goes back.
/// </summary>
public enum AttemptState
{
    /// <summary>Allowed by the compliance gate and recorded; nothing has been sent.</summary>
    Intent,

    /// <summary>Committed before the first byte of <c>POST Calls</c>: from here on the call may exist.</summary>
    Submitting,

    /// <summary>The request's fate is not known. Counted as a call, never sent again, resolved by a webhook or by Twilio's call list.</summary>
    Unknown,

    /// <summary>Twilio accepted it and gave a call SID.</summary>
    Placed,
    Ringing,
    Answered,

    /// <summary>Terminal: Twilio refused it, or it was never sent. No telephone rang.</summary>
    Refused,

    /// <summary>Terminal unless a webhook proves otherwise: an unknown request that Twilio's call list does not show. It stays counted.</summary>
    NotPlaced,
    Completed,
    Busy,
    NoAnswer,
    Failed,
    Canceled,
}

public static class AttemptStates
{
    /// <summary>States in which a telephone may be ringing or a person talking; at most one such attempt a person and a number.</summary>
    public static bool IsLive(this AttemptState state) => state <= AttemptState.Answered;

    public static bool IsTerminal(this AttemptState state) => state > AttemptState.Answered;
}
