using Dialer.Simulator.Webhooks;

namespace Dialer.Simulator.Tests;

/// <summary>What an answer may be besides a document of its own type, and what single rules make of a call.</summary>
public class DocumentTests
{
    private static async Task<(World World, string Sid)> Answered(Func<Dialer.Simulator.Wire.Form, WebhookReply> answer, string script = "answers after 1 s, waits 300 s")
    {
        var world = new World().Document("/answer", answer);
        var sid = world.Call(world.Phone(script));
        await world.Run(60);
        return (world, sid);
    }

    [Theory]
    [InlineData("<Response><Say>As a document.</Say></Response>", "As a document.")]
    [InlineData("As words.", "As words.")]
    public async Task Plain_text_is_a_document_when_it_can_be_and_is_spoken_otherwise(string body, string heard)
    {
        var (world, sid) = await Answered(_ => new WebhookReply(200, "text/plain", body));
        using (world)
        {
            world.Heard(sid).ShouldBe([heard]);
            world.Leg(sid).EndedBy.ShouldBe("twiml");
        }
    }

    [Fact]
    public async Task Audio_is_played_and_then_the_call_is_over()
    {
        var (world, sid) = await Answered(_ => new WebhookReply(200, "audio/mpeg", "", MediaSeconds: 7));
        using (world)
        {
            world.Heard(sid).ShouldBe([$"{World.Base}/answer"]);
            (world.Leg(sid).EndedBy, world.Leg(sid).DurationSeconds).ShouldBe(("twiml", 7));
        }
    }

    [Fact]
    public async Task Markup_in_speech_is_spoken_without_its_tags_and_without_a_warning()
    {
        var (world, sid) = await Answered(_ => WebhookReply.Xml("<Response><Say>Your <emphasis level=\"strong\">last</emphasis> code is <say-as interpret-as=\"digits\">42</say-as>.<break time=\"1s\"/></Say></Response>"));
        using (world)
        {
            world.Heard(sid).ShouldBe(["Your last code is 42."]);
            world.Network.Debugger.Newest.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_number_without_a_voice_url_fails_without_a_second_of_duration()
    {
        using var world = new World();
        var call = world.Network.Inbound.Call("+14155559003", World.Ours, exact: new(Script: "answers, waits 60 s"))!;
        await world.Run(30);
        (call.State, call.DurationSeconds).ShouldBe((Dialer.Simulator.Calls.CallState.Failed, 0));
        world.Webhooks.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reject_that_is_not_the_first_verb_hangs_up_and_is_warned_of()
    {
        var (world, sid) = await Answered(_ => WebhookReply.Xml("<Response><Say>Hello.</Say><Reject/><Say>Unreachable.</Say></Response>"));
        using (world)
        {
            world.Heard(sid).ShouldBe(["Hello."]);
            (world.Leg(sid).State, world.Network.Debugger.Newest.ShouldHaveSingleItem().Code).ShouldBe((Dialer.Simulator.Calls.CallState.Completed, 12200));
        }
    }

    [Fact]
    public async Task A_ringing_call_that_is_cancelled_tells_its_status_callback()
    {
        using var world = new World();
        var sid = world.Call(world.Phone("answers after 40 s, waits 300 s"), ("StatusCallback", World.Base + "/status"));
        await world.Run(10);
        world.Post($"Calls/{sid}", ("Status", "canceled")).Status.ShouldBe(200);
        await world.Run(10);
        world.At("/status").ShouldHaveSingleItem()["CallStatus"].ShouldBe("canceled");
        world.At("/answer").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("<Hangup/>", "completed")]
    [InlineData("<Redirect>/other-wait</Redirect>", "in-progress")]
    public async Task Waiting_music_may_hang_up_and_redirect(string verb, string status)
    {
        using var world = new World().Document("/answer", "<Response><Enqueue waitUrl=\"/wait\">line</Enqueue></Response>")
            .Document("/wait", $"<Response><Say>Please wait.</Say>{verb}</Response>").Document("/other-wait", "<Response><Pause length=\"200\"/></Response>");
        var sid = world.Call(world.Phone("answers after 1 s, waits 300 s"));
        await world.Run(60);
        world.Heard(sid).ShouldBe(["Please wait."]);
        Dialer.Simulator.Calls.CallTable.Word(world.Leg(sid).State).ShouldBe(status);
        world.At("/other-wait").Count.ShouldBe(status == "in-progress" ? 1 : 0);
    }

    [Fact]
    public async Task A_workflow_is_a_queue_of_its_sids_name()
    {
        using var world = new World().Document("/answer", "<Response><Enqueue workflowSid=\"WW1\"><Task>{}</Task></Enqueue></Response>");
        world.Call(world.Phone("answers after 1 s, waits 300 s"));
        await world.Run(20);
        world.Network.Queues.ByName("WW1").ShouldNotBeNull().Members.Count.ShouldBe(1);
        world.Network.Debugger.Newest.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("auto", 1)]
    [InlineData("4", 4)]
    public async Task Speech_ends_after_its_own_timeout(string timeout, double seconds)
    {
        using var world = new World().Document("/answer", $"<Response><Gather input=\"speech\" speechTimeout=\"{timeout}\" action=\"/got\"/></Response>");
        var sid = world.Call(world.Phone("answers silently after 1 s, waits 3 s, says 'pay my bill', waits 300 s"));
        await world.Run(30);
        var said = NodaTime.Text.InstantPattern.ExtendedIso.Parse(world.Ledger("said").ShouldHaveSingleItem()["at"]!.GetValue<string>()).Value;
        var got = world.At("/got").ShouldHaveSingleItem();
        got["SpeechResult"].ShouldBe("pay my bill");
        (got.At - (said - world.Options.Start).TotalSeconds).ShouldBe(seconds, 0.3, sid);
    }
}
