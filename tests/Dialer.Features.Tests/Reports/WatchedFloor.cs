using Dialer.Features.Reports;
using Dialer.Features.Reports.Alerts;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Dialer.Features.Tests.Reports;

/// <summary>Alerts over a floor that a test moves by hand.</summary>
public sealed class WatchedFloor : IAsyncLifetime
{
    private static readonly Instant Noon = Instant.FromUtc(2026, 6, 2, 16, 0);
    private readonly TestDatabase _database = new();
    private WatchAlerts _alerts = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _alerts = new WatchAlerts(_database.Database, new Leases(_database.Database, new NodeIdentity("test")), null!, NullLogger<WatchAlerts>.Instance);
    }

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_rate_near_its_cap_rings_once_with_its_owner_and_ends_only_when_it_is_well_below()
    {
        double[] rates = [0.028, 0.0281, 0.0262, 0.0275, 0.022, 0.0215, 0.0210];
        var moved = new List<int>();
        for (var i = 0; i < rates.Length; i++)
            moved.Add(await _alerts.LookAsync(Floor(Noon + Duration.FromSeconds(70 * i), Campaign(rates[i])), default));

        moved.ShouldBe([0, 1, 0, 0, 0, 0, 1]);
        var alarm = await _database.Database.FindAsync<(string Code, string Subject, string Owner, string Level, string Text, string ClosedBy)>(
            "select code, subject, owner, level, text, closed_by from alarm", null, default);
        (alarm.Code, alarm.Subject, alarm.Owner, alarm.Level, alarm.ClosedBy).ShouldBe(("ALERT_abandonmentOfCap", "campaign/7", "Supervisors", "error", "rule"));
        alarm.Text.ShouldBe("Autumn: abandonment stands at this share of the cap: 93.7 %, at or above 90 % for 60 s.");
    }

    [Fact]
    public async Task Another_node_goes_on_where_the_first_one_stopped_and_a_closed_campaign_rings_no_more()
    {
        await _alerts.LookAsync(Floor(Noon, Campaign(0.029)), default);
        var other = new WatchAlerts(_database.Database, new Leases(_database.Database, new NodeIdentity("other")), null!, NullLogger<WatchAlerts>.Instance);

        (await other.LookAsync(Floor(Noon + Duration.FromSeconds(61), Campaign(0.029)), default)).ShouldBe(1);
        (await other.LookAsync(Floor(Noon + Duration.FromSeconds(62), Campaign(0.029) with { State = "Closed" }), default)).ShouldBe(1);
        (await _database.Database.FindAsync<long>("select count(*) from alarm where closed_at is null", null, default)).ShouldBe(0);
    }

    [Fact]
    public async Task Few_answers_say_nothing_and_a_rule_that_is_switched_off_is_silent()
    {
        for (var i = 0; i < 3; i++)
            (await _alerts.LookAsync(Floor(Noon + Duration.FromSeconds(100 * i), Campaign(0.5) with { AnsweredLive = 20 }), default)).ShouldBe(0);
        await _database.Database.ExecuteAsync("update alert_rule set enabled = false", null, default);
        for (var i = 0; i < 3; i++)
            (await _alerts.LookAsync(Floor(Noon + Duration.FromSeconds(1000 + (100 * i)), Campaign(0.5)), default)).ShouldBe(0);
    }

    [Fact]
    public async Task One_conversation_without_its_disclosure_is_an_alert_for_compliance_until_it_was_looked_at()
    {
        var quiet = Campaign(0.001);
        await _database.Database.ExecuteAsync(
            """
            with call as (insert into attempt (mode, to_e164, from_e164, state, created_at) values ('Preview', '+12135550123', '+18005550100', 'Completed', @Noon) returning attempt_id)
            insert into disclosure_missing (attempt_id, agent_id, codes, found_at) select attempt_id, 7, '{DISCLOSE_INITIAL}', @Noon from call
            """,
            new { Noon }, default);

        (await _alerts.LookAsync(Floor(Noon, quiet), default)).ShouldBe(1);
        (await _alerts.LookAsync(Floor(Noon + Duration.FromSeconds(3), quiet), default)).ShouldBe(0);
        (await _database.Database.FindAsync<string>("select owner || ': ' || text from alarm where code = 'ALERT_disclosuresMissing' and closed_at is null", null, default))
            .ShouldBe("Compliance: Conversations whose owed disclosures nobody ticked: 1, at or above 1.");

        await _database.Database.ExecuteAsync("update disclosure_missing set finding = 'Given', words = 'heard', reviewed_at = @Noon, reviewed_by = 'ola'", new { Noon }, default);
        (await _alerts.LookAsync(Floor(Noon + Duration.FromSeconds(6), quiet), default)).ShouldBe(1);
        (await _database.Database.FindAsync<long>("select count(*) from alarm where closed_at is null", null, default)).ShouldBe(0);
    }

    private static CampaignView Campaign(double rate) => new(
        7, "Autumn", "Predictive", null, "Open", 10, 0, 0, 0, 0, 1000, 300, 0, 0, 0, 0, 300, 0, rate, 0.03m, 0, 5000, new SumView(0, 0), new SumView(0, 0), null);

    private static FloorView Floor(Instant at, CampaignView campaign) => new(
        at, new ClockView(at, 1, true), [], [campaign], new TotalsView(0, 0, 0, 0, 0, new SumView(0, 0), new SumView(0, 0), 0, new Dictionary<string, long>()), new LinesView(0, 0, 0, 0, 0), [],
        new Dictionary<string, double>());
}
