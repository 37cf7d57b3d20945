using Dialer.Simulator.Calls;
using Dialer.Simulator.Twiml;

namespace Dialer.Simulator.Tests;

/// <summary>What verbs do where their attributes do not say otherwise, or say too much or too little.</summary>
public class VerbDefaultTests
{
    private static async Task<(World World, string Sid)> Ran(string verbs, string script = "answers after 1 s, waits 900 s", double seconds = 120)
    {
        var world = new World().Document("/answer", $"<Response>{verbs}</Response>").Document("/got", "<Response/>");
        var sid = world.Call(world.Phone(script));
        await world.Run(seconds);
        return (world, sid);
    }

    /// <summary>Seconds from the answer to the first thing that is heard after the verb.</summary>
    private static double Until(World world, string sid, string text)
    {
        double At(string kind, Func<System.Text.Json.Nodes.JsonNode, bool> which) => (NodaTime.Text.InstantPattern.ExtendedIso.Parse(
            world.Ledger(kind).First(l => l["call"]!.GetValue<string>() == sid && which(l))["at"]!.GetValue<string>()).Value - world.Options.Start).TotalSeconds;
        return At("heard", l => l["text"]!.GetValue<string>() == text) - At("answered", _ => true);
    }

    [Theory]
    [InlineData("<Pause/>", 1)]
    [InlineData("<Pause length=\"0\"/>", 0)]
    [InlineData("<Pause length=\"9\"/>", 9)]
    [InlineData("<Gather/>", 5)]
    [InlineData("<Gather timeout=\"0\"/>", 1)]
    [InlineData("<Gather timeout=\"9\"/>", 9)]
    [InlineData("<Gather input=\"speech\"/>", 5)]
    public async Task A_verb_takes_as_long_as_it_says_or_its_default(string verb, double seconds)
    {
        var (world, sid) = await Ran(verb + "<Say>Next.</Say>", "answers silently after 1 s, waits 900 s");
        using (world)
            Until(world, sid, "Next.").ShouldBe(seconds, 0.4);
    }

    [Fact]
    public async Task Speech_is_gathered_for_a_minute_unless_something_else_is_said()
    {
        var says = string.Concat(Enumerable.Repeat("waits 2 s, says 'more', ", 50));
        var (world, _) = await Ran("<Gather input=\"speech\" action=\"/got\" speechTimeout=\"4\" timeout=\"10\"/>", $"answers silently after 1 s, {says}waits 60 s", 150);
        using (world)
        {
            var got = world.At("/got").ShouldHaveSingleItem();
            var first = NodaTime.Text.InstantPattern.ExtendedIso.Parse(world.Ledger("said")[0]["at"]!.GetValue<string>()).Value;
            (got.At - (first - world.Options.Start).TotalSeconds).ShouldBe(60, 0.5);
            got["SpeechResult"]!.Split(' ').Length.ShouldBeInRange(25, 31);
        }
    }

    [Fact]
    public async Task Speech_ends_when_nothing_more_is_said_for_as_long_as_the_gather_waits()
    {
        var (world, _) = await Ran("<Gather input=\"speech\" action=\"/got\" timeout=\"7\"/>", "answers silently after 1 s, waits 2 s, says 'pay', waits 900 s");
        using (world)
        {
            var said = NodaTime.Text.InstantPattern.ExtendedIso.Parse(world.Ledger("said")[0]["at"]!.GetValue<string>()).Value;
            (world.At("/got").ShouldHaveSingleItem().At - (said - world.Options.Start).TotalSeconds).ShouldBe(7, 0.4, "speechTimeout is the timeout");
        }
    }

    [Fact]
    public async Task A_gathers_method_is_used_and_digits_inside_it_are_not_played()
    {
        var (world, sid) = await Ran("<Gather action=\"/got\" method=\"GET\" numDigits=\"1\"><Play digits=\"7\"/><Say>Press a key.</Say></Gather>", "answers after 1 s, waits for 'a key', presses 5, waits 60 s");
        using (world)
        {
            var got = world.At("/got").ShouldHaveSingleItem();
            (got.Request.Method, got["Digits"]).ShouldBe(("GET", "5"));
            world.Heard(sid).ShouldBe(["Press a key."]);
        }
    }

    [Theory]
    [InlineData("loop=\"3\"", 3)]
    [InlineData("", 1)]
    public async Task A_recording_is_played_as_often_as_it_says(string loop, int times)
    {
        var (world, sid) = await Ran($"<Play {loop}>/sound.wav</Play><Say>Next.</Say>");
        using (world)
            world.Heard(sid).Count(text => text.EndsWith("/sound.wav", StringComparison.Ordinal)).ShouldBe(0, "an empty answer is no audio");
        using var sounding = new World().Document("/answer", $"<Response><Play {loop}>/sound.wav</Play></Response>").Document("/sound.wav", _ => new Webhooks.WebhookReply(200, "audio/x-wav", MediaSeconds: 2));
        var call = sounding.Call(sounding.Phone("answers after 1 s, waits 900 s"));
        await sounding.Run(30);
        sounding.Heard(call).Count.ShouldBe(times);
        sounding.At("/sound.wav").ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("<Record action=\"/got\"/>", 5)]
    [InlineData("<Record action=\"/got\" timeout=\"0\" maxLength=\"30\"/>", 30)]
    public async Task Record_waits_five_seconds_of_silence_or_for_ever(string verb, int seconds)
    {
        var (world, _) = await Ran(verb, "answers silently after 1 s, waits 900 s");
        using (world)
            world.At("/got").ShouldHaveSingleItem()["RecordingDuration"].ShouldBe(seconds.ToString(), "silence alone is kept");
    }

    [Fact]
    public async Task Record_ends_after_an_hour_and_never_takes_more_than_four()
    {
        var (world, _) = await Ran("<Record action=\"/got\" timeout=\"0\"/>", "answers silently after 1 s, waits 20000 s", 4000);
        using (world)
            world.At("/got").ShouldHaveSingleItem()["RecordingDuration"].ShouldBe("3600");
        var (longer, sid) = await Ran("<Record action=\"/got\" timeout=\"0\" maxLength=\"90000\"/>", "answers silently after 1 s, waits 20000 s", 14_500);
        using (longer)
            longer.Leg(sid).Recordings.ShouldHaveSingleItem().WholeSeconds.ShouldBeInRange(14_395, 14_400);
    }

    [Theory]
    [InlineData("<Record action=\"/got\"/>", "11100")]
    [InlineData("<Pay action=\"/got\"/>", "64001")]
    public async Task Without_a_document_of_its_own_an_action_must_be_absolute(string verb, string code)
    {
        using var world = new World();
        world.Call(world.Phone("answers silently after 1 s, waits 60 s"), ("Twiml", $"<Response>{verb}</Response>"));
        await world.Run(60);
        world.Network.Debugger.Newest.ShouldContain(n => n.Code == int.Parse(code) && n.Error);
        world.At("/got").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("<Answer><Say>Hello.</Say></Answer>")]
    [InlineData("<response><Say>Hello.</Say></response>")]
    [InlineData("")]
    public void A_document_whose_root_is_not_Response_is_an_error(string body) => TwimlDocument.Parse(body).ErrorCode.ShouldBe(12100);

    [Theory]
    [InlineData("man", "en-US", true)]
    [InlineData("Polly.Joanna-Neural", "en-US", true)]
    [InlineData("Polly.Lupe-Neural", "es-US", true)]
    [InlineData("Polly.Joanna-Neural", "es-US", false)]
    [InlineData("Google.es-US-Neural2-A", "es-US", true)]
    [InlineData("Google.es-US-Neural2-A", "en-US", false)]
    [InlineData("Polly.Somebody", "pl-PL", true)]
    public async Task A_voice_says_only_what_its_language_is(string voice, string language, bool heard)
    {
        var (world, sid) = await Ran($"<Say voice=\"{voice}\" language=\"{language}\">Words.</Say><Say>Next.</Say>");
        using (world)
        {
            world.Heard(sid).Contains("Words.").ShouldBe(heard);
            world.Heard(sid).ShouldContain("Next.", "the document goes on");
            (int, bool)[] reported = heard ? [] : [(13512, true)];
            world.Network.Debugger.Newest.Select(n => (n.Code, n.Error)).ShouldBe(reported);
        }
    }

    [Fact]
    public async Task What_was_said_to_a_recording_is_told_as_text_some_seconds_later()
    {
        var (world, _) = await Ran("<Record action=\"/got\" finishOnKey=\"#\" transcribe=\"true\" transcribeCallback=\"/text\"/>", "answers silently after 1 s, waits 2 s, says 'call me back', waits 2 s, says 'tomorrow', waits 1 s, presses #, waits 60 s");
        using (world)
        {
            var text = world.At("/text").ShouldHaveSingleItem();
            (text["TranscriptionText"], text["TranscriptionStatus"], text["TranscriptionSid"]!.StartsWith("TR", StringComparison.Ordinal)).ShouldBe(("call me back tomorrow", "completed", true));
            text["RecordingSid"].ShouldBe(world.At("/got").ShouldHaveSingleItem()["RecordingSid"]);
            text.At.ShouldBeGreaterThan(world.At("/got")[0].At + 5);
            foreach (var field in new[] { "CallSid", "AccountSid", "From", "To", "TranscriptionUrl", "RecordingUrl" })
                text.Fields.Has(field).ShouldBeTrue(field);
        }
    }

    [Theory]
    [InlineData("transcribe=\"false\"", 0, "")]
    [InlineData("maxLength=\"1\"", 1, "failed")]
    public async Task A_recording_of_less_than_two_seconds_cannot_be_transcribed(string attribute, int told, string status)
    {
        var (world, _) = await Ran($"<Record action=\"/got\" {attribute} playBeep=\"false\" transcribeCallback=\"/text\"/>", "answers silently after 1 s, waits 900 s");
        using (world)
        {
            world.At("/text").Count.ShouldBe(told);
            world.At("/text").ShouldAllBe(t => t["TranscriptionStatus"] == status);
        }
    }

    [Fact]
    public async Task A_live_transcription_tells_both_sides_of_a_call_in_words()
    {
        var (world, _) = await Ran("<Start><Transcription statusCallbackUrl=\"/live\" languageCode=\"en-GB\"/></Start><Say>Good morning.</Say><Pause length=\"10\"/>", "answers silently after 1 s, waits 5 s, says 'Who is this?', waits 60 s", 30);
        using (world)
        {
            var content = world.At("/live").Where(l => l["TranscriptionEvent"] == "transcription-content").OrderBy(l => l.At).ToList();
            content.Select(l => (l["Track"], System.Text.Json.Nodes.JsonNode.Parse(l["TranscriptionData"]!)!["transcript"]!.GetValue<string>()))
                .ShouldBe([("outbound_track", "Good morning."), ("inbound_track", "Who is this?")]);
            content.ShouldAllBe(l => l["Final"] == "true" && l["LanguageCode"] == "en-GB" && l["SequenceId"] != null);
        }
    }

    [Fact]
    public async Task A_message_may_be_written_in_the_words_of_a_text_reply()
    {
        using var world = new World().Document("/sms", "<Response><Message>Thank you.</Message><Message to=\"+14155550009\"><Body>And you.</Body></Message></Response>");
        world.Network.Numbers.ByNumber(World.Ours)!.SmsUrl = World.Base + "/sms";
        world.Network.Messages.Receive(World.Ours, "+14155550008", "Hello");
        await world.Run(20);
        var asked = world.At("/sms").ShouldHaveSingleItem();
        (asked["Body"], asked["From"], asked["To"], asked["NumMedia"]).ShouldBe(("Hello", "+14155550008", World.Ours, "0"));
        world.Network.Messages.NewestFirst.Where(m => m.Direction != "inbound").Select(m => (m.To, m.Body)).ShouldBe([("+14155550008", "Thank you."), ("+14155550009", "And you.")], ignoreOrder: true);
    }

    [Fact]
    public async Task The_longest_call_is_four_hours_unless_it_says_otherwise()
    {
        var (world, sid) = await Ran(string.Concat(Enumerable.Repeat("<Pause length=\"3600\"/>", 6)), "answers after 1 s, waits 30000 s", 15_000);
        using (world)
            (world.Leg(sid).DurationSeconds, world.Leg(sid).EndedBy, world.Leg(sid).State).ShouldBe((14_400, "limit", CallState.Completed));
    }
}
