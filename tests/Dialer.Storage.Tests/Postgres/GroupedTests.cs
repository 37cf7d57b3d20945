using Dialer.Storage.Postgres;

namespace Dialer.Storage.Tests.Postgres;

public sealed class GroupedTests : IDisposable
{
    private readonly List<IReadOnlyList<int>> _groups = [];
    private readonly List<int> _parted = [];
    private readonly SemaphoreSlim _held = new(0);

    public void Dispose() => _held.Dispose();

    [Fact]
    public async Task Who_comes_alone_waits_for_nobody()
    {
        var grouped = Doing();
        _held.Release(1000);

        (await grouped.AskAsync(7)).ShouldBe(70);

        _groups.ShouldHaveSingleItem().ShouldBe([7]);
    }

    [Fact]
    public async Task Those_who_come_while_the_lane_is_busy_share_the_next_group()
    {
        var grouped = Doing();
        var answers = Enumerable.Range(1, 9).Select(grouped.AskAsync).ToList();
        _held.Release(1000);

        (await Task.WhenAll(answers)).ShouldBe(Enumerable.Range(1, 9).Select(ask => ask * 10));

        _groups.Select(group => group.Count).ShouldBe([1, 8]);
    }

    [Fact]
    public async Task A_group_is_no_larger_than_it_may_be_and_everybody_is_served_in_his_turn()
    {
        var grouped = Doing(most: 3);
        var answers = Enumerable.Range(1, 8).Select(grouped.AskAsync).ToList();
        _held.Release(1000);

        (await Task.WhenAll(answers)).ShouldBe(Enumerable.Range(1, 8).Select(ask => ask * 10));

        _groups.Select(group => group.Count).ShouldBe([1, 3, 3, 1]);
        _groups.SelectMany(group => group).ShouldBe(Enumerable.Range(1, 8));
    }

    [Fact]
    public async Task Two_items_of_one_key_are_never_in_one_group()
    {
        var grouped = Doing();
        var answers = new[] { 1, 5, 5, 6, 5 }.Select(grouped.AskAsync).ToList();
        _held.Release(1000);

        (await Task.WhenAll(answers)).ShouldBe([10, 50, 50, 60, 50]);

        _groups.Select(group => string.Join(' ', group)).ShouldBe(["1", "5 6", "5", "5"]);
    }

    [Fact]
    public async Task A_member_who_fails_fails_alone_and_the_others_are_done()
    {
        var grouped = Doing();
        var answers = new[] { 1, 2, -3, 4 }.Select(ask => TryAsync(grouped, ask)).ToList();
        _held.Release(1000);

        (await Task.WhenAll(answers)).ShouldBe(["10", "20", "failed: -3", "40"]);
        _parted.ShouldBe([3]);
        (await grouped.AskAsync(8)).ShouldBe(80, "the lane was passed on");
    }

    [Fact]
    public async Task Behind_a_group_that_is_stuck_a_crowd_opens_another_lane_and_no_more_than_there_are()
    {
        var (inside, most) = (0, 0);
        using var gate = new SemaphoreSlim(0);
        var grouped = new Grouped<int, int>(
            async asks =>
            {
                most = Math.Max(most, Interlocked.Increment(ref inside));
                await gate.WaitAsync();
                Interlocked.Decrement(ref inside);
                return asks;
            },
            ask => ask, (_, _) => { }, most: 2, crowd: 3, lanes: 2);
        var answers = Enumerable.Range(1, 12).Select(grouped.AskAsync).ToList();
        gate.Release(1000);

        (await Task.WhenAll(answers)).ShouldBe(Enumerable.Range(1, 12));

        most.ShouldBe(2);
    }

    private static async Task<string> TryAsync(Grouped<int, int> grouped, int ask)
    {
        try
        {
            return (await grouped.AskAsync(ask)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (InvalidOperationException failure)
        {
            return $"failed: {failure.Message}";
        }
    }

    /// <summary>Ten times what was asked; nothing below zero. The first group of all is held until the test lets it go.</summary>
    private Grouped<int, int> Doing(int most = 64) => new(
        async asks =>
        {
            lock (_groups)
                _groups.Add(asks);
            await _held.WaitAsync();
            return asks.FirstOrDefault(ask => ask < 0) is var wrong && wrong < 0 ? throw new InvalidOperationException(wrong.ToString(System.Globalization.CultureInfo.InvariantCulture)) : [.. asks.Select(ask => ask * 10)];
        },
        ask => ask, (members, _) => _parted.Add(members), most, crowd: 100);
}
