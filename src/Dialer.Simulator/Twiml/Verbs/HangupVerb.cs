using System.Xml.Linq;
using Dialer.Simulator.Calls;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/hangup</summary>
public sealed class HangupVerb : Verb
{
    public override void Run(TwimlRun run, XElement element) => run.Network.Calls.End(run.Call, CallEvent.HungUp, "twiml");
}
