using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Recordings;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rest;

/// <summary>POST Calls: every parameter checked as Twilio does, then queued behind the account's calls per second.</summary>
internal static class CreateCall
{
    public const int LongestTwiml = 4000;

    /// <summary>Parameters that take one of a few words.</summary>
    private static readonly (string Name, string Allowed)[] Words =
    [
        ("MachineDetection", "Enable DetectMessageEnd"), ("AsyncAmd", "true false"), ("Record", "true false"), ("RecordingChannels", "mono dual"),
        ("RecordingTrack", "inbound outbound both"), ("Trim", "trim-silence do-not-trim"),
    ];

    /// <summary>Parameters that take a whole number: seconds, and milliseconds for the thresholds (https://www.twilio.com/docs/voice/answering-machine-detection).</summary>
    private static readonly (string Name, int Least, int Most)[] Ranges =
    [
        ("TimeLimit", 1, 86_400), ("MachineDetectionTimeout", 3, 60), ("MachineDetectionSpeechThreshold", 1000, 6000), ("MachineDetectionSpeechEndThreshold", 500, 5000),
        ("MachineDetectionSilenceTimeout", 2000, 10_000),
    ];

    public static RestReply Handle(RestContext context)
    {
        if (Refuse(context) is { } refusal)
            return refusal;
        var call = Build(context, Source(context));
        call.StatusCallback = context.Network.Numbers.Application(context.Body.NonEmpty("ApplicationSid")) is { } application && context.Body.NonEmpty("Url") is null
            ? Callback.Of(application.StatusCallback, application.StatusCallbackMethod, [], "completed")
            : Callback.Of(context.Body["StatusCallback"], context.Body["StatusCallbackMethod"], context.Body.All("StatusCallbackEvent"), "completed");
        call.Token = PhoneNetwork.TokenOf(call.Voice.Url) ?? PhoneNetwork.TokenOf(call.StatusCallback?.Url);
        context.Network.Calls.Queue(call);
        if (context.Body.NonEmpty("Url") is not null && context.Body.NonEmpty("Twiml") is not null)
            context.Network.Debugger.Report(call, 32019, "Twiml is ignored when Url is set", error: false);
        return new RestReply(201, CallJson.Of(call));
    }

    /// <summary>The leg with its shared parameters, which Participants take too.</summary>
    public static Call Build(RestContext context, VoiceSource source, bool participant = false)
    {
        var body = context.Body;
        var network = context.Network;
        var url = participant ? body["AmdStatusCallback"] : body["AsyncAmdStatusCallback"];
        var call = new Call(network, network.Sids.Next("CA"), Address(body["From"]!), Address(body["To"]!), "outbound-api")
        {
            Voice = source,
            RingLimitSeconds = context.Number("Timeout", 60) + (participant ? 5 : 0),
            TimeLimitSeconds = context.Number("TimeLimit", 14400),
            SendDigits = body.NonEmpty("SendDigits"),
            Amd = body.NonEmpty("SendDigits") is null
                ? AmdSettings.Of(n => body.NonEmpty(n), participant, url, participant ? body["AmdStatusCallbackMethod"] : body["AsyncAmdStatusCallbackMethod"])
                : null,
            Record = body["Record"] == "true"
                ? new RecordingSettings("OutboundAPI", body["RecordingChannels"] == "dual" ? 2 : 1, body["RecordingTrack"] ?? "both", body["Trim"] ?? "trim-silence",
                    Callback.Of(body["RecordingStatusCallback"], body["RecordingStatusCallbackMethod"], body.All("RecordingStatusCallbackEvent"), "completed"))
                : null,
            PhoneNumberSid = network.Numbers.ByNumber(Address(body["From"]!))?.Sid,
        };
        if (call.Amd is { Async: true, Callback: null })
            network.Debugger.Report(call, 21262, "machine detection is on and has no callback URL", error: false);
        return call;
    }

    /// <summary>The refusals both Calls and Participants share.</summary>
    public static RestReply? RefuseAddresses(RestContext context)
    {
        var network = context.Network;
        var (to, from) = (context.Body["To"], context.Body["From"]);
        if (string.IsNullOrWhiteSpace(to))
            return RestReply.Error(400, 21201, "No 'To' number is specified");
        if (string.IsNullOrWhiteSpace(from))
            return RestReply.Error(400, 21213, "Caller phone number is required");
        if (!IsAddress(to))
            return RestReply.Error(400, 21211, $"The phone number you are attempting to call, {to}, is not valid.");
        if (!IsAddress(from))
            return RestReply.Error(400, 21212, $"The source phone number provided, {from}, is not valid.");
        if (Address(to) == Address(from))
            return RestReply.Error(400, 21211, "'To' and 'From' cannot be the same number.");
        if (Address(to).StartsWith('+') && !Address(from).StartsWith('+'))
            return RestReply.Error(400, 21212, $"The source phone number provided, {from}, is not valid.");
        if (Address(to).StartsWith('+') && network.Options.CheckCallerId && !network.Numbers.MayCallFrom(Address(from)))
            return RestReply.Error(400, 21210, $"The source phone number provided, {from}, is not yet verified for your account. You may only make calls from phone numbers that you've verified or purchased from Twilio.");
        if (Address(to) is { Length: 12 } premium && premium[2..5] is "900" or "976")
            return RestReply.Error(400, 21215, $"Account not authorized to call {to}.");
        if (network.Options.Concurrency is { } most && network.Calls.Live >= most)
            return RestReply.Error(429, 10004, "Call concurrency limit exceeded");
        if (network.Calls.QueueIsFull)
            return RestReply.Error(400, 22005, "Call queue is full");
        return null;
    }

    private static RestReply? Refuse(RestContext context)
    {
        var body = context.Body;
        if (RefuseAddresses(context) is { } refusal)
            return refusal;
        if (body.NonEmpty("ApplicationSid") is { } sid && context.Network.Numbers.Application(sid) is null)
            return RestReply.Error(400, 21218, $"Invalid ApplicationSid: {sid}");
        if (body.NonEmpty("Url") is null && body.NonEmpty("Twiml") is null && body.NonEmpty("ApplicationSid") is null)
            return RestReply.Error(400, 21205, "Url parameter is required.");
        if (body.NonEmpty("Url") is { } url && !IsWebAddress(url))
            return RestReply.Error(400, 21205, $"Url is not a valid URL: {url}");
        if (body.NonEmpty("Url") is null && body.NonEmpty("Twiml") is { Length: > LongestTwiml })
            return RestReply.Error(400, 32018, "Twiml is longer than 4000 characters.");
        foreach (var name in (ReadOnlySpan<string>)["Method", "FallbackMethod", "StatusCallbackMethod", "AsyncAmdStatusCallbackMethod", "RecordingStatusCallbackMethod"])
        {
            if (body.NonEmpty(name) is { } method && method is not ("GET" or "POST"))
                return RestReply.Error(400, 21209, $"{name} must be GET or POST.");
        }

        if (!DialString.IsValid(body.NonEmpty("SendDigits")))
            return RestReply.Error(400, 21206, "SendDigits is invalid.");
        if (body.NonEmpty("Timeout") is { } text && (!int.TryParse(text, out var timeout) || timeout is < 1 or > 600))
            return RestReply.Error(400, 21208, "Timeout must be between 1 and 600 seconds.");
        if (Words.FirstOrDefault(w => body.NonEmpty(w.Name) is { } word && !w.Allowed.Split(' ').Contains(word, StringComparer.Ordinal)) is { Name: { } wrong })
            return RestReply.Error(400, 20001, $"Invalid {wrong}: {body[wrong]}");
        if (Ranges.FirstOrDefault(r => body.NonEmpty(r.Name) is { } text && (!int.TryParse(text, out var number) || number < r.Least || number > r.Most)) is { Name: { } outside } range)
            return RestReply.Error(400, 20001, $"{outside} must be between {range.Least} and {range.Most}.");
        if (body.All("StatusCallbackEvent").FirstOrDefault(e => e is not ("initiated" or "ringing" or "answered" or "completed" or "")) is { } unknown)
            return RestReply.Error(400, 21626, $"Invalid StatusCallbackEvent: {unknown}");
        return null;
    }

    private static VoiceSource Source(RestContext context)
    {
        var body = context.Body;
        if (body.NonEmpty("Url") is null && context.Network.Numbers.Application(body.NonEmpty("ApplicationSid")) is { } application)
            return application.Voice;
        return new VoiceSource(body.NonEmpty("Url"), body["Method"] == "GET" ? "GET" : "POST", body.NonEmpty("FallbackUrl"), body["FallbackMethod"] == "GET" ? "GET" : "POST",
            body.NonEmpty("Twiml"));
    }

    public static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri!.Host.Length > 0;

    /// <summary>E.164, client:, sip: or app:.</summary>
    public static string Address(string text) => Core.Numbers.PhoneNumber.TryParse(text, out var number) ? number.E164 : text.Trim();

    private static bool IsAddress(string text) =>
        Core.Numbers.PhoneNumber.TryParse(text, out _)
        || text.StartsWith("client:", StringComparison.Ordinal) || text.StartsWith("sip:", StringComparison.Ordinal) || text.StartsWith("app:", StringComparison.Ordinal);
}
