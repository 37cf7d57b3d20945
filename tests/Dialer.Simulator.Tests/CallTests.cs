using Dialer.Simulator.Calls;
using Dialer.Simulator.Webhooks;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Tests;

public class CallTests
{
    private static readonly (string, string)[] AllEvents =
        [("StatusCallback", World.Base + "/status"), ("StatusCallbackEvent", "initiated"), ("StatusCallbackEvent", "ringing"), ("StatusCallbackEvent", "answered"), ("StatusCallbackEvent", "completed")];

    [Fact]
    public async Task An_answered_call_tells_four_events_in_sequence_with_the_terminal_facts()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"60\"/></Response>");
        var sid = world.Call(world.Phone("answers after 4 s, hangs up after 49 s"), AllEvents);
        await world.Run(120);
        var status = world.At("/status").OrderBy(s => int.Parse(s["SequenceNumber"]!)).ToList();
        status.Select(s => s["CallStatus"]).ShouldBe(["initiated", "ringing", "in-progress", "completed"]);
        status.Select(s => s["SequenceNumber"]).ShouldBe(["0", "1", "2", "3"]);
        var last = status[^1];
        (last["CallDuration"], last["Duration"], last["SipResponseCode"]).ShouldBe(("49", "1", "200"));
        last["CallbackSource"].ShouldBe("call-progress-events");
        last["Timestamp"]!.ShouldEndWith("+0000");
        foreach (var name in new[] { "CallSid", "AccountSid", "From", "To", "Caller", "Called", "ApiVersion", "Direction", "FromState", "ToCity", "CalledCountry" })
            last.Fields.Has(name).ShouldBeTrue(name);
        last["ToZip"].ShouldBe(string.Empty);
        last["ToState"].ShouldBe("CA");
        world.Leg(sid).State.ShouldBe(CallState.Completed);
    }

    [Theory]
    [InlineData("is busy", "busy", "486", "2")]
    [InlineData("does not answer", "no-answer", "487", "2")]
    [InlineData("fails with 404", "failed", "404", "1")]
    public async Task An_unanswered_call_ends_for_what_it_is_and_counts_unsubscribed_events(string script, string word, string sip, string sequence)
    {
        using var world = new World();
        world.Call(world.Phone(script), ("StatusCallback", World.Base + "/status"), ("Timeout", "20"));
        await world.Run(60);
        var only = world.At("/status").ShouldHaveSingleItem();
        (only["CallStatus"], only["SipResponseCode"], only["SequenceNumber"], only["CallDuration"]).ShouldBe((word, sip, sequence, "0"));
        world.At("/answer").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_voice_url_is_asked_at_answer_with_the_headers_of_twilio()
    {
        using var world = new World().Document("/answer", "<Response><Hangup/></Response>");
        world.Call(world.Phone("answers after 3 s"));
        await world.Run(30);
        var asked = world.At("/answer").ShouldHaveSingleItem();
        (asked["CallStatus"], asked["Direction"]).ShouldBe(("in-progress", "outbound-api"));
        asked.Request.Headers.ShouldContain(h => h.Key == "User-Agent" && h.Value == "TwilioProxy/1.1");
        asked.Request.Headers.ShouldContain(h => h.Key == "I-Twilio-Idempotency-Token" && h.Value.Length > 10);
    }

    [Fact]
    public async Task Calls_beyond_the_limit_a_second_wait_and_say_how_long()
    {
        using var world = new World();
        world.Options = world.Options with { CallsPerSecond = 1 };
        var sids = Enumerable.Range(0, 5).Select(_ => world.Call(world.Phone("does not answer"), ("Timeout", "5"))).ToList();
        sids.Select(s => world.Leg(s).QueueTime.TotalMilliseconds).ShouldBe([0, 1000, 2000, 3000, 4000]);
        world.Leg(sids[4]).State.ShouldBe(CallState.Queued);
        await world.Run(30);
        var starts = world.Ledger("dialled").Select(d => DateTimeOffset.Parse(d["at"]!.GetValue<string>())).ToList();
        starts.Zip(starts.Skip(1), (a, b) => (b - a).TotalSeconds).ShouldAllBe(gap => gap >= 0.999);
    }

    [Fact]
    public async Task A_call_cancelled_while_queued_says_nothing_at_all()
    {
        using var world = new World();
        world.Options = world.Options with { CallsPerSecond = 0.1 };
        world.Call(world.Phone("does not answer"));
        var sid = world.Call(world.Phone("answers"), AllEvents);
        world.Post($"Calls/{sid}", ("Status", "canceled")).Status.ShouldBe(200);
        await world.Run(60);
        world.At("/status").ShouldBeEmpty();
        world.Leg(sid).State.ShouldBe(CallState.Canceled);
    }

    [Fact]
    public async Task A_live_call_is_redirected_in_mid_verb_and_a_finished_one_refuses_with_21220()
    {
        using var world = new World().Document("/answer", "<Response><Say loop=\"0\">Please wait.</Say></Response>").Document("/other", "<Response><Say>Something new.</Say></Response>");
        var sid = world.Call(world.Phone("answers after 2 s"));
        await world.Run(15);
        world.Post($"Calls/{sid}", ("Url", World.Base + "/other")).Status.ShouldBe(200);
        await world.Run(15);
        world.Heard(sid)[^1].ShouldBe("Something new.");
        world.Leg(sid).State.ShouldBe(CallState.Completed);
        var refused = world.Post($"Calls/{sid}", ("Url", World.Base + "/other"));
        (refused.Status, refused.Json!["code"]!.GetValue<int>()).ShouldBe((400, 21220));
    }

    [Fact]
    public async Task A_scripted_person_does_exactly_what_the_script_says()
    {
        using var world = new World()
            .Document("/answer", "<Response><Gather numDigits=\"1\" action=\"/menu\"><Say>For sales, press 1.</Say></Gather></Response>")
            .Document("/menu", "<Response><Pause length=\"120\"/></Response>");
        var sid = world.Call(world.Phone("answers after 6 s, waits for 'press 1', presses 1, hangs up after 40 s"));
        await world.Run(120);
        var leg = world.Leg(sid);
        (leg.AnsweredAt!.Value - leg.StartedAt!.Value).TotalSeconds.ShouldBeInRange(6.5, 8.5);
        world.At("/menu").ShouldHaveSingleItem()["Digits"].ShouldBe("1");
        leg.EndedBy.ShouldBe("caller");
        leg.DurationSeconds.ShouldBeInRange(40, 43);
    }

    [Fact]
    public async Task An_inbound_call_rings_asks_the_numbers_voice_url_and_its_status_callback_comes_at_the_end_only()
    {
        using var world = new World().Document("/in", "<Response><Say>Welcome.</Say></Response>");
        world.Virtual.Network.Numbers.ByNumber(World.Ours)!.VoiceUrl = World.Base + "/in";
        world.Virtual.Network.Numbers.ByNumber(World.Ours)!.StatusCallback = World.Base + "/status";
        var call = world.Network.Inbound.Call(world.Phone("answers"), World.Ours, "anonymous")!;
        await world.Run(90);
        var asked = world.At("/in").ShouldHaveSingleItem();
        (asked["CallStatus"], asked["Direction"], asked["From"]).ShouldBe(("ringing", "inbound", "anonymous"));
        asked.Fields.Has("CallToken").ShouldBeTrue();
        world.At("/status").ShouldHaveSingleItem()["CallStatus"].ShouldBe("completed");
        call.DurationSeconds.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void The_call_machine_allows_exactly_what_its_table_lists()
    {
        foreach (var state in Enum.GetValues<CallState>().Where(CallTable.IsOver))
            Enum.GetValues<CallEvent>().ShouldAllBe(e => CallTable.After(state, e) == null);
        CallTable.After(CallState.Queued, CallEvent.Answered).ShouldBeNull();
        CallTable.After(CallState.Ringing, CallEvent.Answered).ShouldBe(CallState.InProgress);
        CallTable.After(CallState.InProgress, CallEvent.Cancelled).ShouldBeNull();
    }

    [Fact]
    public async Task Calling_a_number_of_ours_makes_two_legs_with_their_own_documents()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"2\"/><Play digits=\"7\"/><Pause length=\"5\"/></Response>")
            .Document("/in", "<Response><Gather numDigits=\"1\" action=\"/got\"><Say>Press a key.</Say></Gather></Response>");
        var other = world.Network.Numbers.Buy("+12125550199", "second");
        other.VoiceUrl = World.Base + "/in";
        world.Call("+12125550199");
        await world.Run(40);
        world.At("/got").ShouldHaveSingleItem()["Digits"].ShouldBe("7");
    }
}
