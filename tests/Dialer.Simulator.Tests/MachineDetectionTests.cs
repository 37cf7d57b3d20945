namespace Dialer.Simulator.Tests;

public class MachineDetectionTests
{
    [Fact]
    public async Task A_synchronous_verdict_comes_before_the_voice_url_is_asked()
    {
        using var world = new World().Document("/answer", "<Response><Hangup/></Response>");
        world.Call(world.Phone("answers after 2 s, waits 20 s"), ("MachineDetection", "Enable"), ("StatusCallback", World.Base + "/status"), ("StatusCallbackEvent", "answered"));
        await world.Run(40);
        var asked = world.At("/answer").ShouldHaveSingleItem();
        asked["AnsweredBy"].ShouldBe("human");
        int.Parse(asked["MachineDetectionDuration"]!).ShouldBe(2200);
        (asked.At - world.At("/status")[0].At).ShouldBeInRange(2.0, 2.6);
    }

    [Fact]
    public async Task An_asynchronous_verdict_comes_to_its_own_callback_while_the_document_runs()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"30\"/></Response>");
        world.Call(world.Phone("answers after 2 s with voicemail 9 s, waits 60 s"), ("MachineDetection", "Enable"), ("AsyncAmd", "true"), ("AsyncAmdStatusCallback", World.Base + "/amd"), ("StatusCallback", World.Base + "/status"));
        await world.Run(60);
        var verdict = world.At("/amd").ShouldHaveSingleItem();
        verdict["AnsweredBy"].ShouldBe("machine_start");
        verdict.Fields.Select(f => f.Key).ShouldBe(["CallSid", "AccountSid", "AnsweredBy", "MachineDetectionDuration"]);
        world.At("/answer").ShouldHaveSingleItem().At.ShouldBeLessThan(verdict.At);
        world.At("/status").ShouldHaveSingleItem()["AnsweredBy"].ShouldBe("machine_start");
    }

    [Theory]
    [InlineData("answers with voicemail 9 s, waits 60 s", "machine_end_beep")]
    [InlineData("answers with voicemail 50 s, waits 60 s", "machine_end_other")]
    [InlineData("answers with fax, waits 60 s", "fax")]
    [InlineData("answers silently, waits 60 s", "unknown")]
    [InlineData("answers, waits 60 s", "human")]
    public async Task Detecting_the_message_end_has_its_own_verdicts(string script, string verdict)
    {
        using var world = new World().Document("/answer", "<Response><Hangup/></Response>");
        var sid = world.Call(world.Phone(script), ("MachineDetection", "DetectMessageEnd"));
        await world.Run(80);
        world.Leg(sid).AnsweredBy.ShouldBe(verdict);
    }

    [Fact]
    public async Task A_message_that_ends_without_a_beep_ends_in_silence()
    {
        using var world = new World().Document("/answer", "<Response><Hangup/></Response>");
        var ended = new List<string?>();
        for (var i = 0; i < 30; i++)
        {
            var sid = world.Call(world.Person(new Dialer.Simulator.People.PersonaOverride(Outcome: "machine", AnswerAfter: 1)), ("MachineDetection", "DetectMessageEnd"));
            await world.Run(45);
            var call = world.Leg(sid);
            if (call.AnsweredBy is { } verdict && verdict.StartsWith("machine_end", StringComparison.Ordinal))
                verdict.ShouldBe(call.Party!.Greeting.BeepAfterSeconds is null ? "machine_end_silence" : "machine_end_beep");
            ended.Add(call.AnsweredBy);
        }

        ended.ShouldContain("machine_end_silence");
        ended.ShouldContain("machine_end_beep");
    }

    [Fact]
    public async Task Digits_to_send_turn_detection_off()
    {
        using var world = new World().Document("/answer", "<Response><Hangup/></Response>");
        var sid = world.Call(world.Phone("answers, waits 20 s"), ("MachineDetection", "Enable"), ("SendDigits", "ww12#"));
        await world.Run(30);
        world.Leg(sid).AnsweredBy.ShouldBeNull();
        world.At("/answer").ShouldHaveSingleItem().Fields.Has("AnsweredBy").ShouldBeFalse();
    }
}
