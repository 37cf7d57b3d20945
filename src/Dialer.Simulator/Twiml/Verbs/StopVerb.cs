using System.Xml.Linq;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/stop: ends what Start began under a name, and goes on.</summary>
public sealed class StopVerb : Verb
{
    public override void Run(TwimlRun run, XElement element)
    {
        foreach (var noun in element.Elements())
        {
            if (run.Call.Forks.Find(f => f.Is(noun.Name.LocalName, noun.Text("name", string.Empty))) is { } fork)
                fork.Stop();
            else
                run.Warn(12200, $"<Stop>: no <{noun.Name.LocalName}> of the name '{noun.Text("name")}' is under way");
        }

        run.Next();
    }
}
