using NodaTime;

namespace Dialer.Core.Calls;

/// <summary>Something that happened to an attempt. Late, repeated and out-of-order events are normal input.</summary>
public abstract record AttemptEvent
{
    private AttemptEvent()
    {
    }

    /// <summary>A sender with a valid lease is about to make the request.</summary>
    public sealed record Submit(long Epoch, Instant Deadline) : AttemptEvent;

    /// <summary>201 from Twilio.</summary>
    public sealed record Accepted(string Sid, Instant Deadline) : AttemptEvent;

    /// <summary>Twilio answered no, or nothing was ever sent.</summary>
    /// <param name="Code">Twilio's error code, where there is one.</param>
    /// <param name="Sent">False when not one byte of the request left: then the attempt was never submitted.</param>
    public sealed record Rejected(int? Code, bool Sent = true) : AttemptEvent;

    /// <summary>The connection failed after bytes may have left, or a 5xx, or the sender died.</summary>
    public sealed record Lost(Instant Deadline) : AttemptEvent;

    /// <summary>Twilio's list has no such call, after its longest possible delay.</summary>
    public sealed record NotFound : AttemptEvent;

    /// <summary>A status callback, a fetched call or the answer webhook. <paramref name="Sequence"/> is Twilio's SequenceNumber, or null where it has none.</summary>
    public sealed record Progress(
        string Sid, CallStatus Status, Instant At, int? Sequence = null, int? SipCode = null, int? DurationSeconds = null, string? AnsweredBy = null) : AttemptEvent;

    /// <summary>The verdict of asynchronous answering machine detection.</summary>
    public sealed record Detected(string Sid, string AnsweredBy) : AttemptEvent;
}

/// <summary>Twilio's CallStatus.</summary>
public enum CallStatus
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
