using System.Xml.Linq;
using Dialer.Simulator.People;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/pause. As the first verb of an inbound call it lets the phone ring that long.</summary>
public sealed class PauseVerb : Verb
{
    public override bool Answers(XElement element) => false;

    public override void Run(TwimlRun run, XElement element) =>
        run.Utter(Utterance.Silence(element.Number(run, "length", 1, 0, 3600, 13910)), run.Next);
}
