using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Serving;
using NodaTime;

namespace Dialer.Simulator.Tests;

/// <summary>The network's own page in a real browser, with a population on the phone (tests/e2e/network).</summary>
public class PageTests
{
    [Fact]
    public async Task A_person_in_front_of_the_page_answers_a_phone_presses_keys_and_injects_a_fault()
    {
        var options = new NetworkOptions { AuthToken = "token", OwnedNumbers = ["+12125550100"], CallBackProbability = 0 };
        await using var server = await NetworkServer.StartAsync(options, new ServerOptions(), NetworkClock.RealTime(TimeProvider.System), PhoneBook.Empty, CancellationToken.None);
        var (code, output) = await NodeProgram.RunAsync("e2e", "@playwright/test", "npx", "playwright test --project=network",
            ("NETWORK_URL", server.Address.GetLeftPart(UriPartial.Authority)), ("ACCOUNT_SID", options.AccountSid), ("AUTH_TOKEN", "token"));
        code.ShouldBe(0, output);
    }
}
