using System.Xml.Linq;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/connect: the media goes elsewhere; here nobody is there, so it ends at once and the action is asked.</summary>
public sealed class ConnectVerb : Verb
{
    public override void Run(TwimlRun run, XElement element)
    {
        run.Warn(31920, "no media server is connected on the simulated network; <Connect> ends at once");
        if (element.Text("action") is { Length: > 0 } action)
            run.GoTo(action, element.Method());
        else
            run.Next();
    }
}
