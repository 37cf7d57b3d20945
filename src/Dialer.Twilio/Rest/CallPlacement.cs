namespace Dialer.Twilio.Rest;

/// <summary>What became of one <c>POST Calls</c>. Exactly one of the three cases; the request is never sent a second time by itself.</summary>
/// <remarks>
/// Twilio documents no idempotency key for this request, so only two answers are certain: a call exists (<see cref="Placed"/>)
/// or none can (<see cref="Refused"/>). Everything else is <see cref="Unknown"/>: count it as a call and look for it, never send it again.
/// </remarks>
public abstract record CallPlacement
{
    private CallPlacement()
    {
    }

    /// <summary>Twilio made the call. <paramref name="QueueTime"/> is Twilio's own estimate of how long it waits for its calls-per-second limit.</summary>
    public sealed record Placed(string Sid, TimeSpan QueueTime) : CallPlacement;

    /// <summary>No call exists and none will from this request.</summary>
    /// <param name="Status">HTTP status; 0 when no connection could be made and so not one byte of the request was sent.</param>
    /// <param name="Code">Twilio's error code, such as 21217; null when it gave none.</param>
    /// <param name="Message">For people; without personal data.</param>
    /// <param name="Retryable">429, or no connection: the same call may be asked for again later.</param>
    public sealed record Refused(int Status, int? Code, string Message, bool Retryable) : CallPlacement;

    /// <summary>A call may exist: timeout, 5xx, a connection cut after sending began, a success that could not be read.</summary>
    public sealed record Unknown(string Why) : CallPlacement;
}
