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
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) 
        {
            Host = _wire.Host, Port = _wire.Port, Pooling = true, MaxPoolSize = 10,
            MaxAutoPrepare = 100, AutoPrepareMinUsages = 1, // what is sent is short from the second time on, and so one packet
            NoResetOnClose = true, // the reset goes with the next question, but is answered by itself
        }.ConnectionString);
        _world = new IvrWorld(new Database(_source));
        // A call and its attempt use two connections in turn: both know every question before anything is counted.
        for (var round = 0; round < 4; round++)
            await (await CallAsync()).PressAsync("1", "30301", "02291980", "5", "3", "1");
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
        var caller = await (await CallAsync()).PressAsync("1", "99999");
        (await CountAsync(() => caller.PressAsync("01011970"))).ShouldBeLessThanOrEqualTo(6, "read; begin, lock and read; the failure; store; commit; and one for a long question in two packets");
        (await World.OneAsync<long>("select count(*) from verification_failure where attempt_id = @Attempt", caller)).ShouldBe(1);
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
