using System.Net;
using System.Text.Json.Nodes;
using Dialer.Core.Pacing;
using Dialer.Core.Recycling;
using Dialer.Features.Campaigns;
using Dialer.Features.Dialing;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Dialer.Features.Tests.Campaigns;

/// <summary>How a campaign's list is made and worked. It is noon in Los Angeles, where everybody lives.</summary>
public sealed class CampaignDesign(DialingWorld world) : IClassFixture<DialingWorld>
{
    private const long Epoch = 4;
    private static readonly DateTimeZone LosAngeles = DateTimeZoneProviders.Tzdb["America/Los_Angeles"];

    [Fact]
    public async Task The_count_shown_before_is_the_list_made_after_and_its_order_takes_turns_by_the_mix()
    {
        var supervisor = await Supervisor.SignInAsync(world);
        var client = await ClientOfAsync(("Older", 900m), ("Older", 800m), ("Older", 700m), ("30", 60m), ("30", 50m), ("60", 5000m));
        var filter = new { maxBalance = 1000, ages = new[] { "30", "Older" } };

        var preview = await supervisor.SendAsync(HttpMethod.Post, "/api/v1/campaigns/list-preview", new { client, filter });
        var made = await supervisor.SendAsync(HttpMethod.Post, "/api/v1/campaigns", new
        {
            name = $"Design {client}", client, mode = "Predictive", from = "+12125550100", filter, order = "BalanceHigh", mix = new[] { new { age = "Older", weight = 1 }, new { age = "30", weight = 1 } },
        });

        preview.Status.ShouldBe(HttpStatusCode.OK, preview.Body?.ToJsonString());
        preview.Body!["accounts"]!.GetValue<long>().ShouldBe(6);
        preview.Body["reachable"]!.GetValue<long>().ShouldBe(5);
        made.Status.ShouldBe(HttpStatusCode.Created, made.Body?.ToJsonString());
        made.Body!["leads"]!.GetValue<int>().ShouldBe(5);
        (await world.OneAsync<string>(
            "select string_agg(round(a.balance)::text, ' ' order by r.rank) from ready_lead r join account a using (account_id) where r.campaign_id = @id", new { id = made.Body["id"]!.GetValue<long>() }))
            .ShouldBe("900 60 800 50 700");
    }

    [Fact]
    public async Task A_lead_comes_back_by_the_matrix_and_not_outside_its_part_of_the_day()
    {
        var campaign = await LedAsync(new Cadence { Rules = [new CadenceRule(CadenceOutcome.NoAnswer, 1, null, 90, PartChoice.Evening)], MaxAttempts = 9, MaxAttemptsADay = 3 });
        await world.ListAsync(campaign, 1);
        var intent = (await PrepareAsync(campaign, 1)).Intents.ShouldHaveSingleItem();

        await EndAsync(intent.AttemptId, "NoAnswer");

        var (due, parts) = await LeadAsync(campaign);
        due.InZone(LosAngeles).LocalDateTime.ShouldBe(new LocalDateTime(2026, 6, 10, 17, 0));
        parts.ShouldBe(DayParts.Evening);

        // Should it be looked at in another part of the day, it is put back into its own.
        await world.ExecuteAsync("update ready_lead set not_before = @Noon where campaign_id = @CampaignId", new { ComplianceWorld.Noon, campaign.CampaignId });
        (await PrepareAsync(campaign, 1)).Intents.ShouldBeEmpty();
        (await LeadAsync(campaign)).Due.InZone(LosAngeles).LocalDateTime.ShouldBe(new LocalDateTime(2026, 6, 10, 17, 0));
        (await world.OneAsync<long>("select count(*) from attempt where campaign_id = @CampaignId", campaign)).ShouldBe(1);
    }

    [Fact]
    public async Task The_law_s_later_time_is_moved_into_the_lead_s_part_of_the_day()
    {
        var campaign = await LedAsync(null);
        await world.ListAsync(campaign, 1);
        await world.ExecuteAsync(
            """
            update ready_lead set parts = 2 where campaign_id = @CampaignId;
            insert into attempt (campaign_id, account_id, person_id, phone_id, mode, to_e164, from_e164, state, created_at, placed_at)
            select campaign_id, account_id, person_id, (select phone_id from phone p where p.person_id = r.person_id), 'Predictive', (select e164 from phone p where p.person_id = r.person_id), '+18005550100', 'NoAnswer', @at, @at
            from ready_lead r where campaign_id = @CampaignId
            """,
            new { campaign.CampaignId, at = ComplianceWorld.Noon - Duration.FromMinutes(30) });

        (await PrepareAsync(campaign, 1)).Intents.ShouldBeEmpty(); // the house keeps three hours between calls

        var (due, _) = await LeadAsync(campaign);
        var denied = Instant.FromDateTimeUtc(await world.OneAsync<DateTime>("select retry_at from decision where campaign_id = @CampaignId and verdict = 'Deny'", campaign));
        due.ShouldBeGreaterThanOrEqualTo(denied);
        DayPartClock.At(due, LosAngeles).ShouldBe(DayParts.Afternoon);
    }

    [Fact]
    public async Task A_matrix_s_last_attempt_takes_the_lead_off_the_list()
    {
        var campaign = await LedAsync(new Cadence { Rules = [new CadenceRule(null, 1, null, 60)], MaxAttempts = 1, MaxAttemptsADay = 3 });
        await world.ListAsync(campaign, 1);
        var intent = (await PrepareAsync(campaign, 1)).Intents.ShouldHaveSingleItem();

        await EndAsync(intent.AttemptId, "Busy");

        (await world.OneAsync<long>("select count(*) from ready_lead where campaign_id = @CampaignId", campaign)).ShouldBe(0);
    }

    [Fact]
    public async Task Each_person_sees_one_number_of_the_pool_and_calling_it_back_finds_the_campaign()
    {
        var supervisor = await Supervisor.SignInAsync(world);
        var made = await supervisor.SendAsync(HttpMethod.Post, "/api/v1/caller-id-pools", new { name = $"Pool {Guid.NewGuid():N}", numbers = Enumerable.Range(0, 8).Select(n => $"+1415555{4000 + n}") });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Body?.ToJsonString());
        var pool = made.Body!["id"]!.GetValue<long>();
        var campaign = await LedAsync(null, pool);
        await world.ListAsync(campaign, 12);

        var intents = (await PrepareAsync(campaign, 12)).Intents;

        intents.ShouldAllBe(intent => intent.FromE164!.StartsWith("+14155554", StringComparison.Ordinal));
        intents.Select(intent => intent.FromE164).Distinct().Count().ShouldBeGreaterThan(2);
        (await world.OneAsync<long>("select count(*) from attempt where campaign_id = @CampaignId and from_e164 like '+14155554%'", campaign)).ShouldBe(12);
        (await world.OneAsync<long>("select campaign_of_number(@number)", new { number = intents[0].FromE164 })).ShouldBe(campaign.CampaignId);
        var pools = await supervisor.SendAsync(HttpMethod.Get, "/api/v1/caller-id-pools", null);
        pools.Body!.AsArray().Single(each => each!["id"]!.GetValue<long>() == pool)!["numbers"]!.AsArray().ShouldAllBe(number => number!["health"]!["standing"]!.GetValue<string>() == "TooFew");
        (await supervisor.SendAsync(HttpMethod.Put, $"/api/v1/caller-id-pools/{pool}/numbers/state", new { e164 = intents[0].FromE164, state = "Resting", reason = "Labelled" })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await supervisor.SendAsync(HttpMethod.Post, $"/api/v1/caller-id-pools/{pool}/numbers", new { numbers = new[] { "12" } })).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_campaign_makes_no_more_calls_a_day_than_it_may_spend()
    {
        await world.CloseAllAsync();
        var skill = DialingWorld.NewSkill();
        var campaign = await world.CampaignAsync(skill, "Progressive");
        await world.ExecuteAsync("update campaign set calls_a_day = 2 where campaign_id = @CampaignId", campaign);
        await world.ListAsync(campaign, 8);
        var seats = world.Seats(skill, 6);
        var leader = world.Leader("thrifty");

        await leader.TickUntilAsync(world, seats, async () => await world.OneAsync<long>("select count(*) from attempt where campaign_id = @CampaignId", campaign) >= 2);
        for (var i = 0; i < 5; i++)
            await leader.TickAsync(world, seats);

        (await world.OneAsync<long>("select count(*) from attempt where campaign_id = @CampaignId", campaign)).ShouldBe(2);
        await leader.LeaveAsync();
    }

    [Fact]
    public async Task A_campaign_that_has_spent_its_day_is_led_until_its_last_call_has_left()
    {
        var made = await world.CampaignAsync();
        await world.ExecuteAsync("update campaign set calls_a_day = 1 where campaign_id = @CampaignId", made);
        var campaign = (await world.Database.FindAsync<Campaign>($"select {Campaign.Columns} from campaign where campaign_id = @CampaignId", made, default))!;
        var call = await world.AttemptAsync(campaign, "Intent");
        async Task<int> LedAsync() => (await DayBudget.WithinAsync(world.Database, [campaign], world.Services.GetRequiredService<ServiceClock>().Now, default)).Count;

        (await LedAsync()).ShouldBe(1);
        await world.ExecuteAsync("update attempt set state = 'Placed' where attempt_id = @Id", call);
        (await LedAsync()).ShouldBe(0);
        await world.ExecuteAsync("update attempt set state = 'NotPlaced' where attempt_id = @Id", call);
        (await LedAsync()).ShouldBe(1);
    }

    [Theory]
    [InlineData("2026-07-03T12:00:00Z", "Scheduled")] // the fourth is a Saturday: observed on the Friday
    [InlineData("2026-07-06T12:00:00Z", "Open")]
    public async Task The_schedule_does_not_open_on_a_holiday(string fires, string state)
    {
        var campaign = await world.CampaignAsync();
        await world.ExecuteAsync("update campaign set state = 'Scheduled', holidays = 'US' where campaign_id = @CampaignId", campaign);

        await world.Services.GetRequiredService<Database>().InTransactionAsync(
            (connection, transaction) => new OpenCampaign().RunAsync(campaign.CampaignId.ToString(), NodaTime.Text.InstantPattern.ExtendedIso.Parse(fires).Value, connection, transaction, default), default);

        (await world.OneAsync<string>("select state from campaign where campaign_id = @CampaignId", campaign)).ShouldBe(state);
        await world.ExecuteAsync("update campaign set state = 'Closed' where campaign_id = @CampaignId", campaign);
    }

    [Theory]
    [InlineData("2026-07-06T12:00:00Z", "Scheduled", "Open", "Open")] // eight o'clock, the campaign's opening
    [InlineData("2026-07-07T00:00:00Z", "Open", "Open", "Scheduled")] // its closing
    [InlineData("2026-07-06T13:00:00Z", "Open", "Open", "Open")] // both were missed while no node ran, and are made up for at nine
    [InlineData("2026-07-07T02:00:00Z", "Scheduled", "Scheduled", "Scheduled")] // the same, at ten in the evening
    public async Task A_fire_that_was_missed_opens_and_closes_nothing_at_the_wrong_time_of_day(string fires, string before, string opened, string closed)
    {
        var campaign = await world.CampaignAsync();
        await world.ExecuteAsync("update campaign set state = @before where campaign_id = @CampaignId", new { campaign.CampaignId, before });
        async Task<string> AfterAsync(Dialer.Storage.Scheduling.IScheduledWork work)
        {
            await world.Database.InTransactionAsync(
                (connection, transaction) => work.RunAsync(campaign.CampaignId.ToString(), NodaTime.Text.InstantPattern.ExtendedIso.Parse(fires).Value, connection, transaction, default), default);
            return await world.OneAsync<string>("select state from campaign where campaign_id = @CampaignId", campaign);
        }

        (await AfterAsync(new OpenCampaign())).ShouldBe(opened);
        (await AfterAsync(new CloseCampaign())).ShouldBe(closed);
        await world.ExecuteAsync("update campaign set state = 'Closed' where campaign_id = @CampaignId", campaign);
    }

    [Fact]
    public async Task A_call_that_was_never_made_takes_none_of_a_leads_tries_of_the_day()
    {
        var campaign = await world.CampaignAsync();
        await world.ExecuteAsync(
            """update campaign set cadence = '{"rules":[{"fromAttempt":1,"delayMinutes":60}],"maxAttempts":9,"maxAttemptsADay":2}' where campaign_id = @CampaignId""", campaign);
        var call = await world.AttemptAsync(campaign);
        await world.ExecuteAsync(
            """
            insert into attempt (campaign_id, account_id, person_id, phone_id, mode, to_e164, from_e164, state, created_at, ended_at)
            select campaign_id, account_id, person_id, phone_id, mode, to_e164, from_e164, 'Refused', created_at, created_at from attempt where attempt_id = @Id
            """, call);

        await world.StatusAsync(call, "no-answer", 1);

        (await world.OneAsync<bool>("select r.not_before < a.created_at + interval '2 hours' from ready_lead r join attempt a using (campaign_id, account_id) where a.attempt_id = @Id", call)).ShouldBeTrue();
        await world.ExecuteAsync("update campaign set state = 'Closed' where campaign_id = @CampaignId", campaign);
    }

    [Fact]
    public async Task The_outlook_of_a_matrix_stands_beside_the_caps_that_it_would_run_into()
    {
        var supervisor = await Supervisor.SignInAsync(world);
        var matrix = new { rules = new[] { new { fromAttempt = 1, delayMinutes = 120 } }, maxAttempts = 40, maxAttemptsADay = 4 };

        var answer = await supervisor.SendAsync(HttpMethod.Post, "/api/v1/campaigns/cadence-forecast", new { cadence = matrix });
        var refused = await supervisor.SendAsync(HttpMethod.Post, "/api/v1/campaigns/cadence-forecast", new { cadence = new { rules = Array.Empty<object>(), maxAttempts = 0, maxAttemptsADay = 4 } });

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body?.ToJsonString());
        answer.Body!["outlook"]!["most"]!.AsArray().Select(calls => calls!.GetValue<int>()).ShouldAllBe(calls => calls == 4);
        var caps = answer.Body["caps"]!.AsArray();
        caps.Single(cap => cap!["id"]!.GetValue<string>() == "US-REGF-7IN7")!["binds"]!.GetValue<bool>().ShouldBeTrue();
        caps.Single(cap => cap!["id"]!.GetValue<string>() == "HOUSE-PERSON-DAY")!["binds"]!.GetValue<bool>().ShouldBeTrue();
        caps.Single(cap => cap!["id"]!.GetValue<string>() == "WV-CALLS")!["binds"]!.GetValue<bool>().ShouldBeFalse();
        refused.Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_design_is_changed_with_a_reason_for_those_who_looked_at_the_newest_version()
    {
        var supervisor = await Supervisor.SignInAsync(world);
        var campaign = await world.CampaignAsync();
        var path = $"/api/v1/campaigns/{campaign.CampaignId}/design";
        var design = (await supervisor.SendAsync(HttpMethod.Get, path, null)).Body!["design"]!.AsObject();
        design["callsADay"] = 500;
        design["skills"] = new JsonArray("en");
        design["cadence"] = JsonNode.Parse("""{"rules":[{"outcome":"Busy","fromAttempt":1,"delayMinutes":15,"part":"Any"}],"maxAttempts":7,"maxAttemptsADay":2}""");

        var changed = await supervisor.SendAsync(HttpMethod.Put, path, new { version = campaign.Version, reason = "Fewer calls", design });
        var stale = await supervisor.SendAsync(HttpMethod.Put, path, new { version = campaign.Version, reason = "Again", design });

        changed.Status.ShouldBe(HttpStatusCode.OK, changed.Body?.ToJsonString());
        stale.Status.ShouldBe(HttpStatusCode.Conflict);
        (await world.OneAsync<string>("select calls_a_day || ' ' || max_attempts || ' ' || skills[1] || ' ' || (cadence -> 'rules' -> 0 ->> 'outcome') from campaign where campaign_id = @CampaignId", campaign)).ShouldBe("500 7 en Busy");
        (await world.OneAsync<long>("select count(*) from audit where action = 'campaign.design' and subject = @subject", new { subject = $"campaign/{campaign.CampaignId}" })).ShouldBe(1);
    }

    private async Task<string> ClientOfAsync(params (string Age, decimal Balance)[] accounts)
    {
        var code = $"L{Guid.NewGuid():N}"[..12];
        foreach (var (age, balance) in accounts)
        {
            var debtor = await world.People.DebtorAsync();
            await world.ExecuteAsync(
                """
                insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at) values (@code, 'List', 'List', '+18005550100', 'ThirdParty', 'Consumer', @Noon) on conflict do nothing;
                update account set client_id = (select client_id from client where code = @code), balance = @balance, bucket_30 = case when @age = '30' then @balance else 0 end,
                    bucket_60 = case when @age = '60' then @balance else 0 end, bucket_older = case when @age = 'Older' then @balance else 0 end where account_id = @account
                """,
                new { code, age, balance, account = debtor.Account.Value, ComplianceWorld.Noon });
        }

        return code;
    }

    private async Task<Campaign> LedAsync(Cadence? cadence, long? pool = null)
    {
        var campaign = await world.CampaignAsync();
        await world.ExecuteAsync(
            """
            update campaign set cadence = cast(@cadence as jsonb), caller_id_pool_id = @pool where campaign_id = @CampaignId;
            insert into lease (name, owner, epoch, expires_at) values (@name, 'test', @Epoch, clock_timestamp() + interval '1 hour')
            """,
            new { campaign.CampaignId, cadence = cadence is null ? null : System.Text.Json.JsonSerializer.Serialize(cadence, ApiJson.Options), pool, name = DialBatch.LeaseOf(campaign.CampaignId), Epoch });
        return (await world.Services.GetRequiredService<Database>().FindAsync<Campaign>($"select {Campaign.Columns} from campaign where campaign_id = @CampaignId", campaign, default))!;
    }

    private Task<DialBatch.Result> PrepareAsync(Campaign campaign, int wanted) => world.Services.GetRequiredService<DialBatch>().PrepareAsync(campaign, PacingMode.Progressive, wanted, Epoch, default);

    private async Task<(Instant Due, DayParts Parts)> LeadAsync(Campaign campaign)
    {
        var row = await world.Services.GetRequiredService<Database>().FindAsync<(Instant Due, short Parts)>("select not_before, parts from ready_lead where campaign_id = @CampaignId", campaign, default);
        return (row.Due, (DayParts)row.Parts);
    }

    private async Task EndAsync(long attempt, string state)
    {
        var sid = $"CA{Guid.NewGuid():N}";
        await world.ExecuteAsync("update attempt set state = 'Ringing', sid = @sid, placed_at = created_at where attempt_id = @attempt", new { attempt, sid });
        await world.Services.GetRequiredService<Database>().InTransactionAsync(
            async (connection, transaction) =>
            {
                var row = await AttemptRow.LockAsync(connection, transaction, attempt, default);
                var now = world.Services.GetRequiredService<ServiceClock>().Now;
                await world.Services.GetRequiredService<AttemptEvents>().ApplyAsync(
                    connection, transaction, row!, new Core.Calls.AttemptEvent.Progress(sid, Enum.Parse<Core.Calls.CallStatus>(state), now, 5), default);
            },
            default);
    }
}
