using Dialer.Simulator.Twiml;
using Dialer.Simulator.Webhooks;

namespace Dialer.Simulator.Tests;

/// <summary>Each value that Twilio's debugger would warn of, by its code; and that a good one is not warned of.</summary>
public class TwimlWarningTests
{
    private static IEnumerable<int> Codes(string verbs) => TwimlDocument.Parse($"<Response>{verbs}</Response>").Warnings.Select(w => w.Code);

    [Theory]
    [InlineData(13210, "<Dial method=\"X\">+14155550001</Dial>", "GET")]
    [InlineData(13213, "<Dial hangupOnStar=\"X\">+14155550001</Dial>", "true")]
    [InlineData(13217, "<Dial record=\"X\">+14155550001</Dial>", "record-from-ringing-dual")]
    [InlineData(13218, "<Dial sequential=\"X\">+14155550001</Dial>", "false")]
    [InlineData(13221, "<Dial><Number method=\"X\">+14155550001</Number></Dial>", "POST")]
    [InlineData(13222, "<Dial><Number sendDigits=\"X\">+14155550001</Number></Dial>", "wW12#*")]
    [InlineData(13230, "<Dial><Conference muted=\"X\">a</Conference></Dial>", "true")]
    [InlineData(13231, "<Dial><Conference endConferenceOnExit=\"X\">a</Conference></Dial>", "true")]
    [InlineData(13232, "<Dial><Conference startConferenceOnEnter=\"X\">a</Conference></Dial>", "false")]
    [InlineData(13234, "<Dial><Conference waitMethod=\"X\">a</Conference></Dial>", "GET")]
    [InlineData(13235, "<Dial><Conference beep=\"X\">a</Conference></Dial>", "onEnter")]
    [InlineData(13241, "<Dial><Sip method=\"X\">sip:a@example.com</Sip></Dial>", "GET")]
    [InlineData(13310, "<Gather finishOnKey=\"X\"/>", "*#1")]
    [InlineData(13312, "<Gather method=\"X\"/>", "GET")]
    [InlineData(13322, "<Gather><Say loop=\"X\">a</Say></Gather>", "2")]
    [InlineData(13410, "<Play loop=\"X\">/a.wav</Play>", "0")]
    [InlineData(13510, "<Say loop=\"X\">a</Say>", "3")]
    [InlineData(13610, "<Record method=\"X\"/>", "POST")]
    [InlineData(13613, "<Record finishOnKey=\"X\"/>", "1*")]
    [InlineData(13614, "<Record transcribe=\"X\"/>", "true")]
    [InlineData(13616, "<Record playBeep=\"X\"/>", "false")]
    [InlineData(13710, "<Redirect method=\"X\">/a</Redirect>", "GET")]
    [InlineData(14201, "<Enqueue method=\"X\">a</Enqueue>", "GET")]
    [InlineData(14206, "<Enqueue waitUrlMethod=\"X\">a</Enqueue>", "GET")]
    [InlineData(12200, "<Dial><Conference jitterBufferSize=\"X\">a</Conference></Dial>", "small")]
    [InlineData(12200, "<Record trim=\"X\"/>", "trim-silence")]
    [InlineData(12200, "<Dial recordingTrack=\"X\">+14155550001</Dial>", "inbound")]
    [InlineData(12200, "<Reject reason=\"X\"/>", "busy")]
    [InlineData(12200, "<Start><Stream url=\"wss://a.example\" track=\"X\"/></Start>", "both_tracks")]
    [InlineData(12200, "<Pay input=\"X\"/>", "dtmf")]
    [InlineData(12200, "<Pay bankAccountType=\"X\"/>", "consumer-checking")]
    [InlineData(12200, "<Pay tokenType=\"X\"/>", "one-time")]
    [InlineData(64011, "<Pay currency=\"X\"/>", "usd")]
    public void A_value_that_an_attribute_does_not_take_is_warned_of(int code, string verb, string good)
    {
        Codes(verb).ShouldBe([code]);
        Codes(verb.Replace("X", good, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("hints", 500, 100, true)]
    [InlineData("hints", 501, 10, false)]
    [InlineData("hints", 2, 101, false)]
    public void Hints_are_limited_in_number_and_length(string attribute, int count, int length, bool fine) =>
        Codes($"<Gather input=\"speech\" {attribute}=\"{string.Join(',', Enumerable.Repeat(new string('a', length), count))}\"/>").Any().ShouldBe(!fine);

    [Theory]
    [InlineData(13320, "<Gather><Dial>+14155550001</Dial></Gather>")]
    [InlineData(12200, "<say>Names are case-sensitive.</say>")]
    [InlineData(12200, "<Say Voice=\"man\">Attributes too.</Say>")]
    [InlineData(12200, "<Dial callReason=\"This reason is a good deal longer than fifty characters\">+14155550001</Dial>")]
    public void A_misplaced_or_misspelt_name_is_warned_of(int code, string verb) => Codes(verb).ShouldBe([code]);

    private static async Task<List<int>> Ran(string verbs, Action<World>? arrange = null)
    {
        using var world = new World().Document("/answer", $"<Response>{verbs}</Response>");
        arrange?.Invoke(world);
        world.Call(world.Phone("answers after 1 s, waits 300 s"));
        await world.Run(60);
        return [.. world.Network.Debugger.Newest.Select(n => n.Code)];
    }

    [Theory]
    [InlineData(13212, "<Dial timeout=\"soon\">+14155550001</Dial>")]
    [InlineData(13216, "<Dial timeLimit=\"long\"><Conference>a</Conference></Dial>")]
    [InlineData(13223, "<Dial><Number>nonsense</Number></Dial>")]
    [InlineData(13224, "<Dial><Number>+10155550001</Number></Dial>")]
    [InlineData(13225, "<Dial><Number>+19005550001</Number></Dial>")]
    [InlineData(13247, "<Dial callerId=\"a b!\"><Sip>sip:a@example.com</Sip></Dial>")]
    [InlineData(13313, "<Gather timeout=\"soon\"/>")]
    [InlineData(13314, "<Gather numDigits=\"many\" timeout=\"1\"/>")]
    [InlineData(13611, "<Record timeout=\"soon\"/>")]
    [InlineData(13612, "<Record maxLength=\"long\"/>")]
    [InlineData(13910, "<Pause length=\"long\"/>")]
    [InlineData(12200, "<Play digits=\"12x\"/>")]
    [InlineData(12200, "<Dial><Conference maxParticipants=\"all\">a</Conference></Dial>")]
    public async Task A_value_that_a_running_verb_cannot_use_is_warned_of(int code, string verb) => (await Ran(verb)).Distinct().ShouldBe([code]);

    [Theory]
    [InlineData(13420, "<Play>/text</Play>")]
    [InlineData(13325, "<Gather timeout=\"1\"><Play>/text</Play></Gather>")]
    public async Task What_is_no_audio_is_not_played(int code, string verb) =>
        (await Ran(verb, world => world.Document("/text", _ => WebhookReply.Xml("<Response/>")))).ShouldBe([code]);

    [Theory]
    [InlineData("WhatsApp", "+14155550001")]
    [InlineData("Sim", "DE00000000000000000000000000000001")]
    public async Task Nouns_that_lead_off_this_network_are_dialled_and_fail(string noun, string target)
    {
        using var world = new World().Document("/answer", $"<Response><Dial action=\"/dialed\"><{noun}>{target}</{noun}></Dial></Response>");
        world.Call(world.Phone("answers after 1 s, waits 300 s"));
        await world.Run(60);
        world.Network.Debugger.Newest.ShouldBeEmpty();
        world.At("/dialed").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe("failed");
    }
}
