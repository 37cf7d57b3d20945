using Dapper;
using Dialer.Core.Ivr;

namespace Dialer.Features.Tests.Ivr;

/// <summary>Steps of many calls in one commit: each call is as if it had been alone.</summary>
public sealed class StepsTogether(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly IvrWorld _world = new(database.Database);

    [Fact]
    public async Task Calls_at_every_point_of_the_flow_are_stepped_together_and_none_hears_another_s_words()
    {
        var callers = new List<Caller>();
        foreach (var keys in new string[][] { [], ["1"], ["1", "30301"], ["1", "30301", "02291980"], ["1", "30301", "02291980", "1"], ["1", "30301", "02291980", "2"] })
            for (var i = 0; i < 4; i++)
                callers.Add(await (await _world.CallAsync(await _world.AddDebtorAsync(balance: 100 + callers.Count))).PressAsync(keys));
        var next = new[] { "1", "30301", "02291980", "3", "1", "1" };
        await Task.WhenAll(callers.Select((caller, i) => caller.PressAsync(next[i / 4])));

        callers.Select((caller, i) => caller.Heard.Contains(
            new[] { "zip code", "date of birth", "attempt to collect", "dispute", "bank account", "whole balance" }[i / 4], StringComparison.OrdinalIgnoreCase)).ShouldAllBe(right => right);
        for (var i = 8; i < 12; i++)
            callers[i].Heard.ShouldContain($"{100 + i}");
        (await _world.OneAsync<long>("select count(*) from ivr_session s where attempt_id = any (@ids) and sequence <> (select max(n) from ivr_step where attempt_id = s.attempt_id)", Ids(callers))).ShouldBe(0);
    }

    [Fact]
    public async Task The_same_key_to_two_nodes_at_once_is_one_step_with_one_answer()
    {
        var other = new IvrWorld(database.Database);
        var callers = new List<Caller>();
        for (var i = 0; i < 20; i++)
            callers.Add(await _world.CallAsync(await _world.AddDebtorAsync()));
        var answers = await Task.WhenAll(callers.SelectMany(caller => new[] { _world, other, _world, other }.Select(async node => (caller.Attempt, Twiml: await node.AdvanceAsync(caller.Attempt, 1, new IvrInput.Keys("1"))))));

        answers.GroupBy(answer => answer.Attempt).ShouldAllBe(group => group.Select(answer => answer.Twiml).Distinct().Count() == 1);
        answers.ShouldAllBe(answer => answer.Twiml!.Contains("zip code", StringComparison.OrdinalIgnoreCase));
        (await _world.OneAsync<long>("select count(*) from ivr_step where attempt_id = any (@ids) and n > 0", Ids(callers))).ShouldBe(20);
        (await _world.OneAsync<long>("select count(*) from disclosure where attempt_id = any (@ids)", Ids(callers))).ShouldBe(60);
    }

    [Fact]
    public async Task A_call_that_somebody_else_holds_keeps_nobody_waiting_but_itself()
    {
        var held = await _world.CallAsync(await _world.AddDebtorAsync());
        var free = await _world.CallAsync(await _world.AddDebtorAsync());
        await using var connection = await database.Database.OpenAsync(default);
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("select 1 from attempt where attempt_id = @Attempt for update", new { held.Attempt }, transaction);

        var waiting = held.PressAsync("1");
        await free.PressAsync("1");
        free.Heard.ShouldContain("zip code");
        waiting.IsCompleted.ShouldBeFalse();

        await transaction.CommitAsync();
        (await waiting).Heard.ShouldContain("zip code");
    }

    [Fact]
    public async Task A_call_that_ends_while_its_key_is_on_the_way_takes_no_step_more()
    {
        var callers = new List<Caller>();
        for (var i = 0; i < 20; i++)
            callers.Add(await _world.CallAsync(await _world.AddDebtorAsync()));
        await Task.WhenAll(callers.SelectMany(caller => new[] { caller.PressAsync("1"), caller.HangUpAsync() }));

        (await _world.OneAsync<long>("select count(*) from ivr_session where attempt_id = any (@ids) and ended_at is null", Ids(callers))).ShouldBe(0);
        (await _world.OneAsync<long>("select count(*) from disposition where attempt_id = any (@ids)", Ids(callers))).ShouldBe(20);
        (await _world.OneAsync<long>("select count(*) from ivr_session s where attempt_id = any (@ids) and sequence <> (select max(n) from ivr_step where attempt_id = s.attempt_id)", Ids(callers))).ShouldBe(0);
    }

    private static object Ids(List<Caller> callers) => new { ids = callers.Select(caller => caller.Attempt).ToArray() };
}
