using System.Xml.Linq;

namespace Dialer.Twilio.Twiml.Lint;

/// <summary>The part of TwiML that templates may use: verbs, their attributes, and what may stand inside what. Source: Twilio, "TwiML for Programmable Voice".</summary>
/// <remarks>Twilio itself only warns about unknown verbs and attributes (12200) and goes on without them, which in a payment or an opt-out is worse than failing.</remarks>
internal static class TwimlGrammar
{
    private static readonly string[] Speech = ["Say", "Play", "Pause"];
    private static readonly string[] Ssml = ["break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"];
    private static readonly string[] UrlAttributes = ["action", "statusCallback", "partialResultCallback"];

    private static readonly Dictionary<string, (string[] Attributes, string[] Children)> Elements = new()
    {
        ["Response"] = ([], ["Say", "Play", "Pause", "Gather", "Redirect", "Hangup", "Pay", "Record", "Reject"]),
        ["Say"] = (["voice", "language", "loop"], Ssml),
        ["Play"] = (["loop", "digits"], []),
        ["Pause"] = (["length"], []),
        ["Gather"] = (["input", "action", "method", "timeout", "numDigits", "finishOnKey", "actionOnEmptyResult", "language", "bargeIn"], Speech),
        ["Record"] = (["action", "method", "maxLength", "timeout", "finishOnKey", "playBeep", "trim", "recordingStatusCallback", "recordingStatusCallbackEvent", "recordingStatusCallbackMethod"], []),
        ["Redirect"] = (["method"], []),
        ["Hangup"] = ([], []),
        ["Reject"] = (["reason"], []),
        ["Pay"] = (["input", "action", "statusCallback", "statusCallbackMethod", "paymentMethod", "bankAccountType", "timeout", "maxAttempts", "securityCode", "postalCode", "minPostalCodeLength",
            "paymentConnector", "tokenType", "chargeAmount", "currency", "language", "description", "validCardTypes"], ["Prompt", "Parameter"]),
        ["Prompt"] = (["for", "attempt", "cardType", "errorType", "requireMatchingInputs"], Speech),
        ["Parameter"] = (["name", "value"], []),
        ["break"] = (["strength", "time"], []),
        ["emphasis"] = (["level"], Ssml),
        ["lang"] = (["lang"], Ssml),
        ["p"] = ([], Ssml),
        ["phoneme"] = (["alphabet", "ph"], []),
        ["prosody"] = (["volume", "rate", "pitch"], Ssml),
        ["s"] = ([], Ssml),
        ["say-as"] = (["interpret-as", "format"], []),
        ["sub"] = (["alias"], []),
        ["w"] = (["role"], []),
    };

    private static readonly HashSet<string> Ends = ["Redirect", "Hangup", "Pay", "Reject"];

    public static IEnumerable<(string Rule, string Message)> Check(XElement response)
    {
        foreach (var element in response.DescendantsAndSelf())
        {
            var name = element.Name.LocalName;
            if (!Elements.TryGetValue(name, out var known))
            {
                yield return ("verb", $"<{name}> is not a TwiML element templates may use");
                continue;
            }

            foreach (var attribute in element.Attributes().Where(attribute => !known.Attributes.Contains(attribute.Name.LocalName)))
                yield return ("attribute", $"<{name}> has no attribute '{attribute.Name.LocalName}'");
            foreach (var child in element.Elements().Where(child => Elements.ContainsKey(child.Name.LocalName) && !known.Children.Contains(child.Name.LocalName)))
                yield return ("nesting", $"<{child.Name.LocalName}> cannot stand inside <{name}>");
            foreach (var url in Urls(element).Where(url => !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")))
                yield return ("action", $"<{name}> leads to '{url}', which is not an absolute http or https URL");
            if (name is "Gather" or "Pay" or "Record" && element.Attribute("action") is null)
                yield return ("action", $"<{name}> needs an action: without one Twilio asks the current document again");
        }

        foreach (var dead in Unreachable(response))
            yield return ("unreachable", $"<{dead}> comes after a verb that never goes on");
    }

    private static IEnumerable<string> Urls(XElement element) =>
        element.Attributes().Where(attribute => UrlAttributes.Contains(attribute.Name.LocalName)).Select(attribute => attribute.Value)
            .Concat(element.Name.LocalName == "Redirect" ? [element.Value.Trim()] : []);

    private static IEnumerable<string> Unreachable(XElement response) =>
        response.Elements().SkipWhile(element => !Ends.Contains(element.Name.LocalName)).Skip(1).Select(element => element.Name.LocalName);
}
