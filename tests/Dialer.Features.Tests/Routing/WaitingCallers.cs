using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Dialer.Features.Access;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Microsoft.Extensions.DependencyInjection;

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

    [Fact]
    public async Task Who_runs_the_floor_reads_how_many_wait_and_the_day_s_service_level()
    {
        var (call, _) = await AskForAPersonAsync();
        var (gone, _) = await AskForAPersonAsync();
        var queues = await world.OneAsync<string[]>("select array_agg(q.queue order by q.queue_entry_id) from queue_entry q join attempt t using (attempt_id) where t.sid in (@first, @second)", new { first = call.Sid, second = gone.Sid });
        var waiting = await QueueAsync(queues[0]);
        (waiting["waiting"]!.GetValue<long>(), waiting["answered"]!.GetValue<long>(), waiting["serviceLevel"]).ShouldBe((1L, 0L, null));
        waiting["longestSince"].ShouldNotBeNull();

        // Given up after six seconds: all of nobody was served.
        await world.ExecuteAsync("update queue_entry q set entered_at = q.entered_at - interval '6 seconds' from attempt t where t.attempt_id = q.attempt_id and t.sid = @Sid", gone);
        await world.BodyAsync("/twilio/voice/status", ("CallSid", gone.Sid), ("CallStatus", "completed"), ("CallDuration", "30"));
        var abandoned = await QueueAsync(queues[1]);
        (abandoned["waiting"]!.GetValue<long>(), abandoned["abandoned"]!.GetValue<long>(), abandoned["serviceLevel"]!.GetValue<double>()).ShouldBe((0L, 1L, 0d));

        var desk = await world.AgentAsync(_skill);
        await DialingWorld.UntilAsync(async () => await StateAsync(call) == "Offered");
        await world.JoinAsync(desk, call.Sid, 2);
        foreach (var (waited, inTime) in new[] { (21, 0L), (19, 1L) })
        {
            await world.ExecuteAsync("update queue_entry q set entered_at = q.joined_at - make_interval(secs => @waited) from attempt t where t.attempt_id = q.attempt_id and t.sid = @Sid", new { waited, call.Sid });
            var served = await QueueAsync(queues[0]);
            (served["waiting"]!.GetValue<long>(), served["answered"]!.GetValue<long>(), served["inTime"]!.GetValue<long>(), served["serviceLevel"]!.GetValue<double>()).ShouldBe((0L, 1L, inTime, (double)inTime), $"after {waited} s");
        }
    }

    [Fact]
    public async Task Who_is_served_at_once_waited_for_nobody_and_counts_in_the_service_level()
    {
        var desk = await world.AgentAsync(_skill);
        var (call, twiml) = await AskForAPersonAsync();
        twiml.ShouldContain(desk.Conference);
        (await StateAsync(call)).ShouldBe("Offered");

        await world.JoinAsync(desk, call.Sid, 2);

        var served = await QueueAsync(await world.OneAsync<string>("select q.queue from queue_entry q join attempt t using (attempt_id) where t.sid = @Sid", call));
        (served["answered"]!.GetValue<long>(), served["inTime"]!.GetValue<long>(), served["serviceLevel"]!.GetValue<double>()).ShouldBe((1L, 1L, 1d));
    }

    [Fact]
    public async Task Who_talked_long_and_is_handed_on_begins_a_new_wait()
    {
        var (call, _) = await AskForAPersonAsync();
        var desk = await world.AgentAsync(_skill);
        await DialingWorld.UntilAsync(async () => await StateAsync(call) == "Offered");
        await world.JoinAsync(desk, call.Sid, 2);
        await world.ExecuteAsync("update queue_entry q set entered_at = entered_at - interval '2 hours', joined_at = joined_at - interval '2 hours' from attempt t where t.attempt_id = q.attempt_id and t.sid = @Sid", call);
        string? Joining() => world.Twilio.UpdatesOf(call.Sid).Select(update => update.Form.GetValueOrDefault("Twiml")).FirstOrDefault(document => document?.Contains(desk.Conference, StringComparison.Ordinal) == true);
        await DialingWorld.UntilAsync(() => Task.FromResult(Joining() is not null)); // the row says so a moment before the network hears it
        var joining = Joining()!;
        var ended = new Uri(XDocument.Parse(joining).Descendants("Dial").Single().Attribute("action")!.Value).PathAndQuery;

        var again = await world.BodyAsync(ended, ("CallSid", call.Sid), ("CallStatus", "in-progress"), ("DialCallStatus", "completed")); // the agent's leg dropped, and nobody else is free

        again.ShouldContain("number 1 in line");
        (await world.OneAsync<bool>("select q.joined_at is null and q.state = 'Waiting' and q.entered_at > t.bridged_at - interval '1 hour' from queue_entry q join attempt t using (attempt_id) where t.sid = @Sid", call)).ShouldBeTrue();
        (await world.BodyAsync(ActionOf(again), ("CallSid", call.Sid))).ShouldContain("number 1 in line"); // and not, after two hours, that too many are waiting
    }

    [Fact]
    public async Task A_caller_whose_agent_cannot_be_given_him_does_not_keep_those_behind_him_from_theirs()
    {
        var (first, _) = await AskForAPersonAsync();
        var (second, _) = await AskForAPersonAsync();
        const string Line = "update queue_entry q set state = @state from attempt t where t.attempt_id = q.attempt_id and t.sid = any (@sids)";
        var sids = new[] { first.Sid, second.Sid };
        await world.ExecuteAsync(Line, new { sids, state = "Left" });
        var engaged = await world.AgentAsync(_skill);
        var free = await world.AgentAsync(_skill);
        var other = await world.AttemptAsync(await world.CampaignAsync(DialingWorld.NewSkill()), "Answered");
        await world.ExecuteAsync("update attempt set agent_id = @AgentId where attempt_id = @Id", new { engaged.AgentId, other.Id }); // a live call still names him: the table refuses a second

        await world.ExecuteAsync(Line, new { sids, state = "Waiting" });

        // The longest idle is tried for the first in line, in vain; in the same look the second gets the other.
        await DialingWorld.UntilAsync(async () => await world.AgentStateAsync(free) == "Reserved");
        (await world.OneAsync<string>("select sid from attempt where agent_id = @AgentId and state = 'Answered'", free)).ShouldBe(second.Sid);
        await world.ExecuteAsync(Line, new { sids = new[] { first.Sid }, state = "Left" }); // or he is tried again and again beside the other tests
    }

    /// <summary>The queue's row of <c>GET /api/v1/queues</c>, as a supervisor reads it.</summary>
    private async Task<JsonNode> QueueAsync(string queue)
    {
        await world.Services.GetRequiredService<Users>().PutAsync("queueboss", "Boss", DialingWorld.Password, [Roles.Supervisor], [], ComplianceWorld.Noon, default);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/queues");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await world.SignInAsync("queueboss"));
        using var answer = await world.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var read = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        read["targetSeconds"]!.GetValue<int>().ShouldBe(20);
        return read["items"]!.AsArray().Single(item => item!["queue"]!.GetValue<string>() == queue)!;
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
