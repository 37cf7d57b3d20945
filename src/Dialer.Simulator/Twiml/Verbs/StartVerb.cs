using System.Xml.Linq;
using Dialer.Simulator.Recordings;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/start: begins streams, transcriptions and recordings, and goes on at once; the action, if there is one, is asked instead of the next verb.</summary>
public sealed class StartVerb : Verb
{
    public override void Run(TwimlRun run, XElement element)
    {
        foreach (var noun in element.Elements())
        {
            if (noun.Name.LocalName == "Recording")
                Record(run, noun);
            else
                MediaFork.Start(run, noun);
        }

        if (element.Text("action") is { Length: > 0 } action)
            run.GoTo(action, element.Method());
        else
            run.Next();
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
