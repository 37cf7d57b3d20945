using System.Collections.Concurrent;
using Dialer.Features.Tests;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Storage.Tests.Postgres;

public sealed class OutboxTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private Instant _now = Instant.FromUtc(2026, 3, 3, 15, 0);

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task An_effect_is_performed_once_with_what_was_stored()
    {
        await AddAsync(new Effect("CA1"));
        var performed = new List<string>();

        (await PumpAsync(item => performed.Add(item.Kind + " " + item.Read<Effect>().Sid))).ShouldBe(1);
        (await PumpAsync(item => performed.Add(item.Kind))).ShouldBe(0);

        performed.ShouldBe(["call.complete CA1"]);
    }

    [Fact]
    public async Task An_effect_of_a_transaction_that_was_rolled_back_never_happens()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => _database.Database.InTransactionAsync(
            async (connection, transaction) =>
            {
                await Outbox.AddAsync(connection, transaction, "call.complete", new Effect("CA1"), _now, default);
                throw new InvalidOperationException("the state change failed");
            },
            default));

        (await PumpAsync(_ => { })).ShouldBe(0);
    }

    [Fact]
    public async Task A_crash_in_mid_effect_leaves_it_due()
    {
        await AddAsync(new Effect("CA1"));
        using var death = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(() => Outbox.PumpAsync(
            _database.Database,
            10,
            async (_, cancel) =>
            {
                await death.CancelAsync();
                cancel.ThrowIfCancellationRequested();
            },
            () => _now,
            death.Token));

        (await PumpAsync(item => item.Tries.ShouldBe(0))).ShouldBe(1);
    }

    [Fact]
    public async Task A_failing_effect_comes_back_after_doubled_delays_of_at_most_five_minutes()
    {
        await AddAsync(new Effect("CA1"));
        var delays = new List<double>();

        for (var tries = 0; tries < 11; tries++)
        {
            (await PumpAsync(_ => throw new InvalidOperationException("Twilio: 500"))).ShouldBe(1);
            var next = await _database.Database.FindAsync<Instant>("select next_at from outbox", null, default);
            delays.Add((next - _now).TotalSeconds);
            _now = next - Duration.FromMilliseconds(1);
            (await PumpAsync(_ => { })).ShouldBe(0);
            _now = next;
        }

        delays.ShouldBe([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        (await _database.Database.FindAsync<string>("select last_error from outbox", null, default)).ShouldBe("InvalidOperationException: Twilio: 500");
    }

    [Fact]
    public async Task A_failing_effect_does_not_hold_back_its_neighbours()
    {
        await AddAsync(new Effect("bad"), new Effect("good"));
        var performed = new ConcurrentBag<string>();

        await PumpAsync(item =>
        {
            if (item.Read<Effect>().Sid == "bad")
                throw new InvalidOperationException("no");
            performed.Add(item.Read<Effect>().Sid);
        });

        performed.ShouldBe(["good"]);
        (await _database.Database.FindAsync<string>("select payload->>'sid' from outbox", null, default)).ShouldBe("bad");
    }

    [Fact]
    public async Task An_effect_that_never_ends_has_failed_after_a_while_and_its_neighbours_are_done()
    {
        await AddAsync(new Effect("stuck"), new Effect("good"));

        (await Outbox.PumpAsync(
            _database.Database,
            10,
            (item, cancel) => item.Read<Effect>().Sid == "stuck" ? Task.Delay(Timeout.InfiniteTimeSpan, cancel) : Task.CompletedTask,
            () => _now,
            TimeSpan.FromMilliseconds(1),
            default)).ShouldBe(2);

        (await _database.Database.FindAsync<string>("select payload->>'sid' || ' ' || tries from outbox", null, default)).ShouldBe("stuck 1");
    }

    [Fact]
    public async Task Two_pumps_at_once_never_take_one_item()
    {
        await AddAsync([.. Enumerable.Range(0, 20).Select(i => new Effect($"CA{i}"))]);
        var performed = new ConcurrentBag<long>();
        var holding = new[] { new TaskCompletionSource(), new TaskCompletionSource() };

        // Each pump takes ten and waits, holding them, until the other holds its ten.
        Task<int> PumpTenAsync(int mine) => Outbox.PumpAsync(
            _database.Database,
            10,
            async (item, cancel) =>
            {
                performed.Add(item.OutboxId);
                holding[mine].TrySetResult();
                await holding[1 - mine].Task.WaitAsync(TimeSpan.FromSeconds(20), cancel);
            },
            () => _now,
            default);

        (await Task.WhenAll(PumpTenAsync(0), PumpTenAsync(1))).ShouldBe([10, 10]);

        performed.Count.ShouldBe(20);
        performed.Distinct().Count().ShouldBe(20);
    }

    private Task<int> PumpAsync(Action<OutboxItem> perform) => Outbox.PumpAsync(
        _database.Database,
        50,
        (item, _) =>
        {
            perform(item);
            return Task.CompletedTask;
        },
        () => _now,
        default);

    private Task AddAsync(params Effect[] effects) => _database.Database.InTransactionAsync(
        async (connection, transaction) =>
        {
            foreach (var effect in effects)
                await Outbox.AddAsync(connection, transaction, "call.complete", effect, _now, default);
        },
        default);

    private sealed record Effect(string Sid);
}
