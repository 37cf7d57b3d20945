using Dialer.Storage.Postgres;

namespace Dialer.Storage.Tests.Postgres;

public sealed class GroupedTests
{
    private readonly List<IReadOnlyList<int>> _groups = [];
    private readonly List<int> _parted = [];
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Who_comes_alone_waits_for_nobody()
    {
        var grouped = Doing();
        _first.SetResult();

        (await grouped.AskAsync(7)).ShouldBe(70);

        _groups.ShouldHaveSingleItem().ShouldBe([7]);
    }

    [Fact]
    public async Task Those_who_come_while_the_lane_is_busy_share_the_next_group()
    {
        var grouped = Doing();
        var answers = Enumerable.Range(1, 9).Select(grouped.AskAsync).ToList();
        _first.SetResult();

        (await Task.WhenAll(answers)).ShouldBe(Enumerable.Range(1, 9).Select(ask => ask * 10));

        _groups.Select(group => group.Count).ShouldBe([1, 8]);
    }

    [Fact]
    public async Task A_group_is_no_larger_than_it_may_be_and_everybody_is_served_in_his_turn()
    {
        var grouped = Doing(most: 3);
        var answers = Enumerable.Range(1, 8).Select(grouped.AskAsync).ToList();
        _first.SetResult();

        (await Task.WhenAll(answers)).ShouldBe(Enumerable.Range(1, 8).Select(ask => ask * 10));

        _groups.Select(group => group.Count).ShouldBe([1, 3, 3, 1]);
        _groups.SelectMany(group => group).ShouldBe(Enumerable.Range(1, 8));
    }

    [Fact]
    public async Task Two_items_of_one_key_are_never_in_one_group()
    {
        var grouped = Doing();
        var answers = new[] { 1, 5, 5, 6, 5 }.Select(grouped.AskAsync).ToList();
        _first.SetResult();

        (await Task.WhenAll(answers)).ShouldBe([10, 50, 50, 60, 50]);

        _groups.Select(group => string.Join(' ', group)).ShouldBe(["1", "5 6", "5", "5"]);
    }

    [Fact]
    public async Task A_member_who_fails_fails_alone_and_the_others_are_done()
    {
        var grouped = Doing();
        var answers = new[] { 1, 2, -3, 4 }.Select(grouped.AskAsync).ToList();
        _first.SetResult();

        var failure = await Should.ThrowAsync<InvalidOperationException>(() => answers[2]);
        failure.Message.ShouldBe("-3");
        (await Task.WhenAll(answers[0], answers[1], answers[3])).ShouldBe([10, 20, 40]);
        _parted.ShouldBe([3]);
        (await grouped.AskAsync(8)).ShouldBe(80, "the lane was passed on");
    }

    [Fact]
    public async Task Behind_a_group_that_is_stuck_a_crowd_opens_another_lane_and_no_more_than_there_are()
    {
        var (inside, most) = (0, 0);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var grouped = new Grouped<int, int>(
            async asks =>
            {
                most = Math.Max(most, Interlocked.Increment(ref inside));
                await gate.Task;
                Interlocked.Decrement(ref inside);
                return asks;
            },
            ask => ask, (_, _) => { }, most: 2, crowd: 3, lanes: 2);
        var answers = Enumerable.Range(1, 12).Select(grouped.AskAsync).ToList();
        gate.SetResult();

        (await Task.WhenAll(answers)).ShouldBe(Enumerable.Range(1, 12));

        most.ShouldBe(2);
    }

    /// <summary>Ten times what was asked; nothing below zero. The first group of all is held until the test lets it go.</summary>
    private Grouped<int, int> Doing(int most = 64) => new(
        async asks =>
        {
            lock (_groups)
                _groups.Add(asks);
            await _first.Task;
            return asks.FirstOrDefault(ask => ask < 0) is var wrong && wrong < 0 ? throw new InvalidOperationException(wrong.ToString(System.Globalization.CultureInfo.InvariantCulture)) : [.. asks.Select(ask => ask * 10)];
        },
        ask => ask, (members, _) => _parted.Add(members), most, crowd: 100);
}
