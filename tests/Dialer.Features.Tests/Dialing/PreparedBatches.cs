using Dialer.Core.Pacing;
using Dialer.Features.Campaigns;
using Dialer.Features.Dialing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Dialing;

public sealed class PreparedBatches(DialingWorld world) : IClassFixture<DialingWorld>
{
    private const long Epoch = 4;

    [Fact]
    public async Task A_batch_stops_at_the_number_wanted_and_leaves_a_decision_for_each_of_its_calls()
    {
        var campaign = await LedAsync();
        await world.ListAsync(campaign, 8);

        var batch = await PrepareAsync(campaign, 3);

        batch.LeaseHeld.ShouldBeTrue();
        batch.Intents.Count.ShouldBe(3);
        (await world.OneAsync<long>("select count(*) from decision d join attempt a using (attempt_id) where a.campaign_id = @CampaignId and a.state = 'Intent' and d.verdict <> 'Deny'", campaign)).ShouldBe(3);
        (await world.OneAsync<long>("select count(*) from ready_lead where campaign_id = @CampaignId and attempts = 1", campaign)).ShouldBe(3);
    }

    [Fact]
    public async Task Two_batches_at_once_never_take_the_same_person()
    {
        var campaign = await LedAsync();
        await world.ListAsync(campaign, 12);

        var batches = await Task.WhenAll(PrepareAsync(campaign, 8), PrepareAsync(campaign, 8), PrepareAsync(campaign, 8));

        var all = batches.SelectMany(batch => batch.Intents.Select(intent => intent.ToE164)).ToList();
        all.ShouldBeUnique();
        (await world.OneAsync<long>("select count(distinct person_id) from attempt where campaign_id = @CampaignId", campaign)).ShouldBe(all.Count);
        all.Count.ShouldBeGreaterThanOrEqualTo(8);
    }

    [Fact]
    public async Task A_leader_who_was_replaced_prepares_nothing()
    {
        var campaign = await LedAsync();
        await world.ListAsync(campaign, 2);

        var batch = await world.Services.GetRequiredService<DialBatch>().PrepareAsync(campaign, PacingMode.Progressive, 2, Epoch - 1, default);

        batch.LeaseHeld.ShouldBeFalse();
        batch.Intents.ShouldBeEmpty();
        (await world.LiveAsync(campaign)).ShouldBe(0);
    }

    [Fact]
    public async Task Nothing_is_begun_once_the_answer_to_a_pause_is_given()
    {
        var campaign = await LedAsync();
        await world.ListAsync(campaign, 2);

        Task<DialBatch.Result> meanwhile = Task.FromResult<DialBatch.Result>(null!);
        await world.Database.InTransactionAsync(
            async (connection, transaction) =>
            {
                (await ChangeCampaignState.SetAsync(connection, transaction, campaign.CampaignId, CampaignState.Paused, [CampaignState.Open], "test", Compliance.ComplianceWorld.Noon, default)).ShouldBeTrue();
                meanwhile = PrepareAsync(campaign, 2);
                await UntilItWaitsAsync();
                return 0;
            },
            default);

        (await meanwhile).Intents.ShouldBeEmpty();
        (await world.LiveAsync(campaign)).ShouldBe(0);
    }

    [Fact]
    public async Task A_person_the_law_protects_is_passed_over_put_back_and_written_down()
    {
        var campaign = await LedAsync();
        await world.ListAsync(campaign, 2);
        await world.ExecuteAsync(
            "insert into hold (person_id, kind, opened_at, opened_by) select person_id, 'Cease', @at, 'test' from ready_lead where campaign_id = @CampaignId order by account_id limit 1",
            new { campaign.CampaignId, at = Compliance.ComplianceWorld.Noon });

        var batch = await PrepareAsync(campaign, 2);

        batch.Intents.Count.ShouldBe(1);
        (await world.OneAsync<long>("select count(*) from decision where campaign_id = @CampaignId and verdict = 'Deny'", campaign)).ShouldBe(1);
        (await world.OneAsync<bool>("select bool_and(not_before > @at) from ready_lead where campaign_id = @CampaignId", new { campaign.CampaignId, at = Compliance.ComplianceWorld.Noon })).ShouldBeTrue();
    }

    private async Task UntilItWaitsAsync()
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await world.OneAsync<bool>("select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%for share%')"))
            await ticks.WaitForNextTickAsync();
    }

    private Task<DialBatch.Result> PrepareAsync(Campaign campaign, int wanted) => world.Services.GetRequiredService<DialBatch>().PrepareAsync(campaign, PacingMode.Progressive, wanted, Epoch, default);

    private async Task<Campaign> LedAsync()
    {
        var campaign = await world.CampaignAsync();
        await world.ExecuteAsync(
            "insert into lease (name, owner, epoch, expires_at) values (@name, 'test', @Epoch, clock_timestamp() + interval '1 hour')", new { name = DialBatch.LeaseOf(campaign.CampaignId), Epoch });
        return campaign;
    }
}
