using System.Globalization;
using System.Xml.Linq;
using Dialer.Simulator.Calls;

namespace Dialer.Simulator.Twiml;

/// <summary>Which values attributes take, and the warning Twilio's debugger shows for any other. The document runs all the same, with the attribute's default.</summary>
/// <remarks>https://www.twilio.com/docs/api/errors. Numbers that a verb reads with bounds (timeouts, lengths) are reported by that verb.</remarks>
public static class AttributeTable
{
    private static readonly Dictionary<(string Element, string Attribute), (int Code, Predicate<string> Takes)> Rules = new()
    {
        [("Dial", "method")] = (13210, Method),
        [("Dial", "hangupOnStar")] = (13213, Flag),
        [("Dial", "record")] = (13217, OneOf("true false do-not-record record-from-answer record-from-ringing record-from-answer-dual record-from-ringing-dual")),
        [("Dial", "sequential")] = (13218, Flag),
        [("Number", "method")] = (13221, Method),
        [("Number", "sendDigits")] = (13222, digits => DialString.IsValid(digits, 1024)),
        [("Conference", "muted")] = (13230, Flag),
        [("Conference", "endConferenceOnExit")] = (13231, Flag),
        [("Conference", "startConferenceOnEnter")] = (13232, Flag),
        [("Conference", "waitMethod")] = (13234, Method),
        [("Conference", "beep")] = (13235, OneOf("true false onEnter onExit")),
        [("Sip", "method")] = (13241, Method),
        [("Gather", "finishOnKey")] = (13310, keys => keys.All(Key)),
        [("Gather", "method")] = (13312, Method),
        [("Play", "loop")] = (13410, Whole),
        [("Say", "loop")] = (13510, Whole),
        [("Say", "voice")] = (13511, Voices.IsVoice),
        [("Say", "language")] = (13512, Voices.IsLanguage),
        [("Record", "method")] = (13610, Method),
        [("Record", "finishOnKey")] = (13613, keys => keys.All(Key)),
        [("Record", "transcribe")] = (13614, Flag),
        [("Record", "playBeep")] = (13616, Flag),
        [("Redirect", "method")] = (13710, Method),
        [("Enqueue", "method")] = (14201, Method),
        [("Enqueue", "waitUrlMethod")] = (14206, Method),
        [("Queue", "method")] = (14210, Method),
        [("Gather", "hints")] = (12200, hints => hints.Split(',') is { Length: <= 500 } all && all.All(hint => hint.Trim().Length <= 100)),
        [("Conference", "jitterBufferSize")] = (12200, OneOf("off small medium large")),
        [("Conference", "record")] = (12200, OneOf("true false do-not-record record-from-start")),
        [("Conference", "trim")] = (12200, OneOf("trim-silence do-not-trim")),
        [("Record", "trim")] = (12200, OneOf("trim-silence do-not-trim")),
        [("Dial", "trim")] = (12200, OneOf("trim-silence do-not-trim")),
        [("Dial", "recordingTrack")] = (12200, OneOf("inbound outbound both")),
        [("Dial", "callReason")] = (12200, reason => reason.Length <= 50),
        [("Reject", "reason")] = (12200, OneOf("rejected busy")),
        [("Stream", "track")] = (12200, OneOf("inbound_track outbound_track both_tracks")),
        [("Siprec", "track")] = (12200, OneOf("inbound_track outbound_track both_tracks")),
        [("Transcription", "track")] = (12200, OneOf("inbound_track outbound_track both_tracks")),
        [("Pay", "input")] = (12200, OneOf("dtmf")),
        [("Pay", "bankAccountType")] = (12200, OneOf("consumer-checking consumer-savings commercial-checking commercial-savings")),
        [("Pay", "tokenType")] = (12200, OneOf("one-time reusable payment-method")),
        [("Pay", "currency")] = (64011, currency => currency.Length == 3 && currency.All(char.IsAsciiLetter)),
    };

    /// <summary>What differs inside Gather.</summary>
    private static readonly Dictionary<(string Element, string Attribute), int> InGather = new() { [("Say", "loop")] = 13322 };

    public static void Check(XElement element, string parent, List<(int Code, string Detail)> warnings)
    {
        var name = element.Name.LocalName;
        foreach (var attribute in element.Attributes())
        {
            var key = (name, attribute.Name.LocalName);
            if (attribute.Value.Length == 0 || !Rules.TryGetValue(key, out var rule) || rule.Takes(attribute.Value))
                continue;
            var code = parent == "Gather" && InGather.TryGetValue(key, out var inside) ? inside : rule.Code;
            warnings.Add((code, $"{name} {attribute.Name.LocalName}=\"{attribute.Value}\""));
        }
    }

    private static bool Flag(string value) => value.Equals("true", StringComparison.OrdinalIgnoreCase) || value.Equals("false", StringComparison.OrdinalIgnoreCase);

    private static bool Method(string value) => value.Equals("GET", StringComparison.OrdinalIgnoreCase) || value.Equals("POST", StringComparison.OrdinalIgnoreCase);

    private static bool Whole(string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool Key(char key) => char.IsAsciiDigit(key) || key is '*' or '#';

    private static Predicate<string> OneOf(string words)
    {
        var all = words.Split(' ').ToHashSet(StringComparer.OrdinalIgnoreCase);
        return all.Contains;
    }
}
