using System.Xml.Linq;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/refer: only SIP legs can be referred.</summary>
public sealed class ReferVerb : Verb
{
    public override void Run(TwimlRun run, XElement element)
    {
        run.Warn(13801, "<Refer> needs a SIP call");
        if (element.Text("action") is { Length: > 0 } action)
            run.GoTo(action, element.Method(), new Form().Add("ReferCallStatus", "failed"));
        else
            run.Next();
    }
}
