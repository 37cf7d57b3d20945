namespace Dialer.Chaos;

public sealed class DrainedInMidCampaign
{
    [Fact]
    public async Task A_service_told_to_end_dials_nobody_more_serves_webhooks_gives_its_leases_back_and_ends_well()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        var cancel = patience.Token;
        await using var centre = await CallCentre.OpenAsync(accounts: 250, agents: 4, speed: 20, cancel);
        await centre.UntilMoreCallsAsync(8, cancel);

        centre.TerminateService();
        await centre.UntilAsync("the node says that it drains", async () => await centre.HealthAsync() == (503, "draining"), cancel);
        await centre.UntilAsync(
            "its campaigns are free for another node",
            async () => await centre.OneAsync<long>("select count(*) from lease where name like 'campaign:%' and expires_at > clock_timestamp()") == 0,
            cancel);
        using (var onTheirWay = new PeriodicTimer(TimeSpan.FromSeconds(1)))
            await onTheirWay.WaitForNextTickAsync(cancel);
        var before = centre.CallsMade().Count;
        (await centre.ForgedWebhookAsync()).ShouldBe(403);

        (await centre.ServiceEndedAsync(cancel)).ShouldBe(0);
        centre.CallsMade().Count.ShouldBe(before, "a call was made while draining");
        (await centre.ForgedWebhookAsync()).ShouldBe(0);

        await centre.StartServiceAsync(cancel);
        await centre.UntilMoreCallsAsync(8, cancel);
        await centre.ShouldHaveLostAndDoubledNothingAsync(cancel);
    }
}
