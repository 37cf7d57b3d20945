namespace Dialer.Simulator.Tests;

/// <summary>POST Participants: what is refused, and what its parameters do.</summary>
public class ParticipantResourceTests
{
    private static int Code(Rest.RestReply reply) => reply.Json?["code"]?.GetValue<int>() ?? 0;

    [Theory]
    [InlineData("Timeout", "4", 21208)]
    [InlineData("Timeout", "601", 21208)]
    [InlineData("Timeout", "soon", 21208)]
    [InlineData("MachineDetection", "Perhaps", 20001)]
    [InlineData("MachineDetectionTimeout", "2", 20001)]
    [InlineData("Beep", "loud", 20001)]
    [InlineData("JitterBufferSize", "huge", 20001)]
    [InlineData("EarlyMedia", "late", 20001)]
    [InlineData("ConferenceRecord", "yes", 20001)]
    [InlineData("MaxParticipants", "251", 20001)]
    [InlineData("Region", "mars", 20001)]
    [InlineData("StatusCallbackEvent", "finished", 21626)]
    [InlineData("ConferenceStatusCallbackEvent", "dance", 21626)]
    [InlineData("WaitMethod", "PUT", 21209)]
    [InlineData("ConferenceStatusCallback", "nowhere", 21205)]
    [InlineData("AmdStatusCallback", "nowhere", 21205)]
    [InlineData("SendDigits", "12x", 21206)]
    [InlineData("CallerId", "+14155559999", 21210)]
    [InlineData("CallReason", "a reason that is rather longer than the fifty characters there are", 20001)]
    public void A_parameter_is_looked_at(string name, string value, int code)
    {
        using var world = new World();
        Code(world.Post("Conferences/room/Participants", ("To", "+14155550000"), ("From", World.Ours), (name, value))).ShouldBe(code);
        world.Network.Calls.NewestFirst.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_label_is_taken_from_the_moment_its_telephone_is_dialled_until_it_is_given_up()
    {
        using var world = new World();
        world.Post("Conferences/room/Participants", ("To", world.Phone("answers, waits 300 s")), ("From", World.Ours), ("Label", "agent")).Status.ShouldBe(201);
        var busy = world.Phone("is busy");
        Rest.RestReply Second() => world.Post("Conferences/room/Participants", ("To", busy), ("From", World.Ours), ("Label", "lead"));
        Second().Status.ShouldBe(201);
        Code(Second()).ShouldBe(16025, "it rings");
        await world.Run(60);
        Second().Status.ShouldBe(201, "nobody is called so any more");
    }

    [Fact]
    public void What_the_called_telephone_shows_is_in_the_ledger()
    {
        using var world = new World();
        world.Post("Conferences/room/Participants", ("To", world.Phone("is busy")), ("From", World.Ours), ("CallerDisplayName", "First Street Clinic"), ("CallReason", "Your appointment")).Status.ShouldBe(201);
        var shown = world.Ledger("presented").ShouldHaveSingleItem();
        (shown["shown"]!.GetValue<string>(), shown["name"]!.GetValue<string>(), shown["reason"]!.GetValue<string>()).ShouldBe((World.Ours, "First Street Clinic", "Your appointment"));
    }

    [Theory]
    [InlineData("onExit", 0, 1)]
    [InlineData("onEnter", 1, 0)]
    [InlineData("true", 1, 1)]
    [InlineData("false", 0, 0)]
    public async Task The_beep_comes_when_it_was_asked_for(string beep, int entering, int leaving)
    {
        using var world = new World().Document("/answer", "<Response><Dial><Conference beep=\"false\">room</Conference></Dial></Response>");
        var first = world.Call(world.Phone("answers, waits 600 s"));
        world.Call(world.Phone("answers, waits 600 s"));
        await world.Run(30);
        int Beeps() => world.Heard(first).Count(text => text.Contains("beep", StringComparison.OrdinalIgnoreCase));
        world.Post("Conferences/room/Participants", ("To", world.Phone("answers, waits 30 s, hangs up")), ("From", World.Ours), ("Beep", beep)).Status.ShouldBe(201);
        await world.Run(25);
        Beeps().ShouldBe(entering);
        await world.Run(60);
        Beeps().ShouldBe(entering + leaving);
    }
}
