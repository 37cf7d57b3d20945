namespace Dialer.Simulator.Tests;

/// <summary>Start, Stop and Connect: what a call's media do beside its document, or instead of it.</summary>
public class MediaForkTests
{
    private static async Task<(World World, string Sid)> Ran(string verbs, string script = "answers after 1 s, waits 300 s", double seconds = 60)
    {
        var world = new World().Document("/answer", $"<Response>{verbs}</Response>").Document("/next", "<Response><Say>Next.</Say></Response>");
        var sid = world.Call(world.Phone(script));
        await world.Run(seconds);
        return (world, sid);
    }

    [Theory]
    [InlineData("Stream", "url=\"wss://a.example\" statusCallback=\"/media\"", "StreamSid", "MZ", "StreamEvent", "stream")]
    [InlineData("Siprec", "statusCallback=\"/media\"", "SiprecSid", "SR", "SiprecEvent", "siprec")]
    [InlineData("Transcription", "statusCallbackUrl=\"/media\"", "TranscriptionSid", "GT", "TranscriptionEvent", "transcription")]
    public async Task What_was_started_is_stopped_by_its_name_or_with_the_call_and_tells_both(string noun, string attributes, string sidField, string prefix, string eventField, string word)
    {
        var (stopped, _) = await Ran($"<Start><{noun} name=\"a\" {attributes}/></Start><Pause length=\"5\"/><Stop><{noun} name=\"a\"/></Stop><Pause length=\"20\"/>");
        var (ended, _) = await Ran($"<Start><{noun} name=\"a\" {attributes}/></Start><Pause length=\"20\"/>", "answers after 1 s, hangs up after 10 s");
        using (stopped)
        using (ended)
        {
            foreach (var (world, after) in new[] { (stopped, 5.0), (ended, 10.0) })
            {
                var told = world.At("/media").Where(t => t[eventField] != "transcription-content").ToList();
                told.Select(t => t[eventField]).ShouldBe([$"{word}-started", $"{word}-stopped"]);
                told[0][sidField].ShouldBe(told[1][sidField]);
                told[0][sidField]!.ShouldStartWith(prefix);
                told.ShouldAllBe(t => t.Fields.Has("TranscriptionSid") == (noun == "Transcription"));
                (told[1].At - told[0].At).ShouldBe(after, 0.6);
            }
        }
    }

    [Fact]
    public async Task A_call_has_four_one_way_tracks()
    {
        static string Stream(string name, string track) => $"<Start><Stream name=\"{name}\" url=\"wss://a.example\" track=\"{track}\" statusCallback=\"/{name}\"/></Start>";
        var (world, _) = await Ran(Stream("a", "both_tracks") + Stream("b", "inbound_track") + Stream("c", "both_tracks") + Stream("d", "outbound_track") + "<Stop><Stream name=\"a\"/></Stop>" + Stream("e", "both_tracks") + "<Pause length=\"5\"/>");
        using (world)
        {
            world.At("/c").ShouldHaveSingleItem()["StreamEvent"].ShouldBe("stream-error");
            world.At("/d")[0]["StreamEvent"].ShouldBe("stream-started");
            world.At("/e")[0]["StreamEvent"].ShouldBe("stream-started", "a stopped stream gives its tracks back");
            world.Network.Debugger.Newest.ShouldHaveSingleItem().Code.ShouldBe(31941);
        }
    }

    [Fact]
    public async Task Stopping_what_is_not_under_way_is_a_warning()
    {
        var (world, sid) = await Ran("<Stop><Stream name=\"a\"/></Stop><Say>On it goes.</Say>");
        using (world)
        {
            world.Network.Debugger.Newest.ShouldHaveSingleItem().Code.ShouldBe(12200);
            world.Heard(sid).ShouldBe(["On it goes."]);
        }
    }

    [Fact]
    public async Task Start_with_an_action_goes_on_there()
    {
        var (world, sid) = await Ran("<Start action=\"/next\" method=\"GET\"><Stream url=\"wss://a.example\"/></Start><Say>Unreachable.</Say>");
        using (world)
        {
            world.At("/next").ShouldHaveSingleItem().Request.Method.ShouldBe("GET");
            world.Heard(sid).ShouldBe(["Next."]);
        }
    }

    [Fact]
    public async Task Connect_keeps_the_call_until_its_stream_ends()
    {
        var (world, sid) = await Ran("<Connect><Stream url=\"wss://a.example/?seconds=12\" statusCallback=\"/media\"/></Connect><Say>Afterwards.</Say>");
        using (world)
        {
            var told = world.At("/media");
            told.Select(t => t["StreamEvent"]).ShouldBe(["stream-started", "stream-stopped"]);
            (told[1].At - told[0].At).ShouldBe(12, 0.5);
            world.Heard(sid).ShouldBe(["Afterwards."]);
        }
    }

    [Fact]
    public async Task Connect_never_lets_the_next_verb_run_while_nobody_ends_it_and_rest_may_redirect_the_call_out()
    {
        var (world, sid) = await Ran("<Connect><Stream url=\"wss://a.example\" statusCallback=\"/media\"/></Connect><Say>Afterwards.</Say>");
        using (world)
        {
            world.Heard(sid).ShouldBeEmpty();
            world.Leg(sid).IsLive.ShouldBeTrue();
            world.Post($"Calls/{sid}", ("Url", World.Base + "/next"));
            await world.Run(10);
            world.At("/media")[^1]["StreamEvent"].ShouldBe("stream-stopped");
            world.Heard(sid).ShouldBe(["Next."]);
        }
    }
}
