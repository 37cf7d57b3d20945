namespace Dialer.Chaos;

public sealed class KilledInMidCampaign
{
    private const string Live = "('Intent', 'Submitting', 'Unknown', 'Placed', 'Ringing', 'Answered')";

    [Fact]
    public async Task The_service_killed_twice_dials_nobody_twice_and_goes_on()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var cancel = patience.Token;
        await using var centre = await CallCentre.OpenAsync(accounts: 300, agents: 5, speed: 20, cancel);

        for (var death = 1; death <= 2; death++)
        {
            var before = centre.CallsMade().Count;
            await centre.UntilAsync(
                $"calls are in the air before death {death}",
                async () => centre.CallsMade().Count >= before + 8 && await centre.OneAsync<long>($"select count(*) from attempt where state in {Live}") > 0,
                cancel);
            await centre.KillServiceAsync(cancel);
            await centre.StartServiceAsync(cancel);
        }

        var afterDeaths = centre.CallsMade().Count;
        await centre.UntilAsync("the campaign goes on", () => Task.FromResult(centre.CallsMade().Count >= afterDeaths + 8), cancel);
        await centre.CloseCampaignAsync(cancel);
        await centre.UntilAsync(
            "no attempt is left between intent and answer",
            async () => await centre.OneAsync<long>("select count(*) from attempt where direction = 'Outbound' and state in ('Intent', 'Submitting', 'Placed', 'Ringing')") == 0,
            cancel);
        var calls = centre.CallsMade();
        await centre.UntilAsync(
            "every call of the network belongs to an attempt",
            async () => await centre.OneAsync<long>("select count(*) from attempt where sid = any (@sids)", new { sids = calls.Select(call => call.Sid).ToArray() }) == calls.Count,
            cancel);

        calls.GroupBy(call => call.Token).Where(group => group.Count() > 1).Select(group => group.Key).ShouldBeEmpty("an attempt was dialled twice");
        (await centre.OneAsync<long>("select count(*) from alarm where code = 'DUPLICATE_CALL'")).ShouldBe(0);
        (await centre.OneAsync<long>("select count(*) from attempt where state in ('Intent', 'Submitting')")).ShouldBe(0);
        (await centre.OneAsync<long>("select count(*) from attempt where state = 'Unknown' and not counted")).ShouldBe(0);
        (await centre.OneAsync<long>("select count(*) from attempt a where direction = 'Outbound' and not exists (select from decision d where d.attempt_id = a.attempt_id and d.verdict <> 'Deny')")).ShouldBe(0);
    }
}
