using System.Xml.Linq;
using Dialer.Simulator.Calls;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/reject: an inbound call not yet answered is turned away unbilled.</summary>
public sealed class RejectVerb : Verb
{
    public override bool Answers(XElement element) => false;

    public override void Run(TwimlRun run, XElement element)
    {
        if (run.Call.State != CallState.Ringing)
        {
            run.Warn(12200, "<Reject> must be the first verb of an inbound call");
            run.Network.Calls.End(run.Call, CallEvent.HungUp, "twiml");
        }
        else if (element.Text("reason") == "busy")
            run.Network.Calls.End(run.Call, CallEvent.WasBusy, "twiml", 486);
        else
            run.Network.Calls.End(run.Call, CallEvent.NotAnswered, "twiml", 603);
    }
}
