using System.Xml.Linq;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/redirect; an empty one asks the same URL again.</summary>
public sealed class RedirectVerb : Verb
{
    public override bool Answers(XElement element) => false;

    public override void Run(TwimlRun run, XElement element) => run.GoTo(element.Value, element.Method());
}
