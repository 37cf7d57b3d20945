using System.Xml.Linq;

namespace Dialer.Features.Tests.Dialing;

public sealed class AnsweredCalls(DialingWorld world) : IClassFixture<DialingWorld>
{
    private readonly string _skill = DialingWorld.NewSkill();

    [Fact]
    public async Task An_answer_joins_the_conference_of_an_available_agent()
    {
        var desk = await world.AgentAsync(_skill);
        var call = await world.AttemptAsync(await world.CampaignAsync(_skill));

        var twiml = await world.AnswerAsync(call);

        XDocument.Parse(twiml).Descendants("Conference").Single().Value.Trim().ShouldBe(desk.Conference);
        (await world.AgentStateAsync(desk)).ShouldBe("Reserved");
        (await RowAsync(call)).ShouldBe("Answered Agent live");

        await world.JoinAsync(desk, call.Sid, 2);
        (await world.AgentStateAsync(desk)).ShouldBe("OnCall");
    }

    [Fact]
    public async Task An_answer_repeated_gets_the_same_document_and_no_second_agent()
    {
        var first = await world.AgentAsync(_skill);
        var second = await world.AgentAsync(_skill);
        var call = await world.AttemptAsync(await world.CampaignAsync(_skill));

        var documents = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => world.AnswerAsync(call)));

        documents.Distinct().ShouldHaveSingleItem().ShouldContain("Conference");
        new[] { await world.AgentStateAsync(first), await world.AgentStateAsync(second) }.Order().ShouldBe(["Available", "Reserved"]);
        (await world.OneAsync<long>("select count(*) from call_event where attempt_id = @Id and kind = 'answer'", call)).ShouldBe(1);
    }

    [Fact]
    public async Task Two_answers_for_one_agent_give_him_to_one_and_abandon_the_other()
    {
        await world.AgentAsync(_skill);
        var campaign = await world.CampaignAsync(_skill);
        var calls = new[] { await world.AttemptAsync(campaign), await world.AttemptAsync(campaign) };

        var documents = await Task.WhenAll(calls.Select(call => world.AnswerAsync(call)));

        documents.Count(document => document.Contains("Conference", StringComparison.Ordinal)).ShouldBe(1);
        new[] { await RowAsync(calls[0]), await RowAsync(calls[1]) }.Order().ShouldBe(["Answered Agent live", "Answered HangUp abandoned"]);
    }

    [Fact]
    public async Task An_agent_whose_last_call_has_not_ended_is_passed_over_for_the_next_one()
    {
        var (stale, free) = (await world.AgentAsync(_skill), await world.AgentAsync(_skill));
        var campaign = await world.CampaignAsync(_skill);
        var (old, call) = (await world.AttemptAsync(campaign), await world.AttemptAsync(campaign));
        await world.ExecuteAsync("update attempt set state = 'Answered', agent_id = @AgentId where attempt_id = @Id", new { stale.AgentId, old.Id });

        XDocument.Parse(await world.AnswerAsync(call)).Descendants("Conference").Single().Value.Trim().ShouldBe(free.Conference);

        (await RowAsync(call)).ShouldBe("Answered Agent live");
        (await world.AgentStateAsync(stale)).ShouldBe("Available");
        (await world.AgentStateAsync(free)).ShouldBe("Reserved");
    }

    [Theory]
    [InlineData("HangUp", "Hangup")]
    [InlineData("Message", "Say")]
    [InlineData("Ivr", "Gather")]
    public async Task Without_an_agent_the_call_is_abandoned_as_its_campaign_says(string treatment, string verb)
    {
        var call = await world.AttemptAsync(await world.CampaignAsync(_skill, noAgent: treatment));

        XDocument.Parse(await world.AnswerAsync(call)).Descendants(verb).ShouldNotBeEmpty();

        (await RowAsync(call)).ShouldBe($"Answered {treatment} abandoned");
    }

    [Fact]
    public async Task An_agentless_campaign_answers_with_the_IVR_and_abandons_nobody()
    {
        var call = await world.AttemptAsync(await world.CampaignAsync(_skill, mode: "Agentless"));

        XDocument.Parse(await world.AnswerAsync(call)).Descendants("Gather").ShouldNotBeEmpty();

        (await RowAsync(call)).ShouldBe("Answered Ivr live");
    }

    [Theory]
    [InlineData("Predictive", "Answered Message abandoned")]
    [InlineData("Agentless", "Answered Message live")]
    public async Task A_call_answered_after_its_campaign_was_closed_hears_who_called(string mode, string row)
    {
        var campaign = await world.CampaignAsync(_skill, mode: mode, noAgent: "Message");
        var call = await world.AttemptAsync(campaign);
        await world.ExecuteAsync("update campaign set state = 'Closed' where campaign_id = @CampaignId", new { campaign.CampaignId });

        XDocument.Parse(await world.AnswerAsync(call)).Descendants("Say").ShouldNotBeEmpty();

        (await RowAsync(call)).ShouldBe(row);
    }

    [Fact]
    public async Task A_call_answered_after_its_campaign_was_closed_is_an_agents_who_is_free()
    {
        var desk = await world.AgentAsync(_skill);
        var campaign = await world.CampaignAsync(_skill, noAgent: "Message");
        var call = await world.AttemptAsync(campaign);
        await world.ExecuteAsync("update campaign set state = 'Closed' where campaign_id = @CampaignId", new { campaign.CampaignId });

        XDocument.Parse(await world.AnswerAsync(call)).Descendants("Conference").ShouldNotBeEmpty();

        (await world.AgentStateAsync(desk)).ShouldNotBe("Available");
        (await RowAsync(call)).ShouldBe("Answered Agent live");
    }

    [Fact]
    public async Task A_machine_at_the_answer_takes_no_agent()
    {
        var desk = await world.AgentAsync(_skill);
        var call = await world.AttemptAsync(await world.CampaignAsync(_skill));

        (await world.AnswerAsync(call, "machine_start")).ShouldContain("Hangup");

        (await world.AgentStateAsync(desk)).ShouldBe("Available");
        (await RowAsync(call)).ShouldBe("Answered Machine live");
    }

    [Fact]
    public async Task A_machine_verdict_frees_the_agent_without_wrap_up_and_ends_the_call()
    {
        var desk = await world.AgentAsync(_skill);
        var call = await world.AttemptAsync(await world.CampaignAsync(_skill));
        await world.AnswerAsync(call);
        await world.JoinAsync(desk, call.Sid, 2);

        await world.DetectAsync(call, "machine_start");

        await DialingWorld.UntilAsync(async () => await world.AgentStateAsync(desk) == "Available");
        world.Twilio.UpdatesOf(call.Sid)[0].Form["Status"].ShouldBe("completed", "the machine left the agent's conference before the agent was free");
        (await world.OneAsync<long>("select count(*) from agent_state_log where session_id = @Session and state = 'WrapUp'", desk)).ShouldBe(0);
    }

    [Fact]
    public async Task A_machine_verdict_after_an_abandonment_takes_the_abandonment_back()
    {
        var call = await world.AttemptAsync(await world.CampaignAsync(_skill, noAgent: "Message"));
        await world.AnswerAsync(call);

        await world.DetectAsync(call, "machine_end_beep");

        (await world.OneAsync<bool>("select abandoned from attempt where attempt_id = @Id", call)).ShouldBeFalse();
    }

    [Fact]
    public async Task The_end_of_a_conversation_gives_the_agent_his_wrap_up()
    {
        var desk = await world.AgentAsync(_skill);
        var call = await world.AttemptAsync(await world.CampaignAsync(_skill));
        await world.AnswerAsync(call);
        await world.JoinAsync(desk, call.Sid, 2);

        await world.StatusAsync(call, "completed", 3);

        (await world.AgentStateAsync(desk)).ShouldBe("WrapUp");
        (await world.OneAsync<bool>("select conversation_at is not null and ended_at is not null from attempt where attempt_id = @Id", call)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_caller_who_ceased_communication_while_it_rang_is_hung_up_and_not_abandoned()
    {
        var desk = await world.AgentAsync(_skill);
        var call = await world.AttemptAsync(await world.CampaignAsync(_skill));
        await world.ExecuteAsync(
            "insert into hold (person_id, kind, opened_at, opened_by) select person_id, 'Cease', created_at, 'test' from attempt where attempt_id = @Id", call);

        (await world.AnswerAsync(call)).ShouldContain("Hangup");

        (await world.AgentStateAsync(desk)).ShouldBe("Available");
        (await RowAsync(call)).ShouldBe("Answered HangUp live");
    }

    [Fact]
    public async Task A_softphone_cannot_park_in_another_agents_session()
    {
        var desk = await world.AgentAsync(_skill);
        var stranger = await world.AgentAsync(_skill);

        (await world.ParkAsync("CAstranger", $"client:agent_{stranger.AgentId}", desk.Session)).ShouldContain("Hangup");

        (await world.OneAsync<string>("select softphone_sid from agent_session where session_id = @Session", desk)).ShouldBe(desk.SoftphoneSid);
    }

    private Task<string> RowAsync(DialingWorld.Placed call) => world.OneAsync<string>(
        "select state || ' ' || coalesce(treatment, '-') || case when abandoned then ' abandoned' else ' live' end from attempt where attempt_id = @Id", call);
}
