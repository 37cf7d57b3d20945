using System.Xml.Linq;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Twiml.Verbs;

/// <summary>https://www.twilio.com/docs/voice/twiml/sms: a text message sent in mid-call.</summary>
public sealed class SmsVerb : Verb
{
    public override void Run(TwimlRun run, XElement element)
    {
        var body = element.Element("Body")?.Value ?? element.Value;
        var sid = run.Network.Messages.Send(element.Text("to") ?? run.Call.From, element.Text("from") ?? run.Call.To, body,
            element.Text("statusCallback") is { Length: > 0 } callback ? run.Resolve(callback) : null).Sid;
        if (element.Text("action") is { Length: > 0 } action)
            run.GoTo(action, element.Method(), new Form().Add("SmsSid", sid).Add("SmsStatus", "queued"));
        else
            run.Next();
    }
}
