using System.Xml.Linq;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/leave: from a queue's waiting document, back to what follows Enqueue.</summary>
public sealed class LeaveVerb : Verb
{
    public override void Run(TwimlRun run, XElement element)
    {
        if (run.Network.Queues.MemberOf(run.Call) is { Bridged: false } member)
            member.WalkOut("leave");
        else
            run.Next();
    }
}
