using System.Xml.Linq;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Recordings;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>The record attribute of Dial.</summary>
internal static class DialRecording
{
    public static Recording? Start(TwimlRun run, XElement dial)
    {
        var mode = dial.Text("record", "do-not-record");
        if (mode is "do-not-record" or "false")
            return null;
        var dual = mode.EndsWith("-dual", StringComparison.Ordinal);
        return new RecordingSettings("DialVerb", dual ? 2 : 1, dial.Text("recordingTrack", "both"), dial.Text("trim", "trim-silence"),
            Callback.Of(dial.Text("recordingStatusCallback") is { } target ? run.Resolve(target) : null, dial.Text("recordingStatusCallbackMethod"),
                [dial.Text("recordingStatusCallbackEvent", "completed")], "completed")).StartOn(run.Call);
    }
}
