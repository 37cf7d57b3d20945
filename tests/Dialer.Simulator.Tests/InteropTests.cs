using Dialer.Simulator.Engine;
using Dialer.Simulator.People;
using Dialer.Simulator.Serving;
using NodaTime;

namespace Dialer.Simulator.Tests;

/// <summary>A network on a free port, ten times as fast as real time, driven by the official Node package (tests/interop).</summary>
public class InteropTests
{
    private const string Account = "AC00000000000000000000000000000001";
    private const string TestAccount = "AC00000000000000000000000000000002";
    private const string Key = "SK22222222222222222222222222222222";

    [Fact]
    public async Task The_official_node_package_cannot_tell()
    {
        var people = new PhoneBook();
        for (var i = 1; i <= 15; i++)
            people.Add(new Phone($"+1415555{i:0000}", "wireless", [new Contact("Maria", "Lopez", "94110", null, null, "en", null)], new PersonaOverride(Script: "answers after 1 s, waits 3000 s")));
        var now = SystemClock.Instance.GetCurrentInstant();
        var keys = new Dictionary<string, string>(StringComparer.Ordinal) { [Key] = "secret" };
        await using var server = await NetworkServer.StartAsync(
            new NetworkOptions { AccountSid = Account, AuthToken = "token", ApiKeys = keys, CallBackProbability = 0, TestAccountSid = TestAccount, TestAuthToken = "test-token" },
            new ServerOptions(), new NetworkClock(now, 10, now, TimeProvider.System), people, CancellationToken.None);
        var (code, output) = await NodeProgram.RunAsync("interop", "twilio", "node", "--test",
            ("NETWORK_URL", server.Address.GetLeftPart(UriPartial.Authority)), ("ACCOUNT_SID", Account), ("AUTH_TOKEN", "token"), ("API_KEY", Key), ("API_SECRET", "secret"),
            ("TEST_SID", TestAccount), ("TEST_TOKEN", "test-token"));
        code.ShouldBe(0, output);
    }
}
