using Dialer.Features.Reports;
using NodaTime;

namespace Dialer.Features.Tests.Reports;

/// <summary>The figures of the wallboard, counted without looking at the whole day each second, are those of a count of the whole day.</summary>
public sealed class LiveFloorCounts : IAsyncLifetime
{
    private static readonly Instant Morning = Instant.FromUtc(2026, 6, 2, 13, 0);
    private static readonly Instant Midnight = Instant.FromUtc(2026, 6, 2, 4, 0);
    private static readonly string[] Ends = ["Completed", "Busy", "NoAnswer", "Failed", "Canceled"];
    private readonly TestDatabase _database = new();
    private readonly ServiceClock _clock = ServiceClock.Simulated(Morning.ToDateTimeOffset(), TimeProvider.System.GetUtcNow(), 1);

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        await _database.Database.ExecuteAsync(
            """
            insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at) values ('C', 'C', 'C', '+12125550100', 'ThirdParty', 'Consumer', @Morning);
            insert into campaign (name, client_id, mode, state, from_e164, opens_cron, closes_cron, created_at, updated_at)
            select 'K' || n, 1, 'Predictive', 'Open', '+12125550100', '0 0 8 ? * *', '0 0 20 ? * *', @Morning, @Morning from generate_series(1, 3) n;
            """,
            new { Morning }, default);
    }

    public Task DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_becomes_of_the_calls_the_counts_are_those_of_the_whole_day(int seed)
    {
        var random = new Random(seed);
        var counting = new TodaysCalls(_database.Database, _clock);
        var now = Morning;
        for (var i = 0; i < 24; i++)
        {
            now += Duration.FromSeconds(1 + random.Next(25));
            await LiveOnAsync(random, now);
            if (random.Next(3) > 0)
                Written(await counting.ReadAsync(Midnight, now, default)).ShouldBe(Written(await new TodaysCalls(_database.Database, _clock).ReadAsync(Midnight, now, default)), $"look {i}");
        }

        (await counting.ReadAsync(Midnight, now, default)).Sum(tally => tally.Attempts).ShouldBeGreaterThan(40);
    }

    [Fact]
    public async Task Yesterday_s_calls_are_not_today_s()
    {
        var counting = new TodaysCalls(_database.Database, _clock);
        await LiveOnAsync(new Random(9), Morning);

        (await counting.ReadAsync(Midnight, Morning + Duration.FromMinutes(1), default)).ShouldNotBeEmpty();
        (await counting.ReadAsync(Midnight + Duration.FromDays(1), Morning + Duration.FromHours(20), default)).ShouldBeEmpty();
    }

    /// <summary>Some calls begin, some that live are answered, some end; one in ten is found to have been something else a little later.</summary>
    private async Task LiveOnAsync(Random random, Instant now)
    {
        for (var i = random.Next(6) + 1; i > 0; i--)
            await _database.Database.ExecuteAsync(
                "insert into attempt (campaign_id, direction, mode, to_e164, from_e164, state, created_at) values (@campaign, @direction, 'Predictive', @to, '+12125550100', 'Ringing', @now)",
                new { campaign = random.Next(4) is var c and > 0 ? c : (int?)null, direction = random.Next(8) == 0 ? "Inbound" : "Outbound", to = $"+1415{random.Next(2_000_000, 9_999_999)}{random.Next(10)}"[..12], now }, default);
        await _database.Database.ExecuteAsync(
            """
            update attempt set state = 'Answered', answered_at = @now, answered_by = case when random() < 0.5 then 'human' when random() < 0.5 then 'machine_start' end, treatment = 'Agent', bridged_at = case when random() < 0.7 then @now end
            where state = 'Ringing' and random() < 0.3;
            update attempt set state = (@Ends::text[])[1 + floor(random() * 5)::int], ended_at = @now, abandoned = random() < 0.1 where state in ('Ringing', 'Answered') and random() < 0.25;
            """,
            new { now, Ends }, default);
    }

    private static List<string> Written(IEnumerable<CallTally> tallies) =>
        [.. tallies.OrderBy(tally => tally.CampaignId).ThenBy(tally => tally.Outbound).Select(tally => System.Text.Json.JsonSerializer.Serialize(tally))];
}
