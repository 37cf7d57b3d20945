using System.Text.Json.Serialization;
using NodaTime;

namespace Dialer.Core.Pacing;

/// <summary>How a call in flight ended its flight.</summary>
public enum DialOutcome
{
    /// <summary>A person answered: known at once, or after synchronous detection.</summary>
    Human = 0,

    /// <summary>A machine answered: known at once, or after synchronous detection.</summary>
    Machine,

    /// <summary>Somebody or something answered; a <see cref="PacingEvent.Classified"/> follows.</summary>
    Answered,

    Busy,

    /// <summary>Invalid number, special information tone, carrier failure.</summary>
    Failed,

    NoAnswer,

    /// <summary>Taken back by us before it was resolved: teaches nothing.</summary>
    Cancelled,
}

/// <summary>Something that happened on the floor since the last decision. Events are given in the order in which they are to be learned; the same order gives the same plans.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(Launched), "launched")]
[JsonDerivedType(typeof(Resolved), "resolved")]
[JsonDerivedType(typeof(Classified), "classified")]
[JsonDerivedType(typeof(TalkEnded), "talkEnded")]
[JsonDerivedType(typeof(WrapEnded), "wrapEnded")]
[JsonDerivedType(typeof(Abandoned), "abandoned")]
public abstract record PacingEvent(Instant At)
{
    public sealed record Launched(Instant At, CallClass Class = default) : PacingEvent(At);

    /// <param name="RingSeconds">From launch (without time in the carrier's queue) to this outcome.</param>
    public sealed record Resolved(Instant At, DialOutcome Outcome, double RingSeconds, CallClass Class = default) : PacingEvent(At);

    /// <summary>The verdict on a call that was <see cref="DialOutcome.Answered"/>: by the detector, or by the agent's ear.</summary>
    /// <param name="RingSeconds">The ring time its <see cref="Resolved"/> carried.</param>
    /// <param name="AfterSeconds">From the answer to the verdict.</param>
    public sealed record Classified(Instant At, bool Human, double RingSeconds, double AfterSeconds, CallClass Class = default) : PacingEvent(At);

    /// <summary>An agent's conversation with a person ended (machines end with <see cref="Classified"/>).</summary>
    public sealed record TalkEnded(Instant At, double TalkSeconds) : PacingEvent(At);

    public sealed record WrapEnded(Instant At, double WrapSeconds) : PacingEvent(At);

    /// <summary>A person answered and met nobody in time.</summary>
    public sealed record Abandoned(Instant At, double WaitedSeconds) : PacingEvent(At);
}
