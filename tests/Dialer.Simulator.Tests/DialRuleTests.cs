using Dialer.Simulator.Calls;
using Dialer.Simulator.Webhooks;
using NodaTime;

namespace Dialer.Simulator.Tests;

/// <summary>How a Dial ends, and what becomes of those it dialled.</summary>
public class DialRuleTests
{
    [Fact]
    public async Task A_child_redirected_by_REST_goes_on_with_its_own_document_and_ends_the_dial_without_a_duration()
    {
        using var world = new World();
        var child = world.Phone("answers, waits 300 s");
        world.Document("/answer", $"<Response><Dial action=\"/done\">{child}</Dial></Response>").Document("/done", "<Response><Say>The other has left.</Say></Response>")
            .Document("/elsewhere", "<Response><Pause length=\"5\"/><Say>You were moved.</Say></Response>");
        var parent = world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(20);
        var leg = world.Leg(parent).Children.ShouldHaveSingleItem();

        world.Post($"Calls/{leg.Sid}", ("Url", World.Base + "/elsewhere")).Status.ShouldBe(200);
        await world.Run(30);

        world.Heard(leg.Sid).ShouldContain("You were moved.");
        world.Heard(parent).ShouldContain("The other has left.");
        var done = world.At("/done").ShouldHaveSingleItem();
        (done["DialCallStatus"], done["DialBridged"], done["DialCallDuration"]).ShouldBe(("completed", "true", null));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task A_noun_that_cannot_be_dialled_does_not_keep_the_next_from_being_dialled(string sequential)
    {
        using var world = new World();
        world.Document("/answer", $"<Response><Dial sequential=\"{sequential}\"><Number>nobody</Number><Number>{world.Phone("answers, waits 300 s")}</Number></Dial></Response>");
        var parent = world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(20);
        world.Leg(parent).Children.ShouldHaveSingleItem().State.ShouldBe(CallState.InProgress);
    }

    [Fact]
    public async Task Only_ten_nouns_are_dialled_and_the_eleventh_is_a_warning()
    {
        using var world = new World();
        var numbers = string.Concat(Enumerable.Range(0, 11).Select(_ => $"<Number>{world.Phone("does not answer")}</Number>"));
        world.Document("/answer", $"<Response><Dial>{numbers}</Dial></Response>");
        var parent = world.Call(world.Phone("answers, waits 300 s"));
        await world.Run(20);
        world.Leg(parent).Children.Count.ShouldBe(10);
        world.Network.Debugger.Newest.Select(n => n.Code).ShouldBe([13250]);
    }

    [Theory]
    [InlineData("<Conference>room</Conference>")]
    [InlineData("<Queue>line</Queue>")]
    public async Task The_recording_of_a_room_or_a_queue_ends_with_the_dial_whose_action_names_it(string noun)
    {
        using var world = new World();
        world.Document("/caller", "<Response><Enqueue>line</Enqueue></Response>").Document("/done", "<Response><Pause length=\"60\"/></Response>")
            .Document("/answer", $"<Response><Dial action=\"/done\" record=\"record-from-answer\" trim=\"do-not-trim\" hangupOnStar=\"true\">{noun}</Dial></Response>");
        world.Call(world.Phone("answers, waits 300 s"), ("Url", World.Base + "/caller"));
        await world.Run(15);
        var taker = world.Call(world.Phone("answers, waits 20 s, presses *, waits 300 s"));
        await world.Run(60);

        var recording = world.Leg(taker).Recordings.ShouldHaveSingleItem();
        var done = world.At("/done").ShouldHaveSingleItem();
        (done["RecordingSid"], done["RecordingUrl"]).ShouldBe((recording.Sid, recording.Url));
        recording.WholeSeconds.ShouldBeInRange(15, 22);
    }

    [Fact]
    public async Task Whoever_took_a_call_from_the_queue_may_leave_it_by_a_star_and_at_the_time_limit()
    {
        foreach (var (attribute, script) in new[] { ("hangupOnStar=\"true\"", "answers, waits 20 s, presses *, waits 300 s"), ("timeLimit=\"15\"", "answers, waits 300 s") })
        {
            using var world = new World();
            world.Document("/caller", "<Response><Enqueue>line</Enqueue></Response>").Document("/answer", $"<Response><Dial {attribute}><Queue>line</Queue></Dial><Say>Next.</Say></Response>");
            world.Call(world.Phone("answers, waits 300 s"), ("Url", World.Base + "/caller"));
            await world.Run(15);
            var taker = world.Call(world.Phone(script));
            await world.Run(60);
            world.Heard(taker).ShouldContain("Next.", attribute);
        }
    }

    [Fact]
    public async Task The_fallback_is_asked_for_each_document_that_fails_but_not_for_its_own()
    {
        using var world = new World().Document("/answer", _ => new WebhookReply(500)).Document("/again", _ => new WebhookReply(500))
            .Document("/fallback", form => WebhookReply.Xml(form["ErrorUrl"]!.EndsWith("/answer", StringComparison.Ordinal) ? "<Response><Redirect>/again</Redirect></Response>" : "<Response><Say>Twice.</Say></Response>"));
        var sid = world.Call(world.Phone("answers, waits 60 s"), ("FallbackUrl", World.Base + "/fallback"));
        await world.Run(40);
        world.At("/fallback").Select(w => w["ErrorUrl"]).ShouldBe([World.Base + "/answer", World.Base + "/again"]);
        world.Heard(sid).ShouldContain("Twice.");

        world.Document("/fallback", _ => new WebhookReply(500));
        world.Call(world.Phone("answers, waits 60 s"), ("FallbackUrl", World.Base + "/fallback"));
        await world.Run(40);
        world.At("/fallback").Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_call_cancelled_in_the_line_gives_its_turn_to_those_behind_it()
    {
        using var world = new World().Document("/answer", "<Response/>");
        world.Options = world.Options with { CallsPerSecond = 1 };
        var calls = Enumerable.Range(0, 4).Select(_ => world.Call(world.Phone("does not answer"))).ToList();
        world.Leg(calls[3]).QueueTime.ShouldBe(Duration.FromSeconds(3));
        world.Post($"Calls/{calls[1]}", ("Status", "canceled")).Status.ShouldBe(200);
        world.Post($"Calls/{calls[2]}", ("Status", "canceled")).Status.ShouldBe(200);
        await world.Run(1.5);
        world.Leg(calls[3]).State.ShouldNotBe(CallState.Queued);
        world.Leg(calls[3]).QueueTime.ShouldBe(Duration.FromSeconds(1));
        world.Ledger("dialled").Count.ShouldBe(2);
    }

    [Fact]
    public async Task All_tries_of_a_webhook_together_take_no_longer_than_its_total()
    {
        using var world = new World().Document("/answer", _ => WebhookReply.Failed(WebhookFailure.Connect) with { Took = Duration.FromSeconds(4) });
        world.Call(world.Phone("answers, waits 60 s"), ("Url", World.Base + "/answer#rc=5&tt=10000&rp=ct,rt"));
        await world.Run(60);
        world.At("/answer").Select(w => w.Request.TotalMs).ShouldBe([10_000, 6_000, 2_000]);
    }
}
