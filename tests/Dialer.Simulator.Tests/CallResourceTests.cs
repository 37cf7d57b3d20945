using System.Text.Json.Nodes;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Tests;

/// <summary>The call resource: what each parameter of its creation and change does, and what it shows when.</summary>
public class CallResourceTests
{
    private static int Code(Rest.RestReply reply) => reply.Json?["code"]?.GetValue<int>() ?? 0;

    private static JsonNode Fetch(World world, string sid) => world.Virtual.Rest("GET", $"Calls/{sid}").Json!;

    [Fact]
    public async Task An_application_wins_over_the_url_and_its_callbacks_over_the_requests()
    {
        using var world = new World().Document("/application", "<Response><Say>From the application.</Say></Response>").Document("/answer", "<Response><Say>From the url.</Say></Response>");
        var application = world.Post("Applications", ("VoiceUrl", World.Base + "/application"), ("StatusCallback", World.Base + "/application-status")).Json!["sid"]!.GetValue<string>();
        var sid = world.Call(world.Phone("answers, waits 20 s"), ("ApplicationSid", application), ("Url", World.Base + "/answer"), ("StatusCallback", World.Base + "/request-status"));
        await world.Run(40);
        world.Heard(sid).ShouldBe(["From the application."]);
        world.At("/application-status").ShouldHaveSingleItem()["CallStatus"].ShouldBe("completed");
        world.At("/request-status").ShouldBeEmpty();
    }

    [Fact]
    public void An_application_without_an_address_cannot_be_called_through()
    {
        using var world = new World();
        var application = world.Post("Applications", ("FriendlyName", "empty")).Json!["sid"]!.GetValue<string>();
        Code(world.Post("Calls", ("To", "+14155550000"), ("From", World.Ours), ("ApplicationSid", application), ("Url", World.Base + "/answer"))).ShouldBe(21205);
    }

    [Theory]
    [InlineData("FallbackUrl", "nowhere", 21205)]
    [InlineData("StatusCallback", "nowhere", 21205)]
    [InlineData("AsyncAmdStatusCallback", "ftp://x.example", 21205)]
    [InlineData("RecordingStatusCallback", "nowhere", 21205)]
    [InlineData("RecordingStatusCallbackEvent", "finished", 21626)]
    [InlineData("ClientNotificationUrl", "nowhere", 21205)]
    [InlineData("CallerId", "xx", 21212)]
    [InlineData("CallerId", "+14155559999", 21210)]
    [InlineData("Byoc", "a-trunk", 20001)]
    [InlineData("CallReason", "a reason that is rather longer than the fifty characters there are", 20001)]
    public void A_parameter_is_looked_at(string name, string value, int code)
    {
        using var world = new World();
        Code(world.Post("Calls", ("To", "+14155550000"), ("From", World.Ours), ("Url", World.Base + "/answer"), (name, value))).ShouldBe(code);
        world.Network.Calls.NewestFirst.ShouldBeEmpty();
    }

    [Fact]
    public void What_the_called_telephone_shows_is_in_the_ledger()
    {
        using var world = new World();
        world.Post("IncomingPhoneNumbers", ("PhoneNumber", "+12125550101"));
        world.Call(world.Phone("is busy"));
        world.Ledger("presented").ShouldBeEmpty();
        world.Call(world.Phone("is busy"), ("CallerId", "+12125550101"), ("CallReason", "Your appointment"), ("Byoc", "BY" + new string('1', 32)));
        var shown = world.Ledger("presented").ShouldHaveSingleItem();
        (shown["shown"]!.GetValue<string>(), shown["reason"]!.GetValue<string>(), shown["trunk"]!.GetValue<string>()).ShouldBe(("+12125550101", "Your appointment", "BY" + new string('1', 32)));
    }

    [Fact]
    public async Task A_call_token_lets_the_callers_own_number_be_shown_on()
    {
        using var world = new World().Document("/in", "<Response><Pause length=\"60\"/></Response>");
        var number = world.Network.Numbers.ByNumber(World.Ours)!;
        number.VoiceUrl = World.Base + "/in";
        var caller = world.Phone("waits 60 s");
        world.Network.Inbound.Call(caller, World.Ours);
        await world.Run(5);
        var token = world.At("/in").ShouldHaveSingleItem()["CallToken"]!;
        (string, string)[] forward = [("To", "+14155550000"), ("From", caller), ("Url", World.Base + "/answer")];
        Code(world.Post("Calls", forward)).ShouldBe(21210);
        Code(world.Post("Calls", [.. forward, ("CallToken", "{\"parentCallInfoToken\":\"x\"}")])).ShouldBe(21210);
        world.Post("Calls", [.. forward, ("CallToken", token)]).Status.ShouldBe(201);
    }

    [Theory]
    [InlineData("is busy", "busy")]
    [InlineData("does not answer", "no-answer")]
    [InlineData("fails with 404", "failed")]
    public async Task A_call_nobody_answered_has_no_duration_and_no_price(string script, string status)
    {
        using var world = new World();
        var sid = world.Call(world.Phone(script));
        await world.Run(200);
        var call = Fetch(world, sid);
        call["status"]!.GetValue<string>().ShouldBe(status);
        call["duration"].ShouldBeNull();
        call["price"].ShouldBeNull();
    }

    [Fact]
    public async Task The_price_comes_after_the_call()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"70\"/></Response>");
        var sid = world.Call(world.Phone("answers after 1 s, waits 200 s"));
        await world.Run(100);
        Fetch(world, sid)["duration"]!.GetValue<string>().ShouldBe("70");
        Fetch(world, sid)["price"].ShouldBeNull();
        await world.Run(60);
        Fetch(world, sid)["price"]!.GetValue<string>().ShouldBe("-0.02800", "two minutes begun");
    }

    [Fact]
    public async Task The_start_filter_means_the_start_that_is_shown()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"10\"/></Response>");
        var sid = world.Call(world.Phone("answers after 30 s, waits 60 s"), ("Timeout", "60"));
        await world.Run(60);
        var start = DateTimeOffset.Parse(Fetch(world, sid)["start_time"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);
        bool Listed(string name, double seconds) => world.Virtual.Rest("GET", "Calls", query: new Form().Add(name, start.AddSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ssZ"))).Json!["calls"]!.AsArray().Count == 1;
        Listed("StartTime>", 0).ShouldBeTrue();
        Listed("StartTime<", -5).ShouldBeFalse("it was dialled before, and started when it was answered");
    }

    [Theory]
    [InlineData("Method", "PUT", 21209)]
    [InlineData("FallbackMethod", "PUT", 21209)]
    [InlineData("StatusCallbackMethod", "put", 21209)]
    [InlineData("StatusCallback", "nowhere", 21205)]
    [InlineData("FallbackUrl", "nowhere", 21205)]
    [InlineData("TimeLimit", "0", 20001)]
    [InlineData("TimeLimit", "soon", 20001)]
    public async Task A_change_with_a_bad_parameter_changes_nothing(string name, string value, int code)
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"60\"/></Response>");
        var sid = world.Call(world.Phone("answers, waits 60 s"));
        await world.Run(10);
        Code(world.Post($"Calls/{sid}", ("Url", World.Base + "/moved"), (name, value))).ShouldBe(code);
        await world.Run(5);
        world.At("/moved").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("60", "60")]
    [InlineData("20", "20")]
    public async Task A_time_limit_can_be_made_longer_or_shorter_and_counts_from_the_answer(string limit, string duration)
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"300\"/></Response>");
        var sid = world.Call(world.Phone("answers after 1 s, waits 300 s"), ("TimeLimit", "30"));
        await world.Run(12);
        world.Post($"Calls/{sid}", ("TimeLimit", limit)).Status.ShouldBe(200);
        await world.Run(100);
        Fetch(world, sid)["duration"]!.GetValue<string>().ShouldBe(duration);
        world.Leg(sid).EndedBy.ShouldBe("limit");
    }
}
