using System.Xml.Linq;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/dial: connects the call to a number, a softphone, a conference or a queue.</summary>
public sealed class DialVerb : Verb
{
    public override bool Answers(XElement element) => !element.Flag("answerOnBridge", false);

    public override void Run(TwimlRun run, XElement element)
    {
        var noun = element.Elements().FirstOrDefault();
        switch (noun?.Name.LocalName)
        {
            case "Conference":
                new ConferenceDial(run, element, noun).Start();
                break;
            case "Queue":
                new QueueDial(run, element, noun).Start();
                break;
            default:
                new LegDial(run, element).Start();
                break;
        }
    }
}
