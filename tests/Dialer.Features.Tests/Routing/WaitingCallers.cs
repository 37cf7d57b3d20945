using System.Xml.Linq;
using Dialer.Features.Tests.Dialing;

namespace Dialer.Features.Tests.Routing;

/// <summary>Callers who ask for a person while nobody is free.</summary>
public sealed class WaitingCallers(DialingWorld world) : IClassFixture<DialingWorld>
{
    private readonly string _skill = DialingWorld.NewSkill();

    [Fact]
    public async Task A_caller_waits_with_music_and_is_joined_to_the_next_agent_who_fits()
    {
        var (call, twiml) = await AskForAPersonAsync();
        twiml.ShouldContain("number 1 in line");
        twiml.ShouldContain("hold.wav");

        var desk = await world.AgentAsync(_skill);

        await DialingWorld.UntilAsync(() => Task.FromResult(world.Twilio.UpdatesOf(call.Sid).Any(update => update.Form.GetValueOrDefault("Twiml")?.Contains(desk.Conference, StringComparison.Ordinal) == true)));
        (await world.AgentStateAsync(desk)).ShouldBe("Reserved");
        (await StateAsync(call)).ShouldBe("Offered");
        (await world.OneAsync<string>("select routing->>'reason' from attempt where sid = @Sid", call)).ShouldBe("Skills");
    }

    [Fact]
    public async Task An_agent_without_the_skill_stays_free_and_the_caller_keeps_waiting()
    {
        var (call, _) = await AskForAPersonAsync();
        var other = await world.AgentAsync(DialingWorld.NewSkill());
        var right = await world.AgentAsync(_skill);

        await DialingWorld.UntilAsync(async () => await StateAsync(call) == "Offered");

        (await world.AgentStateAsync(other)).ShouldBe("Available");
        (await world.AgentStateAsync(right)).ShouldBe("Reserved");
    }

    [Fact]
    public async Task A_waiting_call_that_comes_back_after_its_offer_hears_the_agents_conference()
    {
        var (call, twiml) = await AskForAPersonAsync();
        var desk = await world.AgentAsync(_skill);
        await DialingWorld.UntilAsync(async () => await StateAsync(call) == "Offered");

        (await world.BodyAsync(ActionOf(twiml), ("CallSid", call.Sid))).ShouldContain(desk.Conference);
    }

    [Fact]
    public async Task Who_hangs_up_while_waiting_is_counted_as_abandoned_and_takes_no_agent()
    {
        var (call, _) = await AskForAPersonAsync();

        await world.BodyAsync("/twilio/voice/status", ("CallSid", call.Sid), ("CallStatus", "completed"), ("CallDuration", "30"));

        (await StateAsync(call)).ShouldBe("Abandoned");
        (await world.OneAsync<string>("select disposition from attempt where sid = @Sid", call)).ShouldBe("QABAND");
        var desk = await world.AgentAsync(_skill);
        (await world.AgentStateAsync(desk)).ShouldBe("Available");
    }

    [Fact]
    public async Task A_kept_place_is_dialled_for_the_next_agent_through_the_gate()
    {
        var (call, twiml) = await AskForAPersonAsync();
        var offer = await world.BodyAsync(ActionOf(twiml), ("CallSid", call.Sid), ("Digits", "1"));
        offer.ShouldContain("keep your place");
        (await world.BodyAsync(ActionOf(offer), ("CallSid", call.Sid), ("Digits", "1"))).ShouldContain("Hangup");
        await world.BodyAsync("/twilio/voice/status", ("CallSid", call.Sid), ("CallStatus", "completed"), ("CallDuration", "30"));
        (await StateAsync(call)).ShouldBe("CallBack");

        var desk = await world.AgentAsync(_skill);

        await DialingWorld.UntilAsync(async () => await StateAsync(call) == "Dialled");
        var attempt = await world.OneAsync<long>("select call_back_attempt_id from queue_entry q join attempt t using (attempt_id) where t.sid = @Sid", call);
        (await world.OneAsync<string>("select mode || ' ' || agent_id from attempt where attempt_id = @attempt", new { attempt })).ShouldBe($"Manual {desk.AgentId}");
        world.Twilio.CallsTo(call.From).ShouldHaveSingleItem();
        (await world.OneAsync<long>("select count(*) from decision where attempt_id = @attempt", new { attempt })).ShouldBe(1);
    }

    private async Task<(Caller Call, string Twiml)> AskForAPersonAsync()
    {
        var campaign = await world.CampaignAsync(_skill);
        var ours = $"+1212{Random.Shared.Next(2_000_000, 9_999_999)}";
        await world.ExecuteAsync("update campaign set from_e164 = @ours where campaign_id = @CampaignId", new { ours, campaign.CampaignId });
        var debtor = await world.People.DebtorAsync(line: "Landline");
        var call = new Caller($"CA{Guid.NewGuid():N}", debtor.E164);
        var first = await world.BodyAsync("/twilio/voice/inbound", ("CallSid", call.Sid), ("From", debtor.E164), ("To", ours), ("CallStatus", "ringing"));
        return (call, await world.BodyAsync(ActionOf(first), ("CallSid", call.Sid), ("Digits", "0")));
    }

    private Task<string> StateAsync(Caller call) => world.OneAsync<string>("select q.state from queue_entry q join attempt t using (attempt_id) where t.sid = @Sid", call);

    private static string ActionOf(string twiml) => new Uri(XDocument.Parse(twiml).Descendants("Gather").First().Attribute("action")!.Value).PathAndQuery;

    private sealed record Caller(string Sid, string From);
}
