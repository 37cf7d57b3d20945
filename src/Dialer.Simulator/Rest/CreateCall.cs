using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Recordings;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rest;

/// <summary>POST Calls: every parameter checked as Twilio does, then queued behind the account's calls per second.</summary>
internal static class CreateCall
{
    public const int LongestTwiml = 4000;

    /// <summary>Seconds: a day, where an account has opted in to it.</summary>
    public const int LongestCall = 86_400;

    private const string CallEvents = "initiated ringing answered completed";

    /// <summary>Parameters of Calls and Participants that take one of a few words.</summary>
    private static readonly (string Name, string Allowed)[] Words =
    [
        ("MachineDetection", "Enable DetectMessageEnd"), ("AsyncAmd", "true false"), ("Record", "true false"), ("RecordingChannels", "mono dual"),
        ("RecordingTrack", "inbound outbound both"), ("Trim", "trim-silence do-not-trim"),
    ];

    /// <summary>Parameters that take a whole number: seconds, and milliseconds for the thresholds (https://www.twilio.com/docs/voice/answering-machine-detection).</summary>
    private static readonly (string Name, int Least, int Most)[] Ranges =
    [
        ("TimeLimit", 1, LongestCall), ("MachineDetectionTimeout", 3, 60), ("MachineDetectionSpeechThreshold", 1000, 6000), ("MachineDetectionSpeechEndThreshold", 500, 5000),
        ("MachineDetectionSilenceTimeout", 2000, 10_000),
    ];

    private static readonly string[] Presentation = ["CallerId", "CallerDisplayName", "CallReason", "Byoc", "CallToken"];

    public static RestReply Handle(RestContext context)
    {
        if (Refuse(context) is { } refusal)
            return refusal;
        var call = Build(context, Source(context));
        call.StatusCallback = context.Network.Numbers.Application(context.Body.NonEmpty("ApplicationSid")) is { } application
            ? Callback.Of(application.StatusCallback, application.StatusCallbackMethod, [], "completed")
            : Callback.Of(context.Body["StatusCallback"], context.Body["StatusCallbackMethod"], context.Body.All("StatusCallbackEvent"), "completed");
        call.Token = PhoneNetwork.TokenOf(call.Voice.Url) ?? PhoneNetwork.TokenOf(call.StatusCallback?.Url);
        context.Network.Calls.Queue(call);
        Present(context, call);
        if (call.Voice is { Url: not null, Twiml: not null })
            context.Network.Debugger.Report(call, 32019, "Twiml is ignored when Url is set", error: false);
        return new RestReply(201, CallJson.Of(call));
    }

    /// <summary>What the called telephone shows beside, or instead of, From, and over which trunk the call came: the ledger keeps it, nobody here looks at a display.</summary>
    public static void Present(RestContext context, Call call)
    {
        var body = context.Body;
        if (Presentation.Any(name => body.NonEmpty(name) is not null))
            context.Network.Ledger.Write("presented", call, ("shown", body.NonEmpty("CallerId") is { } id ? Address(id) : call.From), ("name", body.NonEmpty("CallerDisplayName")),
                ("reason", body.NonEmpty("CallReason")), ("trunk", body.NonEmpty("Byoc")), ("forwarded", Forwarded(context)?.Sid));
    }

    /// <summary>The inbound call whose CallToken the request carries: its caller's number may be shown on.</summary>
    private static Call? Forwarded(RestContext context) => context.Body.NonEmpty("CallToken") is { } token
        ? context.Network.Calls.NewestFirst.FirstOrDefault(c => c.Direction == "inbound" && c.CallToken == token)
        : null;

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
    /// <param name="context">The request.</param>
    /// <param name="overLimit">The code of the account's limit of calls at once.</param>
    public static RestReply? RefuseAddresses(RestContext context, int overLimit = 10004)
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
        if (Address(to).StartsWith('+') && network.Options.CheckCallerId && !MayShow(context, Address(from)))
            return RestReply.Error(400, 21210, $"The source phone number provided, {from}, is not yet verified for your account. You may only make calls from phone numbers that you've verified or purchased from Twilio.");
        if (context.Body.NonEmpty("CallerId") is { } shown && (!IsAddress(shown) || (Address(shown).StartsWith('+') && network.Options.CheckCallerId && !MayShow(context, Address(shown)))))
            return RestReply.Error(400, IsAddress(shown) ? 21210 : 21212, $"The caller ID provided, {shown}, is not valid for your account.");
        if (Address(to) is { Length: 12 } premium && premium[2..5] is "900" or "976")
            return RestReply.Error(400, 21215, $"Account not authorized to call {to}.");
        if (network.Options.Concurrency is { } most && network.Calls.Live >= most)
            return RestReply.Error(429, overLimit, "Call concurrency limit exceeded");
        if (network.Calls.QueueIsFull)
            return RestReply.Error(400, 22005, "Call queue is full");
        return null;
    }

    private static bool MayShow(RestContext context, string number) =>
        context.Network.Numbers.MayCallFrom(number) || (Forwarded(context) is { } inbound && inbound.From == number);

    private static RestReply? Refuse(RestContext context) => RefuseAddresses(context) ?? RefuseParameters(context);

    /// <summary>The refusals of everything but To and From.</summary>
    public static RestReply? RefuseParameters(RestContext context) => RefuseSource(context)
        ?? Check.Methods(context.Body, "Method", "FallbackMethod", "AsyncAmdStatusCallbackMethod")
        ?? Check.Urls(context.Body, 21205, "FallbackUrl", "AsyncAmdStatusCallback")
        ?? RefuseShared(context);

    /// <summary>The refusals of the parameters that Calls and Participants share.</summary>
    public static RestReply? RefuseShared(RestContext context, int leastTimeout = 1)
    {
        var body = context.Body;
        if (!DialString.IsValid(body.NonEmpty("SendDigits")))
            return RestReply.Error(400, 21206, "SendDigits is invalid.");
        return Check.Methods(body, "StatusCallbackMethod", "RecordingStatusCallbackMethod")
            ?? Check.Urls(body, 21205, "StatusCallback", "RecordingStatusCallback", "ClientNotificationUrl")
            ?? Check.Ranges(body, [("Timeout", leastTimeout, 600)], 21208)
            ?? Check.Words(body, Words)
            ?? Check.Ranges(body, Ranges)
            ?? Check.Events(body, "StatusCallbackEvent", CallEvents)
            ?? Check.Events(body, "RecordingStatusCallbackEvent", "in-progress completed absent")
            ?? Check.Sids(body, ("Byoc", "BY"))
            ?? Check.Longest(body, ("CallReason", 50));
    }

    /// <summary>An application wins over Url and Twiml, so theirs are not looked at when it is there.</summary>
    private static RestReply? RefuseSource(RestContext context)
    {
        var body = context.Body;
        if (body.NonEmpty("ApplicationSid") is { } sid)
            return context.Network.Numbers.Application(sid) is not { } application ? RestReply.Error(400, 21218, $"Invalid ApplicationSid: {sid}")
                : application.Voice.IsEmpty ? RestReply.Error(400, 21205, $"Application {sid} has no VoiceUrl.")
                : null;
        if (body.NonEmpty("Url") is null && body.NonEmpty("Twiml") is null)
            return RestReply.Error(400, 21205, "Url parameter is required.");
        if (body.NonEmpty("Url") is null && body.NonEmpty("Twiml") is { Length: > LongestTwiml })
            return RestReply.Error(400, 32018, "Twiml is longer than 4000 characters.");
        return Check.Urls(body, 21205, "Url");
    }

    private static VoiceSource Source(RestContext context)
    {
        var body = context.Body;
        if (context.Network.Numbers.Application(body.NonEmpty("ApplicationSid")) is { } application)
            return application.Voice;
        return new VoiceSource(body.NonEmpty("Url"), body["Method"] == "GET" ? "GET" : "POST", body.NonEmpty("FallbackUrl"), body["FallbackMethod"] == "GET" ? "GET" : "POST",
            body.NonEmpty("Twiml"));
    }

    /// <summary>E.164, client:, sip: or app:.</summary>
    public static string Address(string text) => Core.Numbers.PhoneNumber.TryParse(text, out var number) ? number.E164 : text.Trim();

    private static bool IsAddress(string text) =>
        Core.Numbers.PhoneNumber.TryParse(text, out _)
        || text.StartsWith("client:", StringComparison.Ordinal) || text.StartsWith("sip:", StringComparison.Ordinal) || text.StartsWith("app:", StringComparison.Ordinal);
}
