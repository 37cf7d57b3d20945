using Dialer.Core.Numbers;
using NodaTime;

namespace Dialer.Twilio.Rest;

/// <summary>A call as Twilio's REST API shows it. Eventually consistent: webhooks are newer.</summary>
/// <param name="Status">queued, ringing, in-progress, completed, busy, failed, no-answer or canceled.</param>
/// <param name="Duration">Seconds; null until it is known.</param>
public sealed record CallResource(
    string Sid, string? ParentCallSid, string To, string From, string Status, string? Direction, string? AnsweredBy,
    Instant? DateCreated, Instant? StartTime, Instant? EndTime, int? Duration);

/// <summary>Filter of <c>GET Calls</c>; null parts do not filter. Times are Twilio's <c>StartTime</c>, both ends included.</summary>
public sealed record CallFilter
{
    public PhoneNumber? To { get; init; }

    public PhoneNumber? From { get; init; }

    public string? Status { get; init; }

    public Instant? StartedFrom { get; init; }

    public Instant? StartedUntil { get; init; }

    /// <summary>1-1000.</summary>
    public int PageSize { get; init; } = 100;
}

public sealed record ConferenceResource(string Sid, string FriendlyName, string Status);

public sealed record ParticipantResource(string CallSid, string ConferenceSid, string? Label, string Status, bool Muted, bool Hold, bool Coaching, string? CallSidToCoach);

/// <summary>What to change on a conference participant; null parts stay as they are.</summary>
public sealed record UpdateParticipant
{
    public bool? Muted { get; init; }

    public bool? Hold { get; init; }

    public string? HoldUrl { get; init; }

    public string? AnnounceUrl { get; init; }

    public bool? Coaching { get; init; }

    public string? CallSidToCoach { get; init; }

    public bool? EndConferenceOnExit { get; init; }
}

/// <param name="Status">in-progress, paused, stopped, processing, completed or absent.</param>
public sealed record RecordingResource(string Sid, string CallSid, string Status, int? Duration);

/// <summary>An agent-assisted payment session ("PK…").</summary>
public sealed record PaymentResource(string Sid, string CallSid);

public sealed record PhoneNumberResource(string Sid, string PhoneNumber, string FriendlyName, string? VoiceUrl, string? VoiceFallbackUrl, string? StatusCallback);

public sealed record ApplicationResource(string Sid, string FriendlyName, string? VoiceUrl, string? VoiceFallbackUrl, string? StatusCallback);

/// <summary>Where an incoming number, or a TwiML application, sends its webhooks.</summary>
public sealed record VoiceUrls(string VoiceUrl, string VoiceFallbackUrl, string StatusCallback);

/// <summary>The sound of a recording as it comes from Twilio. Dispose it to end the download.</summary>
public sealed class RecordingMedia(HttpResponseMessage response, string mediaType, Stream content) : IAsyncDisposable
{
    public string MediaType => mediaType;

    /// <summary>What Twilio said its length is, in bytes; null when it did not.</summary>
    public long? Length { get; } = response.Content.Headers.ContentLength;

    public Stream Content => content;

    public async ValueTask DisposeAsync()
    {
        await content.DisposeAsync();
        response.Dispose();
    }
}
