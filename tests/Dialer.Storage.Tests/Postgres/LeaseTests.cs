using Dialer.Features.Tests;
using Dialer.Storage.Postgres;

namespace Dialer.Storage.Tests.Postgres;

public sealed class LeaseTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly string _name = $"campaign-{Guid.NewGuid():N}";

    [Fact]
    public async Task The_holder_renews_with_the_same_epoch()
    {
        var node = Node("a");

        (await node.TryHoldAsync(_name, Minute, default)).ShouldBe(1);
        (await node.TryHoldAsync(_name, Minute, default)).ShouldBe(1);
    }

    [Fact]
    public async Task A_living_lease_is_not_given_to_another_node()
    {
        await Node("a").TryHoldAsync(_name, Minute, default);

        (await Node("b").TryHoldAsync(_name, Minute, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_take_over_raises_the_epoch()
    {
        await Node("a").TryHoldAsync(_name, Minute, default);
        await ExpireAsync();

        (await Node("b").TryHoldAsync(_name, Minute, default)).ShouldBe(2);
        (await Node("a").TryHoldAsync(_name, Minute, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_holder_that_let_its_lease_run_out_comes_back_with_a_new_epoch()
    {
        await Node("a").TryHoldAsync(_name, Minute, default);
        await ExpireAsync();

        (await Node("a").TryHoldAsync(_name, Minute, default)).ShouldBe(2);
    }

    [Fact]
    public async Task A_released_lease_is_free_at_once_and_only_its_holder_releases_it()
    {
        await Node("a").TryHoldAsync(_name, Minute, default);
        await Node("b").ReleaseAsync(_name, default);
        (await Node("b").TryHoldAsync(_name, Minute, default)).ShouldBeNull();

        await Node("a").ReleaseAsync(_name, default);
        (await Node("b").TryHoldAsync(_name, Minute, default)).ShouldBe(2);
    }

    [Fact]
    public async Task Of_twenty_nodes_that_ask_together_one_holds_the_lease()
    {
        var epochs = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Node($"n{i}").TryHoldAsync(_name, Minute, default)));

        epochs.Where(epoch => epoch is not null).ShouldBe([1]);
    }

    [Fact]
    public async Task A_proof_needs_the_newest_epoch_and_a_living_lease()
    {
        await Node("a").TryHoldAsync(_name, Minute, default);
        (await ProveAsync(1)).ShouldBeTrue();

        await ExpireAsync();
        (await ProveAsync(1)).ShouldBeFalse();

        await Node("b").TryHoldAsync(_name, Minute, default);
        (await ProveAsync(1)).ShouldBeFalse();
        (await ProveAsync(2)).ShouldBeTrue();
    }

    private Leases Node(string name) => new(database.Database, new NodeIdentity(name));

    private Task<bool> ProveAsync(long epoch) =>
        database.Database.InTransactionAsync((connection, transaction) => Leases.ProveAsync(connection, transaction, _name, epoch, default), default);

    private Task ExpireAsync() => database.Database.ExecuteAsync("update lease set expires_at = clock_timestamp() - interval '1 second' where name = @_name", new { _name }, default);
}
