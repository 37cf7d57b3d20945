namespace Dialer.Simulator.Tests;

/// <summary>What can be heard on a recording: exactly what was audible where it was made.</summary>
public class RecordingTests
{
    private static string Join(string more) => $"<Response><Dial><Conference beep=\"false\" waitUrl=\"\" {more}>room</Conference></Dial></Response>";

    private static World Room(string first = "", string then = "") => new World().Document("/first", Join(first)).Document("/answer", Join(then));

    /// <summary>Two people in one conference, the first of whom configures it; their calls' SIDs. The second is in after some three seconds.</summary>
    private static async Task<(string First, string Second)> Meet(World world, string first, string second)
    {
        var one = world.Call(world.Phone(first), ("Url", World.Base + "/first"));
        await world.Run(5);
        var two = world.Call(world.Phone(second));
        await world.Run(4);
        return (one, two);
    }

    private static string Last(World world) => world.Network.Recordings.NewestFirst.First().Sid;

    [Fact]
    public async Task A_conferences_recording_has_the_keys_and_the_speech_of_everybody_in_it()
    {
        using var world = Room("record=\"record-from-start\"");
        await Meet(world, "answers after 1 s, waits 18 s, presses 7, waits 30 s", "answers after 1 s, waits 6 s, presses 42, waits 4 s, says 'Hello, who is this?', waits 900 s");
        await world.Run(60);
        world.Post("Conferences/room", ("Status", "completed"));
        await world.Run(5);
        var tape = Tape.Of(world, Last(world));
        tape.Channels.ShouldBe(1);
        tape.Keys().Order().ShouldBe("247");
        tape.Sounding().ShouldBeGreaterThan(1.5, "speech is a hum");
    }

    [Fact]
    public async Task A_conferences_recording_lacks_the_muted_the_coach_and_what_plays_to_one_leg_alone()
    {
        using var world = Room("record=\"record-from-start\" trim=\"do-not-trim\"", "muted=\"true\"").Document("/hold", "<Response><Say>Please hold for a moment.</Say></Response>");
        var (agent, _) = await Meet(world, "answers after 1 s, waits 900 s", "answers after 1 s, waits 6 s, presses 42, says 'nobody hears me', waits 900 s");
        world.Post("Conferences/room/Participants", ("To", world.Phone("answers after 1 s, waits 5 s, says 'ask for the whole sum', waits 300 s")), ("From", World.Ours), ("Coaching", "true"), ("CallSidToCoach", agent), ("Beep", "false"));
        await world.Run(20);
        world.Post($"Conferences/room/Participants/{agent}", ("Hold", "true"), ("HoldUrl", World.Base + "/hold"));
        await world.Run(10);
        world.Heard(agent).ShouldContain("Please hold for a moment.");
        world.Post("Conferences/room", ("Status", "completed"));
        await world.Run(5);
        Tape.Of(world, Last(world)).Sounding().ShouldBe(0);
    }

    [Fact]
    public async Task An_announcement_and_a_beep_are_recorded_once_for_all()
    {
        using var world = Room("record=\"record-from-start\" trim=\"do-not-trim\"").Document("/say", "<Response><Say>An announcement to everybody here.</Say></Response>");
        await Meet(world, "answers silently after 1 s, waits 900 s", "answers silently, waits 900 s");
        await world.Run(5);
        world.Post("Conferences/room", ("AnnounceUrl", World.Base + "/say"));
        await world.Run(10);
        world.Post("Conferences/room/Participants", ("To", world.Phone("answers silently after 1 s, waits 900 s")), ("From", World.Ours));
        await world.Run(10);
        world.Post("Conferences/room", ("Status", "completed"));
        await world.Run(5);
        var said = Dialer.Simulator.People.Utterance.Say("An announcement to everybody here.", "en-US").Seconds;
        Tape.Of(world, Last(world)).Sounding().ShouldBeInRange(said + 0.2, said + 0.9);
    }

    [Fact]
    public async Task While_a_conferences_recording_is_paused_it_is_silent_and_card_digits_in_it_are_heard_otherwise()
    {
        const string card = "answers after 1 s, waits 8 s, presses 42, waits 12 s, presses 9, waits 900 s";
        foreach (var (paused, keys) in new[] { (true, "9"), (false, "429") })
        {
            using var world = Room("record=\"record-from-start\" trim=\"do-not-trim\"");
            await Meet(world, "answers after 1 s, waits 900 s", card);
            if (paused)
                world.Post("Conferences/room/Recordings/Twilio.CURRENT", ("Status", "paused"), ("PauseBehavior", "silence")).Status.ShouldBe(200);
            await world.Run(12);
            if (paused)
                world.Post("Conferences/room/Recordings/Twilio.CURRENT", ("Status", "in-progress")).Status.ShouldBe(200);
            await world.Run(20);
            world.Post("Conferences/room", ("Status", "completed"));
            await world.Run(5);
            var tape = Tape.Of(world, Last(world));
            tape.Keys().ShouldBe(keys);
            tape.Seconds.ShouldBeGreaterThan(30, "silence takes its time");
        }
    }

    [Theory]
    [InlineData("dual", "both", "1", "2")]
    [InlineData("dual", "inbound", "1", "")]
    [InlineData("dual", "outbound", "", "2")]
    [InlineData("mono", "both", "12", null)]
    [InlineData("mono", "inbound", "1", null)]
    [InlineData("mono", "outbound", "2", null)]
    public async Task A_calls_recording_has_the_leg_on_one_channel_and_what_it_hears_on_the_other_and_honours_its_track(string channels, string track, string first, string? second)
    {
        using var world = Room();
        var (sid, _) = await Meet(world, "answers after 1 s, waits 12 s, presses 1, waits 900 s", "answers after 1 s, waits 12 s, presses 2, waits 900 s");
        var recording = world.Post($"Calls/{sid}/Recordings", ("RecordingChannels", channels), ("RecordingTrack", track)).Json!["sid"]!.GetValue<string>();
        await world.Run(20);
        world.Post($"Calls/{sid}/Recordings/{recording}", ("Status", "stopped"));
        await world.Run(5);
        var tape = Tape.Of(world, recording);
        tape.Keys().Order().ShouldBe(first);
        tape.Channels.ShouldBe(second is null ? 1 : 2);
        if (second is not null)
            tape.Keys(1).ShouldBe(second);
    }

    [Fact]
    public async Task A_dials_recording_has_the_caller_first_and_the_called_second()
    {
        using var world = new World();
        world.Document("/answer", $"<Response><Dial record=\"record-from-answer-dual\"><Number>{world.Phone("answers after 2 s, waits 5 s, presses 8, hangs up after 12 s")}</Number></Dial></Response>");
        world.Call(world.Phone("answers after 1 s, waits 15 s, presses 3, waits 900 s"));
        await world.Run(60);
        var tape = Tape.Of(world, Last(world));
        (tape.Keys(), tape.Keys(1)).ShouldBe(("3", "8"));
    }

    [Fact]
    public async Task Words_that_a_key_cut_off_end_on_the_recording_too()
    {
        var words = string.Join(' ', Enumerable.Repeat("word", 60));
        using var world = new World().Document("/answer", $"<Response><Gather numDigits=\"1\" action=\"/next\"><Say>{words}</Say></Gather></Response>").Document("/next", "<Response><Pause length=\"30\"/></Response>");
        world.Call(world.Phone("answers after 1 s, waits 5 s, presses 1, waits 900 s"), ("Record", "true"), ("RecordingChannels", "dual"), ("Trim", "do-not-trim"));
        await world.Run(60);
        var tape = Tape.Of(world, Last(world));
        tape.Sounding(1).ShouldBeInRange(3, 8);
        tape.Silent(10, 30, channel: 1).ShouldBeTrue();
    }

    [Theory]
    [InlineData("trim-silence", 4, 7)]
    [InlineData("do-not-trim", 28, 32)]
    public async Task Silence_at_both_ends_is_trimmed_when_asked_for(string trim, double atLeast, double atMost)
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"12\"/><Play digits=\"1\"/><Pause length=\"4\"/><Play digits=\"2\"/><Pause length=\"13\"/></Response>");
        var sid = world.Call(world.Phone("answers silently after 1 s, waits 900 s"), ("Record", "true"), ("Trim", trim), ("RecordingStatusCallback", World.Base + "/rec"));
        await world.Run(60);
        var tape = Tape.Of(world, world.Leg(sid).Recordings[0].Sid);
        tape.Seconds.ShouldBeInRange(atLeast, atMost);
        tape.Sounding().ShouldBeGreaterThan(0.3);
        double.Parse(world.At("/rec").ShouldHaveSingleItem()["RecordingDuration"]!).ShouldBe(tape.Seconds, 0.5);
    }

    [Fact]
    public async Task A_recording_of_nothing_but_silence_is_kept_whole()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"12\"/></Response>");
        var sid = world.Call(world.Phone("answers silently after 1 s, waits 900 s"), ("Record", "true"), ("Trim", "trim-silence"));
        await world.Run(60);
        Tape.Of(world, world.Leg(sid).Recordings[0].Sid).Seconds.ShouldBe(12, 0.2);
    }
}
