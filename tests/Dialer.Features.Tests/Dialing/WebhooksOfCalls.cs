using System.Net;
using Dialer.Core;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Ivr;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Dialing;

public sealed class WebhooksOfCalls(DialingWorld world) : IClassFixture<DialingWorld>
{
    [Theory]
    [InlineData("ffffffffffffffffffffffffffffffff")]
    [InlineData("")]
    public async Task A_webhook_that_Twilio_did_not_sign_is_refused_and_changes_nothing(string authToken)
    {
        var call = await world.AttemptAsync(await world.CampaignAsync());

        using var answer = await world.PostAsync($"/twilio/voice/status?t={call.Token}", [("CallSid", call.Sid), ("CallStatus", "completed"), ("SequenceNumber", "3")], authToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await StateAsync(call)).ShouldBe("Ringing");
    }

    [Fact]
    public async Task A_signed_webhook_of_an_attempt_that_does_not_exist_does_nothing()
    {
        var token = world.Services.GetRequiredService<AttemptTokens>().Issue(new AttemptId(999_999_999), ComplianceWorld.Noon);

        (await world.BodyAsync($"/twilio/voice/answer?t={token}", ("CallSid", "CAnobody"), ("CallStatus", "in-progress"))).ShouldContain("Hangup");
        await world.BodyAsync($"/twilio/voice/status?t={token}", ("CallSid", "CAnobody"), ("CallStatus", "completed"), ("SequenceNumber", "3"));
        await world.BodyAsync($"/twilio/voice/amd?t={token}", ("CallSid", "CAnobody"), ("AnsweredBy", "machine_start"));

        (await world.OneAsync<long>("select count(*) from call_event where attempt_id = 999999999")).ShouldBe(0);
    }

    [Fact]
    public async Task A_token_that_was_altered_names_no_attempt()
    {
        var call = await world.AttemptAsync(await world.CampaignAsync());
        var forged = (call.Token[0] == 'A' ? 'B' : 'A') + call.Token[1..];

        (await world.BodyAsync($"/twilio/voice/answer?t={forged}", ("CallSid", "CAother"), ("CallStatus", "in-progress"))).ShouldContain("Hangup");

        (await StateAsync(call)).ShouldBe("Ringing");
    }

    [Fact]
    public async Task The_same_webhook_five_times_at_once_has_one_effect()
    {
        var call = await world.AttemptAsync(await world.CampaignAsync());

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => world.StatusAsync(call, "busy", 2)));

        (await StateAsync(call)).ShouldBe("Busy");
        (await world.OneAsync<long>("select count(*) from call_event where attempt_id = @Id", call)).ShouldBe(1);
    }

    [Fact]
    public async Task Callbacks_in_the_wrong_order_end_in_the_right_state()
    {
        var call = await world.AttemptAsync(await world.CampaignAsync(), "Placed");

        await world.StatusAsync(call, "completed", 3);
        await world.StatusAsync(call, "in-progress", 2);
        await world.StatusAsync(call, "ringing", 1);

        (await StateAsync(call)).ShouldBe("Completed");
        (await world.OneAsync<int>("select sequence from attempt where attempt_id = @Id", call)).ShouldBe(3);
    }

    [Fact]
    public async Task Callbacks_of_many_calls_at_one_moment_each_have_their_own_effect_once()
    {
        var campaign = await world.CampaignAsync();
        var calls = new List<DialingWorld.Placed>();
        for (var i = 0; i < 16; i++)
            calls.Add(await world.AttemptAsync(campaign, "Placed"));
        var statuses = new[] { "ringing", "in-progress", "busy", "completed" };

        await Task.WhenAll(calls.SelectMany((call, i) => Enumerable.Range(0, 3).Select(_ => world.StatusAsync(call, statuses[i % 4], 1 + (i % 4)))));

        for (var i = 0; i < calls.Count; i++)
        {
            (await StateAsync(calls[i])).ShouldBe(new[] { "Ringing", "Answered", "Busy", "Completed" }[i % 4]);
            (await world.OneAsync<long>("select count(*) from call_event where attempt_id = @Id", calls[i])).ShouldBe(1);
        }

        (await world.OneAsync<long>("select count(*) from attempt where campaign_id = @CampaignId and disposition = 'BUSY' and deadline is null", campaign)).ShouldBe(4);
    }

    [Fact]
    public async Task Callers_who_hang_up_at_one_moment_each_get_the_outcome_they_earned()
    {
        var people = new IvrWorld(world.Database) { Now = ComplianceWorld.Noon };
        var callers = new List<(Caller Caller, DialingWorld.Placed Call)>();
        for (var i = 0; i < 9; i++)
        {
            var caller = await people.CallAsync(await people.AddDebtorAsync(), "inbound");
            if (i % 3 > 0)
                await (await caller.PressAsync("1")).VerifyAsync(i % 3 == 2 ? "30301" : "99999");
            var sid = await world.OneAsync<string>("select sid from attempt where attempt_id = @Attempt", caller);
            var token = world.Services.GetRequiredService<AttemptTokens>().Issue(new AttemptId(caller.Attempt), ComplianceWorld.Noon);
            callers.Add((caller, new DialingWorld.Placed(caller.Attempt, sid, caller.E164, token, null!)));
        }

        await Task.WhenAll(callers.SelectMany(one => Enumerable.Range(0, 2).Select(_ => world.StatusAsync(one.Call, "completed", 3))));

        for (var i = 0; i < callers.Count; i++)
        {
            var id = new { callers[i].Call.Id };
            (await world.OneAsync<string>("select code from disposition where attempt_id = @Id", id)).ShouldBe(new[] { "HUP", "RPC-VERIFYFAIL", "RPC-HUP" }[i % 3]);
            (await world.OneAsync<string>("select state || ' ' || disposition from attempt where attempt_id = @Id and ended_at is not null and deadline is null", id)).ShouldBe($"Completed {new[] { "HUP", "RPC-VERIFYFAIL", "RPC-HUP" }[i % 3]}");
            (await world.OneAsync<long>("select count(*) from ivr_session where attempt_id = @Id and ended_at is not null", id)).ShouldBe(1);
            (await world.OneAsync<long>("select count(*) from event_feed where type = 'call.ended' and (data ->> 'callId')::bigint = @Id", id)).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_second_call_that_claims_the_attempt_raises_an_alarm_and_changes_nothing()
    {
        var call = await world.AttemptAsync(await world.CampaignAsync());

        await world.StatusAsync(call with { Sid = "CAsecond" }, "completed", 3);

        (await StateAsync(call)).ShouldBe("Ringing");
        (await world.OneAsync<long>("select count(*) from alarm where code = 'DUPLICATE_CALL' and subject = @subject", new { subject = $"attempt/{call.Id}" })).ShouldBe(1);
    }

    private Task<string> StateAsync(DialingWorld.Placed call) => world.OneAsync<string>("select state from attempt where attempt_id = @Id", call);
}
