using Dialer.Simulator.Calls;

namespace Dialer.Simulator.Tests;

/// <summary>What single attributes do, one rule a test, as Twilio's pages for each verb have it.</summary>
public class TwimlRuleTests
{
    private static World Answering(string document) => new World().Document("/answer", document);

    private static async Task<(World World, string Sid)> Ran(string document, string script = "answers, waits 300 s", double seconds = 90)
    {
        var world = Answering(document);
        var sid = world.Call(world.Phone(script));
        await world.Run(seconds);
        return (world, sid);
    }

    private static async Task<World> Dialled(string dial, string other, string caller = "answers, waits 300 s", double seconds = 90)
    {
        var world = new World();
        world.Document("/answer", $"<Response>{dial.Replace("NUMBER", world.Phone(other), StringComparison.Ordinal)}</Response>").Document("/dialed", "<Response><Say>After.</Say></Response>");
        world.Call(world.Phone(caller));
        await world.Run(seconds);
        return world;
    }

    [Fact]
    public async Task Say_of_more_than_4096_characters_and_of_none_is_a_warning()
    {
        var (world, sid) = await Ran($"<Response><Say>{new string('x', 4097)}</Say><Say> </Say><Say>Good.</Say></Response>");
        using (world)
        {
            world.Heard(sid).ShouldBe(["Good."]);
            world.Network.Debugger.Newest.Select(n => n.Code).ShouldBe([13520, 13521], ignoreOrder: true);
        }
    }

    [Fact]
    public async Task A_loop_of_zero_says_it_until_hang_up()
    {
        var (world, sid) = await Ran("<Response><Say loop=\"0\">Again.</Say></Response>", "answers, hangs up after 30 s");
        using (world)
            world.Heard(sid).Count.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Play_sends_digits_and_is_fetched_without_the_calls_fields()
    {
        var (world, sid) = await Ran("<Response><Play digits=\"12wW#\"/><Play>/sound.wav</Play></Response>");
        using (world)
        {
            world.Heard(sid)[0].ShouldBe("12wW#");
            var fetched = world.At("/sound.wav").ShouldHaveSingleItem();
            (fetched.Request.Method, fetched.Fields.Count).ShouldBe(("GET", 0));
        }
    }

    [Fact]
    public async Task Speech_during_the_prompt_counts_only_when_it_may_barge_in()
    {
        const string document = "<Response><Gather input=\"speech\" action=\"/got\" BARGE speechTimeout=\"1\"><Say>One two three four five six seven eight nine ten eleven twelve.</Say></Gather><Say>Nothing came.</Say></Response>";
        var (barging, cut) = await Ran(document.Replace("BARGE", "bargeIn=\"true\"", StringComparison.Ordinal), "answers silently, waits 1 s, says 'pay', waits 300 s");
        var (patient, sid) = await Ran(document.Replace("BARGE", "bargeIn=\"false\"", StringComparison.Ordinal), "answers silently, waits 1 s, says 'pay', waits 300 s");
        using (barging)
        using (patient)
        {
            barging.At("/got").ShouldHaveSingleItem()["SpeechResult"].ShouldBe("pay");
            barging.Ledger("heard-cut").ShouldContain(l => l["call"]!.GetValue<string>() == cut);
            patient.At("/got").ShouldBeEmpty();
            patient.Heard(sid)[^1].ShouldBe("Nothing came.");
        }
    }

    [Fact]
    public async Task Speech_is_taken_no_longer_than_maxSpeechTime()
    {
        var says = string.Concat(Enumerable.Repeat("waits 1 s, says 'more', ", 20));
        var (world, _) = await Ran("<Response><Gather input=\"speech\" action=\"/got\" maxSpeechTime=\"6\" speechTimeout=\"3\"/></Response>", $"answers, {says}waits 60 s");
        using (world)
            world.At("/got").ShouldHaveSingleItem()["SpeechResult"]!.Split(' ').Length.ShouldBeInRange(4, 8);
    }

    [Fact]
    public async Task Without_a_finishing_key_the_hash_is_a_digit()
    {
        var (world, _) = await Ran("<Response><Gather action=\"/got\" finishOnKey=\"\" numDigits=\"3\"/></Response>", "answers, waits 1 s, presses 1#2, waits 60 s");
        using (world)
            world.At("/got").ShouldHaveSingleItem()["Digits"].ShouldBe("1#2");
    }

    [Fact]
    public async Task The_first_kind_of_input_wins()
    {
        var (world, _) = await Ran("<Response><Gather input=\"dtmf speech\" action=\"/got\" numDigits=\"2\"/></Response>", "answers silently, waits 1 s, presses 1, says 'two', presses 3, waits 60 s");
        using (world)
        {
            var got = world.At("/got").ShouldHaveSingleItem();
            (got["Digits"], got.Fields.Has("SpeechResult")).ShouldBe(("13", false));
        }
    }

    [Fact]
    public async Task Record_without_an_action_asks_its_own_document_again_and_may_leave_out_the_beep()
    {
        var (world, sid) = await Ran("<Response><Record maxLength=\"4\" playBeep=\"false\" timeout=\"0\"/><Say>Unreachable.</Say></Response>", "answers, hangs up after 20 s");
        using (world)
        {
            world.At("/answer").Count.ShouldBeGreaterThan(2);
            world.Heard(sid).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Record_stops_at_silence_and_at_a_finishing_key_only()
    {
        var (silent, _) = await Ran("<Response><Record action=\"/recorded\" timeout=\"3\"/></Response>");
        var (keyed, _) = await Ran("<Response><Record action=\"/recorded\" finishOnKey=\"#\" timeout=\"0\" trim=\"do-not-trim\" maxLength=\"20\"/></Response>", "answers, waits 2 s, presses 1, waits 3 s, presses #, waits 60 s");
        using (silent)
        using (keyed)
        {
            silent.At("/recorded").ShouldHaveSingleItem()["RecordingDuration"].ShouldBe("3");
            var recorded = keyed.At("/recorded").ShouldHaveSingleItem();
            recorded["Digits"].ShouldBe("#");
            int.Parse(recorded["RecordingDuration"]!).ShouldBeInRange(4, 7);
        }
    }

    [Fact]
    public async Task A_hang_up_in_a_recording_is_told_as_its_digits()
    {
        var (world, _) = await Ran("<Response><Record action=\"/recorded\"/></Response>", "answers, hangs up after 4 s");
        using (world)
            world.At("/recorded").ShouldHaveSingleItem()["Digits"].ShouldBe("hangup");
    }

    [Fact]
    public async Task Dial_without_an_action_goes_on_to_the_next_verb()
    {
        using var world = await Dialled("<Dial timeout=\"5\">NUMBER</Dial><Say>Next.</Say>", "is busy");
        world.Ledger("heard").Select(h => h["text"]!.GetValue<string>()).ShouldContain("Next.");
    }

    [Fact]
    public async Task Dial_shows_its_caller_id_else_the_callers_own()
    {
        using var shown = await Dialled($"<Dial callerId=\"{World.Ours}\">NUMBER</Dial>", "is busy");
        shown.Ledger("dialled")[^1]["from"]!.GetValue<string>().ShouldBe(World.Ours);
        using var world = new World();
        world.Document("/in", $"<Response><Dial>{world.Phone("is busy")}</Dial></Response>");
        world.Network.Numbers.ByNumber(World.Ours)!.VoiceUrl = World.Base + "/in";
        world.Network.Inbound.Call("+14155559001", World.Ours, exact: new(Script: "answers, waits 60 s"));
        await world.Run(30);
        world.Ledger("dialled").ShouldHaveSingleItem()["from"]!.GetValue<string>().ShouldBe("+14155559001");
    }

    [Fact]
    public async Task The_star_leaves_a_dial_only_when_it_may()
    {
        const string caller = "answers, waits 12 s, presses *, waits 300 s";
        using var leaving = await Dialled("<Dial action=\"/dialed\" hangupOnStar=\"true\">NUMBER</Dial>", "answers after 2 s, waits 300 s", caller, 40);
        using var staying = await Dialled("<Dial action=\"/dialed\">NUMBER</Dial>", "answers after 2 s, waits 300 s", caller, 40);
        leaving.At("/dialed").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe("completed");
        staying.At("/dialed").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dial_lasts_no_longer_than_its_time_limit()
    {
        using var world = await Dialled("<Dial action=\"/dialed\" timeLimit=\"15\">NUMBER</Dial>", "answers after 2 s, waits 300 s");
        world.At("/dialed").ShouldHaveSingleItem()["DialCallDuration"].ShouldBe("15");
    }

    [Theory]
    [InlineData("record-from-answer", "1")]
    [InlineData("record-from-answer-dual", "2")]
    [InlineData("record-from-ringing-dual", "2")]
    public async Task A_recorded_dial_tells_its_action_where_the_recording_is(string record, string channels)
    {
        using var world = await Dialled($"<Dial action=\"/dialed\" record=\"{record}\" recordingStatusCallback=\"/rec\">NUMBER</Dial>", "answers after 2 s, hangs up after 10 s");
        world.At("/dialed").ShouldHaveSingleItem()["RecordingUrl"]!.ShouldContain("/Recordings/RE");
        var done = world.At("/rec").ShouldHaveSingleItem();
        (done["RecordingSource"], done["RecordingChannels"]).ShouldBe(("DialVerb", channels));
    }

    [Fact]
    public async Task Several_numbers_ring_one_after_another_when_told_to()
    {
        using var world = new World();
        var (first, second) = (world.Phone("does not answer"), world.Phone("answers after 3 s, hangs up after 5 s"));
        world.Document("/answer", $"<Response><Dial action=\"/dialed\" timeout=\"5\" sequential=\"true\"><Number>{first}</Number><Number>{second}</Number></Dial></Response>");
        var sid = world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(60);
        var legs = world.Leg(sid).Children.ToList();
        (legs[1].Created - legs[0].EndedAt!.Value).TotalSeconds.ShouldBeInRange(0, 0.1);
        legs[0].State.ShouldBe(CallState.NoAnswer);
        world.At("/dialed").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe("completed");
    }

    [Fact]
    public async Task At_most_ten_numbers_ring_together()
    {
        using var world = new World();
        var numbers = string.Concat(Enumerable.Range(0, 12).Select(_ => $"<Number>{world.Phone("does not answer")}</Number>"));
        world.Document("/answer", $"<Response><Dial>{numbers}</Dial></Response>");
        var sid = world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(20);
        world.Leg(sid).Children.Count.ShouldBe(10);
    }

    [Theory]
    [InlineData("", 0, 1)]
    [InlineData("answerOnBridge=\"true\"", 5, 9)]
    public async Task An_inbound_caller_is_answered_at_the_dial_or_at_the_bridge(string attribute, double least, double most)
    {
        using var world = new World();
        world.Document("/in", $"<Response><Dial {attribute}>{world.Phone("answers after 6 s, hangs up after 5 s")}</Dial></Response>");
        world.Network.Numbers.ByNumber(World.Ours)!.VoiceUrl = World.Base + "/in";
        var call = world.Network.Inbound.Call("+14155559002", World.Ours, exact: new(Script: "answers, waits 60 s"))!;
        await world.Run(40);
        (call.AnsweredAt!.Value - call.Created).TotalSeconds.ShouldBeInRange(least, most);
    }

    [Fact]
    public async Task A_machine_answering_a_dialled_number_is_detected_beside_the_bridge()
    {
        using var world = await Dialled("<Dial><Number machineDetection=\"Enable\" amdStatusCallback=\"/amd\">NUMBER</Number></Dial>", "answers with voicemail 9 s");
        world.At("/amd").ShouldHaveSingleItem()["AnsweredBy"].ShouldBe("machine_start");
        world.Ledger("bridged").Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_number_that_cannot_be_dialled_is_a_warning_and_a_failed_dial()
    {
        var (world, _) = await Ran("<Response><Dial action=\"/dialed\"><Number>nonsense</Number></Dial></Response>");
        using (world)
        {
            world.At("/dialed").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe("failed");
            world.Network.Debugger.Newest.ShouldContain(n => n.Code == 13223);
        }
    }

    [Fact]
    public async Task A_conference_takes_no_more_than_its_size()
    {
        using var world = Answering("<Response><Dial action=\"/left\"><Conference maxParticipants=\"2\" beep=\"false\">full</Conference></Dial></Response>");
        for (var i = 0; i < 3; i++)
            world.Call(world.Phone($"answers after {1 + i} s, waits 300 s"));
        await world.Run(30);
        world.Network.Conferences.Find("full")!.Seats.Count.ShouldBe(2);
        world.Network.Debugger.Newest.ShouldContain(n => n.Code == 16020);
        world.At("/left").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe("failed");
    }

    [Fact]
    public async Task A_conferences_waiting_document_runs_out_into_silence_and_may_loop_by_redirect()
    {
        using var once = Answering("<Response><Dial><Conference waitUrl=\"/wait\">a</Conference></Dial></Response>").Document("/wait", "<Response><Say>Please wait.</Say></Response>");
        using var looping = Answering("<Response><Dial><Conference waitUrl=\"/wait\">a</Conference></Dial></Response>").Document("/wait", "<Response><Say>Please wait.</Say><Redirect/></Response>");
        foreach (var world in new[] { once, looping })
        {
            world.Call(world.Phone("answers, waits 300 s"));
            await world.Run(60);
        }

        once.At("/wait").Count.ShouldBe(1);
        looping.At("/wait").Count.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task A_verb_that_may_not_stand_in_waiting_music_does_nothing_there()
    {
        using var world = Answering("<Response><Dial><Conference waitUrl=\"/wait\">a</Conference></Dial></Response>").Document("/wait", "<Response><Gather/><Say>Please wait.</Say></Response>");
        var sid = world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(30);
        world.Heard(sid).ShouldContain("Please wait.");
        world.Network.Debugger.Newest.ShouldContain(n => n.Code == 13238);
    }

    [Fact]
    public async Task A_conference_is_recorded_from_its_start_not_while_somebody_waits()
    {
        using var world = Answering("<Response><Dial><Conference beep=\"false\" waitUrl=\"\" record=\"record-from-start\" trim=\"do-not-trim\" recordingStatusCallback=\"/rec\" endConferenceOnExit=\"true\">rec</Conference></Dial></Response>");
        world.Call(world.Phone("answers after 1 s, waits 300 s"));
        await world.Run(20);
        world.Ledger("recording").ShouldBeEmpty();
        world.Call(world.Phone("answers after 1 s, hangs up after 12 s"));
        await world.Run(40);
        var done = world.At("/rec").ShouldHaveSingleItem();
        (done["RecordingSource"], done["ConferenceSid"]!.StartsWith("CF", StringComparison.Ordinal), done["RecordingDuration"]).ShouldBe(("Conference", true, "12"));
    }

    [Fact]
    public async Task A_muted_participant_is_not_heard_and_a_coach_only_by_the_coached()
    {
        using var world = new World()
            .Document("/agent", "<Response><Dial><Conference beep=\"false\">c</Conference></Dial></Response>")
            .Document("/listener", "<Response><Dial><Conference beep=\"false\" muted=\"true\">c</Conference></Dial></Response>");
        var agent = world.Call(world.Phone("answers after 1 s, waits 300 s"), ("Url", World.Base + "/agent"));
        world.Document("/coach", $"<Response><Dial><Conference beep=\"false\" coach=\"{agent}\" participantLabel=\"coach\">c</Conference></Dial></Response>");
        await world.Run(6);
        world.Call(world.Phone("answers after 1 s, waits 300 s"), ("Url", World.Base + "/listener"));
        world.Call(world.Phone("answers after 1 s, waits 300 s"), ("Url", World.Base + "/coach"));
        await world.Run(10);
        var seats = world.Network.Conferences.Find("c")!.Seats;
        seats.Select(s => (s.Muted, s.CoachOf, s.Label)).ShouldBe([(false, null, null), (true, null, null), (false, agent, "coach")], ignoreOrder: true);
        seats.Single(s => s.Muted).Connected.ShouldBeTrue("it hears the agent");
    }

    [Fact]
    public async Task A_full_queue_sends_the_caller_to_the_action_at_once()
    {
        using var world = Answering("<Response><Enqueue action=\"/queued\">tiny</Enqueue></Response>");
        world.Network.Queues.Open("tiny").MaxSize = 1;
        world.Call(world.Phone("answers after 1 s, waits 300 s"));
        world.Call(world.Phone("answers after 2 s, waits 300 s"));
        await world.Run(20);
        var full = world.At("/queued").ShouldHaveSingleItem();
        (full["QueueResult"], full.Fields.Has("QueueSid")).ShouldBe(("queue-full", false));
        world.Network.Debugger.Newest.ShouldContain(n => n.Code == 14207);
    }

    [Fact]
    public async Task Keys_in_a_queue_go_to_the_gather_of_its_waiting_document()
    {
        using var world = Answering("<Response><Enqueue waitUrl=\"/wait\" action=\"/queued\">q</Enqueue></Response>")
            .Document("/wait", "<Response><Gather numDigits=\"1\" action=\"/leave\"><Say>Press 1 to leave.</Say></Gather></Response>").Document("/leave", "<Response><Leave/></Response>");
        world.Call(world.Phone("answers, waits for 'press 1', presses 1, waits 60 s"));
        await world.Run(30);
        world.At("/queued").ShouldHaveSingleItem()["QueueResult"].ShouldBe("leave");
    }

    [Fact]
    public async Task A_queued_call_taken_by_rest_runs_the_new_document_and_is_told_as_redirected()
    {
        using var world = Answering("<Response><Enqueue action=\"/queued\">q</Enqueue></Response>").Document("/taken", "<Response><Say>Taken.</Say></Response>");
        var sid = world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(15);
        world.Post("Queues/q/Members/Front", ("Url", World.Base + "/taken")).Status.ShouldBe(404, "a queue is named by its SID");
        var queue = world.Network.Queues.ByName("q")!.Sid;
        world.Post($"Queues/{queue}/Members/Front", ("Url", World.Base + "/taken")).Status.ShouldBe(200);
        await world.Run(15);
        world.Heard(sid)[^1].ShouldBe("Taken.");
        world.At("/queued").ShouldHaveSingleItem()["QueueResult"].ShouldBe("redirected");
    }

    [Fact]
    public async Task A_queued_call_whose_taker_hangs_up_first_goes_on_to_its_action()
    {
        using var world = Answering("<Response><Enqueue action=\"/queued\">q</Enqueue></Response>").Document("/queued", "<Response><Say>Still there?</Say></Response>")
            .Document("/agent", "<Response><Dial><Queue url=\"/whisper\">q</Queue></Dial></Response>").Document("/whisper", "<Response><Pause length=\"10\"/></Response>");
        var caller = world.Call(world.Phone("answers after 1 s, waits 300 s"));
        await world.Run(10);
        world.Call(world.Phone("answers after 1 s, hangs up after 4 s"), ("Url", World.Base + "/agent"));
        await world.Run(30);
        world.At("/queued").ShouldHaveSingleItem()["QueueResult"].ShouldBe("bridging-in-process");
        world.Heard(caller)[^1].ShouldBe("Still there?");
    }

    [Theory]
    [InlineData("is busy", "busy")]
    [InlineData("does not answer", "no-answer")]
    [InlineData("fails with 404", "failed")]
    public async Task A_participant_who_never_joins_is_told_and_leaves_no_conference_behind(string script, string status)
    {
        using var world = new World();
        world.Post("Conferences/lonely/Participants", ("To", world.Phone(script)), ("From", World.Ours), ("Timeout", "10"), ("Label", "lead"),
            ("ConferenceStatusCallback", World.Base + "/conf"), ("ConferenceStatusCallbackEvent", "leave"), ("ConferenceStatusCallbackEvent", "end")).Status.ShouldBe(201);
        await world.Run(60);
        var events = world.At("/conf").OrderBy(e => int.Parse(e["SequenceNumber"]!)).ToList();
        events.Select(e => e["StatusCallbackEvent"]).ShouldBe(["participant-leave", "conference-end"]);
        (events[0]["ReasonParticipantLeft"], events[0]["ParticipantCallStatus"], events[0]["ParticipantLabel"]).ShouldBe(("participant_add_failed", status, "lead"));
        world.Network.Conferences.Live.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_softphone_is_dialled_with_its_parameters()
    {
        using var world = Answering("<Response><Dial action=\"/dialed\" timeout=\"5\"><Client><Identity>anna</Identity><Parameter name=\"lead\" value=\"7\"/></Client></Dial></Response>");
        world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(30);
        world.Ledger("dialled")[^1]["to"]!.GetValue<string>().ShouldBe("client:anna");
        world.At("/dialed").ShouldHaveSingleItem()["DialCallStatus"].ShouldBeOneOf("no-answer", "failed");
    }

    [Fact]
    public async Task Start_records_beside_what_follows_and_needs_an_absolute_callback()
    {
        var (world, sid) = await Ran($"<Response><Start><Recording recordingStatusCallback=\"{World.Base}/rec\" channels=\"dual\"/></Start><Say>One.</Say></Response>");
        using (world)
        {
            world.Heard(sid).ShouldBe(["One."]);
            world.At("/rec").ShouldHaveSingleItem()["RecordingChannels"].ShouldBe("2");
        }

        var (relative, _) = await Ran("<Response><Start><Recording recordingStatusCallback=\"/rec\"/></Start></Response>");
        using (relative)
            relative.Network.Debugger.Newest.ShouldContain(n => n.Code == 11200);
    }

    [Fact]
    public async Task A_document_of_more_than_64_kB_is_an_error()
    {
        var (world, _) = await Ran($"<Response><Say>{new string('x', 70_000)}</Say></Response>");
        using (world)
            world.Network.Debugger.Newest.ShouldContain(n => n.Code == 11750 && n.Error);
    }

    [Fact]
    public async Task A_chain_of_redirects_ends_at_some_time()
    {
        var (world, sid) = await Ran("<Response><Redirect/></Response>", seconds: 200);
        using (world)
        {
            world.Leg(sid).IsOver.ShouldBeTrue();
            world.At("/answer").Count.ShouldBeLessThanOrEqualTo(500);
        }
    }

    [Fact]
    public async Task A_text_message_in_mid_call_is_sent_and_the_document_goes_on()
    {
        var (world, sid) = await Ran("<Response><Sms statusCallback=\"/sms\">See you.</Sms><Say>Sent.</Say></Response>");
        using (world)
        {
            world.Heard(sid).ShouldBe(["Sent."]);
            world.Ledger("message")[0]["text"]!.GetValue<string>().ShouldBe("See you.");
            world.At("/sms").Select(m => m["MessageStatus"]).ShouldContain("sent");
        }
    }

    [Fact]
    public async Task A_connected_stream_ends_and_a_call_that_is_no_sip_call_is_not_referred()
    {
        var (world, sid) = await Ran("<Response><Connect action=\"/connected\"><Stream url=\"wss://x.example/?seconds=7\"/></Connect><Say>Unreachable.</Say></Response>");
        using (world)
            world.At("/connected").ShouldHaveSingleItem()["CallSid"].ShouldBe(sid);
        var (referred, _) = await Ran("<Response><Refer action=\"/referred\"><Sip>sip:a@b.example</Sip></Refer></Response>");
        using (referred)
        {
            referred.At("/referred").ShouldHaveSingleItem();
            referred.Network.Debugger.Newest.ShouldContain(n => n.Code == 13801);
        }
    }

    [Fact]
    public async Task A_participant_who_speaks_is_told_when_asked_for()
    {
        using var world = Answering("<Response><Dial><Conference beep=\"false\" statusCallback=\"/conf\" statusCallbackEvent=\"speaker\">c</Conference></Dial></Response>");
        world.Call(world.Phone("answers after 1 s, waits 300 s"));
        var talker = world.Call(world.Phone("answers after 1 s, waits 8 s, says 'hello to everybody', waits 300 s"));
        await world.Run(40);
        world.At("/conf").Where(e => e["CallSid"] == talker).OrderBy(e => int.Parse(e["SequenceNumber"]!)).Select(e => e["StatusCallbackEvent"])
            .ShouldBe(["participant-speech-start", "participant-speech-stop"]);
    }
}
