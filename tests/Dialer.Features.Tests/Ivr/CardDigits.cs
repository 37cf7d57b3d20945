using Dialer.Features.Tests.Dialing;

namespace Dialer.Features.Tests.Ivr;

/// <summary>Apart from the callers under faults: those count every payment of their database.</summary>
public sealed class CardDigits(DialingWorld world) : IClassFixture<DialingWorld>
{
    [Fact]
    public async Task Card_digits_are_in_no_table_no_key_of_Redis_no_log_and_no_trace()
    {
        using var traces = new KeptTraces();
        using var network = new CallerNetwork(world, seed: 13);
        foreach (var card in new[] { "4242424242424242", "4000000000000002", "378282246310005" })
        {
            var debtor = await network.Debtors.AddDebtorAsync();
            network.CallIn(debtor.E164, CallersOnTheNetwork.PaysByCard(card) + CallersOnTheNetwork.Ends[0]);
        }

        var bank = await network.Debtors.AddDebtorAsync();
        network.CallIn(bank.E164, CallersOnTheNetwork.Verifies + ", presses 1, waits for 'whole balance', presses 1, waits for 'bank account', presses 2, waits for 'press 1 to pay', presses 1, waits for 'routing', presses 110000000, waits for 'bank account number', presses 000123456789#, waits 60 s");
        await network.RunAsync(300);
        (await world.OneAsync<long>("select count(*) from payment where state = 'Captured' and person_id = @PersonId", bank)).ShouldBe(1);

        var found = await CardScan.RunAsync(world, ["4242424242424242", "4000000000000002", "378282246310005", "000123456789"], traces);
        traces.Lines.ShouldContain(line => line.Contains("/twilio/voice/pay", StringComparison.Ordinal), "the sessions' webhooks were not traced");
        found.Scanned.ShouldBeGreaterThan(40_000);
        found.Hits.ShouldBeEmpty();
    }

    [Fact]
    public void The_scan_for_cards_finds_a_planted_one() => CardScan.Find("planted", "x=4111 1111-1111 1111;").ShouldHaveSingleItem();
}
