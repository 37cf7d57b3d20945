using System.Xml.Linq;
using Dialer.Simulator.Recordings;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>What every kind of Dial shares: how it ends. With an action its document takes over; without one the next verb runs.
/// When the caller has hung up, or was redirected by REST, the action is still asked and its answer ignored; without an action a Redirect that follows is.</summary>
internal abstract class DialActivity(TwimlRun run, XElement dial) : Activity
{
    protected TwimlRun Run { get; } = run;

    protected XElement Dial { get; } = dial;

    protected bool Done { get; private set; }

    /// <summary>The recording that the Dial's record attribute asks for; it ends with the Dial, whose action names it.</summary>
    protected Recording? Recording { get; private set; }

    protected void Record() => Recording ??= DialRecording.Start(Run, Dial);

    protected Form WithRecording(Form result)
    {
        Recording?.Stop();
        return Recording is null ? result : result.Add("RecordingUrl", Recording.Url).Add("RecordingSid", Recording.Sid).Add("RecordingDuration", Recording.WholeSeconds.ToString());
    }

    /// <summary>The Dial itself is over while the call goes on.</summary>
    protected void Finish(Form result)
    {
        if (Done)
            return;
        Done = true;
        if (Dial.Text("action") is { Length: > 0 } action)
            Run.GoTo(action, Dial.Method(), result);
        else
            Run.Next();
    }

    /// <summary>The call left the Dial.</summary>
    protected void Abandon(Form result, StopReason reason)
    {
        if (Done)
            return;
        Done = true;
        if (Dial.Text("action") is { Length: > 0 } action)
            Run.Tell(action, Dial.Method(), result);
        else if (reason == StopReason.Redirected && Dial.ElementsAfterSelf().FirstOrDefault() is { Name.LocalName: "Redirect" } next)
            Run.Tell(next.Value, next.Method(), []);
    }
}
