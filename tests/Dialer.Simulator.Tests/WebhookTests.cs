using Dialer.Simulator.Webhooks;
using NodaTime;

namespace Dialer.Simulator.Tests;

public class WebhookTests
{
    private static readonly WebhookReply Broken = new(500);

    [Fact]
    public async Task A_failed_voice_url_falls_back_with_the_error_and_its_url()
    {
        using var world = new World().Document("/answer", _ => Broken).Document("/fallback", "<Response><Say>Sorry, try later.</Say></Response>");
        var sid = world.Call(world.Phone("answers, waits 60 s"), ("FallbackUrl", World.Base + "/fallback"));
        await world.Run(30);
        var fallback = world.At("/fallback").ShouldHaveSingleItem();
        (fallback["ErrorCode"], fallback["ErrorUrl"]).ShouldBe(("11200", World.Base + "/answer"));
        world.Heard(sid).ShouldBe(["Sorry, try later."]);
    }

    [Theory]
    [InlineData("<Respons", "text/xml", "12100")]
    [InlineData("{}", "application/json", "12300")]
    [InlineData("<Response>BIG</Response>", "text/xml", "11750")]
    public async Task An_unusable_document_is_an_error_with_its_code(string body, string type, string code)
    {
        using var world = new World().Document("/answer", _ => new WebhookReply(200, type, body.Replace("BIG", new string(' ', 70_000), StringComparison.Ordinal))).Document("/fallback", "<Response/>");
        world.Call(world.Phone("answers, waits 60 s"), ("FallbackUrl", World.Base + "/fallback"));
        await world.Run(30);
        world.At("/fallback").ShouldHaveSingleItem()["ErrorCode"].ShouldBe(code);
    }

    [Fact]
    public async Task Without_a_fallback_the_caller_hears_of_an_application_error_and_the_call_ends()
    {
        using var world = new World().Document("/answer", _ => Broken);
        var sid = world.Call(world.Phone("answers, waits 60 s"));
        await world.Run(30);
        world.Heard(sid).ShouldHaveSingleItem().ShouldContain("application error");
        world.Leg(sid).IsOver.ShouldBeTrue();
    }

    [Fact]
    public async Task A_product_that_needs_longer_than_fifteen_seconds_has_failed()
    {
        using var world = new World().Document("/answer", _ => WebhookReply.Xml("<Response/>") with { Took = Duration.FromSeconds(16) }).Document("/fallback", "<Response/>");
        world.Call(world.Phone("answers, waits 60 s"), ("FallbackUrl", World.Base + "/fallback"));
        await world.Run(60);
        var fallback = world.At("/fallback").ShouldHaveSingleItem();
        (fallback.At - world.At("/answer")[0].At).ShouldBeInRange(14.9, 15.5);
    }

    [Fact]
    public async Task A_retry_asked_for_by_the_fragment_carries_the_same_idempotency_token()
    {
        var tries = 0;
        using var world = new World().Document("/answer", _ => ++tries < 3 ? new WebhookReply(503) : WebhookReply.Xml("<Response/>"));
        world.Call(world.Phone("answers, waits 60 s"), ("Url", World.Base + "/answer?t=x#rc=3&rp=5xx"));
        await world.Run(30);
        world.At("/answer").Count.ShouldBe(3);
        world.At("/answer").Select(w => w.Request.Headers.First(h => h.Key == "I-Twilio-Idempotency-Token").Value).Distinct().ShouldHaveSingleItem();
        world.At("/answer").ShouldAllBe(w => !w.Request.Url.Contains('#'));
    }

    [Fact]
    public async Task Server_errors_are_not_retried_unless_asked_for()
    {
        using var world = new World();
        world.Document("/status", _ => Broken);
        world.Call(world.Phone("is busy"), ("StatusCallback", World.Base + "/status"));
        await world.Run(30);
        world.At("/status").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Redirects_are_followed_as_GET_and_signed_again_and_cookies_are_kept()
    {
        using var world = new World()
            .Document("/answer", _ => new WebhookReply(302, Location: "/moved?x=1", SetCookies: ["id=7; Path=/"]))
            .Document("/moved", "<Response><Redirect>/next</Redirect></Response>").Document("/next", "<Response/>");
        world.Call(world.Phone("answers, waits 60 s"));
        await world.Run(30);
        world.At("/moved").ShouldHaveSingleItem().Request.Method.ShouldBe("GET");
        world.At("/next").ShouldHaveSingleItem().Request.Headers.ShouldContain(h => h.Key == "Cookie" && h.Value == "id=7");
    }

    [Fact]
    public async Task The_eleventh_redirect_is_too_many()
    {
        using var world = new World().Document("/answer", _ => new WebhookReply(307, Location: "/answer")).Document("/fallback", "<Response/>");
        world.Call(world.Phone("answers, waits 60 s"), ("FallbackUrl", World.Base + "/fallback"));
        await world.Run(30);
        world.At("/answer").Count.ShouldBe(11);
        world.At("/fallback").ShouldHaveSingleItem()["ErrorCode"].ShouldBe("11215");
    }

    [Fact]
    public async Task A_GET_webhook_carries_its_fields_in_the_query_and_is_signed_by_its_url()
    {
        using var world = new World().Document("/answer", "<Response/>");
        world.Call(world.Phone("answers, waits 60 s"), ("Method", "GET"));
        await world.Run(30);
        var asked = world.At("/answer").ShouldHaveSingleItem();
        asked.Request.Method.ShouldBe("GET");
        asked.Request.Fields.Count.ShouldBe(0);
        asked["CallStatus"].ShouldBe("in-progress");
    }

    [Fact]
    public async Task Text_is_spoken_and_audio_is_played_and_then_the_call_ends()
    {
        using var world = new World().Document("/answer", _ => new WebhookReply(200, "text/plain", "Just words."));
        var sid = world.Call(world.Phone("answers, waits 60 s"));
        await world.Run(30);
        world.Heard(sid).ShouldBe(["Just words."]);
        world.Leg(sid).IsOver.ShouldBeTrue();
    }

    [Theory]
    [InlineData("drop", 0)]
    [InlineData("duplicate", 2)]
    [InlineData("delay", 1)]
    public async Task Callbacks_are_dropped_doubled_and_delayed_on_demand(string action, int arrivals)
    {
        using var world = new World();
        world.Network.Faults.Add(Faults.FaultRule.Read($"{{\"on\":\"status\",\"action\":\"{action}\",\"event\":\"completed\",\"seconds\":9}}")[0]);
        world.Call(world.Phone("is busy"), ("StatusCallback", World.Base + "/status"));
        await world.Run(60);
        world.At("/status").Count.ShouldBe(arrivals);
        if (action == "delay")
            world.At("/status")[0].At.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task Callbacks_are_reordered_on_demand()
    {
        using var world = new World();
        world.Network.Faults.Add(Faults.FaultRule.Read("{\"on\":\"status\",\"action\":\"reorder\",\"event\":\"initiated\",\"seconds\":30}")[0]);
        world.Call(world.Phone("is busy"), ("StatusCallback", World.Base + "/status"), ("StatusCallbackEvent", "initiated"), ("StatusCallbackEvent", "ringing"), ("StatusCallbackEvent", "completed"));
        await world.Run(60);
        world.At("/status").Count.ShouldBe(3);
        world.Network.Ledger.After(0).ShouldContain(l => l.Contains("\"struck\""));
        world.At("/status")[0].At.ShouldBeGreaterThan(0.5);
    }
}
