using Dialer.Simulator.Rooms;
using Dialer.Simulator.Webhooks;

namespace Dialer.Simulator.Tests;

/// <summary>What a conference takes and refuses, and every way out of a queue.</summary>
public class RoomRuleTests
{
    private static string Joining(string attributes, string action = "/left") => $"<Response><Dial action=\"{action}\"><Conference beep=\"false\" waitUrl=\"\" {attributes}>room</Conference></Dial><Say>Next.</Say></Response>";

    private static World Room(string first, string then) => new World().Document("/first", Joining(first, "/first-left")).Document("/answer", Joining(then)).Document("/left", "<Response><Say>Refused.</Say></Response>");

    private static async Task<(string First, string Second)> Meet(World world)
    {
        var first = world.Call(world.Phone("answers after 1 s, waits 900 s"), ("Url", World.Base + "/first"));
        await world.Run(10);
        var second = world.Call(world.Phone("answers after 1 s, waits 900 s"));
        await world.Run(15);
        return (first, second);
    }

    [Fact]
    public async Task A_label_that_somebody_has_leads_on_to_the_next_verb_and_is_free_again_when_they_have_left()
    {
        using var world = Room("participantLabel=\"agent\"", "participantLabel=\"agent\"");
        var (first, second) = await Meet(world);
        world.Heard(second).ShouldBe(["Next."]);
        world.At("/left").ShouldBeEmpty();
        world.Network.Debugger.Newest.Select(n => (n.Code, n.Error)).ShouldBe([(16025, true)]);
        world.Network.Conferences.Find("room")!.Seats.ShouldHaveSingleItem().Call.Sid.ShouldBe(first);
        world.Post($"Calls/{first}", ("Status", "completed"));
        await world.Run(5);
        world.Call(world.Phone("answers after 1 s, waits 900 s"));
        await world.Run(10);
        world.Network.Conferences.Find("room")!.Seats.ShouldHaveSingleItem().Label.ShouldBe("agent");
    }

    [Theory]
    [InlineData("CA00000000000000000000000000000001")]
    [InlineData("a/b")]
    [InlineData("a%2fb")]
    public async Task A_label_that_may_not_be_is_an_error(string label)
    {
        using var world = Room($"participantLabel=\"{label}\"", "");
        var sid = world.Call(world.Phone("answers after 1 s, waits 900 s"), ("Url", World.Base + "/first"));
        await world.Run(15);
        world.Heard(sid).ShouldBe(["Next."]);
        world.Network.Debugger.Newest.ShouldHaveSingleItem().Code.ShouldBe(16023);
        world.Post("Conferences/room/Participants", ("To", "+14155550000"), ("From", World.Ours), ("Label", label)).Json!["code"]!.GetValue<int>().ShouldBe(16024);
        world.Network.Conferences.Live.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_would_coach_somebody_who_is_not_there_goes_on_to_the_action()
    {
        using var world = Room("", "coach=\"CA00000000000000000000000000000001\"");
        var (_, second) = await Meet(world);
        world.At("/left").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe("failed");
        world.Heard(second).ShouldBe(["Refused."]);
        world.Network.Debugger.Newest.ShouldHaveSingleItem().Code.ShouldBe(13240);
    }

    [Theory]
    [InlineData(500, "text/xml", "")]
    [InlineData(200, "text/xml", "<Respons")]
    [InlineData(200, "application/json", "{}")]
    public async Task With_waiting_music_that_cannot_be_had_the_conference_is_not_established(int status, string type, string body)
    {
        using var world = new World().Document("/answer", "<Response><Dial action=\"/left\"><Conference waitUrl=\"/wait\" waitMethod=\"GET\">room</Conference></Dial></Response>")
            .Document("/wait", _ => new WebhookReply(status, type, body)).Document("/left", "<Response><Say>After.</Say></Response>");
        var sid = world.Call(world.Phone("answers after 1 s, waits 900 s"));
        await world.Run(30);
        world.At("/wait").ShouldHaveSingleItem().Request.Method.ShouldBe("GET");
        world.At("/left").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe("failed");
        world.Heard(sid).ShouldBe(["After."]);
        world.Network.Conferences.Live.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("hold", "<Response><Gather/><Say>Held.</Say></Response>", "Held.")]
    [InlineData("announce", "<Response><Dial>+14155550000</Dial><Say>Announced.</Say></Response>", "Announced.")]
    public async Task A_verb_that_may_not_stand_in_hold_music_or_an_announcement_is_warned_of(string what, string document, string heard)
    {
        using var world = Room("", "").Document("/doc", document);
        var (_, second) = await Meet(world);
        (string, string)[] change = what == "hold" ? [("Hold", "true"), ("HoldUrl", World.Base + "/doc")] : [("AnnounceUrl", World.Base + "/doc")];
        world.Post($"Conferences/room/Participants/{second}", change).Status.ShouldBe(200);
        await world.Run(10);
        world.Heard(second).ShouldContain(heard);
        world.Network.Debugger.Newest.Select(n => n.Code).ShouldBe([13238]);
    }

    [Theory]
    [InlineData("BeepOnExit", "true")]
    [InlineData("EndConferenceOnExit", "true")]
    [InlineData("WaitUrl", World.Base + "/other")]
    [InlineData("Coaching", "true")]
    public async Task A_change_of_a_participant_is_told(string name, string value)
    {
        using var world = Room("statusCallback=\"/conf\" statusCallbackEvent=\"modify\"", "");
        var (first, second) = await Meet(world);
        (string, string)[] change = name == "Coaching" ? [(name, value), ("CallSidToCoach", first)] : [(name, value)];
        world.Post($"Conferences/room/Participants/{second}", change).Status.ShouldBe(200);
        await world.Run(5);
        var told = world.At("/conf").ShouldHaveSingleItem();
        (told["StatusCallbackEvent"], told["CallSid"]).ShouldBe(("participant-modify", second));
        if (name == "Coaching")
            (told["Coaching"], told["CallSidToCoach"]).ShouldBe(("true", first));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("recordingStatusCallback=\"/rec\"", 0)]
    public async Task The_old_callback_of_a_conference_is_told_of_its_recording_unless_the_new_one_is(string attribute, int told)
    {
        using var world = Room($"record=\"record-from-start\" eventCallbackUrl=\"/old\" {attribute}", "");
        await Meet(world);
        world.Post("Conferences/room", ("Status", "completed")).Status.ShouldBe(200);
        await world.Run(10);
        world.At("/old").Count.ShouldBe(told);
        foreach (var old in world.At("/old"))
        {
            foreach (var field in new[] { "ConferenceSid", "FriendlyName", "RecordingSid", "RecordingUrl", "Duration", "RecordingFileSize", "timestamp" })
                old.Fields.Has(field).ShouldBeTrue(field);
            int.Parse(old["RecordingFileSize"]!).ShouldBe(Recordings.Wav.Render(world.Network.Recordings.Find(old["RecordingSid"]!)!).Length);
        }
    }

    [Fact]
    public void A_participant_who_cannot_be_added_leaves_no_conference_behind()
    {
        using var world = new World();
        world.Options = world.Options with { Concurrency = 1 };
        int Code(params (string, string)[] more) => world.Post("Conferences/nobody/Participants", [("To", "+14155550000"), ("From", World.Ours), .. more]).Json!["code"]?.GetValue<int>() ?? 0;
        Code(("Coaching", "true"), ("CallSidToCoach", "CA00000000000000000000000000000001")).ShouldBe(13240);
        world.Post("Conferences/CF00000000000000000000000000000001/Participants", ("To", "+14155550000"), ("From", World.Ours)).Json!["code"]!.GetValue<int>().ShouldBe(16022);
        world.Call(world.Phone("does not answer"));
        Code().ShouldBe(16021, "the account has one call at once");
        world.Network.Conferences.Live.ShouldBeEmpty();
        world.Network.Conferences.Count.ShouldBe(0);
    }

    // ---- queues

    private static World Queue(string enqueue = "<Enqueue action=\"/queued\">line</Enqueue>") => new World().Document("/answer", $"<Response>{enqueue}<Say>Next.</Say></Response>")
        .Document("/queued", "<Response><Say>After.</Say></Response>").Document("/agent", "<Response><Dial action=\"/agent-done\"><Queue>line</Queue></Dial></Response>").Document("/new", "<Response><Say>New.</Say></Response>");

    [Fact]
    public async Task A_call_taken_away_by_REST_while_it_talks_to_its_taker_was_redirected_from_the_bridge()
    {
        using var world = Queue();
        var caller = world.Call(world.Phone("answers after 1 s, waits 900 s"));
        await world.Run(10);
        world.Call(world.Phone("answers after 1 s, waits 900 s"), ("Url", World.Base + "/agent"));
        await world.Run(20);
        world.Post($"Calls/{caller}", ("Url", World.Base + "/new")).Status.ShouldBe(200);
        await world.Run(10);
        var queued = world.At("/queued").ShouldHaveSingleItem();
        (queued["QueueResult"], queued.Fields.Has("QueueSid"), queued.Fields.Has("QueueTime")).ShouldBe(("redirected-from-bridged", true, true));
        world.Heard(caller)[^1].ShouldBe("New.", "the action's answer is ignored");
        world.At("/agent-done").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe("completed");
    }

    [Fact]
    public async Task A_queue_that_the_system_cannot_serve_sends_the_caller_on_at_once()
    {
        using var world = Queue();
        world.Network.Faults.Add(Dialer.Simulator.Faults.FaultRule.Read("""{"on":"queue","action":"fail","count":1}""")[0]);
        var refused = world.Call(world.Phone("answers after 1 s, waits 900 s"));
        await world.Run(10);
        var queued = world.At("/queued").ShouldHaveSingleItem();
        (queued["QueueResult"], queued.Fields.Has("QueueSid")).ShouldBe(("system-error", false));
        world.Heard(refused).ShouldBe(["After."]);
        world.Call(world.Phone("answers after 1 s, waits 900 s"));
        await world.Run(10);
        world.Network.Queues.ByName("line")!.Members.Count.ShouldBe(1, "the next one is served");
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(200, "<Respons")]
    public async Task Waiting_music_that_cannot_be_had_is_an_error_of_the_queue(int status, string body)
    {
        using var world = Queue("<Enqueue action=\"/queued\" waitUrl=\"/wait\">line</Enqueue>").Document("/wait", _ => new WebhookReply(status, "text/xml", body));
        var caller = world.Call(world.Phone("answers after 1 s, waits 900 s"));
        await world.Run(15);
        world.At("/wait").Count.ShouldBe(1);
        (world.At("/queued").ShouldHaveSingleItem()["QueueResult"], world.Network.Queues.ByName("line")!.Members.Count).ShouldBe(("error", 0));
        world.Heard(caller).ShouldBe(["After."]);
    }

    [Fact]
    public async Task A_name_that_a_queue_may_not_have_is_an_error_of_the_queue()
    {
        using var world = Queue($"<Enqueue action=\"/queued\">{new string('q', 65)}</Enqueue>");
        world.Call(world.Phone("answers after 1 s, waits 900 s"));
        await world.Run(15);
        world.At("/queued").ShouldHaveSingleItem()["QueueResult"].ShouldBe("error");
        world.Network.Queues.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Enqueue_may_say_how_many_there_may_be()
    {
        using var world = Queue("<Enqueue action=\"/queued\" maxQueueSize=\"2\">line</Enqueue>");
        for (var i = 0; i < 3; i++)
            world.Call(world.Phone($"answers after {1 + i} s, waits 900 s"));
        await world.Run(20);
        (world.Network.Queues.ByName("line")!.Members.Count, world.Network.Queues.ByName("line")!.MaxSize).ShouldBe((2, 2));
        world.At("/queued").ShouldHaveSingleItem()["QueueResult"].ShouldBe("queue-full");
    }

    [Fact]
    public async Task Without_an_action_whoever_leaves_goes_on_with_the_next_verb()
    {
        using var world = Queue("<Enqueue waitUrl=\"/wait\">line</Enqueue>").Document("/wait", "<Response><Leave/></Response>");
        var caller = world.Call(world.Phone("answers after 1 s, waits 900 s"));
        await world.Run(15);
        world.Heard(caller).ShouldBe(["Next."]);
    }

    [Fact]
    public async Task A_queue_without_music_is_silent()
    {
        using var world = Queue("<Enqueue waitUrl=\"\">line</Enqueue>");
        var caller = world.Call(world.Phone("answers after 1 s, waits 900 s"));
        await world.Run(30);
        world.Heard(caller).ShouldBeEmpty();
        world.At("/answer").ShouldHaveSingleItem();
        world.Network.Queues.ByName("line")!.Members.Count.ShouldBe(1);
    }
}
