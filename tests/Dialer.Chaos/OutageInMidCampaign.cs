namespace Dialer.Chaos;

public sealed class OutageInMidCampaign
{
    /// <summary>Calls that were already on their way when a database went may still reach the network; after this nothing new may.</summary>
    private static readonly TimeSpan OnTheirWay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_database_that_goes_away_stops_the_dialling_and_nothing_is_lost_or_dialled_twice_when_it_comes_back()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var cancel = patience.Token;
        await using var centre = await CallCentre.OpenAsync(accounts: 400, agents: 5, speed: 20, cancel);

        await centre.UntilMoreCallsAsync(8, cancel);
        centre.Postgres.Cut();
        await centre.UntilAsync("a node without PostgreSQL says it is not ready", async () => await centre.HealthAsync() == (503, "postgres-away"), cancel);
        await NothingIsDialledAsync(centre, "without PostgreSQL", cancel);
        centre.Postgres.Restore();
        await centre.UntilAsync("the node is ready again", async () => await centre.HealthAsync() == (200, "ready"), cancel);
        await centre.UntilMoreCallsAsync(8, cancel);

        centre.Redis.Cut();
        await centre.UntilAsync("a node without Redis says so", async () => await centre.HealthAsync() == (200, "ready-without-redis"), cancel);
        await NothingIsDialledAsync(centre, "without Redis", cancel);
        await centre.ForgetRedisAsync();
        centre.Redis.Restore();
        await centre.UntilMoreCallsAsync(8, cancel);

        await centre.ForgetRedisAsync(); // as FLUSHALL does it, with everybody connected
        await centre.UntilMoreCallsAsync(8, cancel);

        await centre.ShouldHaveLostAndDoubledNothingAsync(cancel);
    }

    private static async Task NothingIsDialledAsync(CallCentre centre, string when, CancellationToken cancel)
    {
        using var grace = new PeriodicTimer(OnTheirWay);
        await grace.WaitForNextTickAsync(cancel);
        var before = centre.CallsMade().Count;
        using var outage = new PeriodicTimer(Outage);
        await outage.WaitForNextTickAsync(cancel);
        centre.CallsMade().Count.ShouldBe(before, $"a call was made {when}");
    }
}
