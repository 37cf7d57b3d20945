using Dialer.Core.Ivr;
using Dialer.Storage.Postgres;
using Npgsql;

namespace Dialer.Features.Tests.Ivr;

/// <summary>What a step costs in journeys to PostgreSQL, counted on the wire: time differs between machines, journeys do not.</summary>
public sealed class RoundTrips(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private Relay? _wire;
    private NpgsqlDataSource? _source;
    private IvrWorld? _world;

    private IvrWorld World => _world!;

    public async Task InitializeAsync()
    {
        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        _wire = new Relay(server.Host!, server.Port);
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Host = _wire.Host, Port = _wire.Port, MaxAutoPrepare = 100 }.ConnectionString);
        _world = new IvrWorld(new Database(_source));
        // Both lanes' connections are open before anything is counted.
        var calls = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CallAsync()));
        await Task.WhenAll(calls.Select(call => call.PressAsync("1")));
    }

    public async Task DisposeAsync()
    {
        await _source!.DisposeAsync();
        _wire!.Dispose();
    }

    [Fact]
    public async Task A_step_that_only_moves_is_read_and_stored_in_two()
    {
        var caller = await CallAsync();
        (await CountAsync(() => caller.PressAsync("1"))).ShouldBe(2);
        caller.Heard.ShouldContain("zip code");
        (await CountAsync(() => caller.PressAsync("30301"))).ShouldBe(2);
        (await CountAsync(() => caller.PressAsync("02291980"))).ShouldBe(2);
        caller.Heard.ShouldContain("attempt to collect a debt");
        (await World.OneAsync<long>("select count(*) from attempt where attempt_id = @Attempt and conversation_at is not null", caller)).ShouldBe(1);
        (await World.OneAsync<long>("select count(*) from disclosure where attempt_id = @Attempt", caller)).ShouldBe(3, "what was played is ticked on the same journey");
    }

    [Fact]
    public async Task A_repeated_webhook_is_answered_in_one()
    {
        var caller = await (await CallAsync()).PressAsync("1");
        (await CountAsync(() => World.AdvanceAsync(caller.Attempt, 1, new IvrInput.Keys("1")))).ShouldBe(1);
    }

    [Fact]
    public async Task A_step_with_an_effect_costs_the_effect_and_four_more()
    {
        var caller = await (await CallAsync()).PressAsync("1");
        await (await caller.VerifyAsync()).PressAsync("5", "3");
        caller.Heard.ShouldContain("call you");
        (await CountAsync(() => caller.PressAsync("1"))).ShouldBeLessThanOrEqualTo(7, "read; begin, lock and read; the call back, with its consent; store; commit");
        (await World.OneAsync<long>("select count(*) from call_request where asked_attempt_id = @Attempt", caller)).ShouldBe(1);
    }

    [Fact]
    public async Task A_call_begins_in_three()
    {
        var debtor = await World.AddDebtorAsync();
        (await CountAsync(() => World.CallAsync(debtor))).ShouldBeLessThanOrEqualTo(4, "the attempt's row, which the test makes; begin, lock and read; store; commit");
    }

    [Fact]
    public async Task Thirty_calls_that_press_at_one_moment_cost_less_than_a_journey_each()
    {
        var callers = new List<Caller>();
        for (var i = 0; i < 30; i++)
            callers.Add(await CallAsync());
        (await CountAsync(() => Task.WhenAll(callers.Select(caller => caller.PressAsync("1"))))).ShouldBeLessThan(callers.Count);
        callers.ShouldAllBe(caller => caller.Heard.Contains("zip code", StringComparison.Ordinal));
        (await World.OneAsync<long>("select count(*) from ivr_step where n = 1 and attempt_id = any (@ids)", new { ids = callers.Select(caller => caller.Attempt).ToArray() })).ShouldBe(30);
    }

    private async Task<Caller> CallAsync() => await World.CallAsync(await World.AddDebtorAsync());

    private async Task<int> CountAsync(Func<Task> work)
    {
        var before = _wire!.Turns;
        await work();
        return _wire.Turns - before;
    }
}
