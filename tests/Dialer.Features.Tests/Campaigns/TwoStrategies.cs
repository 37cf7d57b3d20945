using System.Net;
using Dialer.Core.Experiments;
using Dialer.Features.Campaigns;
using Dialer.Features.Tests.Compliance;
using Dialer.Features.Tests.Dialing;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Dialer.Features.Tests.Campaigns;

/// <summary>An experiment on a campaign whose persons' outcomes are planted.</summary>
public sealed class TwoStrategies(DialingWorld world) : IClassFixture<DialingWorld>
{
    private Database Database => world.Services.GetRequiredService<Database>();

    [Fact]
    public async Task A_planted_difference_is_found_persons_still_open_do_not_count_and_the_plan_cannot_change()
    {
        var supervisor = await Supervisor.SignInAsync(world);
        var campaign = await world.CampaignAsync();
        var path = $"/api/v1/campaigns/{campaign.CampaignId}/experiments";
        var plan = new
        {
            name = "Evenings", hypothesis = "People are at home in the evening", metric = "promise", horizonHours = 24, plannedPersons = 2000,
            a = new { name = "As now" }, b = new { name = "Evening", cadence = new { rules = new[] { new { fromAttempt = 1, delayMinutes = 60, part = "Evening" } }, maxAttempts = 7, maxAttemptsADay = 1 } },
        };

        var started = await supervisor.SendAsync(HttpMethod.Post, path, plan);
        started.Status.ShouldBe(HttpStatusCode.Created, started.Body?.ToJsonString());
        var id = started.Body!["id"]!.GetValue<long>();
        (await supervisor.SendAsync(HttpMethod.Post, path, plan)).Status.ShouldBe(HttpStatusCode.Conflict);
        await world.ExecuteAsync("update experiment set started_at = @at where experiment_id = @id", new { id, at = ComplianceWorld.Noon - Duration.FromDays(10) });
        await PlantAsync(campaign, id, persons: 1200, daysAgo: 5);
        await PlantAsync(campaign, id, persons: 60, daysAgo: 0);

        var result = (await supervisor.GetAsync(path)).Body!["items"]![0]!;

        result["stillOpen"]!.GetValue<long>().ShouldBe(60);
        (result["resultA"]!["persons"]!.GetValue<long>() + result["resultB"]!["persons"]!.GetValue<long>()).ShouldBe(1200);
        result["verdict"]!.GetValue<string>().ShouldBe("BIsBetter");
        result["low"]!.GetValue<double>().ShouldBeGreaterThan(0);
        (await supervisor.SendAsync(HttpMethod.Post, $"{path}/{id}/stop", new { conclusion = " " })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await supervisor.SendAsync(HttpMethod.Post, $"{path}/{id}/stop", new { conclusion = "Evenings it is" })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await world.OneAsync<long>("select count(*) from audit where subject = @subject and action like 'experiment.%'", new { subject = $"campaign/{campaign.CampaignId}" })).ShouldBe(2);
    }

    [Fact]
    public async Task A_person_is_dialled_by_his_own_arm_s_matrix()
    {
        var campaign = await world.CampaignAsync();
        var id = await world.OneAsync<long>(
            """
            insert into experiment (campaign_id, name, hypothesis, metric, horizon_hours, planned_persons, arm_a, arm_b, started_at, started_by)
            values (@CampaignId, 'x', 'x', 'promise', 24, 1000, '{"name":"A"}', '{"name":"B","cadence":{"rules":[{"fromAttempt":1,"delayMinutes":7}],"maxAttempts":9,"maxAttemptsADay":9}}', now(), 'test') returning experiment_id
            """,
            campaign);
        var running = (await Database.InTransactionAsync((connection, transaction) => RunningExperiment.OfAsync(connection, transaction, campaign.CampaignId, default), default))!;

        var persons = Enumerable.Range(1, 200).Select(person => (long)person).ToList();
        persons.Where(person => running.CadenceOf(person)?.Rules[0].DelayMinutes == 7).ShouldBe(persons.Where(person => Arms.Of(id, person) == Arm.B));
        persons.Count(person => running.CadenceOf(person) is null).ShouldBeInRange(60, 140);
    }

    [Theory]
    [InlineData("horizonHours", 0)]
    [InlineData("plannedPersons", 5)]
    public async Task A_plan_without_sense_is_refused_by_name(string field, int value)
    {
        var supervisor = await Supervisor.SignInAsync(world);
        var campaign = await world.CampaignAsync();
        var plan = System.Text.Json.Nodes.JsonNode.Parse("""{"name":"n","hypothesis":"h","metric":"promise","horizonHours":24,"plannedPersons":1000,"a":{"name":"A"},"b":{"name":"B","callerIdPoolId":1}}""")!.AsObject();
        plan[field] = value;

        var refused = await supervisor.SendAsync(HttpMethod.Post, $"/api/v1/campaigns/{campaign.CampaignId}/experiments", plan);

        refused.Status.ShouldBe(HttpStatusCode.BadRequest);
        refused.Body!["errors"]![field].ShouldNotBeNull();
    }

    /// <summary>Persons with one call each; every third of arm B promises, every tenth of arm A.</summary>
    private async Task PlantAsync(Campaign campaign, long experiment, int persons, int daysAgo)
    {
        var at = ComplianceWorld.Noon - Duration.FromDays(daysAgo) - Duration.FromMinutes(5);
        var ids = await Database.QueryAsync<long>(
            """
            with p as (insert into person (client_id, client_person_no, first_name, last_name, created_at, updated_at)
                select @ClientId, 'x' || @daysAgo || '-' || n, 'F', 'L', @at, @at from generate_series(1, @persons) n returning person_id),
            a as (insert into account (client_id, person_id, client_account_no, creditor, balance, bucket_30, placed_on, created_at, updated_at)
                select @ClientId, person_id, 'x' || person_id, 'C', 100, 100, date '2026-01-01', @at, @at from p returning account_id, person_id)
            insert into attempt (campaign_id, account_id, person_id, mode, to_e164, from_e164, state, created_at, ended_at)
            select @CampaignId, account_id, person_id, 'Predictive', '+12135550000', '+18005550100', 'Completed', @at, @at from a returning person_id
            """,
            new { campaign.ClientId, campaign.CampaignId, daysAgo, persons, at }, default);
        var promised = ids.Where((person, i) => i % (Arms.Of(experiment, person) == Arm.B ? 3 : 10) == 0).ToArray();
        await world.ExecuteAsync(
            """
            insert into promise (account_id, person_id, attempt_id, amount, due_on, grace_until, source, state, made_at)
            select t.account_id, t.person_id, t.attempt_id, 10, date '2026-06-20', date '2026-06-25', 'Agent', 'Active', t.created_at from attempt t where t.person_id = any (@promised)
            """,
            new { promised });
    }
}
