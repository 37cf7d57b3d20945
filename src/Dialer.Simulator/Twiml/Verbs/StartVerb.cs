using System.Xml.Linq;
using Dialer.Simulator.Recordings;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/start: begins streams, transcriptions and recordings, and goes on at once.</summary>
public sealed class StartVerb : Verb
{
    public override void Run(TwimlRun run, XElement element)
    {
        foreach (var noun in element.Elements())
        {
            if (noun.Name.LocalName == "Recording")
                Record(run, noun);
            else if ((noun.Text("statusCallback") ?? noun.Text("statusCallbackUrl")) is { Length: > 0 } callback && run.Resolve(callback) is { } url)
                Tell(run, noun, url, noun.Name.LocalName == "Transcription" ? "transcription-started" : $"{noun.Name.LocalName.ToLowerInvariant()}-started");
        }

        run.Next();
    }

    internal static void Tell(TwimlRun run, XElement noun, string url, string happened)
    {
        var stream = noun.Name.LocalName == "Stream";
        var fields = new Form().Add("AccountSid", run.Network.Options.AccountSid).Add("CallSid", run.Call.Sid)
            .Add(stream ? "StreamSid" : "TranscriptionSid", run.Network.Sids.Next(stream ? "MZ" : "GT"))
            .Add(stream ? "StreamEvent" : "TranscriptionEvent", happened).Add(stream ? "StreamName" : "Name", noun.Text("name", string.Empty))
            .Add("Timestamp", run.Network.Timeline.Now.ToString());
        run.Network.Webhooks.Send(run.Call, stream ? WebhookPurpose.Stream : WebhookPurpose.Transcription, noun.Method("statusCallbackMethod"), url, fields, label: happened);
    }

    private static void Record(TwimlRun run, XElement noun)
    {
        var callback = noun.Text("recordingStatusCallback");
        if (callback is not null && !callback.Contains("://", StringComparison.Ordinal))
        {
            run.Warn(11200, "a recording's callback must be absolute");
            callback = null;
        }

        new RecordingSettings("StartCallRecordingTwiML", noun.Text("channels") == "mono" ? 1 : 2, noun.Text("track", "both"), noun.Text("trim", "do-not-trim"),
            Calls.Callback.Of(callback, noun.Text("recordingStatusCallbackMethod"), [noun.Text("recordingStatusCallbackEvent", "completed")], "completed")).StartOn(run.Call);
    }
}
