using Dialer.Simulator.Calls;
using Dialer.Simulator.Twiml;
using Dialer.Simulator.Webhooks;

namespace Dialer.Simulator.Tests;

public class TwimlTests
{
    private static async Task<(World World, string Sid)> Ran(string document, string script = "answers, waits 300 s", double seconds = 60, params (string Path, string Twiml)[] others)
    {
        var world = new World().Document("/answer", document);
        foreach (var (path, twiml) in others)
            world.Document(path, twiml);
        var sid = world.Call(world.Phone(script));
        await world.Run(seconds);
        return (world, sid);
    }

    [Fact]
    public async Task Verbs_run_in_order_and_the_end_of_the_document_hangs_up()
    {
        var (world, sid) = await Ran("<Response><!-- a comment --><Say>One.</Say><Pause length=\"3\"/><Say loop=\"2\">Two.</Say></Response>");
        using (world)
        {
            world.Heard(sid).ShouldBe(["One.", "Two.", "Two."]);
            world.Leg(sid).EndedBy.ShouldBe("twiml");
        }
    }

    [Fact]
    public async Task An_unknown_verb_or_attribute_is_a_warning_and_the_document_still_runs()
    {
        var (world, sid) = await Ran("<Response><Shout>x</Shout><Say volume=\"11\">One.</Say></Response>");
        using (world)
        {
            world.Heard(sid).ShouldBe(["One."]);
            world.Network.Debugger.Newest.Count(n => n.Code == 12200 && !n.Error).ShouldBe(2);
        }
    }

    [Fact]
    public async Task Gather_without_input_falls_through_to_the_next_verb()
    {
        var (world, sid) = await Ran("<Response><Gather action=\"/got\" timeout=\"3\"><Say>Press.</Say></Gather><Say>Nothing came.</Say></Response>");
        using (world)
        {
            world.Heard(sid).ShouldBe(["Press.", "Nothing came."]);
            world.At("/got").ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Gather_asks_its_action_for_nothing_when_told_to()
    {
        var (world, _) = await Ran("<Response><Gather action=\"/got\" timeout=\"3\" actionOnEmptyResult=\"true\"/><Say>Unreachable.</Say></Response>");
        using (world)
            world.At("/got").ShouldHaveSingleItem()["Digits"].ShouldBe(string.Empty);
    }

    [Theory]
    [InlineData("presses 12#", "12")]
    [InlineData("presses 1234", "1234")]
    public async Task Gather_ends_at_the_finishing_key_or_after_enough_digits(string keys, string digits)
    {
        var (world, sid) = await Ran("<Response><Gather action=\"/got\" numDigits=\"4\"><Say>Please enter your four digit number now.</Say></Gather><Say>Unreachable.</Say></Response>", $"answers, waits for 'enter', {keys}");
        using (world)
        {
            world.At("/got").ShouldHaveSingleItem()["Digits"].ShouldBe(digits);
            world.Heard(sid).ShouldNotContain("Unreachable.");
            world.Ledger("heard-cut").Count.ShouldBe(1);
        }
    }

    [Fact]
    public async Task The_finishing_key_alone_is_no_input()
    {
        var (world, sid) = await Ran("<Response><Gather action=\"/got\"/><Say>Fell through.</Say></Response>", "answers, waits 2 s, presses #, waits 60 s");
        using (world)
        {
            world.At("/got").ShouldBeEmpty();
            world.Heard(sid).ShouldBe(["Fell through."]);
        }
    }

    [Fact]
    public async Task Gather_without_an_action_asks_its_own_document_again()
    {
        using var world = new World();
        world.Document("/answer", fields => WebhookReply.Xml(fields["Digits"] is null ? "<Response><Gather numDigits=\"1\"/></Response>" : "<Response><Say>Again.</Say></Response>"));
        var sid = world.Call(world.Phone("answers, waits 2 s, presses 5, waits 60 s"));
        await world.Run(30);
        world.Heard(sid).ShouldBe(["Again."]);
    }

    [Fact]
    public async Task Speech_goes_to_the_action_with_its_confidence_and_partial_results_before()
    {
        var (world, _) = await Ran("<Response><Gather input=\"speech\" action=\"/got\" partialResultCallback=\"/partial\" timeout=\"20\" speechTimeout=\"2\"/></Response>", "answers silently, waits 2 s, says 'pay my bill', waits 60 s");
        using (world)
        {
            var got = world.At("/got").ShouldHaveSingleItem();
            got["SpeechResult"].ShouldBe("pay my bill");
            got.Fields.Has("Confidence").ShouldBeTrue();
            world.At("/partial").ShouldHaveSingleItem()["UnstableSpeechResult"].ShouldBe("pay my bill");
        }
    }

    [Fact]
    public async Task Redirects_resolve_against_the_document_and_an_empty_one_is_itself()
    {
        var calls = 0;
        using var world = new World().Document("/answer", "<Response><Redirect>sub/next?x=1</Redirect><Say>Unreachable.</Say></Response>");
        world.Document("/sub/next", _ => WebhookReply.Xml(++calls < 3 ? "<Response><Redirect/></Response>" : "<Response><Redirect method=\"GET\">../end</Redirect></Response>"));
        world.Document("/end", "<Response><Say>Done.</Say></Response>");
        var sid = world.Call(world.Phone("answers, waits 60 s"));
        await world.Run(30);
        calls.ShouldBe(3);
        world.At("/end").ShouldHaveSingleItem().Request.Method.ShouldBe("GET");
        world.Heard(sid).ShouldBe(["Done."]);
    }

    [Fact]
    public async Task Inline_twiml_runs_and_a_relative_action_in_it_is_an_error()
    {
        using var world = new World();
        var sid = world.Call(world.Phone("answers, waits 2 s, presses 1, waits 60 s"), ("Twiml", "<Response><Say>Hi.</Say><Gather numDigits=\"1\" action=\"/relative\"/></Response>"));
        await world.Run(30);
        world.Heard(sid)[0].ShouldBe("Hi.");
        world.Network.Debugger.Newest.ShouldContain(n => n.Code == 11100);
        world.Post("Calls", ("To", world.Phone("answers")), ("From", World.Ours), ("Twiml", new string('x', 4001))).Json!["code"]!.GetValue<int>().ShouldBe(32018);
    }

    [Theory]
    [InlineData("<Reject/>", CallState.NoAnswer)]
    [InlineData("<Reject reason=\"busy\"/>", CallState.Busy)]
    [InlineData("<Hangup/>", CallState.Completed)]
    public async Task An_inbound_call_is_rejected_unanswered_or_answered_and_hung_up(string verb, CallState state)
    {
        using var world = new World().Document("/in", $"<Response>{verb}</Response>");
        world.Network.Numbers.ByNumber(World.Ours)!.VoiceUrl = World.Base + "/in";
        var call = world.Network.Inbound.Call(world.Phone("answers"), World.Ours)!;
        await world.Run(20);
        call.State.ShouldBe(state);
        (call.AnsweredAt is not null).ShouldBe(state == CallState.Completed);
    }

    [Fact]
    public async Task A_pause_first_lets_an_inbound_call_ring_that_long()
    {
        using var world = new World().Document("/in", "<Response><Pause length=\"7\"/><Say>Hi.</Say></Response>");
        world.Network.Numbers.ByNumber(World.Ours)!.VoiceUrl = World.Base + "/in";
        var call = world.Network.Inbound.Call(world.Phone("answers"), World.Ours)!;
        await world.Run(20);
        (call.AnsweredAt!.Value - call.Created).TotalSeconds.ShouldBeInRange(7, 8);
    }

    [Theory]
    [InlineData("answers after 3 s, hangs up after 10 s", "completed", "true")]
    [InlineData("is busy", "busy", "false")]
    [InlineData("does not answer", "no-answer", "false")]
    [InlineData("fails with 404", "failed", "false")]
    public async Task Dial_tells_its_action_how_the_other_leg_ended(string other, string status, string bridged)
    {
        using var world = new World();
        var target = world.Phone(other);
        world.Document("/answer", $"<Response><Dial action=\"/dialed\" timeout=\"10\"><Number statusCallback=\"/leg\" statusCallbackEvent=\"initiated ringing answered completed\">{target}</Number></Dial><Say>Unreachable.</Say></Response>").Document("/dialed", "<Response><Say>After.</Say></Response>");
        var sid = world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(60);
        var dialed = world.At("/dialed").ShouldHaveSingleItem();
        (dialed["DialCallStatus"], dialed["DialBridged"]).ShouldBe((status, bridged));
        dialed["DialCallSid"]!.ShouldStartWith("CA");
        dialed.Fields.Has("DialCallDuration").ShouldBe(bridged == "true");
        world.At("/leg").ShouldAllBe(l => l["ParentCallSid"] == sid && l["Direction"] == "outbound-dial");
        world.Heard(sid)[^1].ShouldBe("After.");
    }

    [Fact]
    public async Task Dial_rings_five_seconds_longer_than_its_timeout()
    {
        using var world = new World();
        var target = world.Phone("answers after 12 s, hangs up after 5 s");
        world.Document("/answer", $"<Response><Dial action=\"/dialed\" timeout=\"10\">{target}</Dial></Response>");
        world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(60);
        world.At("/dialed").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe("completed");
    }

    [Fact]
    public async Task The_first_of_several_numbers_to_answer_wins_and_the_others_are_cancelled()
    {
        using var world = new World();
        var slow = world.Phone("answers after 15 s");
        var quick = world.Phone("answers after 4 s, hangs up after 6 s");
        world.Document("/answer", $"<Response><Dial action=\"/dialed\"><Number>{slow}</Number><Number>{quick}</Number></Dial></Response>");
        var sid = world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(60);
        world.At("/dialed").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe("completed");
        world.Leg(sid).Children.Select(c => (c.To == quick, c.State)).ShouldBe([(false, CallState.Canceled), (true, CallState.Completed)]);
    }

    [Fact]
    public async Task The_parent_hanging_up_in_a_dial_still_asks_the_action_with_completed_and_ends_the_child()
    {
        using var world = new World();
        var target = world.Phone("answers after 2 s, waits 300 s");
        world.Document("/answer", $"<Response><Dial action=\"/dialed\">{target}</Dial></Response>").Document("/dialed", "<Response><Say>Ignored.</Say></Response>");
        var sid = world.Call(world.Phone("answers, hangs up after 20 s"));
        await world.Run(60);
        world.At("/dialed").ShouldHaveSingleItem()["CallStatus"].ShouldBe("completed");
        world.Heard(sid).ShouldNotContain("Ignored.");
        world.Leg(sid).Children.ShouldHaveSingleItem().IsOver.ShouldBeTrue();
    }

    [Fact]
    public async Task A_parent_redirected_in_a_dial_tells_the_action_and_ignores_its_document()
    {
        using var world = new World();
        var target = world.Phone("answers after 2 s, waits 300 s");
        world.Document("/answer", $"<Response><Dial action=\"/dialed\">{target}</Dial></Response>").Document("/dialed", "<Response><Say>Ignored.</Say></Response>").Document("/new", "<Response><Say>New.</Say></Response>");
        var sid = world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(20);
        world.Post($"Calls/{sid}", ("Url", World.Base + "/new"));
        await world.Run(20);
        world.At("/dialed").ShouldHaveSingleItem();
        world.Heard(sid).ShouldNotContain("Ignored.");
        world.Heard(sid)[^1].ShouldBe("New.");
    }

    [Fact]
    public async Task A_called_partys_document_runs_before_the_bridge_and_may_not_dial()
    {
        using var world = new World();
        var target = world.Phone("answers after 2 s, waits 20 s, hangs up");
        world.Document("/answer", $"<Response><Dial action=\"/dialed\"><Number url=\"/whisper\">{target}</Number></Dial></Response>")
            .Document("/whisper", "<Response><Say>A call for you.</Say><Dial>+14155550000</Dial></Response>");
        var sid = world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(60);
        var child = world.Leg(sid).Children.ShouldHaveSingleItem();
        world.Heard(child.Sid).ShouldContain("A call for you.");
        world.Heard(sid).ShouldNotContain("A call for you.");
        world.Network.Debugger.Newest.ShouldContain(n => n.Code == 13201);
        world.Ledger("bridged").Count.ShouldBe(2);
    }

    [Fact]
    public async Task Record_beeps_takes_the_message_and_asks_its_action()
    {
        var (world, sid) = await Ran("<Response><Record action=\"/recorded\" maxLength=\"30\" recordingStatusCallback=\"/rec\" timeout=\"5\"/></Response>", "answers, waits 6 s, presses #, waits 60 s", 60, ("/recorded", "<Response/>"));
        using (world)
        {
            var recorded = world.At("/recorded").ShouldHaveSingleItem();
            recorded["Digits"].ShouldBeOneOf("#", string.Empty);
            recorded["RecordingUrl"]!.ShouldContain("/Recordings/RE");
            world.Heard(sid).ShouldContain("[beep]");
            var done = world.At("/rec").ShouldHaveSingleItem();
            (done["RecordingStatus"], done["RecordingSource"], done["RecordingChannels"]).ShouldBe(("completed", "RecordVerb", "1"));
        }
    }

    [Fact]
    public async Task Enqueue_waits_with_music_is_taken_by_a_dial_and_asks_its_action_after_the_bridge()
    {
        using var world = new World()
            .Document("/answer", "<Response><Enqueue action=\"/queued\" waitUrl=\"/wait\">support</Enqueue></Response>")
            .Document("/wait", "<Response><Say>You are waiting.</Say></Response>")
            .Document("/queued", "<Response><Say>After the queue.</Say></Response>")
            .Document("/agent", "<Response><Dial action=\"/agent-done\"><Queue url=\"/whisper\">support</Queue></Dial></Response>")
            .Document("/whisper", "<Response><Say>You will be connected.</Say></Response>");
        var caller = world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(30);
        world.At("/wait").Count.ShouldBeGreaterThan(1, "a queue's waiting document is asked again when it ends");
        world.At("/wait")[0]["QueuePosition"].ShouldBe("1");
        world.Call(world.Phone("answers, hangs up after 20 s"), ("Url", World.Base + "/agent"));
        await world.Run(60);
        world.At("/whisper").ShouldHaveSingleItem().Fields.Has("DequeingCallSid").ShouldBeTrue();
        world.At("/queued").ShouldHaveSingleItem()["QueueResult"].ShouldBe("bridged");
        world.At("/agent-done").ShouldHaveSingleItem()["CallStatus"].ShouldBe("completed");
        world.Heard(caller)[^1].ShouldBe("After the queue.");
    }

    [Fact]
    public async Task Leave_walks_out_of_the_queue_and_a_hang_up_is_told()
    {
        using var world = new World()
            .Document("/answer", "<Response><Enqueue action=\"/queued\" waitUrl=\"/wait\">support</Enqueue></Response>")
            .Document("/wait", "<Response><Say>One moment.</Say><Leave/></Response>")
            .Document("/hold", "<Response><Enqueue action=\"/gone\">support</Enqueue></Response>");
        world.Call(world.Phone("answers, waits 300 s"));
        world.Call(world.Phone("answers, hangs up after 9 s"), ("Url", World.Base + "/hold"));
        await world.Run(40);
        world.At("/queued").ShouldHaveSingleItem()["QueueResult"].ShouldBe("leave");
        world.At("/gone").ShouldHaveSingleItem()["QueueResult"].ShouldBe("hangup");
    }

    [Fact]
    public async Task Dialling_an_empty_queue_waits_for_its_timeout_and_an_unknown_one_is_an_error()
    {
        using var world = new World().Document("/answer", "<Response><Dial action=\"/done\" timeout=\"10\"><Queue>nobody</Queue></Dial></Response>");
        world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(30);
        world.At("/done").ShouldHaveSingleItem()["QueueResult"].ShouldBe("error");
        world.Network.Queues.Open("nobody");
        world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(30);
        world.At("/done")[1]["DialCallStatus"].ShouldBe("no-answer");
    }

    [Fact]
    public void Every_verb_and_noun_knows_its_attributes_and_refuses_others()
    {
        foreach (var (name, rule) in VerbTable.All.Where(r => r.Value.Verb is not null))
        {
            var attributes = string.Join(' ', rule.Attributes.Select(a => $"{a}=\"1\""));
            TwimlDocument.Parse($"<Response><{name} {attributes}/></Response>").Warnings.Where(w => w.Detail.Contains(" has no attribute ", StringComparison.Ordinal)).ShouldBeEmpty(name);
            TwimlDocument.Parse($"<Response><{name} nosuch=\"1\"/></Response>").Warnings.Count.ShouldBe(1, name);
        }
    }

    [Fact]
    public void A_document_type_declaration_is_refused() =>
        TwimlDocument.Parse("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><Response>&e;</Response>").ErrorCode.ShouldBe(12100);
}
