using Dialer.Simulator.Rest;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Tests;

public class RestTests
{
    [Theory]
    [InlineData("", World.Ours, 21201)]
    [InlineData("+14155550000", "", 21213)]
    [InlineData("12", World.Ours, 21211)]
    [InlineData("+14155550000", "+14155559999", 21210)]
    [InlineData("+14155550000", "xx", 21212)]
    [InlineData(World.Ours, World.Ours, 21211)]
    [InlineData("+19005551234", World.Ours, 21215)]
    public void A_bad_address_has_twilios_code(string to, string from, int code)
    {
        using var world = new World();
        var reply = world.Post("Calls", ("To", to), ("From", from), ("Url", World.Base + "/answer"));
        reply.Status.ShouldBe(400);
        reply.Json!["code"]!.GetValue<int>().ShouldBe(code);
        reply.Json["more_info"]!.GetValue<string>().ShouldEndWith($"/{code}");
    }

    [Theory]
    [InlineData("Url", "not-a-url", 21205)]
    [InlineData("SendDigits", "12x", 21206)]
    [InlineData("Timeout", "601", 21208)]
    [InlineData("Method", "PUT", 21209)]
    [InlineData("ApplicationSid", "APx", 21218)]
    public void A_bad_parameter_has_twilios_code(string name, string value, int code)
    {
        using var world = new World();
        List<(string, string)> fields = [("To", "+14155550000"), ("From", World.Ours), (name, value)];
        if (name != "Url")
            fields.Add(("Url", World.Base + "/answer"));
        world.Post("Calls", [.. fields]).Json!["code"]!.GetValue<int>().ShouldBe(code);
    }

    [Fact]
    public void Strangers_and_unknown_paths_are_turned_away()
    {
        using var world = new World();
        var api = world.Virtual.Api;
        var path = $"/2010-04-01/Accounts/{world.Options.AccountSid}";
        api.Handle(new RestRequest("GET", path + "/Calls.json", [], [], world.Options.AccountSid, "wrong")).Status.ShouldBe(401);
        api.Handle(new RestRequest("GET", path + "/Calls.json", [], [], "SK" + new string('2', 32), "secret")).Status.ShouldBe(200);
        api.Handle(new RestRequest("GET", path + ".json", [], [], "SK" + new string('2', 32), "secret")).Status.ShouldBe(401);
        api.Handle(new RestRequest("GET", path + "/calls.json", [], [], world.Options.AccountSid, World.Token)).Json!["code"]!.GetValue<int>().ShouldBe(20404);
    }

    [Fact]
    public async Task Lists_page_by_links_and_filter()
    {
        using var world = new World();
        world.Options = world.Options with { CallsPerSecond = 1000 };
        var to = world.Phone("is busy");
        for (var i = 0; i < 7; i++)
            world.Call(i == 3 ? world.Phone("is busy") : to);
        await world.Run(30);
        var seen = new List<string>();
        var query = new Form().Add("PageSize", "3").Add("To", to).Add("Status", "busy");
        while (true)
        {
            var page = world.Virtual.Rest("GET", "Calls", query: query).Json!;
            page["page_size"]!.GetValue<int>().ShouldBe(3);
            seen.AddRange(page["calls"]!.AsArray().Select(c => c!["sid"]!.GetValue<string>()));
            if (page["next_page_uri"] is not { } next)
                break;
            next.GetValue<string>().ShouldContain("PageToken=PA");
            query = Form.Decode(next.GetValue<string>().Split('?')[1]);
        }

        seen.Distinct().Count().ShouldBe(6);
        world.Virtual.Rest("GET", "Calls", query: new Form().Add("StartTime>", "2030-01-01T00:00:00Z")).Json!["calls"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_completed_call_has_its_facts_as_strings_and_can_be_deleted()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"10\"/></Response>");
        var sid = world.Call(world.Phone("answers, waits 60 s"));
        world.Virtual.Rest("DELETE", $"Calls/{sid}").Status.ShouldBe(409);
        await world.Run(40);
        var call = world.Virtual.Rest("GET", $"Calls/{sid}").Json!;
        call["status"]!.GetValue<string>().ShouldBe("completed");
        call["duration"]!.GetValue<string>().ShouldBe("10");
        call["direction"]!.GetValue<string>().ShouldBe("outbound-api");
        call["queue_time"]!.GetValue<string>().ShouldBe("0");
        call["date_created"]!.GetValue<string>().ShouldEndWith("+0000");
        call["subresource_uris"]!.AsObject().Count.ShouldBe(9);
        world.Virtual.Rest("DELETE", $"Calls/{sid}").Status.ShouldBe(204);
        world.Virtual.Rest("GET", $"Calls/{sid}").Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("cut-before", false, 0)]
    [InlineData("cut-after-request", true, 1)]
    [InlineData("cut-within-response", true, 1)]
    [InlineData("status", true, 1)]
    public void The_connection_of_a_post_is_cut_with_the_call_made_or_not(string action, bool made, int calls)
    {
        using var world = new World();
        world.Network.Faults.Add(Faults.FaultRule.Read($"{{\"on\":\"post-calls\",\"action\":\"{action}\",\"made\":{(made ? "true" : "false")},\"count\":1}}")[0]);
        var reply = world.Post("Calls", ("To", world.Phone("is busy")), ("From", World.Ours), ("Url", World.Base + "/answer?t=abc"));
        (reply.Cut != Cut.None || reply.Status == 500).ShouldBeTrue();
        world.Network.Calls.NewestFirst.Count().ShouldBe(calls);
        world.Post("Calls", ("To", world.Phone("is busy")), ("From", World.Ours), ("Url", World.Base + "/answer")).Status.ShouldBe(201, "the fault struck once only");
    }

    [Fact]
    public void A_429_says_its_code_and_makes_no_call()
    {
        using var world = new World();
        world.Network.Faults.Add(Faults.FaultRule.Read("{\"on\":\"post-calls\",\"action\":\"status\",\"status\":429}")[0]);
        var reply = world.Post("Calls", ("To", world.Phone("is busy")), ("From", World.Ours), ("Url", World.Base + "/answer"));
        (reply.Status, reply.Json!["code"]!.GetValue<int>()).ShouldBe((429, 20429));
        world.Network.Calls.NewestFirst.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("+15005550006", "+15005550001", 21217)]
    [InlineData("+15005550006", "+15005550004", 21216)]
    [InlineData("+15005550001", "+14155550000", 21212)]
    [InlineData("+14155550000", "+14155550001", 21210)]
    [InlineData("+15005550006", "+14155550000", 0)]
    public void Test_credentials_answer_magic_numbers_and_dial_nobody(string from, string to, int code)
    {
        using var world = new World();
        world.Options = world.Options with { TestAccountSid = "AC" + new string('9', 32), TestAuthToken = "test" };
        var reply = world.Virtual.Api.Handle(new RestRequest("POST", $"/2010-04-01/Accounts/AC{new string('9', 32)}/Calls.json", [], new Form().Add("From", from).Add("To", to).Add("Url", World.Base + "/answer"), "AC" + new string('9', 32), "test"));
        (reply.Json!["code"]?.GetValue<int>() ?? 0).ShouldBe(code);
        world.Network.Calls.NewestFirst.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_recording_is_paused_resumed_and_downloaded_with_its_tones()
    {
        using var world = new World().Document("/answer", "<Response><Gather timeout=\"40\" finishOnKey=\"\"/></Response>");
        var sid = world.Call(world.Phone("answers after 1 s, waits 6 s, presses 1, waits 10 s, presses 5, waits 60 s"));
        await world.Run(6);
        var started = world.Post($"Calls/{sid}/Recordings", ("RecordingStatusCallback", World.Base + "/rec"));
        started.Status.ShouldBe(201);
        await world.Run(6);
        world.Post($"Calls/{sid}/Recordings/Twilio.CURRENT", ("Status", "paused"), ("PauseBehavior", "silence")).Json!["status"]!.GetValue<string>().ShouldBe("paused");
        await world.Run(12);
        world.Post($"Calls/{sid}/Recordings/Twilio.CURRENT", ("Status", "in-progress")).Status.ShouldBe(200);
        await world.Run(3);
        world.Post($"Calls/{sid}/Recordings/Twilio.CURRENT", ("Status", "stopped")).Status.ShouldBe(200);
        await world.Run(10);
        var recording = started.Json!["sid"]!.GetValue<string>();
        world.At("/rec").ShouldHaveSingleItem()["RecordingStatus"].ShouldBe("completed");
        var media = world.Virtual.Api.Handle(new RestRequest("GET", $"/2010-04-01/Accounts/{world.Options.AccountSid}/Recordings/{recording}.wav", [], [], world.Options.AccountSid, World.Token));
        media.MediaType.ShouldBe("audio/x-wav");
        new Tape(media.Media!).Keys().ShouldBe("1", "the key pressed while it was paused is not on it");
    }
}
