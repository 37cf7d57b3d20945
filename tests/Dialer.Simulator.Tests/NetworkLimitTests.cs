using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Faults;
using Dialer.Simulator.People;
using Dialer.Simulator.Rest;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Tests;

/// <summary>Parameters, limits, lists, faults and callers as an account meets them.</summary>
public class NetworkLimitTests
{
    private static int Code(RestReply reply) => reply.Json!["code"]!.GetValue<int>();

    [Theory]
    [InlineData("MachineDetection", "Perhaps")]
    [InlineData("MachineDetectionTimeout", "2")]
    [InlineData("MachineDetectionSpeechThreshold", "7000")]
    [InlineData("MachineDetectionSpeechEndThreshold", "100")]
    [InlineData("MachineDetectionSilenceTimeout", "many")]
    [InlineData("AsyncAmd", "yes")]
    [InlineData("RecordingChannels", "three")]
    [InlineData("RecordingTrack", "sideways")]
    [InlineData("Trim", "all")]
    [InlineData("TimeLimit", "0")]
    public void A_parameter_out_of_its_range_is_refused_and_makes_no_call(string name, string value)
    {
        using var world = new World();
        Code(world.Post("Calls", ("To", "+14155550000"), ("From", World.Ours), ("Url", World.Base + "/answer"), (name, value))).ShouldBe(20001);
        world.Network.Calls.Count.ShouldBe(0);
    }

    [Fact]
    public void Twiml_is_at_most_4000_characters_and_yields_to_the_url()
    {
        using var world = new World();
        var longest = $"<Response><Say>{new string('x', 4001)}</Say></Response>";
        Code(world.Post("Calls", ("To", "+14155550000"), ("From", World.Ours), ("Twiml", longest))).ShouldBe(32018);
        world.Post("Calls", ("To", "+14155550000"), ("From", World.Ours), ("Twiml", "<Response/>"), ("Url", World.Base + "/answer")).Status.ShouldBe(201);
        world.Network.Debugger.Newest.ShouldHaveSingleItem().Code.ShouldBe(32019);
        Code(world.Post("Calls", ("To", "+14155550000"), ("From", World.Ours))).ShouldBe(21205);
        Code(world.Post("Calls", ("To", "+14155550000"), ("From", "client:anna"), ("Url", World.Base + "/answer"))).ShouldBe(21212);
    }

    [Fact]
    public async Task More_live_calls_than_the_account_may_have_are_refused()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"30\"/></Response>");
        world.Options = world.Options with { Concurrency = 2 };
        world.Call(world.Phone("answers, waits 60 s"));
        world.Call(world.Phone("answers, waits 60 s"));
        var refused = world.Post("Calls", ("To", "+14155550000"), ("From", World.Ours), ("Url", World.Base + "/answer"));
        (refused.Status, Code(refused)).ShouldBe((429, 10004));
        await world.Run(90);
        world.Call(world.Phone("is busy"));
    }

    [Fact]
    public void More_requests_at_once_than_the_account_may_make_are_told_429_and_do_nothing()
    {
        using var world = new World();
        world.Options = world.Options with { RestConcurrency = 5 };
        world.Virtual.Api.Concurrent = 6;
        var refused = world.Post("Calls", ("To", "+14155550000"), ("From", World.Ours), ("Url", World.Base + "/answer"));
        (refused.Status, Code(refused), world.Network.Calls.Count).ShouldBe((429, 20429, 0));
        refused.Headers.ShouldContain(h => h.Key == "Twilio-Concurrent-Requests" && h.Value == "6");
    }

    [Fact]
    public void A_day_of_queued_calls_is_the_most()
    {
        using var world = new World();
        world.Options = world.Options with { CallsPerSecond = 0.0005 }; // a call in 2,000 seconds: 43 fill the day
        RestReply reply;
        var made = 0;
        do
        {
            reply = world.Post("Calls", ("To", "+14155550000"), ("From", World.Ours), ("Url", World.Base + "/answer"));
            made++;
        }
        while (reply.Status == 201 && made < 100);
        (made, Code(reply)).ShouldBe((45, 22005));
    }

    [Fact]
    public async Task A_queued_call_tells_its_wait_and_participants_stand_in_the_same_line()
    {
        using var world = new World();
        world.Options = world.Options with { CallsPerSecond = 0.5 };
        string Queued(RestReply reply) => reply.Json!["queue_time"]!.GetValue<string>();
        Queued(world.Post("Calls", ("To", "+14155550000"), ("From", World.Ours), ("Url", World.Base + "/answer"))).ShouldBe("0");
        Queued(world.Post("Calls", ("To", "+14155550001"), ("From", World.Ours), ("Url", World.Base + "/answer"))).ShouldBe("2000");
        var third = world.Post("Conferences/room/Participants", ("To", "+14155550002"), ("From", World.Ours));
        (third.Json!["status"]!.GetValue<string>(), Queued(third)).ShouldBe(("queued", "4000"));
        await world.Run(3);
        world.Ledger("dialled").Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_page_goes_on_after_the_last_call_shown_however_many_new_ones_come()
    {
        using var world = new World();
        world.Options = world.Options with { CallsPerSecond = 1000 };
        var old = Enumerable.Range(0, 9).Select(_ => world.Call(world.Phone("is busy"))).ToHashSet();
        await world.Run(5);
        var seen = new List<string>();
        var query = new Form().Add("PageSize", "4");
        while (true)
        {
            var page = world.Virtual.Rest("GET", "Calls", query: query).Json!;
            seen.AddRange(page["calls"]!.AsArray().Select(c => c!["sid"]!.GetValue<string>()));
            if (page["next_page_uri"] is not { } next)
                break;
            world.Call(world.Phone("is busy"));
            query = Form.Decode(next.GetValue<string>().Split('?')[1]);
        }

        seen.ShouldBeUnique();
        seen.ToHashSet().IsSupersetOf(old).ShouldBeTrue();
    }

    [Fact]
    public async Task Every_filter_of_the_call_list_filters()
    {
        using var world = new World();
        var target = world.Phone("is busy");
        world.Document("/answer", $"<Response><Dial>{target}</Dial></Response>");
        var parent = world.Call(world.Phone("answers, waits 60 s"));
        await world.Run(90);
        string[] List(string name, string value) => [.. world.Virtual.Rest("GET", "Calls", query: new Form().Add(name, value)).Json!["calls"]!.AsArray().Select(c => c!["sid"]!.GetValue<string>())];
        var child = world.Leg(parent).Children.ShouldHaveSingleItem().Sid;
        List("ParentCallSid", parent).ShouldBe([child]);
        List("To", target).ShouldBe([child]);
        List("From", World.Ours).ShouldContain(parent);
        List("Status", "busy").ShouldBe([child]);
        List("StartTime", "2026-03-03").Length.ShouldBe(2);
        List("StartTime<", "2026-03-03").ShouldBeEmpty();
        List("StartTime>", "2026-03-03").Length.ShouldBe(2);
        List("EndTime", "2026-03-04").ShouldBeEmpty();
        List("EndTime>", "2026-03-03T15:00:01Z").Length.ShouldBe(2);
        List("EndTime<", "2026-03-03T15:00:01Z").ShouldBeEmpty();
    }

    [Fact]
    public void A_call_is_read_only_after_the_lag()
    {
        using var world = new World();
        world.Options = world.Options with { ReadLagSeconds = 2 };
        var sid = world.Call(world.Phone("does not answer"));
        world.Virtual.Rest("GET", $"Calls/{sid}").Status.ShouldBe(404);
        world.Network.Timeline.AdvanceTo(world.Virtual.Now + NodaTime.Duration.FromSeconds(3));
        world.Virtual.Rest("GET", $"Calls/{sid}").Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("""{"on":"calback","action":"drop"}""", "calback")]
    [InlineData("""{"on":"status","action":"cut-before"}""", "CutBefore")]
    [InlineData("""{"on":"status","action":"drop","probability":2}""", "probability")]
    [InlineData("""{"on":"amd-verdict","action":"mistake"}""", "verdict")]
    [InlineData("""{"on":"status","action":"drop","from":"noon"}""", "noon")]
    [InlineData("""{"on":"status","action":"explode"}""", "Not a fault rule")]
    public void A_faults_file_with_a_mistake_says_which(string rule, string named) =>
        Should.Throw<FormatException>(() => FaultRule.Read($"[{rule}]")).Message.ShouldContain(named);

    [Fact]
    public async Task A_carriers_region_is_down_while_others_ring()
    {
        using var world = new World();
        world.Network.Faults.Add(FaultRule.Read("""{"on":"carrier","action":"down","to":"+1415"}""")[0]);
        world.Call(world.Phone("does not answer"), ("StatusCallback", World.Base + "/status"));
        world.Post("Calls", ("To", "+12025550123"), ("From", World.Ours), ("Url", World.Base + "/answer")).Status.ShouldBe(201);
        await world.Run(10);
        var failed = world.At("/status").ShouldHaveSingleItem();
        (failed["CallStatus"], failed["SipResponseCode"]).ShouldBe(("failed", "503"));
        world.Ledger("completed").Count(c => c["sip"]!.GetValue<int>() == 503).ShouldBe(1);
    }

    [Fact]
    public async Task Machine_detection_errs_when_told_to()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"20\"/></Response>");
        world.Network.Faults.Add(FaultRule.Read("""{"on":"amd-verdict","action":"mistake","verdict":"machine_start"}""")[0]);
        world.Call(world.Phone("answers, waits 60 s"), ("MachineDetection", "Enable"));
        await world.Run(30);
        world.At("/answer").ShouldHaveSingleItem()["AnsweredBy"].ShouldBe("machine_start");
        world.Ledger("amd").ShouldHaveSingleItem()["truth"]!.GetValue<string>().ShouldBe("script");
    }

    [Fact]
    public async Task A_processor_that_times_out_charges_nobody()
    {
        using var world = new World().Document("/answer", "<Response><Pay action=\"/paid\" chargeAmount=\"5.00\" postalCode=\"false\"/></Response>").Document("/paid", "<Response/>");
        world.Call(world.Phone("answers, waits for 'card number', presses 4000000000000119, waits for 'expiration', presses 1230, waits for 'security code', presses 123, waits 90 s"));
        await world.Run(150);
        var paid = world.At("/paid").ShouldHaveSingleItem();
        (paid["Result"], paid["PayErrorCode"], paid["ConnectorError"]).ShouldBe(("payment-connector-error", "64002", "timeout"));
        world.Ledger("charge").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_storm_of_callers_comes_within_its_time()
    {
        using var world = new World().Document("/in", "<Response><Say>Hello.</Say></Response>");
        world.Network.Numbers.ByNumber(World.Ours)!.VoiceUrl = World.Base + "/in";
        world.Network.Inbound.Storm("+19998887777", 5, 1).ShouldBeFalse();
        world.Network.Inbound.Storm(World.Ours, 300, 60).ShouldBeTrue();
        await world.Run(60);
        world.Ledger("call-created").Count.ShouldBe(300);
        await world.Run(60);
        world.At("/in").Count.ShouldBe(300);
    }

    [Fact]
    public async Task A_claimed_phone_rings_and_calls_from_the_browser()
    {
        using var world = new World().Document("/answer", "<Response><Say>Hi.</Say></Response>").Document("/in", "<Response><Say>Welcome.</Say></Response>");
        world.Network.Numbers.ByNumber(World.Ours)!.VoiceUrl = World.Base + "/in";
        world.Network.Directory.Claim("+14155559005");
        var rung = world.Call("+14155559005");
        await world.Run(20);
        world.Leg(rung).State.ShouldBe(CallState.Ringing, "nobody picks up but the person in front of the screen");
        world.Leg(rung).Party.ShouldBeOfType<BrowserParty>().PickUp();
        world.Network.Inbound.Call("+14155559005", World.Ours)!.Party.ShouldBeOfType<BrowserParty>();
        await world.Run(10);
        world.Heard(rung).ShouldBe(["Hi."]);
    }

    [Fact]
    public async Task Who_missed_a_call_calls_back_where_the_network_is_told_so()
    {
        async Task<(int Missed, List<string> Back)> BackAsync(double share)
        {
            using var world = new World { Options = new NetworkOptions { AuthToken = World.Token, OwnedNumbers = [World.Ours], CallsPerSecond = 1000, Start = NodaTime.Instant.FromUtc(2026, 3, 3, 18, 0), CallBackProbability = share } };
            world.Document("/answer", "<Response/>").Document("/in", "<Response><Say>Welcome.</Say></Response>");
            world.Network.Numbers.ByNumber(World.Ours)!.VoiceUrl = World.Base + "/in";
            for (var i = 0; i < 100; i++)
                world.Post("Calls", ("To", $"+1415556{i:0000}"), ("From", World.Ours), ("Url", World.Base + "/answer"), ("Timeout", "20"));
            await world.Run(6 * 3600);
            var machines = world.Ledger("answered").Count(a => a["by"]!.GetValue<string>() == "machine");
            return (machines + world.Ledger("completed").Count(c => c["status"]!.GetValue<string>() == "no-answer"),
                [.. world.Ledger("call-created").Where(c => c["direction"]!.GetValue<string>() == "inbound").Select(c => c["from"]!.GetValue<string>())]);
        }

        var (missed, back) = await BackAsync(1);
        missed.ShouldBeGreaterThan(10);
        back.Count.ShouldBe(missed);
        back.ShouldBeUnique();
        (await BackAsync(0)).Back.ShouldBeEmpty();
    }

    [Fact]
    public async Task People_answer_more_often_in_the_evening_than_at_night()
    {
        async Task<int> HumansAt(int hour)
        {
            using var world = new World { Options = new NetworkOptions { AuthToken = World.Token, OwnedNumbers = [World.Ours], CallsPerSecond = 1000, Start = NodaTime.Instant.FromUtc(2026, 3, 3, hour, 0), CallBackProbability = 0 } };
            world.Document("/answer", "<Response/>");
            for (var i = 0; i < 400; i++)
                world.Post("Calls", ("To", $"+1415556{i:0000}"), ("From", World.Ours), ("Url", World.Base + "/answer"));
            await world.Run(60);
            return world.Ledger("answered").Count(a => a["by"]!.GetValue<string>() == "human");
        }

        (await HumansAt(2)).ShouldBeGreaterThan(await HumansAt(10) * 3 / 2); // 18:00 and 02:00 in California
    }
}
