using Dialer.Core.Compliance;
using Dialer.Core.Pacing;
using Dialer.Features.Dialing;
using Dialer.Features.Tests.Compliance;
using Dialer.Storage.Redis;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Dialer.Features.Tests.Dialing;

public sealed class PacedCampaigns(DialingWorld world) : IClassFixture<DialingWorld>
{
    private static readonly Duration TwoSeconds = Duration.FromSeconds(2);

    [Fact]
    public async Task Callers_in_who_were_joined_to_agents_lately_are_in_every_plan_by_the_part_of_their_agents_that_is_the_campaigns()
    {
        await world.CloseAllAsync();
        var skill = DialingWorld.NewSkill();
        var campaign = await world.CampaignAsync(skill);
        await world.ListAsync(campaign, 20);
        var now = world.Services.GetRequiredService<ServiceClock>().Now;
        await JoinedAsync(now - Duration.FromMinutes(14), 30);
        await JoinedAsync(now - Duration.FromMinutes(16), 50);
        // Four of the five who take callers in serve this campaign.
        var seats = world.Seats(skill, 4).Concat(world.Seats(DialingWorld.NewSkill(), 1)).Select(seat => seat with { Skills = [.. seat.Skills, "serves-inbound"] }).ToList();
        var leader = world.Leader("blended");

        await leader.TickAsync(world, seats);
        await leader.LeaveAsync();

        var points = await world.Services.GetRequiredService<PacingSeries>().PointsAsync(campaign.CampaignId, now - Duration.FromHours(1), now + Duration.FromHours(1), default);
        points[^1].Inbound.ShouldBe(30 / 15.0 * 4 / 5, 0.051);
    }

    [Fact]
    public async Task Every_plan_is_made_again_bit_for_bit_from_the_stored_series_across_knobs_and_leaders()
    {
        await world.CloseAllAsync();
        var skill = DialingWorld.NewSkill();
        var campaign = await world.CampaignAsync(skill);
        await world.ListAsync(campaign, 20);
        var seats = world.Seats(skill, 3);
        var first = world.Leader("first");
        var ticks = 0;
        await first.TickUntilAsync(world, seats, async () => ++ticks >= 4 && await world.LiveAsync(campaign) >= 3);
        var calls = await world.PlacedAsync(campaign);
        await world.StatusAsync(calls[0], "busy", 1);
        await world.StatusAsync(calls[1], "no-answer", 1);
        await world.AnswerAsync(calls[2], "human");
        await first.TickAsync(world, seats);
        await world.ExecuteAsync("update campaign set ring_seconds = 18, abandon_cap = 0.02, version = version + 1 where campaign_id = @CampaignId", campaign);
        await first.TickAsync(world, seats);
        await first.LeaveAsync();
        var second = world.Leader("second");
        for (var tick = 0; tick < 3; tick++)
            await second.TickAsync(world, seats);
        await second.LeaveAsync();

        var pieces = await PiecesAsync(campaign.CampaignId);

        pieces.Count.ShouldBeGreaterThanOrEqualTo(2);
        pieces.Sum(piece => piece.Count(line => line.Contains("\"out\":", StringComparison.Ordinal))).ShouldBe(ticks + 5);
        pieces.SelectMany(PacingReplay.Compare).ShouldBeEmpty();
        var forged = pieces[0].Select(line => line.Replace("\"working\":3", "\"working\":4", StringComparison.Ordinal)).ToList();
        PacingReplay.Compare(forged).ShouldNotBeEmpty();
        var points = await world.Services.GetRequiredService<PacingSeries>().PointsAsync(campaign.CampaignId, ComplianceWorld.Noon, ComplianceWorld.Noon + Duration.FromHours(1), default);
        points.Sum(point => point.Ticks).ShouldBe(ticks + 5);
        points.Sum(point => point.Started).ShouldBe((int)await world.OneAsync<long>("select count(*) from attempt where campaign_id = @CampaignId", campaign));
        points[0].Working.ShouldBe(3);
    }

    /// <summary>An officer's row is no mere text: the engine paces by it from the next tick on, whatever the campaign's own cap says.</summary>
    [Fact]
    public async Task A_stricter_row_of_policy_about_abandoned_calls_binds_campaigns_that_run()
    {
        await world.CloseAllAsync();
        var skill = DialingWorld.NewSkill();
        var campaign = await world.CampaignAsync(skill);
        await world.ListAsync(campaign, 20);
        var seats = world.Seats(skill, 3);
        var stricter = PolicySet.Shipped.FindRow("HOUSE-ABANDON")! with { MaxRate = 0.0125 };
        await world.ExecuteAsync(
            """
            insert into policy_row (pack, row_id, body, reason, effective_from, state, proposed_at, proposed_by, decided_at, decided_by)
            values ('HOUSE', @Id, @body::jsonb, 'test', @noon, 'Approved', @noon, 'ada', @noon, 'grace');
            update policy_revision set revision = revision + 1
            """,
            new { stricter.Id, body = PolicySet.Write(stricter), noon = ComplianceWorld.Noon - Duration.FromDays(1) });
        try
        {
            var leader = world.Leader("strict");
            await leader.TickUntilAsync(world, seats, async () => await world.LiveAsync(campaign) >= 3); // its decisions read the new revision
            await leader.TickAsync(world, seats);
            await leader.LeaveAsync();

            (await PiecesAsync(campaign.CampaignId)).SelectMany(piece => piece).ShouldContain(line => line.Contains("0.0125", StringComparison.Ordinal));
        }
        finally
        {
            await world.ExecuteAsync("update policy_row set state = 'Withdrawn' where row_id = @Id; update policy_revision set revision = revision + 1", stricter);
        }
    }

    [Fact]
    public async Task A_leader_that_dies_in_mid_flight_is_followed_without_a_spike_a_gap_or_anything_learned_twice()
    {
        await world.CloseAllAsync();
        var skill = DialingWorld.NewSkill();
        var campaign = await world.CampaignAsync(skill);
        await world.ListAsync(campaign, 30);
        var seats = world.Seats(skill, 3);
        var dying = world.Leader("dying");
        await dying.TickUntilAsync(world, seats, async () => await world.LiveAsync(campaign) >= 3);
        var flying = await world.PlacedAsync(campaign);
        await world.StatusAsync(flying[0], "busy", 1);
        await dying.TickAsync(world, seats);
        await dying.LeaveAsync();
        var learned = (await world.MemoryAsync(campaign)).Rates.Resolved;
        // Between the leaders one more call ends: nobody looked, and it must not be lost.
        await world.StatusAsync(flying[1], "no-answer", 1);
        await world.ExecuteAsync("update lease set expires_at = clock_timestamp() - interval '1 minute' where name = @name", new { name = DialBatch.LeaseOf(campaign.CampaignId) });
        var before = await world.LiveAsync(campaign);

        var next = world.Leader("next");
        await next.TickAsync(world, seats);

        var plan = next.Plans[campaign.CampaignId];
        plan.InFlight.ShouldBe((int)before);
        plan.Dials.ShouldBeInRange(1, 6 - (int)before);
        (await world.LiveAsync(campaign)).ShouldBeLessThanOrEqualTo(6);
        await next.LeaveAsync();
        (await world.MemoryAsync(campaign)).Rates.Resolved.ShouldBe(learned + 1);
    }

    [Fact]
    public async Task A_campaign_that_cannot_be_led_keeps_no_other_from_being_led()
    {
        await world.CloseAllAsync();
        var skill = DialingWorld.NewSkill();
        var broken = await world.CampaignAsync(skill);
        var whole = await world.CampaignAsync(skill);
        await world.ExecuteAsync("insert into pacing_memory (campaign_id, memory, seen_at) values (@CampaignId, '[]', @CreatedAt)", broken);
        var leader = world.Leader("patient");

        await leader.TickAsync(world, world.Seats(skill, 1));

        leader.Plans.Keys.ShouldBe([whole.CampaignId]);
        await leader.LeaveAsync();
    }

    [Fact]
    public async Task A_leader_that_was_followed_stores_and_dials_nothing_more()
    {
        await world.CloseAllAsync();
        var skill = DialingWorld.NewSkill();
        var campaign = await world.CampaignAsync(skill);
        var seats = world.Seats(skill, 1);
        var old = world.Leader("old");
        await old.TickAsync(world, seats);
        const string Stored = "select count(*) from pacing_tick where campaign_id = @CampaignId";
        var stored = await world.OneAsync<long>(Stored, campaign);
        await world.ExecuteAsync("update lease set expires_at = clock_timestamp() + interval '1 hour', owner = 'another', epoch = epoch + 1 where name = @name", new { name = DialBatch.LeaseOf(campaign.CampaignId) });
        await world.ListAsync(campaign, 4);

        await old.TickAsync(world, seats);
        await old.LeaveAsync();

        (await world.LiveAsync(campaign)).ShouldBe(0);
        (await world.OneAsync<long>(Stored, campaign)).ShouldBe(stored);
        old.Plans.ContainsKey(campaign.CampaignId).ShouldBeFalse();
    }

    [Fact]
    public async Task Campaigns_with_the_same_agents_share_them_and_never_dial_twice_for_one()
    {
        await world.CloseAllAsync();
        var skill = DialingWorld.NewSkill();
        var one = await world.CampaignAsync(skill, "Progressive");
        var other = await world.CampaignAsync(skill, "Progressive");
        await world.ListAsync(one, 6);
        await world.ListAsync(other, 6);
        var seats = world.Seats(skill, 4);
        var leader = world.Leader("sharing");

        await leader.TickUntilAsync(world, seats, async () => await world.LiveAsync(one) + await world.LiveAsync(other) >= 4);
        await leader.TickAsync(world, seats);

        (await world.LiveAsync(one)).ShouldBe(2);
        (await world.LiveAsync(other)).ShouldBe(2);
        await leader.LeaveAsync();
    }

    [Fact]
    public async Task A_campaign_of_higher_priority_is_served_first()
    {
        await world.CloseAllAsync();
        var skill = DialingWorld.NewSkill();
        var urgent = await world.CampaignAsync(skill, "Progressive");
        var other = await world.CampaignAsync(skill, "Progressive");
        await world.ExecuteAsync("update campaign set priority = 5 where campaign_id = @CampaignId", urgent);
        await world.ListAsync(urgent, 6);
        await world.ListAsync(other, 6);
        var seats = world.Seats(skill, 3);
        var leader = world.Leader("ranking");

        await leader.TickAsync(world, seats);
        leader.Plans[other.CampaignId].Bound.ShouldBe(PacingBound.SharedAgents);
        await leader.TickUntilAsync(world, seats, async () => await world.LiveAsync(urgent) >= 3);

        (await world.LiveAsync(urgent)).ShouldBe(3);
        (await world.LiveAsync(other)).ShouldBe(0);
        await leader.LeaveAsync();
    }

    [Fact]
    public async Task The_console_is_told_why_nothing_is_dialled_until_something_is()
    {
        await world.CloseAllAsync();
        var skill = DialingWorld.NewSkill();
        var campaign = await world.CampaignAsync(skill);
        var seats = world.Seats(skill, 1);
        var fast = ServiceClock.Simulated(world.Services.GetRequiredService<ServiceClock>().GetUtcNow(), TimeProvider.System.GetUtcNow(), 200);
        var leader = world.Leader("watched", fast);
        const string Open = "select count(*) from alarm where code = 'PACING_NOT_DIALLED' and subject = @subject and closed_at is null";
        var subject = new { subject = $"campaign/{campaign.CampaignId}" };

        await DialingWorld.UntilAsync(async () =>
        {
            await leader.TickAsync(world, seats);
            return await world.OneAsync<long>(Open, subject) == 1;
        });
        (await world.OneAsync<string>("select text from alarm where subject = @subject and code = 'PACING_NOT_DIALLED'", subject)).ShouldContain("No further number is dialable");
        await world.ListAsync(campaign, 3);
        await leader.TickUntilAsync(world, seats, async () => await world.OneAsync<long>(Open, subject) == 0);

        (await world.LiveAsync(campaign)).ShouldBeGreaterThan(0);
        await leader.LeaveAsync();
        var redis = world.Services.GetRequiredService<RedisConnection>();
        await redis.Database.KeyDeleteAsync(redis.Key("starts:calls")); // the fast clock's starts are minutes ahead of the world's
    }

    [Fact]
    public async Task A_campaign_that_nobody_leads_is_reported_by_any_node()
    {
        var campaign = await world.CampaignAsync(DialingWorld.NewSkill());
        var now = ComplianceWorld.Noon + Duration.FromMinutes(5);
        var alarms = new PacingAlarms(world.Services.GetRequiredService<Dialer.Storage.Postgres.Database>());

        await alarms.WatchLeadersAsync([campaign], now, default);

        (await world.OneAsync<string>("select text from alarm where code = 'PACING_NO_DECISION' and subject = @subject", new { subject = $"campaign/{campaign.CampaignId}" })).ShouldContain("no leader");
    }

    [Fact]
    public async Task The_abandonment_account_of_a_closed_campaign_is_that_of_the_one_made_in_its_place()
    {
        var campaign = await world.CampaignAsync();
        var now = ComplianceWorld.Noon;
        var debtor = await world.People.DebtorAsync();
        for (var i = 0; i < 40; i++)
        {
            await world.People.CallAsync(debtor, now - Duration.FromHours(30 * i / 2), "Completed", campaign: campaign.CampaignId);
            await world.ExecuteAsync("update attempt set answered_at = created_at, answered_by = 'human', abandoned = @abandoned where attempt_id = (select max(attempt_id) from attempt)", new { abandoned = i % 10 == 0 });
        }

        await world.ExecuteAsync("update attempt set answered_at = @at where attempt_id = (select min(attempt_id) from attempt where campaign_id = @CampaignId)", new { campaign.CampaignId, at = now - Duration.FromDays(31) });
        var copy = await world.CampaignAsync();
        await world.ExecuteAsync("update campaign set lineage_id = @CampaignId where campaign_id = @copy", new { campaign.CampaignId, copy = copy.CampaignId });
        var database = world.Services.GetRequiredService<Dialer.Storage.Postgres.Database>();
        var heir = (await database.FindAsync<Dialer.Features.Campaigns.Campaign>($"select {Dialer.Features.Campaigns.Campaign.Columns} from campaign where campaign_id = @id", new { id = copy.CampaignId }, default))!;

        var account = await new AnswerAccount().ReadAsync(database, heir, TwoSeconds, now, default);

        account.Now.ShouldBe(new AbandonmentLedger(3, 39));
        account.Ahead.LiveAnswers.ShouldBeInRange(38, 39);
        (await new AnswerAccount().ReadAsync(database, campaign, TwoSeconds, now, default)).ShouldBe(account);
    }

    [Theory]
    [InlineData("'Agent', bridged_at = answered_at + interval '2.0 s'", 0)]
    [InlineData("'Agent', bridged_at = answered_at + interval '2.1 s'", 1)]
    [InlineData("'Agent', bridged_at = answered_at + interval '90 s', conversation_at = answered_at + interval '1 s'", 0)] // handed on to a colleague
    [InlineData("'Agent', ended_at = answered_at + interval '1.5 s'", 0)] // hung up before anybody was late
    [InlineData("'Agent', ended_at = answered_at + interval '4 s'", 1)]
    [InlineData("'Agent', bridged_at = answered_at + interval '40 s', mode = 'Agentless'", 0)] // the IVR was there at once
    [InlineData("'Message', abandoned = true", 1)]
    [InlineData("'Ivr', ended_at = answered_at + interval '40 s'", 0)]
    public async Task Whom_an_agent_joins_later_than_two_seconds_is_abandoned_in_the_account(string what, int abandoned)
    {
        var campaign = await world.CampaignAsync();
        var now = ComplianceWorld.Noon;
        var call = await world.People.CallAsync(await world.People.DebtorAsync(), now - Duration.FromMinutes(10), "Completed", campaign: campaign.CampaignId);
        await world.ExecuteAsync("update attempt set answered_at = created_at, answered_by = 'human' where attempt_id = @call", new { call });
        await world.ExecuteAsync($"update attempt set treatment = {what} where attempt_id = @call", new { call });

        (await new AnswerAccount().ReadAsync(world.Services.GetRequiredService<Dialer.Storage.Postgres.Database>(), campaign, TwoSeconds, now, default)).Now.ShouldBe(new AbandonmentLedger(abandoned, 1));
    }

    [Fact]
    public void The_rows_of_the_policy_say_how_soon_an_agent_must_be_there() => world.Services.GetRequiredService<Dialer.Features.Compliance.CallCaps>().ConnectSeconds().ShouldBe(2);

    [Fact]
    public void Only_a_wish_to_pause_or_go_home_takes_an_agent_out_of_the_forecast()
    {
        PacedAgent Seen(string? intent) => FloorReader.Paced(new AgentReading(Guid.NewGuid(), 7, "OnCall", 0, null, intent, [], true), [], Instant.FromUnixTimeSeconds(60));

        Seen("Break").Leaving.ShouldBeTrue();
        Seen("Offline").Leaving.ShouldBeTrue();
        Seen(null).Leaving.ShouldBeFalse();
        Seen("Available").Leaving.ShouldBeFalse();
    }

    [Fact]
    public void Calls_that_outlive_their_ring_timeout_together_mean_that_webhooks_are_missing()
    {
        var now = Instant.FromUtc(2026, 6, 10, 19, 0);
        LiveCall Call(int age) => new() { State = Dialer.Core.Calls.AttemptState.Placed, SubmittedAt = now - Duration.FromSeconds(age) };

        FloorReader.Silent([Call(90), Call(80), Call(70), Call(5)], Duration.FromSeconds(40), now).ShouldBeTrue();
        FloorReader.Silent([Call(90), Call(30), Call(20), Call(5)], Duration.FromSeconds(40), now).ShouldBeFalse();
        FloorReader.Silent([Call(90), Call(80), Call(70), .. Enumerable.Repeat(Call(5), 20)], Duration.FromSeconds(40), now).ShouldBeFalse();
    }

    [Fact]
    public async Task Days_of_the_series_that_are_old_enough_are_dropped_whole()
    {
        var database = world.Services.GetRequiredService<Dialer.Storage.Postgres.Database>();
        var old = new LocalDate(2026, 3, 1);
        await PartitionKeeper.EnsureAsync(database, old, default);

        (await PartitionKeeper.PruneAsync(database, old.PlusDays(PartitionKeeper.SeriesDays), default)).ShouldBe(1);
        (await PartitionKeeper.PruneAsync(database, old.PlusDays(PartitionKeeper.SeriesDays), default)).ShouldBe(0);
    }

    private async Task<List<IReadOnlyList<string>>> PiecesAsync(long campaign)
    {
        var pieces = new List<IReadOnlyList<string>>();
        await foreach (var piece in world.Services.GetRequiredService<PacingSeries>().PiecesAsync(campaign, ComplianceWorld.Noon, ComplianceWorld.Noon + Duration.FromHours(1), default))
            pieces.Add(piece);
        return pieces;
    }

    private Task JoinedAsync(Instant at, int calls) => world.ExecuteAsync(
        """
        insert into attempt (direction, mode, to_e164, from_e164, state, sid, created_at, answered_at, bridged_at, ended_at, treatment, counted, purpose)
        select 'Inbound', 'Manual', '+15005550006', '+15005550007', 'Completed', 'CA' || md5(@at::text || n), @at, @at, @at, @at, 'Agent', false, 'Inbound'
        from generate_series(1, @calls) n
        """,
        new { at, calls });
}
