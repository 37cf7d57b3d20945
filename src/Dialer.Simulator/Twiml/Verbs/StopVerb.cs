using System.Xml.Linq;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/stop: ends what Start began under a name, and goes on.</summary>
public sealed class StopVerb : Verb
{
    public override void Run(TwimlRun run, XElement element)
    {
        run.Network.Ledger.Write("stopped", run.Call, ("names", element.Elements().Select(e => e.Text("name", e.Name.LocalName))));
        run.Next();
    }
}
