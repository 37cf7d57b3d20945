using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Features.Compliance;
using NodaTime;

namespace Dialer.Features.Tests.Compliance;

/// <summary>What officers and agents ask: why, how many, and what if.</summary>
public sealed class AnswersTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly Instant Noon = ComplianceWorld.Noon;
    private readonly ComplianceWorld _world = new(database.Source);

    [Fact]
    public async Task Why_names_the_rule_its_source_the_remedy_and_the_next_instant()
    {
        var debtor = await _world.DebtorAsync();
        await _world.CallAsync(debtor, Noon - Duration.FromDays(2), "Completed", conversation: true);
        await _world.DecideAsync(Noon, debtor.Preview);

        var answer = (await new ExplainAccount(_world.Gate, _world.Database).ExplainAsync(debtor.Account, Noon, default))!;

        answer.Callable.ShouldBeFalse();
        answer.RetryAt.ShouldBe(Instant.FromUtc(2026, 6, 15, 15, 1)); // the eighth day, 08:01 in Los Angeles
        var way = answer.Ways.ShouldHaveSingleItem();
        way.Number.ShouldNotContain("555"); // masked
        answer.History.ShouldHaveSingleItem().Reasons.ShouldBe(["REGF_7DAY_AFTER_CONVERSATION"]);
        way.Reasons.ShouldContain(r => r.Code == "REGF_7DAY_AFTER_CONVERSATION" && r.Citation.StartsWith("12 CFR 1006.14") && r.Remedy.StartsWith("Wait"));
    }

    [Fact]
    public async Task Why_of_an_account_that_does_not_exist_is_no_answer() =>
        (await new ExplainAccount(_world.Gate, _world.Database).ExplainAsync(new AccountId(-1), Noon, default)).ShouldBeNull();

    [Fact]
    public async Task The_funnel_counts_every_lead_once_and_checks_those_that_are_due()
    {
        var campaign = await _world.CampaignAsync("Preview", "HangUp");
        var free = await LeadAsync(campaign);
        await LeadAsync(campaign, notBefore: Noon + Duration.FromHours(1));
        var held = await LeadAsync(campaign);
        await _world.HoldAsync(held, "Bankruptcy");
        var talked = await LeadAsync(campaign);
        await _world.CallAsync(talked, Noon - Duration.FromDays(2), "Completed", conversation: true);
        var funnelOf = new CampaignFunnel(_world.Gate, _world.Database);

        var funnel = (await funnelOf.ReadAsync(new CampaignId(campaign), Noon, default))!;

        funnel.Loaded.ShouldBe(4);
        (funnel.Excluded.Sum(s => s.Leads) + funnel.Due).ShouldBe(funnel.Loaded);
        funnel.Excluded.ToDictionary(s => s.Code, s => s.Leads).ShouldBe(new Dictionary<string, long> { ["LATER"] = 1, ["HOLD_BANKRUPTCY"] = 1 }, ignoreOrder: true);
        funnel.CheckedNow.Callable.ShouldBe(1);
        funnel.CheckedNow.Denied.ShouldHaveSingleItem().ShouldSatisfyAllConditions(step => step.Code.ShouldBe("REGF_7DAY_AFTER_CONVERSATION"), step => step.Leads.ShouldBe(1));
        (await funnelOf.LeadsAsync(new CampaignId(campaign), "REGF_7DAY_AFTER_CONVERSATION", 0, Noon, default)).ShouldHaveSingleItem().AccountId.ShouldBe(talked.Account.Value);
        (await funnelOf.LeadsAsync(new CampaignId(campaign), "CALLABLE", 0, Noon, default)).ShouldHaveSingleItem().AccountId.ShouldBe(free.Account.Value);
        (await funnelOf.LeadsAsync(new CampaignId(campaign), "HOLD_BANKRUPTCY", 0, Noon, default)).ShouldHaveSingleItem().AccountId.ShouldBe(held.Account.Value);
    }

    [Fact]
    public async Task A_stricter_row_shows_how_many_of_yesterday_s_contacts_it_would_have_denied()
    {
        var (quiet, busy) = (await _world.DebtorAsync(), await _world.DebtorAsync());
        for (var i = 0; i < 3; i++)
            await _world.CallAsync(busy, Noon - Duration.FromHours(30 + (15 * i)));
        await _world.DecideAsync(Noon, quiet.Preview, busy.Preview);
        var row = PolicySet.Shipped.FindRow("HOUSE-PERSON-CAP")!;
        var impact = new PolicyImpact(_world.Database);

        var stricter = await impact.OfYesterdayAsync(PolicySet.Shipped, row with { Max = 3 }, "HOUSE", Noon + Duration.FromHours(12), default);
        var same = await impact.OfYesterdayAsync(PolicySet.Shipped, row, "HOUSE", Noon + Duration.FromHours(12), default);

        (stricter.DeniesMore, stricter.AllowsMore).ShouldBe((1, 0));
        (same.DeniesMore, same.AllowsMore).ShouldBe((0, 0));
        same.Note.ShouldBeNull();
        (await impact.OfYesterdayAsync(PolicySet.Shipped, PolicySet.Shipped.FindRow("HOUSE-PAY-TRIES")! with { Max = 1 }, "HOUSE", Noon + Duration.FromHours(12), default)).Note!.ShouldContain("not worked out");
    }

    [Fact]
    public async Task An_approved_row_binds_the_next_decision_and_needs_two_persons()
    {
        var debtor = await _world.DebtorAsync();
        var row = PolicySet.Shipped.FindRow("HOUSE-PERSON-DAY")! with { Max = 0, WindowHours = 1 };
        const string Insert =
            """
            insert into policy_row (pack, row_id, body, reason, effective_from, state, proposed_at, proposed_by, decided_at, decided_by)
            values ('HOUSE', @Id, @body::jsonb, 'test', @noon, 'Approved', @noon, 'ada', @noon, @by);
            update policy_revision set revision = revision + 1
            """;
        await Should.ThrowAsync<Npgsql.PostgresException>(() => _world.Database.ExecuteAsync(Insert, new { row.Id, body = PolicySet.Write(row), noon = Noon, by = "ada" }, default));

        (await _world.DecideAsync(Noon, debtor.Preview)).Single().Allowed.ShouldBeTrue();
        await _world.Database.ExecuteAsync(Insert, new { row.Id, body = PolicySet.Write(row), noon = Noon, by = "grace" }, default);
        var after = (await _world.DecideAsync(Noon, debtor.Preview)).Single();

        after.Decision.Codes().ShouldContain("POLICY_PERSON_CAP");
        after.Decision.PackVersion.ShouldContain("HOUSE@3+");
        await _world.Database.ExecuteAsync("update policy_row set state = 'Withdrawn'; update policy_revision set revision = revision + 1", null, default);
    }

    [Fact]
    public async Task A_revocation_is_recorded_with_its_audit_row_and_stops_the_next_dial()
    {
        var debtor = await _world.DebtorAsync();
        await _world.Database.InTransactionAsync(
            (c, t) => ConsentRegister.RecordAsync(c, t, new ConsentStatement(debtor.Person, debtor.E164, Channel.Voice, ConsentKind.Revoked, ConsentScope.All, "ivr", "digit 9"), "ivr", Noon, default), default);

        (await _world.DecideAsync(Noon, debtor.Preview)).Single().Decision.Codes().ShouldBe(["MEDIUM_OPTOUT"]);
        await using var connection = await database.Source.OpenConnectionAsync();
        (await connection.ExecuteScalarAsync<int>("select count(*)::int from audit where subject = @s and action = 'consent.revoke'", new { s = $"person:{debtor.Person.Value}" })).ShouldBe(1);
    }

    private async Task<ComplianceWorld.Debtor> LeadAsync(long campaign, Instant? notBefore = null)
    {
        var debtor = await _world.DebtorAsync();
        await _world.Database.ExecuteAsync(
            "insert into ready_lead (campaign_id, account_id, person_id, not_before) values (@campaign, @account, @person, @at)",
            new { campaign, account = debtor.Account.Value, person = debtor.Person.Value, at = notBefore ?? Noon - Duration.FromHours(1) }, default);
        return debtor;
    }
}

internal static class Decisions
{
    public static IEnumerable<string> Codes(this ContactDecision decision) => decision.Reasons.Where(r => r.Severity != Severity.Warn).Select(r => r.Code);
}
