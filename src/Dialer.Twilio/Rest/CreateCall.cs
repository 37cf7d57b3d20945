using Dialer.Core.Numbers;

namespace Dialer.Twilio.Rest;

/// <summary>Parameters of <c>POST /Accounts/{sid}/Calls.json</c>, named as in Twilio's REST API (Voice, Call resource).</summary>
public sealed record CreateCall
{
    public required PhoneNumber To { get; init; }

    public required PhoneNumber From { get; init; }

    /// <summary>Asked for TwiML when the call is answered.</summary>
    public required string Url { get; init; }

    public string? FallbackUrl { get; init; }

    public string? StatusCallback { get; init; }

    public IReadOnlyList<CallEventName> StatusCallbackEvents { get; init; } = [];

    /// <summary>Seconds of ringing, 5-600; Twilio may add five.</summary>
    public int TimeoutSeconds { get; init; } = 22;

    /// <summary>The longest the call may last, in seconds.</summary>
    public int? TimeLimitSeconds { get; init; }

    public MachineDetection MachineDetection { get; init; } = MachineDetection.None;

    /// <summary>True: TwiML runs at once and the verdict arrives at <see cref="AsyncAmdStatusCallback"/>. False: the answer webhook waits for the verdict.</summary>
    public bool AsyncAmd { get; init; }

    public string? AsyncAmdStatusCallback { get; init; }

    /// <summary>Seconds, 3-59.</summary>
    public int? MachineDetectionTimeout { get; init; }

    /// <summary>Milliseconds of speech that make a machine, 1000-6000.</summary>
    public int? MachineDetectionSpeechThreshold { get; init; }

    /// <summary>Milliseconds of silence that end a greeting, 500-5000.</summary>
    public int? MachineDetectionSpeechEndThreshold { get; init; }

    /// <summary>Milliseconds of first silence that give "unknown", 2000-10000.</summary>
    public int? MachineDetectionSilenceTimeout { get; init; }

    internal IEnumerable<KeyValuePair<string, string>> Form()
    {
        yield return new("To", To.E164);
        yield return new("From", From.E164);
        yield return new("Url", Url);
        yield return new("Method", "POST");
        if (FallbackUrl is not null)
            yield return new("FallbackUrl", FallbackUrl);
        if (StatusCallback is not null)
        {
            yield return new("StatusCallback", StatusCallback);
            foreach (var name in StatusCallbackEvents)
                yield return new("StatusCallbackEvent", name.ToString().ToLowerInvariant());
        }

        yield return new("Timeout", Text(TimeoutSeconds));
        if (TimeLimitSeconds is { } limit)
            yield return new("TimeLimit", Text(limit));
        foreach (var pair in Detection())
            yield return pair;
    }

    private IEnumerable<KeyValuePair<string, string>> Detection()
    {
        if (MachineDetection == MachineDetection.None)
            yield break;
        yield return new("MachineDetection", MachineDetection.ToString());
        if (AsyncAmd)
            yield return new("AsyncAmd", "true");
        if (AsyncAmdStatusCallback is not null)
            yield return new("AsyncAmdStatusCallback", AsyncAmdStatusCallback);
        if (MachineDetectionTimeout is { } timeout)
            yield return new("MachineDetectionTimeout", Text(timeout));
        if (MachineDetectionSpeechThreshold is { } speech)
            yield return new("MachineDetectionSpeechThreshold", Text(speech));
        if (MachineDetectionSpeechEndThreshold is { } end)
            yield return new("MachineDetectionSpeechEndThreshold", Text(end));
        if (MachineDetectionSilenceTimeout is { } silence)
            yield return new("MachineDetectionSilenceTimeout", Text(silence));
    }

    private static string Text(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Call progress events a status callback may subscribe to.</summary>
public enum CallEventName
{
    Initiated,
    Ringing,
    Answered,
    Completed,
}

/// <summary>Answering machine detection: none, as soon as the greeting is classed, or after a machine's greeting has ended.</summary>
public enum MachineDetection
{
    None,
    Enable,
    DetectMessageEnd,
}
