using System.Text.Json.Nodes;
using Dialer.Features.Tests.Dialing;
using Dialer.Features.Tests.Ivr;
using Dialer.Features.Timelines;
using Dialer.Simulator.People;
using NodaTime;

namespace Dialer.Features.Tests.Timelines;

/// <summary>A call's timeline says everything that happened, and its person can be played again with the same result.</summary>
public sealed class ReplayedCalls(DialingWorld world) : IClassFixture<DialingWorld>
{
    [Fact]
    public async Task A_caller_exported_from_the_timeline_takes_the_same_steps_again()
    {
        using var network = new CallerNetwork(world, seed: 4);
        var debtor = await network.Debtors.AddDebtorAsync();
        var first = network.CallIn(debtor.E164, "waits for 'automated service, press 1', presses 1, waits for 'zip code', presses 11111, waits for 'date of birth', waits 3 s, hangs up");
        await network.RunAsync(120);
        var timeline = await TimelineAsync(first);

        var script = NetworkScenario.Script(timeline);
        var second = network.CallIn(debtor.E164, script);
        await network.RunAsync(120);

        script.ShouldContain("presses 1,");
        script.ShouldContain("presses 11111");
        script.ShouldNotContain(debtor.E164);
        (await StepsAsync(second)).ShouldBe(await StepsAsync(first));
        (await StepsAsync(first)).Length.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task A_timeline_holds_decision_states_webhooks_and_what_was_said_in_order()
    {
        using var network = new CallerNetwork(world, seed: 5);
        var debtor = await network.Debtors.AddDebtorAsync();
        var sid = await network.CallOutAsync(debtor, "waits for 'press 1', presses 1, waits 2 s, hangs up");
        await network.RunAsync(120);

        var timeline = await TimelineAsync(sid);

        timeline.Entries.Select(entry => entry.At).ShouldBeInOrder();
        timeline.Entries.Select(entry => entry.Kind).Distinct().ShouldBe(["State", "Webhook", "Said", "Disclosure", "Outcome"], ignoreOrder: true);
        timeline.Entries.Where(entry => entry.Kind == "Said").ShouldAllBe(entry => entry.Twiml!.StartsWith('<'));
        timeline.Entries.Single(entry => entry.Code == "twiml.answer").Twiml.ShouldNotBeNullOrEmpty();
        timeline.Entries.ShouldAllBe(entry => !entry.Facts.Values.Any(fact => fact.Contains(debtor.E164, StringComparison.Ordinal)));
        var line = JsonNode.Parse(NetworkScenario.Line(timeline))!;
        line["e164"]!.GetValue<string>().ShouldStartWith("+120255501");
        PhoneBook.Read(new StringReader(NetworkScenario.Line(timeline))).Count.ShouldBe(1);
        Script.Plan(line["persona"]!["script"]!.GetValue<string>(), 1).Party.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("Busy", null, "is busy")]
    [InlineData("NoAnswer", null, "does not answer")]
    [InlineData("Canceled", null, "does not answer")]
    [InlineData("Failed", 410, "fails 410")]
    public void Who_did_not_answer_does_not_answer_again(string state, int? sip, string script) =>
        NetworkScenario.Script(new CallTimeline(new TimelineCall { State = state, SipCode = sip, Direction = "Outbound" }, [])).ShouldBe(script);

    [Fact]
    public void A_machine_answers_as_one_and_a_talk_is_waited_out()
    {
        var start = Instant.FromUtc(2026, 3, 2, 15, 0);
        var call = new TimelineCall
        {
            State = "Completed", Direction = "Outbound", RingingAt = start, AnsweredAt = start + Duration.FromSeconds(6), BridgedAt = start + Duration.FromSeconds(7), EndedAt = start + Duration.FromSeconds(67),
        };

        NetworkScenario.Script(new CallTimeline(call, [])).ShouldBe("answers after 6 s, waits for a bridge, hangs up after 60 s");
        NetworkScenario.Script(new CallTimeline(new TimelineCall { State = "Completed", Direction = "Outbound", RingingAt = start, AnsweredAt = start + Duration.FromSeconds(18), AnsweredBy = "machine_start" }, []))
            .ShouldBe("answers after 18 s with voicemail 8 s");
    }

    private async Task<CallTimeline> TimelineAsync(string sid)
    {
        var attempt = await world.OneAsync<long>("select attempt_id from attempt where sid = @sid", new { sid });
        return (await new TimelineReader(world.Database).ReadAsync(attempt, default)).ShouldNotBeNull();
    }

    private Task<string> StepsAsync(string sid) =>
        world.OneAsync<string>("select string_agg(s.step || ' ' || s.input, ' | ' order by s.n) from ivr_step s join attempt t using (attempt_id) where t.sid = @sid", new { sid });
}
