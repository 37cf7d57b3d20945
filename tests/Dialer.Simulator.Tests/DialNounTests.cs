using Dialer.Simulator.Calls;

namespace Dialer.Simulator.Tests;

/// <summary>Numbers, softphones, SIP addresses and applications that a Dial names, and the limits of its attributes.</summary>
public class DialNounTests
{
    private static async Task<(World World, string Parent)> Dialled(string dial, Action<World>? arrange = null, string caller = "answers after 1 s, waits 900 s", double seconds = 120)
    {
        var world = new World();
        arrange?.Invoke(world);
        world.Document("/answer", $"<Response>{dial}</Response>").Document("/dialed", "<Response><Say>After.</Say></Response>");
        var parent = world.Call(world.Phone(caller));
        await world.Run(seconds);
        return (world, parent);
    }

    [Fact]
    public async Task Digits_are_sent_to_the_called_telephone_before_the_two_are_connected()
    {
        using var world = new World();
        var dialled = world.Phone("answers after 2 s, waits 300 s");
        world.Document("/answer", $"<Response><Dial><Number sendDigits=\"ww12#\">{dialled}</Number></Dial></Response>");
        var parent = world.Call(world.Phone("answers after 1 s, waits 900 s"));
        await world.Run(60);
        var child = world.Leg(parent).Children.ShouldHaveSingleItem();
        world.Heard(child.Sid)[0].ShouldBe("ww12#");
        world.Heard(parent).ShouldNotContain("ww12#");
        var bridged = NodaTime.Text.InstantPattern.ExtendedIso.Parse(world.Ledger("bridged")[0]["at"]!.GetValue<string>()).Value;
        (bridged - child.AnsweredAt!.Value).TotalSeconds.ShouldBe(1.75, 0.05, "two halves of a second and three tones");
    }

    [Fact]
    public async Task Digits_of_a_call_are_heard_before_its_document_is_asked_for()
    {
        using var world = new World().Document("/answer", "<Response><Say>Hello.</Say></Response>").Document("/in", "<Response><Gather numDigits=\"2\" action=\"/extension\" timeout=\"20\"/></Response>");
        var sid = world.Call(world.Phone("answers silently after 1 s, waits 60 s"), ("SendDigits", "W34"));
        world.Network.Numbers.Buy("+12125550198", "second").VoiceUrl = World.Base + "/in";
        world.Call("+12125550198", ("SendDigits", "W34"));
        await world.Run(30);
        world.Heard(sid).ShouldBe(["W34", "Hello."]);
        world.At("/extension").ShouldHaveSingleItem()["Digits"].ShouldBe("34");
    }

    [Fact]
    public async Task A_softphone_that_is_registered_answers_and_talks()
    {
        var (world, parent) = await Dialled("<Dial action=\"/dialed\" timeLimit=\"20\"><Client statusCallback=\"/leg\" statusCallbackEvent=\"answered\">anna</Client></Dial>", w =>
        {
            var application = w.Post("Applications", ("VoiceUrl", World.Base + "/agent")).Json!["sid"]!.GetValue<string>();
            w.Network.Softphones.Register(Tokens.Voice("anna", application, w.Virtual.Now), automatic: true).Registered.ShouldBeTrue();
        });
        using (world)
        {
            var child = world.Leg(parent).Children.ShouldHaveSingleItem();
            (child.To, child.State, child.DurationSeconds).ShouldBe(("client:anna", CallState.Completed, 20));
            var done = world.At("/dialed").ShouldHaveSingleItem();
            (done["DialCallStatus"], done["DialBridged"], done["DialCallDuration"]).ShouldBe(("completed", "true", "20"));
            world.At("/leg").ShouldHaveSingleItem()["CallStatus"].ShouldBe("in-progress");
            world.Ledger("bridged").Count.ShouldBe(2);
        }
    }

    [Fact]
    public async Task A_softphone_whose_token_has_expired_is_not_called_any_more()
    {
        using var world = new World().Document("/answer", "<Response><Dial action=\"/dialed\"><Client>anna</Client></Dial></Response>");
        var application = world.Post("Applications", ("VoiceUrl", World.Base + "/agent")).Json!["sid"]!.GetValue<string>();
        world.Network.Softphones.Register(Tokens.Voice("anna", application, world.Virtual.Now, seconds: 60), automatic: true).Registered.ShouldBeTrue();
        await world.Run(61);
        world.Call(world.Phone("answers after 1 s, waits 900 s"));
        await world.Run(30);
        world.At("/dialed").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe("failed");
    }

    [Fact]
    public async Task An_application_is_dialled_at_its_own_address_with_its_parameters_and_its_callers_address_when_asked()
    {
        foreach (var (attribute, to) in new[] { ("", "SID"), ("copyParentTo=\"true\"", "PARENT") })
        {
            using var world = new World().Document("/app", "<Response><Say>The application speaks.</Say><Pause length=\"5\"/></Response>").Document("/dialed", "<Response/>");
            var application = world.Post("Applications", ("VoiceUrl", World.Base + "/app")).Json!["sid"]!.GetValue<string>();
            world.Document("/answer", $"<Response><Dial action=\"/dialed\"><Application customerId=\"north\" {attribute}><ApplicationSid>{application}</ApplicationSid><Parameter name=\"lead\" value=\"7\"/></Application></Dial></Response>");
            var phone = world.Phone("answers after 1 s, waits for 'application speaks', waits 60 s");
            var parent = world.Call(phone);
            await world.Run(60);
            var asked = world.At("/app").ShouldHaveSingleItem();
            (asked["ApplicationSid"], asked["CustomerId"], asked["lead"], asked["Direction"], asked["From"]).ShouldBe((application, "north", "7", "inbound", World.Ours));
            asked["To"].ShouldBe(to == "SID" ? application : phone);
            world.At("/dialed").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe("completed");
            world.Ledger("said").ShouldContain(s => s["text"]!.GetValue<string>() == "The application speaks.", parent);
        }
    }

    [Theory]
    [InlineData("<Sip username=\"u\" password=\"p\">sip:a@b.example</Sip>")]
    [InlineData("<Sip><Uri>sip:a@b.example?x-lead=7</Uri></Sip>")]
    [InlineData("<Application>APnone</Application>")]
    [InlineData("<Client>nobody</Client>")]
    public async Task What_cannot_be_reached_from_here_fails_and_the_action_is_told(string noun)
    {
        var (world, parent) = await Dialled($"<Dial action=\"/dialed\">{noun}</Dial>");
        using (world)
        {
            world.At("/dialed").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe("failed");
            world.Leg(parent).Children.ShouldHaveSingleItem().SipResponse.ShouldBe(404);
            world.Network.Debugger.Newest.ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("", 35)]
    [InlineData("timeout=\"2\"", 10)]
    [InlineData("timeout=\"20\"", 25)]
    [InlineData("timeout=\"9000\"", 605)]
    public async Task A_telephone_rings_for_its_timeout_within_limits_and_five_seconds_more(string attribute, double seconds)
    {
        var (world, parent) = await Dialled($"<Dial {attribute}>NUMBER</Dial>".Replace("NUMBER", "+14155551000", StringComparison.Ordinal), w => w.Phone("does not answer").ShouldBe("+14155551000"), seconds: 700);
        using (world)
        {
            var child = world.Leg(parent).Children.ShouldHaveSingleItem();
            var rang = NodaTime.Text.InstantPattern.ExtendedIso.Parse(world.Ledger("ringing").Single(r => r["call"]!.GetValue<string>() == child.Sid)["at"]!.GetValue<string>()).Value;
            (child.EndedAt!.Value - rang).TotalSeconds.ShouldBe(seconds, 0.1);
        }
    }

    [Theory]
    [InlineData("callerId=\"+14155559999\"", 13214)]
    [InlineData("callerId=\"client:anna\"", 13214)]
    [InlineData("callerId=\"+12125550100\"", 0)]
    [InlineData("callerId=\"+14155551001\"", 0)]
    [InlineData("", 0)]
    public async Task A_caller_id_must_be_owned_verified_or_one_of_the_calls_own(string attribute, int code)
    {
        var (world, parent) = await Dialled($"<Dial action=\"/dialed\" {attribute}>+14155551000</Dial>", w => w.Phone("answers after 1 s, hangs up after 5 s").ShouldBe("+14155551000"));
        using (world)
        {
            world.Leg(parent).To.ShouldBe("+14155551001");
            world.Network.Debugger.Newest.Select(n => n.Code).ShouldBe(code == 0 ? Array.Empty<int>() : [code]);
            world.Leg(parent).Children.Count.ShouldBe(code == 0 ? 1 : 0);
            world.At("/dialed").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe(code == 0 ? "completed" : "failed");
        }
    }

    [Fact]
    public async Task A_softphone_needs_a_caller_id_to_dial_a_telephone()
    {
        using var world = new World();
        var target = world.Phone("answers after 1 s, hangs up after 5 s");
        var application = world.Post("Applications", ("VoiceUrl", World.Base + "/agent")).Json!["sid"]!.GetValue<string>();
        foreach (var (attribute, status) in new[] { ("", "failed"), ($"callerId=\"{World.Ours}\"", "completed") })
        {
            world.Document("/agent", $"<Response><Dial action=\"/dialed-{status}\" {attribute}>{target}</Dial></Response>");
            world.Network.Softphones.Connect(Tokens.Voice("anna", application, world.Virtual.Now), []).Call.ShouldNotBeNull();
            await world.Run(40);
            world.At($"/dialed-{status}").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe(status);
        }
    }

    [Fact]
    public async Task A_called_party_who_is_hung_up_on_by_its_own_document_is_never_connected()
    {
        var (world, parent) = await Dialled("<Dial action=\"/dialed\"><Number url=\"/screen\">+14155551000</Number></Dial>", w =>
        {
            w.Phone("answers after 1 s, waits for 'press 1', waits 60 s");
            w.Document("/screen", "<Response><Gather numDigits=\"1\" timeout=\"3\"><Say>To take the call, press 1.</Say></Gather><Hangup/></Response>");
        });
        using (world)
        {
            var done = world.At("/dialed").ShouldHaveSingleItem();
            (done["DialBridged"], done.Fields.Has("DialCallDuration")).ShouldBe(("false", false));
            world.Ledger("bridged").ShouldBeEmpty();
            world.Heard(parent)[^1].ShouldBe("After.");
        }
    }

    [Fact]
    public async Task A_recording_from_the_ringing_is_longer_than_one_from_the_answer()
    {
        var lengths = new List<int>();
        foreach (var record in (string[])["record-from-answer", "record-from-ringing"])
        {
            var (world, parent) = await Dialled($"<Dial record=\"{record}\" trim=\"do-not-trim\">+14155551000</Dial>", w => w.Phone("answers after 15 s, hangs up after 10 s"));
            using (world)
                lengths.Add(world.Leg(parent).Recordings.ShouldHaveSingleItem().WholeSeconds);
        }

        (lengths[1] - lengths[0]).ShouldBeInRange(14, 18);
    }

    [Theory]
    [InlineData("<Redirect method=\"GET\">/next</Redirect>", 1)]
    [InlineData("<Say>Next.</Say><Redirect>/next</Redirect>", 0)]
    public async Task Without_an_action_a_redirect_that_follows_is_asked_when_REST_takes_the_call_away(string follows, int asked)
    {
        using var world = new World().Document("/next", "<Response><Say>Ignored.</Say></Response>").Document("/new", "<Response><Say>New.</Say></Response>");
        world.Document("/answer", $"<Response><Dial>{world.Phone("answers after 1 s, waits 300 s")}</Dial>{follows}</Response>");
        var parent = world.Call(world.Phone("answers after 1 s, waits 900 s"));
        await world.Run(20);
        world.Post($"Calls/{parent}", ("Url", World.Base + "/new")).Status.ShouldBe(200);
        await world.Run(20);
        world.At("/next").Count.ShouldBe(asked);
        world.Heard(parent).ShouldNotContain("Ignored.");
        world.Heard(parent)[^1].ShouldBe("New.");
    }
}
