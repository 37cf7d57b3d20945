using System.Xml.Linq;
using Dialer.Simulator.Calls;
using Dialer.Simulator.People;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/play: a recording fetched without the call's fields, or digits.</summary>
public sealed class PlayVerb : Verb
{
    public override void Run(TwimlRun run, XElement element) => Read(run, element, utterance =>
    {
        if (utterance is null)
            run.Next();
        else
            Repeat.Run(run, utterance, utterance.Kind == UtteranceKind.Tone ? null : element.Text("loop"), run.Next);
    });

    /// <summary>Finds out what will be heard and for how long, then goes on; null when there is nothing to play.</summary>
    public static void Read(TwimlRun run, XElement element, Action<Utterance?> then)
    {
        if (element.Text("digits") is { Length: > 0 } digits)
        {
            then(DialString.IsValid(digits, 1024)
                ? new Utterance(UtteranceKind.Tone, digits, "en-US", DialString.Seconds(digits))
                : Invalid(run, 12200, $"Play digits=\"{digits}\""));
            return;
        }

        if (element.Value.Trim().Length == 0 || run.Resolve(element.Value) is not { } url)
        {
            then(Invalid(run, 13420, "<Play> has no address to play"));
            return;
        }

        run.Wait(new FetchingMedia());
        if (run.Network.Media.Seconds(url) is { } known)
        {
            then(new Utterance(UtteranceKind.Play, url, "en-US", known));
            return;
        }

        run.Network.Webhooks.Send(run.Call, WebhookPurpose.Media, "GET", url, new Form(), result =>
        {
            if (run.Stopped || run.Call.IsOver)
                return;
            var audio = result.Ok && (result.ContentType ?? string.Empty).StartsWith("audio/", StringComparison.OrdinalIgnoreCase);
            if (result.Ok && !audio)
                run.Warn(element.Parent?.Name.LocalName == "Gather" ? 13325 : 13420, $"content type {result.ContentType} is not audio");
            then(audio ? new Utterance(UtteranceKind.Play, url, "en-US", run.Network.Media.Remember(url, result.MediaSeconds)) : null);
        });
    }

    private static Utterance? Invalid(TwimlRun run, int code, string detail)
    {
        run.Warn(code, detail);
        return null;
    }

    private sealed class FetchingMedia : Activity;
}
