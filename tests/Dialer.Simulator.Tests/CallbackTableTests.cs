using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Tests;

/// <summary>Which fields each request carries, and in which order the requests leave: Twilio's tables, row by row.</summary>
public class CallbackTableTests
{
    private const string Standard = "CallSid AccountSid From To Caller Called CallStatus ApiVersion Direction FromCity FromState FromZip FromCountry ToCity ToState ToZip ToCountry CallerCity CallerState CallerZip CallerCountry CalledCity CalledState CalledZip CalledCountry";
    private static readonly (string, string)[] Status =
        [("StatusCallback", World.Base + "/status"), ("StatusCallbackEvent", "initiated"), ("StatusCallbackEvent", "ringing"), ("StatusCallbackEvent", "answered"), ("StatusCallbackEvent", "completed")];

    private static void Has(Received request, string fields, string not = "")
    {
        fields.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(f => !request.Fields.Has(f)).ShouldBeEmpty($"missing in {request.Path}");
        not.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(request.Fields.Has).ShouldBeEmpty($"unexpected in {request.Path}");
    }

    private static Received One(World world, string path) => world.At(path).ShouldHaveSingleItem();

    [Fact]
    public async Task A_document_is_asked_for_with_the_standard_fields()
    {
        using var world = new World().Document("/answer", "<Response><Hangup/></Response>").Document("/in", "<Response><Hangup/></Response>");
        world.Call(world.Phone("answers"));
        world.Network.Numbers.ByNumber(World.Ours)!.VoiceUrl = World.Base + "/in";
        world.Network.Inbound.Call("+14155559003", World.Ours, exact: new(Script: "answers, waits 60 s"));
        await world.Run(30);
        Has(One(world, "/answer"), Standard, "CallToken ForwardedFrom ParentCallSid StirVerstat AnsweredBy");
        Has(One(world, "/in"), Standard + " CallToken StirVerstat");
        (One(world, "/in")["Direction"], One(world, "/in")["CallStatus"]).ShouldBe(("inbound", "ringing"));
    }

    [Fact]
    public async Task Call_progress_leaves_in_order_and_ends_with_its_facts()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"5\"/></Response>");
        var sid = world.Call(world.Phone("answers after 3 s, waits 60 s"), [.. Status, ("Record", "true"), ("MachineDetection", "Enable")]);
        await world.Run(60);
        var sent = world.Ledger("callback").Where(c => c["call"]!.GetValue<string>() == sid && c["purpose"]!.GetValue<string>() is "status").Select(c => c["event"]!.GetValue<string>()).ToList();
        sent.OrderBy(e => e, StringComparer.Ordinal).ShouldBe(["answered", "completed", "initiated", "ringing"]);
        var callbacks = world.At("/status").ToList();
        callbacks.Select(c => (c["CallStatus"], c["SequenceNumber"])).ShouldBe([("initiated", "0"), ("ringing", "1"), ("in-progress", "2"), ("completed", "3")], "without faults, events seconds apart arrive as they left");
        callbacks.ForEach(c => Has(c, Standard + " Timestamp CallbackSource SequenceNumber"));
        callbacks.Take(3).ToList().ForEach(c => Has(c, "", "CallDuration Duration SipResponseCode RecordingUrl"));
        Has(callbacks[1], "StirStatus");
        Has(callbacks[3], "CallDuration Duration SipResponseCode RecordingUrl RecordingSid RecordingDuration AnsweredBy");
    }

    [Fact]
    public async Task With_synchronous_detection_the_answered_event_comes_first_and_the_document_after_the_verdict()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"5\"/></Response>");
        world.Call(world.Phone("answers after 3 s, waits 60 s"), [.. Status, ("MachineDetection", "Enable")]);
        await world.Run(60);
        var (answered, document) = (world.At("/status").Single(s => s["CallStatus"] == "in-progress"), One(world, "/answer"));
        document.At.ShouldBeGreaterThan(answered.At);
        Has(document, "AnsweredBy MachineDetectionDuration");
    }

    [Fact]
    public async Task An_asynchronous_verdict_has_few_fields()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"20\"/></Response>");
        world.Call(world.Phone("answers after 3 s, waits 60 s"), ("MachineDetection", "Enable"), ("AsyncAmd", "true"), ("AsyncAmdStatusCallback", World.Base + "/amd"));
        await world.Run(60);
        Has(One(world, "/amd"), "CallSid AccountSid AnsweredBy MachineDetectionDuration", "CallStatus From To");
    }

    [Theory]
    [InlineData("<Gather action=\"/action\" numDigits=\"1\"/>", "presses 1", "Digits", "SpeechResult")]
    [InlineData("<Gather action=\"/action\" input=\"speech\"/>", "says 'hello'", "SpeechResult Confidence", "Digits")]
    [InlineData("<Record action=\"/action\" timeout=\"2\"/>", "waits 1 s", "RecordingUrl RecordingSid RecordingDuration Digits", "")]
    [InlineData("<Pay action=\"/action\" chargeAmount=\"1.00\"/>", "waits for 'card number', presses *", "Result PaymentMethod", "PaymentConfirmationCode PaymentToken")]
    public async Task An_action_is_asked_with_the_standard_fields_and_its_own(string verb, string does, string fields, string not)
    {
        using var world = new World().Document("/answer", $"<Response>{verb}</Response>").Document("/action", "<Response/>");
        world.Call(world.Phone($"answers, waits 1 s, {does}, waits 60 s"));
        await world.Run(90);
        Has(One(world, "/action"), $"{Standard} {fields}", not);
    }

    [Fact]
    public async Task A_dials_action_and_its_legs_have_theirs()
    {
        using var world = new World();
        world.Document("/answer", $"<Response><Dial action=\"/action\" record=\"record-from-answer\"><Number url=\"/screen\" statusCallback=\"/leg\" statusCallbackEvent=\"initiated ringing answered completed\">{world.Phone("answers after 2 s, hangs up after 9 s")}</Number></Dial></Response>");
        world.Document("/screen", "<Response/>").Document("/action", "<Response/>");
        var sid = world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(60);
        Has(One(world, "/action"), $"{Standard} DialCallStatus DialCallSid DialCallDuration DialBridged RecordingUrl");
        Has(One(world, "/screen"), $"{Standard} ParentCallSid");
        var legs = world.At("/leg").OrderBy(l => int.Parse(l["SequenceNumber"]!)).ToList();
        legs.Select(l => l["CallStatus"]).ShouldBe(["initiated", "ringing", "in-progress", "completed"]);
        legs.ForEach(l => Has(l, "ParentCallSid Timestamp CallbackSource SequenceNumber"));
        legs[0]["ParentCallSid"].ShouldBe(sid);
    }

    [Fact]
    public async Task A_queue_tells_its_waiting_document_its_taker_and_its_action()
    {
        using var world = new World()
            .Document("/answer", "<Response><Enqueue action=\"/action\" waitUrl=\"/wait\">q</Enqueue></Response>").Document("/wait", "<Response><Pause length=\"30\"/></Response>")
            .Document("/agent", "<Response><Dial action=\"/done\"><Queue url=\"/whisper\">q</Queue></Dial></Response>").Document("/whisper", "<Response/>").Document("/done", "<Response/>").Document("/action", "<Response/>");
        var caller = world.Call(world.Phone("answers, hangs up after 40 s"));
        await world.Run(15);
        var agent = world.Call(world.Phone("answers, waits 300 s"), ("Url", World.Base + "/agent"));
        await world.Run(60);
        Has(One(world, "/wait"), Standard + " QueuePosition QueueSid QueueTime AvgQueueTime CurrentQueueSize MaxQueueSize");
        Has(One(world, "/whisper"), "QueueSid CallSid QueueTime DequeingCallSid");
        (One(world, "/whisper")["CallSid"], One(world, "/whisper")["DequeingCallSid"]).ShouldBe((caller, agent));
        Has(One(world, "/action"), Standard + " QueueResult QueueSid QueueTime");
        Has(One(world, "/done"), Standard + " DialCallStatus QueueSid QueueTime QueueResult");
    }

    [Fact]
    public async Task Paying_tells_each_step_and_its_result_masked()
    {
        using var world = new World().Document("/answer", "<Response><Pay action=\"/action\" statusCallback=\"/pay\" chargeAmount=\"5.00\" postalCode=\"false\"/></Response>").Document("/action", "<Response/>");
        world.Call(world.Phone("answers, waits for 'card number', presses 4242424242424242, waits for 'expiration', presses 1230, waits for 'security code', presses 123, waits 60 s"));
        await world.Run(120);
        Has(One(world, "/action"), Standard + " Result PaymentMethod PaymentCardNumber PaymentCardType ExpirationDate SecurityCode PaymentConfirmationCode", "PaymentToken PayErrorCode");
        world.At("/pay").ToList().ForEach(p => Has(p, "AccountSid CallSid For Attempt"));
    }

    [Fact]
    public async Task An_agent_assisted_payment_tells_what_is_still_required()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"200\"/></Response>");
        var call = world.Call(world.Phone("answers, waits 10 s, presses 4242424242424242, waits 300 s"));
        await world.Run(8);
        (string, string)[] common = [("IdempotencyKey", "k1"), ("StatusCallback", World.Base + "/pay")];
        var session = world.Post($"Calls/{call}/Payments", [.. common, ("ChargeAmount", "5.00")]).Json!["sid"]!.GetValue<string>();
        world.Post($"Calls/{call}/Payments/{session}", [.. common, ("Capture", "payment-card-number")]).Status.ShouldBe(202);
        await world.Run(20);
        world.Post($"Calls/{call}/Payments/{session}", ("IdempotencyKey", "k2"), common[1], ("Status", "complete")).Json!["code"]!.GetValue<int>().ShouldBe(64019);
        world.Post($"Calls/{call}/Payments/{session}", ("IdempotencyKey", "k3"), common[1]).Json!["code"]!.GetValue<int>().ShouldBe(64018);
        world.Post($"Calls/{call}/Payments/{session}", ("IdempotencyKey", "k4"), common[1], ("Status", "cancel")).Status.ShouldBe(202);
        await world.Run(10);
        var told = world.At("/pay").OrderBy(p => p.At).ToList();
        told.ForEach(p => Has(p, "AccountSid CallSid Sid DateCreated ChargeAmount PaymentConnector PaymentMethod TokenType"));
        var captured = told.Last(p => p["Capture"] == "payment-card-number");
        Has(captured, "DateUpdated PartialResult Required PaymentCardNumber PaymentCardType");
        captured["Required"].ShouldBe("expiration-date,security-code,postal-code");
        told[^1].Fields.Has("Result").ShouldBeTrue();
    }

    [Fact]
    public async Task A_conference_tells_its_life_and_its_participants()
    {
        using var world = new World().Document("/answer", "<Response><Dial><Conference beep=\"false\" participantLabel=\"LABEL\" endConferenceOnExit=\"true\" statusCallback=\"/conf\" statusCallbackEvent=\"start end join leave mute hold modify\">c</Conference></Dial></Response>");
        var one = world.Call(world.Phone("answers after 1 s, waits 300 s"));
        await world.Run(5);
        world.Document("/answer", "<Response><Dial><Conference beep=\"false\" participantLabel=\"lead\">c</Conference></Dial></Response>");
        var two = world.Call(world.Phone("answers after 1 s, waits 300 s"));
        await world.Run(10);
        var conference = world.Network.Conferences.Find("c")!.Sid;
        foreach (var change in new (string, string)[] { ("Muted", "true"), ("Muted", "false"), ("Hold", "true"), ("Hold", "false"), ("EndConferenceOnExit", "false") })
        {
            world.Post($"Conferences/{conference}/Participants/lead", change).Status.ShouldBe(200);
            await world.Run(1);
        }

        world.Post($"Calls/{one}", ("Status", "completed"));
        await world.Run(10);
        var events = world.At("/conf").OrderBy(e => int.Parse(e["SequenceNumber"]!)).ToList();
        events.Select(e => e["SequenceNumber"]).ShouldBe(Enumerable.Range(1, events.Count).Select(n => n.ToString()));
        events.ForEach(e => Has(e, "ConferenceSid FriendlyName AccountSid SequenceNumber Timestamp StatusCallbackEvent"));
        events.Select(e => e["StatusCallbackEvent"]).ShouldBe(
        [
            "participant-join", "participant-join", "conference-start", "participant-mute", "participant-unmute", "participant-hold", "participant-unhold", "participant-modify",
            "participant-leave", "participant-leave", "conference-end",
        ]);
        foreach (var participant in events.Where(e => e["StatusCallbackEvent"]!.StartsWith("participant", StringComparison.Ordinal)))
            Has(participant, "CallSid Muted Hold Coaching EndConferenceOnExit StartConferenceOnEnter ParticipantLabel");
        events.Where(e => e["StatusCallbackEvent"] == "participant-leave").ToList().ForEach(e => Has(e, "ParticipantCallStatus ReasonParticipantLeft"));
        Has(events[^1], "ReasonConferenceEnded CallSidEndingConference ParticipantLabelEndingConference Reason");
        events.Single(e => e["StatusCallbackEvent"] == "participant-mute")["CallSid"].ShouldBe(two);
    }

    [Fact]
    public async Task An_announcement_is_told_when_it_has_ended_or_failed()
    {
        using var world = new World().Document("/answer", "<Response><Dial><Conference beep=\"false\" statusCallback=\"/conf\" statusCallbackEvent=\"announcement\">c</Conference></Dial></Response>")
            .Document("/words", "<Response><Say>Attention.</Say></Response>").Document("/broken", _ => new Webhooks.WebhookReply(500));
        var one = world.Call(world.Phone("answers after 1 s, waits 300 s"));
        world.Call(world.Phone("answers after 1 s, waits 300 s"));
        await world.Run(10);
        var conference = world.Network.Conferences.Find("c")!.Sid;
        world.Post($"Conferences/{conference}", ("AnnounceUrl", World.Base + "/words"));
        world.Post($"Conferences/{conference}/Participants/{one}", ("AnnounceUrl", World.Base + "/broken"));
        await world.Run(15);
        world.At("/conf").Select(e => e["StatusCallbackEvent"]).ShouldBe(["announcement-end", "announcement-fail"], ignoreOrder: true);
        Has(world.At("/conf").Single(e => e["StatusCallbackEvent"] == "announcement-fail"), "AnnounceUrl ReasonAnnouncementFailed");
    }

    [Fact]
    public async Task A_recording_tells_its_states_and_an_empty_one_is_absent()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"30\"/></Response>");
        var call = world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(10);
        (string, string)[] all = [("RecordingStatusCallback", World.Base + "/rec"), ("RecordingStatusCallbackEvent", "in-progress"), ("RecordingStatusCallbackEvent", "completed"), ("RecordingStatusCallbackEvent", "absent")];
        var first = world.Post($"Calls/{call}/Recordings", all).Json!["sid"]!.GetValue<string>();
        await world.Run(5);
        world.Post($"Calls/{call}/Recordings/{first}", ("Status", "stopped"));
        var second = world.Post($"Calls/{call}/Recordings", all).Json!["sid"]!.GetValue<string>();
        world.Post($"Calls/{call}/Recordings/{second}", ("Status", "stopped"));
        await world.Run(10);
        world.At("/rec").Where(r => r["RecordingSid"] == first).Select(r => r["RecordingStatus"]).ShouldBe(["in-progress", "completed"]);
        world.At("/rec").Where(r => r["RecordingSid"] == second).Select(r => r["RecordingStatus"]).ShouldBe(["in-progress", "absent"]);
        world.At("/rec").ToList().ForEach(r => Has(r, "AccountSid CallSid RecordingSid RecordingUrl RecordingStatus RecordingDuration RecordingChannels RecordingStartTime RecordingSource RecordingTrack"));
    }

    [Fact]
    public async Task A_message_tells_each_status_but_its_first()
    {
        using var world = new World();
        world.Post("Messages", ("To", "+14155559004"), ("From", World.Ours), ("Body", "Hello"), ("StatusCallback", World.Base + "/sms")).Status.ShouldBe(201);
        await world.Run(60);
        var told = world.At("/sms").OrderBy(m => m.At).ToList();
        told.Select(m => m["MessageStatus"]).First().ShouldNotBe("queued");
        told.ForEach(m => Has(m, "MessageSid SmsSid MessageStatus SmsStatus To From AccountSid ApiVersion"));
        told[^1]["MessageStatus"].ShouldBeOneOf("delivered", "undelivered");
    }
}
