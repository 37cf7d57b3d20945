using Dialer.Simulator.Webhooks;

namespace Dialer.Simulator.Tests;

/// <summary>Fields that only some requests have, and what an answer may be.</summary>
public class CallFieldTests
{
    private static World In(string document = "<Response><Pause length=\"3\"/><Say>Hello.</Say></Response>")
    {
        var world = new World().Document("/in", document);
        world.Network.Numbers.ByNumber(World.Ours)!.VoiceUrl = World.Base + "/in";
        return world;
    }

    [Theory]
    [InlineData(true, "MARIA LOPEZ")]
    [InlineData(false, null)]
    public async Task The_callers_name_is_looked_up_where_the_number_asks_for_it(bool lookup, string? name)
    {
        using var world = new World().Document("/in", "<Response/>");
        var caller = world.Phone("answers");
        world.Network.Numbers.ByNumber(World.Ours)!.VoiceUrl = World.Base + "/in";
        world.Network.Numbers.ByNumber(World.Ours)!.CallerIdLookup = lookup;
        world.Network.Inbound.Call(caller, World.Ours);
        await world.Run(10);
        world.At("/in").ShouldHaveSingleItem()["CallerName"].ShouldBe(name);
    }

    [Fact]
    public async Task A_call_that_was_sent_on_says_by_whom()
    {
        using var world = In();
        world.Network.Inbound.Call("+14155559001", World.Ours, exact: new(Script: "answers, waits 60 s"), forwarded: "+16465550100")!.ForwardedFrom.ShouldBe("+16465550100");
        await world.Run(10);
        world.At("/in").ShouldHaveSingleItem()["ForwardedFrom"].ShouldBe("+16465550100");
    }

    [Fact]
    public async Task A_withheld_number_has_no_place_and_no_attestation()
    {
        using var world = In();
        world.Network.Inbound.Call("+14155559001", World.Ours, "anonymous", new(Script: "answers, waits 60 s"));
        await world.Run(10);
        var asked = world.At("/in").ShouldHaveSingleItem();
        (asked["From"], asked["Caller"], asked.Fields.Has("FromState"), asked.Fields.Has("StirVerstat"), asked["ToState"]).ShouldBe(("anonymous", "anonymous", false, false, "NY"));
    }

    [Fact]
    public async Task A_call_of_ours_is_attested_while_it_rings_and_when_it_is_answered()
    {
        using var world = new World().Document("/answer", "<Response/>");
        world.Call(world.Phone("answers after 3 s"), ("StatusCallback", World.Base + "/status"), ("StatusCallbackEvent", "initiated ringing answered completed"));
        await world.Run(30);
        world.At("/status").Select(s => (s["CallStatus"], s["StirStatus"])).ShouldBe([("initiated", null), ("ringing", "A"), ("in-progress", "A"), ("completed", null)]);
    }

    [Theory]
    [InlineData("text/xml")]
    [InlineData("application/xml; charset=utf-8")]
    [InlineData("text/html")]
    [InlineData("TEXT/XML")]
    public async Task Markup_is_a_document_under_any_of_its_names(string type)
    {
        using var world = new World().Document("/answer", _ => new WebhookReply(200, type, "<Response><Say>Hello.</Say></Response>"));
        var sid = world.Call(world.Phone("answers after 1 s, waits 60 s"));
        await world.Run(20);
        world.Heard(sid).ShouldBe(["Hello."]);
        world.Network.Debugger.Newest.ShouldBeEmpty();
    }

    [Fact]
    public async Task No_content_is_a_document_that_does_nothing()
    {
        using var world = new World().Document("/answer", _ => WebhookReply.Empty);
        var sid = world.Call(world.Phone("answers after 1 s, waits 60 s"));
        await world.Run(20);
        (world.Leg(sid).EndedBy, world.Network.Debugger.Newest.Any()).ShouldBe(("twiml", false));
    }

    [Theory]
    [InlineData("", "[hold music]")]
    [InlineData("waitUrl=\"\"", "")]
    public async Task Whoever_waits_for_a_conference_hears_music_unless_silence_is_asked_for(string attribute, string heard)
    {
        using var world = new World().Document("/answer", $"<Response><Dial><Conference {attribute}>c</Conference></Dial></Response>");
        var sid = world.Call(world.Phone("answers after 1 s, waits 60 s"));
        await world.Run(20);
        string.Join(' ', world.Heard(sid)).ShouldBe(heard);
    }
}
