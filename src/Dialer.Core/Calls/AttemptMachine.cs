using NodaTime;
using static Dialer.Core.Calls.AttemptState;

namespace Dialer.Core.Calls;

/// <summary>The life of an attempt.</summary>
/// <remarks>
/// <code>
/// event      legal from                                       to
/// Submit     Intent                                           Submitting
/// Accepted   Submitting, Unknown                              Placed            (a webhook may have been faster: then only the SID is kept)
/// Rejected   Intent, Submitting                               Refused
/// Lost       Submitting                                       Unknown
/// NotFound   Unknown                                          NotPlaced
/// Progress   any but Intent and Refused                       by CallStatus, forward only; NotPlaced is revived by proof; ended ones only gain facts
/// Detected   any but Intent, Refused and NotPlaced            same state, AnsweredBy kept
/// </code>
/// Everything else is ignored: <see cref="AttemptChange.Applied"/> is false and the attempt unchanged.
/// Twilio fires callbacks in order but promises nothing about their arrival, so order comes from rank and SequenceNumber (Call resource, StatusCallback).
/// </remarks>
public static class AttemptMachine
{
    private const string NotConnected = "NotConnected";

    public static AttemptChange Apply(Attempt attempt, AttemptEvent happened, Instant now) => (happened, attempt.State) switch
    {
        (AttemptEvent.Submit e, Intent) => To(attempt with { State = Submitting, Epoch = e.Epoch, Deadline = e.Deadline, SubmittedAt = now }),
        (AttemptEvent.Accepted e, Submitting or Unknown) when attempt.Sid is null => To(attempt with { State = Placed, Sid = e.Sid, PlacedAt = now, Deadline = e.Deadline }),
        (AttemptEvent.Accepted e, not (Intent or Refused)) when attempt.Sid is not null && attempt.Sid != e.Sid => Ignore(attempt) with { Conflict = true },
        (AttemptEvent.Rejected e, Intent or Submitting) =>
            new(attempt with { State = Refused, ErrorCode = e.Code, SubmittedAt = e.Sent ? attempt.SubmittedAt : null, EndedAt = now, Counted = false, Exclusion = "NotPlaced" }, true, AttemptEffect.ReturnLead),
        (AttemptEvent.Lost e, Submitting) => To(attempt with { State = Unknown, Deadline = e.Deadline }),
        (AttemptEvent.NotFound, Unknown) => End(attempt with { State = NotPlaced, EndedAt = now }),
        (AttemptEvent.Progress e, not (Intent or Refused)) => attempt.Sid is not null && attempt.Sid != e.Sid ? Ignore(attempt) with { Conflict = true } : Advance(attempt, e),
        (AttemptEvent.Detected e, not (Intent or Refused or NotPlaced)) when attempt.AnsweredBy is null && (attempt.Sid is null || attempt.Sid == e.Sid) =>
            new(attempt with { AnsweredBy = e.AnsweredBy, Sid = e.Sid }, true, Attempt.IsMachine(e.AnsweredBy) && attempt.State.IsLive() ? AttemptEffect.MachineAnswered : AttemptEffect.None),
        _ => Ignore(attempt),
    };

    private static AttemptChange Advance(Attempt attempt, AttemptEvent.Progress e)
    {
        var target = StateOf(e.Status);
        var informed = attempt with
        {
            Sid = e.Sid,
            PlacedAt = attempt.PlacedAt ?? e.At,
            Sequence = Math.Max(attempt.Sequence, e.Sequence ?? -1),
            SipCode = e.SipCode ?? attempt.SipCode,
            DurationSeconds = e.DurationSeconds ?? attempt.DurationSeconds,
            AnsweredBy = attempt.AnsweredBy ?? e.AnsweredBy,
            RingingAt = target == Ringing ? attempt.RingingAt ?? e.At : attempt.RingingAt,
            AnsweredAt = target == Answered ? attempt.AnsweredAt ?? e.At : attempt.AnsweredAt,
        };
        if (attempt.State.IsTerminal() && attempt.State != NotPlaced)
        {
            var settled = Close(informed); // a late "ringing" can make an ended call count after all
            return settled == attempt ? Ignore(attempt) : To(settled);
        }

        if (target.IsTerminal())
            return End(Close(informed with { State = target, EndedAt = e.At }));
        var moved = attempt.State == NotPlaced || target > attempt.State;
        return moved ? To(informed with { State = target, EndedAt = null }) : informed == attempt ? Ignore(attempt) : To(informed);
    }

    /// <summary>Whether the ended call counts as a call. Busy and numbers not in service are "not connected" (12 CFR 1006.14(b)(3)(ii), comment 1).</summary>
    private static Attempt Close(Attempt attempt) => attempt.State switch
    {
        Busy => attempt with { Counted = false, Exclusion = NotConnected },
        Failed when attempt.SipCode is 404 or 410 or 484 or 604 => attempt with { Counted = false, Exclusion = NotConnected },
        Failed or Canceled when attempt.RingingAt is null && attempt.AnsweredAt is null => attempt with { Counted = false, Exclusion = NotConnected },
        _ when attempt.Exclusion == NotConnected => attempt with { Counted = true, Exclusion = null },
        _ => attempt,
    };

    private static AttemptState StateOf(CallStatus status) => status switch
    {
        CallStatus.Queued or CallStatus.Initiated => Placed,
        CallStatus.Ringing => Ringing,
        CallStatus.InProgress => Answered,
        CallStatus.Completed => Completed,
        CallStatus.Busy => Busy,
        CallStatus.NoAnswer => NoAnswer,
        CallStatus.Failed => Failed,
        CallStatus.Canceled => Canceled,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a call status."),
    };

    private static AttemptChange To(Attempt attempt) => new(attempt, true, AttemptEffect.None);

    private static AttemptChange End(Attempt attempt) => new(attempt, true, AttemptEffect.Ended);

    private static AttemptChange Ignore(Attempt attempt) => new(attempt, false, AttemptEffect.None);
}
