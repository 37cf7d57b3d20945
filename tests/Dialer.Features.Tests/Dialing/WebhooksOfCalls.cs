using System.Net;
using Dialer.Core;
using Dialer.Features.Tests.Compliance;
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
    public async Task A_second_call_that_claims_the_attempt_raises_an_alarm_and_changes_nothing()
    {
        var call = await world.AttemptAsync(await world.CampaignAsync());

        await world.StatusAsync(call with { Sid = "CAsecond" }, "completed", 3);

        (await StateAsync(call)).ShouldBe("Ringing");
        (await world.OneAsync<long>("select count(*) from alarm where code = 'DUPLICATE_CALL' and subject = @subject", new { subject = $"attempt/{call.Id}" })).ShouldBe(1);
    }

    private Task<string> StateAsync(DialingWorld.Placed call) => world.OneAsync<string>("select state from attempt where attempt_id = @Id", call);
}
