using Dialer.Twilio.Rest;
using NodaTime;

namespace Dialer.Twilio.Webhooks;

/// <summary>Twilio's <c>CallStatus</c>.</summary>
public enum CallStatus
{
    /// <summary>A word this build does not know.</summary>
    Other = 0,
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

/// <summary>Twilio's <c>AnsweredBy</c>. <see cref="Unknown"/> is treated as a person by every rule that asks.</summary>
public enum AnsweredBy
{
    Unknown = 0,
    Human,
    MachineStart,
    MachineEndBeep,
    MachineEndSilence,
    MachineEndOther,
    Fax,
}

/// <summary>A status callback of a call. Unordered and sometimes repeated: reduce by <paramref name="Sequence"/> and by rank.</summary>
/// <param name="Sequence">Twilio's SequenceNumber, from 0, counting events that were not subscribed to as well; null on inbound numbers' callbacks.</param>
/// <param name="Duration">Seconds from answer to end; only on an end state.</param>
/// <param name="SipCode">The final SIP response, such as 486 or 404.</param>
public sealed record CallStatusChanged(
    string CallSid, CallStatus Status, int? Sequence, Instant? At, int? Duration, int? SipCode, AnsweredBy? AnsweredBy, int? ErrorCode)
{
    public static CallStatusChanged? From(TwilioForm form) =>
        form["CallSid"] is { } sid && form["CallStatus"] is { } status
            ? new(sid, FieldText.Status(status), FieldText.Number(form["SequenceNumber"]), RfcTime.Parse(form["Timestamp"]), FieldText.Number(form["CallDuration"]),
                FieldText.Number(form["SipResponseCode"]), form["AnsweredBy"] is { } by ? FieldText.Answered(by) : null, FieldText.Number(form["ErrorCode"]))
            : null;
}

/// <summary>An asynchronous machine-detection verdict. Only the call's SID and the verdict are sure to be there.</summary>
public sealed record AnsweredByKnown(string CallSid, AnsweredBy AnsweredBy, Duration? Took)
{
    public static AnsweredByKnown? From(TwilioForm form) =>
        form["CallSid"] is { } sid && form["AnsweredBy"] is { } by
            ? new(sid, FieldText.Answered(by), FieldText.Number(form["MachineDetectionDuration"]) is { } ms ? NodaTime.Duration.FromMilliseconds(ms) : null)
            : null;
}

/// <summary>A call that came in, or a softphone that called; <paramref name="From"/> may be "anonymous" or "client:name".</summary>
public sealed record InboundCall(string CallSid, string From, string To, CallStatus Status, string? ApplicationSid, string? StirVerstat)
{
    public static InboundCall? Read(TwilioForm form) =>
        form["CallSid"] is { } sid ? new(sid, form["From"] ?? "", form["To"] ?? "", FieldText.Status(form["CallStatus"]), form["ApplicationSid"], form["StirVerstat"]) : null;
}

/// <summary>The keys a caller pressed, or that there were none: a <c>Gather</c>'s action, or the redirect after its silence.</summary>
public sealed record GatherResult(string CallSid, string Digits, string? Speech)
{
    public bool IsEmpty => Digits.Length == 0 && Speech is null;

    public static GatherResult? From(TwilioForm form) =>
        form["CallSid"] is { } sid ? new(sid, form["Digits"] ?? "", form["SpeechResult"]) : null;
}

/// <summary>The action of a <c>Dial</c> that ended. A conference's has no child call.</summary>
/// <param name="DialStatus">Twilio's DialCallStatus: completed, answered, busy, no-answer, failed or canceled.</param>
public sealed record DialEnded(string CallSid, string DialStatus, string? DialCallSid, int? DialDuration, bool? Bridged, CallStatus CallStatus)
{
    public static DialEnded? From(TwilioForm form) =>
        form["CallSid"] is { } sid
            ? new(sid, form["DialCallStatus"] ?? "", form["DialCallSid"], FieldText.Number(form["DialCallDuration"]), FieldText.Flag(form["DialBridged"]), FieldText.Status(form["CallStatus"]))
            : null;
}

/// <summary>A conference's status callback. <paramref name="Kind"/> is Twilio's StatusCallbackEvent, such as "participant-join".</summary>
public sealed record ConferenceChanged(
    string ConferenceSid, string FriendlyName, string Kind, int? Sequence, Instant? At, string? CallSid, string? ParticipantLabel,
    bool? Muted, bool? Hold, bool? Coaching, string? ReasonParticipantLeft, string? ReasonConferenceEnded)
{
    public static ConferenceChanged? From(TwilioForm form) =>
        form["ConferenceSid"] is { } sid && form["StatusCallbackEvent"] is { } kind
            ? new(sid, form["FriendlyName"] ?? "", kind, FieldText.Number(form["SequenceNumber"]), RfcTime.Parse(form["Timestamp"]), form["CallSid"], form["ParticipantLabel"],
                FieldText.Flag(form["Muted"]), FieldText.Flag(form["Hold"]), FieldText.Flag(form["Coaching"]), form["ReasonParticipantLeft"], form["ReasonConferenceEnded"])
            : null;
}

/// <summary>A recording's status callback. The media URL is not taken from it: build it from <paramref name="RecordingSid"/> on a fixed host.</summary>
/// <param name="Status">in-progress, completed or absent.</param>
public sealed record RecordingChanged(string RecordingSid, string? CallSid, string? ConferenceSid, string Status, int? Duration, int? Channels)
{
    public static RecordingChanged? From(TwilioForm form) =>
        form["RecordingSid"] is { } sid && form["RecordingStatus"] is { } status
            ? new(sid, form["CallSid"], form["ConferenceSid"], status, FieldText.Number(form["RecordingDuration"]), FieldText.Number(form["RecordingChannels"]))
            : null;
}

internal static class FieldText
{
    public static int? Number(string? text) => int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    public static bool? Flag(string? text) => text switch { "true" => true, "false" => false, _ => null };

    public static CallStatus Status(string? text) => text switch
    {
        "queued" => CallStatus.Queued,
        "initiated" => CallStatus.Initiated,
        "ringing" => CallStatus.Ringing,
        "in-progress" => CallStatus.InProgress,
        "completed" => CallStatus.Completed,
        "busy" => CallStatus.Busy,
        "no-answer" => CallStatus.NoAnswer,
        "failed" => CallStatus.Failed,
        "canceled" => CallStatus.Canceled,
        _ => CallStatus.Other,
    };

    public static AnsweredBy Answered(string text) => text switch
    {
        "human" => AnsweredBy.Human,
        "machine_start" => AnsweredBy.MachineStart,
        "machine_end_beep" => AnsweredBy.MachineEndBeep,
        "machine_end_silence" => AnsweredBy.MachineEndSilence,
        "machine_end_other" => AnsweredBy.MachineEndOther,
        "fax" => AnsweredBy.Fax,
        _ => AnsweredBy.Unknown,
    };
}
