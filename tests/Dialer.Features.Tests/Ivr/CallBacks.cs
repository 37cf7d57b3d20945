using Dialer.Core.Pacing;
using Dialer.Features.Campaigns;
using Dialer.Features.Dialing;
using Dialer.Features.Ivr;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Dialer.Features.Tests.Ivr;

/// <summary>A call somebody asked for becomes a dial, through the same gate as every other.</summary>
public sealed class CallBacks(DialingWorld world) : IClassFixture<DialingWorld>
{
    private readonly IvrWorld _calls = new(world.Database) { Now = ComplianceWorld.Noon };

    [Fact]
    public async Task A_call_back_asked_for_when_nobody_was_free_is_dialled_at_the_number_that_asked_and_settled_by_its_end()
    {
        var debtor = await AskedAsync();
        var campaign = await CampaignOfAsync(debtor);
        var result = await DialAsync(campaign);

        var intent = result.Intents.ShouldHaveSingleItem();
        intent.ToE164.ShouldBe(debtor.E164);
        (await _calls.OneAsync<string>("select state || ' ' || tries from call_request where e164 = @E164", debtor)).ShouldBe("Dialed 1");
        (await _calls.OneAsync<string>("select verdict from decision where attempt_id = @AttemptId", intent)).ShouldStartWith("Allow");
        (await _calls.OneAsync<string>("select coalesce(exclusion, '-') from attempt where attempt_id = @AttemptId", intent)).ShouldBe("DirectConsent");

        await world.ExecuteAsync("update attempt set state = 'NoAnswer', ended_at = @Now where attempt_id = @AttemptId", new { intent.AttemptId, _calls.Now });
        await KeepAsync(_calls.Now);
        (await _calls.OneAsync<string>("select state from call_request where e164 = @E164", debtor)).ShouldBe("Queued");
        (await DialAsync(campaign)).Intents.ShouldBeEmpty("the second try waits a quarter of an hour");
    }

    [Fact]
    public async Task An_answered_call_back_is_done()
    {
        var debtor = await AskedAsync();
        var intent = (await DialAsync(await CampaignOfAsync(debtor))).Intents.Single();
        await world.ExecuteAsync("update attempt set state = 'Completed', answered_at = @Now, ended_at = @Now, treatment = 'Agent' where attempt_id = @AttemptId", new { intent.AttemptId, _calls.Now });
        await KeepAsync(_calls.Now);
        (await _calls.OneAsync<string>("select state from call_request where e164 = @E164", debtor)).ShouldBe("Reached");
    }

    [Fact]
    public async Task A_call_back_the_law_forbids_is_put_off_and_in_the_end_missed_with_an_alarm()
    {
        var debtor = await AskedAsync();
        await world.ExecuteAsync("insert into hold (person_id, kind, opened_at, opened_by) values (@PersonId, 'Cease', @Now, 'test')", new { debtor.PersonId, _calls.Now });
        (await DialAsync(await CampaignOfAsync(debtor))).Intents.ShouldBeEmpty();
        (await _calls.OneAsync<long>("select count(*) from decision where person_id = @PersonId and verdict = 'Deny'", debtor)).ShouldBe(1);
        await KeepAsync(_calls.Now + Duration.FromHours(25));
        (await _calls.OneAsync<string>("select state from call_request where e164 = @E164", debtor)).ShouldBe("Missed");
        (await _calls.OneAsync<long>("select count(*) from alarm where code = 'CALL_BACK_MISSED' and subject = 'call-back/' || (select call_request_id from call_request where e164 = @E164)", debtor)).ShouldBe(1);
    }

    [Fact]
    public async Task Asking_twice_is_one_call()
    {
        var debtor = await AskedAsync();
        await AskAsync(debtor);
        (await _calls.OneAsync<long>("select count(*) from call_request where e164 = @E164", debtor)).ShouldBe(1);
    }

    [Fact]
    public async Task Two_calls_asked_for_from_one_number_and_both_unanswered_stop_nothing_and_are_one_call_again()
    {
        var debtor = await AskedAsync();
        var intent = (await DialAsync(await CampaignOfAsync(debtor))).Intents.Single();
        await world.ExecuteAsync("update attempt set state = 'NoAnswer', ended_at = @Now where attempt_id = @AttemptId", new { intent.AttemptId, _calls.Now });
        await AskAsync(debtor); // before the keeper comes by
        await world.ExecuteAsync("update call_request set state = 'Dialed', tries = 1, attempt_id = @AttemptId where e164 = @ToE164 and state = 'Queued'", intent);

        await KeepAsync(_calls.Now);
        (await StatesAsync(debtor)).ShouldBe("Dialed Queued");

        await world.ExecuteAsync("update call_request set state = 'Reached' where e164 = @E164 and state = 'Queued'", debtor);
        await KeepAsync(_calls.Now);
        (await StatesAsync(debtor)).ShouldBe("Reached Reached", "who was reached is not called once more for having asked twice");
    }

    [Fact]
    public async Task A_campaign_without_agents_makes_no_call_that_a_person_was_promised_for()
    {
        var debtor = await AskedAsync();
        (await DialAsync(await CampaignOfAsync(debtor, "Agentless"))).Intents.ShouldBeEmpty();
    }

    private async Task<Debtor> AskedAsync()
    {
        var debtor = await _calls.AddDebtorAsync();
        await AskAsync(debtor);
        return debtor;
    }

    private async Task AskAsync(Debtor debtor)
    {
        var caller = await (await _calls.CallAsync(debtor, "inbound")).PressAsync("1");
        await caller.VerifyAsync();
        await caller.PressAsync("0", "1");
        caller.HungUp.ShouldBeTrue();
        await caller.HangUpAsync();
    }

    private async Task<Campaign> CampaignOfAsync(Debtor debtor, string mode = "Progressive")
    {
        var campaign = await world.CampaignAsync(mode: mode);
        await world.ExecuteAsync("update campaign set client_id = @ClientId where campaign_id = @CampaignId", new { debtor.ClientId, campaign.CampaignId });
        return (await world.Database.FindAsync<Campaign>($"select {Campaign.Columns} from campaign where campaign_id = @CampaignId", new { campaign.CampaignId }, default))!;
    }

    private async Task<DialBatch.Result> DialAsync(Campaign campaign)
    {
        var epoch = await world.Services.GetRequiredService<Leases>().TryHoldAsync(DialBatch.LeaseOf(campaign.CampaignId), TimeSpan.FromMinutes(1), default);
        return await world.Services.GetRequiredService<DialBatch>().PrepareAsync(campaign, Enum.Parse<PacingMode>(campaign.Mode.ToString()), 5, epoch!.Value, default);
    }

    private Task<string> StatesAsync(Debtor debtor) => _calls.OneAsync<string>("select string_agg(state, ' ' order by call_request_id) from call_request where e164 = @E164", debtor);

    private Task<int> KeepAsync(Instant now) => new CallBackKeeper(world.Database, new FixedTime(now)).RunAsync(default);
}
