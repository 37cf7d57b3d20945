using System.Xml.Linq;
using Dialer.Twilio.Twiml;

namespace Dialer.Twilio.Tests.Twiml;

public sealed class TwimlTests
{
    [Fact]
    public void A_conference_is_joined_with_its_action_and_silence_while_waiting()
    {
        var text = new Dialer.Twilio.Twiml.Twiml().AddConference(new DialConference("agent-1") { Action = "https://x.example/a?b=1&c=2", EndOnExit = true, StatusCallback = "https://x.example/s" }).ToString();
        text.ShouldStartWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Dial action=\"https://x.example/a?b=1&amp;c=2\" method=\"POST\">");
        var conference = XDocument.Parse(text).Descendants("Conference").Single();
        conference.Value.ShouldBe("agent-1");
        conference.Attributes().ToDictionary(a => a.Name.LocalName, a => a.Value).ShouldBe(new Dictionary<string, string>
        {
            ["startConferenceOnEnter"] = "true",
            ["endConferenceOnExit"] = "true",
            ["beep"] = "false",
            ["waitUrl"] = "",
            ["jitterBufferSize"] = "small",
            ["statusCallback"] = "https://x.example/s",
            ["statusCallbackEvent"] = "start end join leave",
            ["statusCallbackMethod"] = "POST",
        }, ignoreOrder: true);
    }

    [Fact]
    public void A_value_never_becomes_a_verb() =>
        XDocument.Parse(Dialer.Twilio.Twiml.Twiml.RedirectTo("</Redirect><Dial>+1900</Dial>")).Descendants("Dial").ShouldBeEmpty();

    [Fact]
    public void Rejecting_redirecting_and_hanging_up_are_one_verb_each()
    {
        Dialer.Twilio.Twiml.Twiml.Reject(busy: true).ShouldEndWith("<Response><Reject reason=\"busy\" /></Response>");
        Dialer.Twilio.Twiml.Twiml.HangUp.ShouldEndWith("<Response><Hangup /></Response>");
        Dialer.Twilio.Twiml.Twiml.Empty.ShouldEndWith("<Response />");
    }
}
