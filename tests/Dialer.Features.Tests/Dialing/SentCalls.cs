using Dialer.Features.Campaigns;
using Dialer.Features.Dialing;
using Dialer.Storage.Redis;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Dialer.Features.Tests.Dialing;

public sealed class SentCalls(DialingWorld world) : IClassFixture<DialingWorld>
{
    private const long Epoch = 3;

    [Theory]
    [InlineData(TwilioStub.Answer.CutConnection)]
    [InlineData(TwilioStub.Answer.ServerError)]
    public async Task An_unknown_outcome_counts_is_never_sent_again_and_is_adopted_by_a_webhook_with_its_token(TwilioStub.Answer answer)
    {
        var campaign = await LedCampaignAsync();
        var call = await world.AttemptAsync(campaign, "Intent");
        world.Twilio.Answers[call.E164] = answer;

        await SendAsync(campaign, Epoch, call);
        await UntilAsync(call, "Unknown");
        await SendAsync(campaign, Epoch, call);
        await SendAndWaitForAnotherAsync(campaign);

        world.Twilio.CallsTo(call.E164).Count.ShouldBe(1);
        (await world.OneAsync<bool>("select counted and sid is null from attempt where attempt_id = @Id", call)).ShouldBeTrue();

        await world.StatusAsync(call with { Sid = "CA" + call.Token }, "ringing", 1);
        (await world.OneAsync<string>("select state || ' ' || sid from attempt where attempt_id = @Id", call)).ShouldBe($"Ringing CA{call.Token}");
    }

    [Fact]
    public async Task A_call_is_asked_for_with_its_token_in_every_url()
    {
        var campaign = await LedCampaignAsync();
        var call = await world.AttemptAsync(campaign, "Intent");

        await SendAsync(campaign, Epoch, call);
        await UntilAsync(call, "Placed");

        var form = world.Twilio.CallsTo(call.E164).ShouldHaveSingleItem().Form;
        foreach (var name in new[] { "Url", "StatusCallback", "FallbackUrl" })
            form[name].ShouldEndWith($"?t={call.Token}");
        (await world.OneAsync<bool>("select sid is not null and epoch = 3 from attempt where attempt_id = @Id", call)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_sender_whose_lease_was_taken_over_sends_nothing()
    {
        var campaign = await LedCampaignAsync();
        var call = await world.AttemptAsync(campaign, "Intent");

        await SendAsync(campaign, Epoch - 1, call);
        await SendAndWaitForAnotherAsync(campaign);

        world.Twilio.CallsTo(call.E164).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refused_call_is_not_counted_and_its_lead_comes_back()
    {
        var campaign = await LedCampaignAsync();
        var call = await world.AttemptAsync(campaign, "Intent");
        world.Twilio.Answers[call.E164] = TwilioStub.Answer.TooManyRequests;

        await SendAsync(campaign, Epoch, call);
        await UntilAsync(call, "Refused");

        world.Twilio.CallsTo(call.E164).Count.ShouldBe(1);
        (await world.OneAsync<bool>("select counted from attempt where attempt_id = @Id", call)).ShouldBeFalse();
        (await world.OneAsync<bool>(
            "select not_before between a.ended_at and a.ended_at + interval '20 seconds' from ready_lead r join attempt a using (campaign_id, account_id) where attempt_id = @Id", call)).ShouldBeTrue();
        (await PhoneAsync(call)).ShouldBe("Active");
    }

    [Fact]
    public async Task A_number_that_Twilio_calls_invalid_is_not_dialled_again()
    {
        var campaign = await LedCampaignAsync();
        var call = await world.AttemptAsync(campaign, "Intent");
        world.Twilio.Answers[call.E164] = TwilioStub.Answer.InvalidNumber;

        await SendAsync(campaign, Epoch, call);
        await UntilAsync(call, "Refused");

        (await PhoneAsync(call)).ShouldBe("Disconnected");
    }

    [Fact]
    public async Task A_call_that_missed_its_start_leaves_at_the_next_free_one()
    {
        var campaign = await LedCampaignAsync();
        var call = await world.AttemptAsync(campaign, "Intent");
        var now = world.Services.GetRequiredService<ServiceClock>().Now.UnixMicroseconds();
        var taken = await world.Services.GetRequiredService<AgentIndex>().TakeStartsAsync(CallPace.Bucket, now, 1, perSecond: 500, atLeast: 500);

        await world.Services.GetRequiredService<CallSender>().SendAsync(campaign, Epoch, [call.Intent], default, new CallStarts(1, now - 1_000_000, 2000));
        await UntilAsync(call, "Placed");

        (await world.OneAsync<Instant>("select placed_at from attempt where attempt_id = @Id", call)).UnixMicroseconds().ShouldBeGreaterThanOrEqualTo(taken.Us(500));
    }

    [Fact]
    public async Task A_call_that_cannot_be_asked_for_stops_no_other()
    {
        var campaign = await LedCampaignAsync();
        var call = await world.AttemptAsync(campaign, "Intent");

        await world.Services.GetRequiredService<CallSender>().SendAsync(campaign, Epoch, [call.Intent with { FromE164 = "no number" }], default);
        await SendAndWaitForAnotherAsync(campaign);

        world.Twilio.CallsTo(call.E164).ShouldBeEmpty();
    }

    private async Task<Campaign> LedCampaignAsync()
    {
        var campaign = await world.CampaignAsync();
        await world.ExecuteAsync(
            "insert into lease (name, owner, epoch, expires_at) values (@name, 'test', @Epoch, clock_timestamp() + interval '1 hour')",
            new { name = DialBatch.LeaseOf(campaign.CampaignId), Epoch });
        return campaign;
    }

    private Task SendAsync(Campaign campaign, long epoch, DialingWorld.Placed call) =>
        world.Services.GetRequiredService<CallSender>().SendAsync(campaign, epoch, [call.Intent], default).AsTask();

    /// <summary>Batches are sent in order: when a later one is placed, the earlier ones have been dealt with.</summary>
    private async Task SendAndWaitForAnotherAsync(Campaign campaign)
    {
        var another = await world.AttemptAsync(campaign, "Intent");
        await SendAsync(campaign, Epoch, another);
        await UntilAsync(another, "Placed");
    }

    private Task UntilAsync(DialingWorld.Placed call, string state) =>
        DialingWorld.UntilAsync(async () => await world.OneAsync<string>("select state from attempt where attempt_id = @Id", call) == state);

    private Task<string> PhoneAsync(DialingWorld.Placed call) =>
        world.OneAsync<string>("select status from phone join attempt using (phone_id) where attempt_id = @Id", call);
}
