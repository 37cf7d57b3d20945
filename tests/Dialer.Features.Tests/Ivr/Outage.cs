using System.Net;
using Dialer.Features.Tests.Dialing;

namespace Dialer.Features.Tests.Ivr;

/// <summary>PostgreSQL and Redis are cut off from the running Host, both at once: callers still hear who this is, that something failed, and a number; and when they are back all goes on.</summary>
public sealed class Outage : IAsyncLifetime
{
    private readonly DialingWorld _world = new();
    private Relay? _postgres;
    private Relay? _redis;

    public async Task InitializeAsync()
    {
        var postgres = new Npgsql.NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable("ConnectionStrings__Postgres"));
        var redis = (Environment.GetEnvironmentVariable("ConnectionStrings__Redis") ?? "").Split(',')[0].Split(':');
        _postgres = new Relay(postgres.Host!, postgres.Port);
        _redis = new Relay(redis[0], int.Parse(redis[1], System.Globalization.CultureInfo.InvariantCulture));
        _world.Through(_postgres.Port, _redis.Port);
        await _world.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        _postgres!.Restore();
        _redis!.Restore();
        await _world.DisposeAsync();
        _postgres.Dispose();
        _redis.Dispose();
    }

    [Fact]
    public async Task With_both_stores_gone_callers_hear_a_lawful_and_kind_word_and_afterwards_everything_again()
    {
        using var network = new CallerNetwork(_world, seed: 41);
        var debtor = await network.Debtors.AddDebtorAsync();
        var before = network.CallIn(debtor.E164, "waits for 'press 1', presses 1, waits 120 s");
        await network.RunAsync(20);
        network.Heard(before)[0].ShouldStartWith("Thank you for calling Northfield Services.");

        _postgres!.Cut();
        _redis!.Cut();
        var during = network.CallIn(debtor.E164, "waits 60 s, presses 1, waits 60 s");
        await network.RunAsync(120);
        foreach (var sid in new[] { before, during })
        {
            var heard = network.Heard(sid)[^1];
            heard.ShouldBe("This is the customer service line. We are sorry, we cannot help you on this line at the moment. Please call us again later at 800 555 0199. Goodbye.");
            foreach (var word in network.Debtors.Templates.Current.Language("en").DebtWords)
                heard.ShouldNotContain(word, Case.Insensitive);
        }

        using (var live = await _world.Http.GetAsync("/health/live"))
            live.StatusCode.ShouldBe(HttpStatusCode.OK);
        using (var ready = await _world.Http.GetAsync("/health/ready"))
            ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        _postgres.Restore();
        _redis.Restore();
        await DialingWorld.UntilAsync(async () =>
        {
            using var ready = await _world.Http.GetAsync("/health/ready");
            return ready.IsSuccessStatusCode && !(await ready.Content.ReadAsStringAsync()).Contains("without-redis", StringComparison.Ordinal);
        });
        var after = network.CallIn(debtor.E164, "waits 30 s, hangs up");
        await network.RunAsync(60);
        network.Heard(after)[0].ShouldStartWith("Thank you for calling Northfield Services.");
    }
}
