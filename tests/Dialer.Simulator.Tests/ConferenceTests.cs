using Dialer.Simulator.Audit;
using Dialer.Simulator.People;
using Dialer.Simulator.Queues;
using Dialer.Simulator.Rooms;

namespace Dialer.Simulator.Tests;

public class ConferenceTests
{
    private const string Waiting = "<Response><Dial action=\"/agent-next\"><Conference startConferenceOnEnter=\"false\" endConferenceOnExit=\"false\" beep=\"false\" waitUrl=\"\" statusCallback=\"/conf\" statusCallbackEvent=\"start end join leave mute hold modify announcement\">room</Conference></Dial></Response>";
    private const string Joining = "<Response><Dial action=\"/done\"><Conference beep=\"false\" endConferenceOnExit=\"END\">room</Conference></Dial><Say>Unreachable.</Say></Response>";

    /// <summary>Callbacks may arrive in any order; their numbers say which one is right.</summary>
    private static List<Received> Events(World world) => [.. world.At("/conf").OrderBy(e => int.Parse(e["SequenceNumber"]!))];

    private static World Make(bool leadEnds = false)
    {
        var world = new World().Document("/agent", Waiting).Document("/answer", Joining.Replace("END", leadEnds ? "true" : "false", StringComparison.Ordinal));
        world.Document("/agent-next", "<Response><Say>Parked again.</Say></Response>");
        return world;
    }

    [Fact]
    public void The_conference_and_queue_machines_allow_exactly_what_their_tables_list()
    {
        var conference = from state in Enum.GetValues<ConferenceState>() from happened in Enum.GetValues<ConferenceEvent>()
                         where ConferenceTable.After(state, happened) is not null select (state, happened);
        conference.ShouldBe([(ConferenceState.Init, ConferenceEvent.Started), (ConferenceState.Init, ConferenceEvent.Ended), (ConferenceState.InProgress, ConferenceEvent.Ended)]);
        foreach (var happened in Enum.GetValues<MemberEvent>())
            MemberTable.After(MemberState.Left, happened).ShouldBeNull("whoever has left is not taken");
        MemberTable.After(MemberState.Waiting, MemberEvent.Joined).ShouldBeNull("nobody is bridged before being taken");
        MemberTable.After(MemberState.Taken, MemberEvent.Taken).ShouldBeNull("nobody is taken twice");
    }

    private static async Task<(string Agent, string Lead)> Bridge(World world, string lead)
    {
        var agent = world.Call(world.Phone("answers after 1 s, waits 900 s"), ("Url", World.Base + "/agent"));
        await world.Run(10);
        var sid = world.Call(world.Phone(lead));
        await world.Run(12);
        return (agent, sid);
    }

    [Fact]
    public async Task It_starts_with_the_second_participant_when_one_of_them_may_start_it()
    {
        using var world = Make();
        var agent = world.Call(world.Phone("answers after 1 s, waits 900 s"), ("Url", World.Base + "/agent"));
        await world.Run(10);
        world.Network.Conferences.Find("room")!.State.ShouldBe(ConferenceState.Init);
        world.Heard(agent).ShouldBeEmpty("waitUrl='' is silence");
        var lead = world.Call(world.Phone("answers after 2 s, hangs up after 20 s"));
        await world.Run(60);
        var events = Events(world);
        events.Select(e => e["StatusCallbackEvent"]).ShouldBe(["participant-join", "participant-join", "conference-start", "participant-leave"]);
        events.Select(e => e["SequenceNumber"]).ShouldBe(["1", "2", "3", "4"]);
        var leave = events[3];
        (leave["CallSid"], leave["ReasonParticipantLeft"], leave["ParticipantCallStatus"]).ShouldBe((lead, "participant_hung_up", "completed"));
        world.At("/done").ShouldHaveSingleItem().Fields.Has("DialCallSid").ShouldBeFalse();
        world.Leg(agent).IsOver.ShouldBeFalse();
    }

    [Fact]
    public async Task A_leaver_that_ends_it_sends_everybody_on_to_their_action()
    {
        using var world = Make(leadEnds: true);
        var (agent, lead) = await Bridge(world, "answers after 2 s, hangs up after 20 s");
        await world.Run(60);
        var end = Events(world)[^1];
        (end["StatusCallbackEvent"], end["ReasonConferenceEnded"], end["CallSidEndingConference"]).ShouldBe(("conference-end", "participant-with-end-conference-on-exit-left", lead));
        world.At("/conf").ShouldContain(e => e["StatusCallbackEvent"] == "participant-leave" && e["CallSid"] == agent && e["ReasonParticipantLeft"] == "moderator_ended_conference");
        world.At("/agent-next").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe("answered");
        world.Heard(agent)[^1].ShouldBe("Parked again.");
    }

    [Fact]
    public async Task Participants_are_muted_held_coached_announced_to_and_kicked_by_rest()
    {
        using var world = Make().Document("/hold", "<Response><Say>Please hold.</Say></Response>").Document("/say", "<Response><Say>An announcement.</Say></Response>");
        var (agent, lead) = await Bridge(world, "answers after 2 s, waits 900 s");
        var conference = world.Network.Conferences.Find("room")!;
        world.Post($"Conferences/{conference.Sid}/Participants/{lead}", ("Muted", "true")).Json!["muted"]!.GetValue<bool>().ShouldBeTrue();
        world.Post($"Conferences/{conference.Sid}/Participants/{lead}", ("Muted", "false"), ("Hold", "true"), ("HoldUrl", World.Base + "/hold")).Status.ShouldBe(200);
        await world.Run(10);
        world.Heard(lead).ShouldContain("Please hold.");
        world.At("/hold")[0].Request.Method.ShouldBe("GET");
        world.Ledger("unbridged").Select(u => u["call"]!.GetValue<string>()).ShouldContain(lead);
        world.Post($"Conferences/{conference.Sid}/Participants/{lead}", ("Hold", "false"));
        world.Post($"Conferences/{conference.Sid}", ("AnnounceUrl", World.Base + "/say"));
        await world.Run(10);
        world.Heard(lead).ShouldContain("An announcement.");
        world.Heard(agent).ShouldContain("An announcement.");
        world.Post($"Conferences/{conference.Sid}/Participants/{agent}", ("Coaching", "true"), ("CallSidToCoach", "CAnobody")).Json!["code"]!.GetValue<int>().ShouldBe(13240);
        world.Virtual.Rest("DELETE", $"Conferences/{conference.Sid}/Participants/{lead}").Status.ShouldBe(204);
        await world.Run(10);
        world.At("/done").ShouldHaveSingleItem();
        Events(world).Select(e => e["StatusCallbackEvent"]).ShouldBe(
            ["participant-join", "participant-join", "conference-start", "participant-mute", "participant-unmute", "participant-hold", "participant-unhold", "announcement-end", "participant-leave"]);
    }

    [Fact]
    public async Task A_coach_is_heard_by_the_agent_alone()
    {
        using var world = Make();
        var (agent, lead) = await Bridge(world, "answers after 2 s, waits for 'a secret', hangs up");
        var boss = world.Post("Conferences/room/Participants", ("To", world.Phone("answers after 1 s, waits 5 s, says 'a secret', waits 300 s")), ("From", World.Ours), ("Label", "boss"), ("Coaching", "true"), ("CallSidToCoach", agent), ("Beep", "false"));
        boss.Status.ShouldBe(201);
        await world.Run(60);
        world.Leg(lead).IsOver.ShouldBeFalse("the called person must not hear the coach");
        var member = world.Virtual.Rest("GET", $"Conferences/{world.Network.Conferences.Find("room")!.Sid}/Participants/boss").Json!;
        (member["coaching"]!.GetValue<bool>(), member["call_sid_to_coach"]!.GetValue<string>(), member["label"]!.GetValue<string>()).ShouldBe((true, agent, "boss"));
        world.Post("Conferences/room/Participants", ("To", "+14155550001"), ("From", World.Ours), ("Label", "boss")).Json!["code"]!.GetValue<int>().ShouldBe(16025);
        world.Post("Conferences/room/Participants", ("To", "+14155550001"), ("From", World.Ours), ("Label", "a/b")).Json!["code"]!.GetValue<int>().ShouldBe(16024);
    }

    [Fact]
    public async Task It_waits_while_nobody_in_it_may_start_it()
    {
        using var world = Make().Document("/answer", "<Response><Dial><Conference beep=\"false\" startConferenceOnEnter=\"false\" waitUrl=\"\">room</Conference></Dial></Response>");
        await Bridge(world, "answers after 2 s, waits 900 s");
        var conference = world.Network.Conferences.Find("room")!;
        (conference.State, conference.Seats.Count).ShouldBe((ConferenceState.Init, 2));
        world.Ledger("bridged").ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_the_first_participants_callback_counts()
    {
        using var world = Make().Document("/answer", "<Response><Dial><Conference beep=\"false\" statusCallback=\"/second\" statusCallbackEvent=\"start join leave end\">room</Conference></Dial></Response>");
        await Bridge(world, "answers after 2 s, hangs up after 5 s");
        await world.Run(20);
        world.At("/conf").ShouldNotBeEmpty();
        world.At("/second").ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_is_muted_hears_and_is_not_heard()
    {
        using var world = Make().Document("/answer", "<Response><Dial><Conference beep=\"false\" muted=\"true\">room</Conference></Dial></Response>")
            .Document("/agent", Waiting);
        var listener = world.Call(world.Phone("answers after 1 s, waits for 'let me in', hangs up"), ("Url", World.Base + "/agent"));
        await world.Run(10);
        var speaker = world.Call(world.Phone("answers after 1 s, waits 8 s, says 'let me in', waits 15 s, says 'let me in', waits 300 s"));
        await world.Run(18);
        world.Leg(listener).IsOver.ShouldBeFalse("nobody heard the muted one");
        world.Post($"Conferences/room/Participants/{speaker}", ("Muted", "false"));
        await world.Run(30);
        world.Leg(listener).EndedBy.ShouldBe("caller");
    }

    [Fact]
    public async Task Whoever_was_the_last_to_be_kicked_or_ended_it_by_being_kicked_is_the_reason_it_ended()
    {
        foreach (var (ends, reason) in new[] { (true, "participant-with-end-conference-on-exit-kicked"), (false, "last-participant-kicked") })
        {
            using var world = Make(leadEnds: ends);
            var (agent, lead) = await Bridge(world, "answers after 2 s, waits 900 s");
            var conference = world.Network.Conferences.Find("room")!;
            world.Virtual.Rest("DELETE", $"Conferences/room/Participants/{lead}").Status.ShouldBe(204);
            if (!ends)
                world.Virtual.Rest("DELETE", $"Conferences/room/Participants/{agent}").Status.ShouldBe(204);
            await world.Run(10);
            (conference.ReasonEnded, conference.EndedByCall).ShouldBe((reason, ends ? lead : agent));
        }
    }

    [Fact]
    public async Task Everybody_leaves_a_conference_that_rest_ends_for_that_reason()
    {
        using var world = Make();
        var (agent, lead) = await Bridge(world, "answers after 2 s, waits 900 s");
        world.Post("Conferences/room", ("Status", "completed"));
        await world.Run(10);
        var left = Events(world).Where(e => e["StatusCallbackEvent"] == "participant-leave").ToList();
        left.Select(e => e["CallSid"]).ShouldBe([agent, lead], ignoreOrder: true);
        left.ShouldAllBe(e => e["ReasonParticipantLeft"] == "conference_ended_via_api");
    }

    [Theory]
    [InlineData("true", 1, 1)]
    [InlineData("false", 0, 0)]
    [InlineData("onEnter", 1, 0)]
    [InlineData("onExit", 0, 1)]
    public async Task A_conference_beeps_as_the_participant_that_comes_and_goes_asks(string beep, int entering, int leaving)
    {
        using var world = Make().Document("/answer", $"<Response><Dial><Conference beep=\"{beep}\">room</Conference></Dial></Response>");
        var (agent, _) = await Bridge(world, "answers after 2 s, waits 20 s, hangs up");
        world.Heard(agent).Count(what => what == "[beep]").ShouldBe(entering);
        await world.Run(40);
        world.Heard(agent).Count(what => what == "[beep]").ShouldBe(entering + leaving);
    }

    [Fact]
    public async Task Rest_lets_a_leg_that_came_without_a_beep_leave_with_one()
    {
        using var world = Make();
        var (agent, lead) = await Bridge(world, "answers after 2 s, waits 20 s, hangs up");
        world.Post($"Conferences/room/Participants/{lead}", ("BeepOnExit", "true")).Status.ShouldBe(200);
        await world.Run(40);
        world.Heard(agent).ShouldBe(["[beep]"]);
    }

    [Fact]
    public async Task What_an_agent_says_stands_in_the_ledger_with_those_who_heard_it_and_the_auditor_judges_it()
    {
        using var world = Make();
        var application = world.Post("Applications", ("VoiceUrl", World.Base + "/agent")).Json!["sid"]!.GetValue<string>();
        var agent = world.Network.Softphones.Connect(Tokens.Voice("anna", application, world.Virtual.Now), []).Call!;
        await world.Run(10);
        agent.Say(new Speech("Is the balance high?")); // to an empty room
        var lead = world.Call(world.Phone("answers after 2 s, waits 900 s"));
        await world.Run(12);
        agent.Say(new Speech("Hello, this is Anna. With whom do I speak?"));
        AuditReport Audit() => Auditor.Run(
            Lines.Read(new StringReader(world.LedgerText())), Lines.Read(new StringReader($"{{\"row\":\"listener\",\"sid\":\"{lead}\"}}")),
            new AuditLimits { CallsPerSecond = 60, DebtWords = DebtVocabulary.Of(new Dictionary<string, IReadOnlyList<string>> { ["en"] = ["balance"] }) });
        Audit().Violations.ShouldNotContain(violation => violation.Invariant == "debt");

        agent.Say(new Speech("It is about your balance."));

        world.Ledger("said").Where(said => said["call"]!.GetValue<string>() == agent.Sid).Select(said => said["heardBy"]?.ToJsonString()).ShouldBe([null, $"[\"{lead}\"]", $"[\"{lead}\"]"]);
        var found = Audit().Violations.Where(violation => violation.Invariant == "debt").ShouldHaveSingleItem();
        (found.Subject, found.Detail[..40]).ShouldBe((lead, "“balance” was said by an agent and heard"));
    }

    [Fact]
    public async Task A_redirected_participant_leaves_for_that_reason()
    {
        using var world = Make().Document("/voicemail", "<Response><Say>A message.</Say></Response>");
        var (agent, lead) = await Bridge(world, "answers after 2 s, waits 900 s");
        world.Post($"Calls/{lead}", ("Url", World.Base + "/voicemail"));
        await world.Run(20);
        world.At("/conf").ShouldContain(e => e["CallSid"] == lead && e["ReasonParticipantLeft"] == "participant_updated_via_api");
        world.Heard(lead)[^1].ShouldBe("A message.");
        world.Leg(agent).IsOver.ShouldBeFalse();
    }

    [Fact]
    public async Task Rest_ends_a_conference_for_everybody()
    {
        using var world = Make();
        await Bridge(world, "answers after 2 s, waits 900 s");
        var sid = world.Network.Conferences.Find("room")!.Sid;
        world.Post($"Conferences/{sid}", ("Status", "completed")).Json!["reason_conference_ended"]!.GetValue<string>().ShouldBe("conference-ended-via-api");
        await world.Run(20);
        world.At("/agent-next").ShouldHaveSingleItem();
        world.At("/done").ShouldHaveSingleItem();
    }
}
