using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Recordings;
using NodaTime;

namespace Dialer.Simulator.Tests;

/// <summary>What the network keeps of what is over, and for how long: an unattended run does not grow.</summary>
public class MemoryTests
{
    [Fact]
    public async Task A_call_long_over_keeps_what_REST_shows_and_lets_the_rest_go()
    {
        using var world = new World().Document("/answer", "<Response><Say>Hello.</Say><Pause length=\"5\"/></Response>");
        var first = world.Call(world.Phone("answers, waits 60 s"));
        await world.Run(30);
        world.Leg(first).IsOver.ShouldBeTrue();
        world.Leg(first).Party.ShouldNotBeNull("it has only just ended");
        await world.Run(120);
        world.Call(world.Phone("is busy"));
        await world.Run(30);
        var leg = world.Leg(first);
        (leg.Run, leg.Party, leg.EndsAtLimit, leg.OnOver).ShouldBe((null, null, null, null));
        var shown = world.Virtual.Rest("GET", $"Calls/{first}").Json!;
        (shown["status"]!.GetValue<string>(), shown["duration"]!.GetValue<string>()).ShouldBe(("completed", leg.DurationSeconds.ToString()));
    }

    [Fact]
    public async Task A_call_that_is_over_leaves_no_appointment_behind_for_the_end_it_might_have_had_hours_later()
    {
        using var world = new World().Document("/answer", "<Response><Say>Hello.</Say></Response>");
        for (var i = 0; i < 40; i++)
            world.Call(world.Phone("answers, waits 60 s"));
        await world.Run(300);
        world.Network.Calls.Live.ShouldBe(0);
        world.Network.Timeline.Count.ShouldBeLessThan(5);
    }

    [Fact]
    public async Task A_long_run_holds_no_more_at_its_end_than_in_its_middle()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"40\"/></Response>");
        world.Options = world.Options with { KeepCompletedHours = 0.5 };
        var application = world.Post("Applications", ("VoiceUrl", World.Base + "/answer")).Json!["sid"]!.GetValue<string>();
        var phones = Enumerable.Range(0, 10).Select(_ => world.Phone("answers after 1 s, waits 60 s")).ToList();
        var held = new List<SortedDictionary<string, long>>();
        for (var hour = 0; hour < 6; hour++)
        {
            for (var i = 0; i < 10; i++)
            {
                var call = world.Call(phones[i], ("Record", "true"));
                await world.Run(20);
                world.Post($"Calls/{call}/Payments", ("IdempotencyKey", $"{hour}/{i}"), ("StatusCallback", World.Base + "/pay")).Status.ShouldBe(201);
                world.Network.Softphones.Register(Tokens.Voice($"agent-{hour}-{i}", application, world.Virtual.Now, seconds: 600), automatic: true).Registered.ShouldBeTrue();
                await world.Run(340);
            }

            held.Add(Holdings.Of(world.Network));
        }

        foreach (var kind in new[] { "appointments", "calls", "clients", "payments", "paymentKeys", "numbersCounted", "webhooks", "queues", "conferences" })
            Math.Abs(held[5][kind] - held[2][kind]).ShouldBeLessThanOrEqualTo(1, kind);
        held[5]["calls"].ShouldBeInRange(1, 6, "half an hour of ten calls an hour");
        held[5]["paymentKeys"].ShouldBeInRange(1, 12, "an hour of them");
    }

    [Fact]
    public async Task A_payments_key_is_known_as_long_as_its_session_and_no_longer()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"3600\"/><Pause length=\"3600\"/></Response>");
        var call = world.Call(world.Phone("answers, waits 9000 s"));
        await world.Run(10);
        (string, string)[] fields = [("IdempotencyKey", "one"), ("StatusCallback", World.Base + "/pay")];
        var session = world.Post($"Calls/{call}/Payments", fields).Json!["sid"]!.GetValue<string>();
        world.Post($"Calls/{call}/Payments/{session}", ("IdempotencyKey", "end"), fields[1], ("Status", "cancel")).Status.ShouldBe(202);
        await world.Run(3000);
        world.Post($"Calls/{call}/Payments", fields).Json!["sid"]!.GetValue<string>().ShouldBe(session, "fifty minutes later it is the same request still");
        await world.Run(900);
        world.Post($"Calls/{call}/Payments", fields).Json!["sid"]!.GetValue<string>().ShouldNotBe(session);
    }

    [Fact]
    public void Queues_that_documents_name_are_forgotten_when_nobody_uses_them_and_those_of_REST_are_kept()
    {
        using var world = new World();
        world.Options = world.Options with { KeepCompletedHours = 1 };
        world.Post("Queues", ("FriendlyName", "standing")).Status.ShouldBe(201);
        for (var i = 0; i < 5000; i++)
        {
            world.Network.Queues.Open($"caller-{i}", onDemand: true);
            world.Network.Timeline.AdvanceTo(world.Virtual.Now + Duration.FromSeconds(60));
        }

        world.Network.Queues.Count.ShouldBeLessThanOrEqualTo(1001);
        world.Network.Queues.ByName("standing").ShouldNotBeNull();
        world.Network.Queues.ByName("caller-4999").ShouldNotBeNull();
    }

    [Fact]
    public void A_number_that_was_not_called_for_very_long_is_counted_anew()
    {
        var counts = new CallCounts(100);
        (counts.Next("+14155550000"), counts.Next("+14155550000")).ShouldBe((1, 2));
        for (var i = 1; i <= 99; i++)
            counts.Next($"+1415556{i:0000}");
        counts.Next("+14155550000").ShouldBe(3, "a hundred others have not been called since");
        for (var i = 100; i < 400; i++)
            counts.Next($"+1415556{i:0000}");
        counts.Count.ShouldBeLessThanOrEqualTo(200);
        counts.Next("+14155550000").ShouldBe(1);
    }

    [Fact]
    public async Task A_recording_that_is_deleted_is_gone_from_its_call_and_its_conference()
    {
        using var world = new World().Document("/answer", "<Response><Dial><Conference beep=\"false\" record=\"record-from-start\">c</Conference></Dial></Response>");
        world.Call(world.Phone("answers, waits 300 s"));
        world.Call(world.Phone("answers, waits 20 s, presses 1, hangs up"));
        await world.Run(60);
        var conference = world.Network.Conferences.Find("c").ShouldNotBeNull();
        conference.End("conference-ended-via-api", "conference_ended_via_api", null);
        await world.Run(10);
        var recording = conference.Recordings.ShouldHaveSingleItem();
        recording.State.ShouldBe(RecordingState.Completed);
        world.Virtual.Rest("DELETE", $"Recordings/{recording.Sid}").Status.ShouldBe(204);
        (conference.Recordings.Count, recording.Sounds.Count, world.Network.Recordings.Count).ShouldBe((0, 0, 0));
    }

    [Fact]
    public async Task A_document_that_waits_by_redirecting_to_itself_may_do_so_for_hours()
    {
        using var world = new World().Document("/answer", "<Response><Dial><Conference waitUrl=\"/wait\">c</Conference></Dial></Response>").Document("/wait", "<Response><Pause length=\"10\"/><Redirect/></Response>");
        var sid = world.Call(world.Phone("answers, waits 9000 s"));
        await world.Run(7200);
        world.Leg(sid).IsLive.ShouldBeTrue();
        world.At("/wait").Count.ShouldBeGreaterThan(600);
    }
}
