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

        await centre.UntilMoreCallsAsync(8, cancel);
        await centre.ShouldHaveLostAndDoubledNothingAsync(cancel);
    }
}
