using Dialer.Storage.Redis;
using StackExchange.Redis;

namespace Dialer.Storage.Tests.Redis;

public sealed class AgentIndexTests : IAsyncLifetime
{
    private readonly TestRedis _redis = new();

    private AgentIndex Index => new(_redis.Connection);

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        await Index.MarkWholeAsync("test");
    }

    public Task DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task The_longest_available_agent_is_reserved_first()
    {
        await PutAsync(Agent(1, since: 3000), Agent(2, since: 1000), Agent(3, since: 2000));

        var order = new[] { await Index.ReserveAsync([]), await Index.ReserveAsync([]), await Index.ReserveAsync([]), await Index.ReserveAsync([]) };

        order.Select(reserved => reserved?.AgentId).ShouldBe([2, 3, 1, null]);
    }

    [Fact]
    public async Task A_reservation_names_the_session_as_PostgreSQL_knows_it()
    {
        var agent = Agent(1, epoch: 7);
        await PutAsync(agent);

        (await Index.ReserveAsync([])).ShouldBe(new ReservedAgent(Guid.Parse(agent.Session), 1, 7, agent.Conference, Which: 1, SinceMs: 1000));
    }

    [Fact]
    public async Task Only_an_agent_with_every_skill_is_reserved()
    {
        await PutAsync(Agent(1, since: 1000, skills: ["es"]), Agent(2, since: 2000, skills: ["es", "legal"]), Agent(3, since: 500, skills: ["legal-es"]));

        (await Index.ReserveAsync(["legal", "es"]))!.AgentId.ShouldBe(2);
        (await Index.ReserveAsync(["legal", "es"])).ShouldBeNull();
        (await Index.ReserveAsync(["es"]))!.AgentId.ShouldBe(1);
    }

    [Fact]
    public async Task A_desk_whose_lease_ran_out_gets_no_call_until_its_next_heartbeat()
    {
        var agent = Agent(1);
        await PutAsync(agent);
        await ExpireAsync(agent, "lease");

        (await Index.ReserveAsync([])).ShouldBeNull();
        (await Index.SnapshotAsync()).ShouldHaveSingleItem().Alive.ShouldBeFalse();

        (await Index.HeartbeatAsync(Guid.Parse(agent.Session))).ShouldBeTrue();
        (await Index.ReserveAsync([])).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_heartbeat_of_an_agent_that_Redis_does_not_know_says_so() => (await Index.HeartbeatAsync(Guid.NewGuid())).ShouldBeFalse();

    [Theory]
    [InlineData("Reserved")]
    [InlineData("OnCall")]
    [InlineData("WrapUp")]
    [InlineData("Break")]
    [InlineData("NotResponding")]
    [InlineData("Offline")]
    public async Task An_agent_who_is_not_available_is_never_reserved(string state)
    {
        await PutAsync(Agent(1), Agent(1) with { Epoch = 2, State = state });

        (await Index.ReserveAsync([])).ShouldBeNull();
        (await Index.SnapshotAsync()).Count.ShouldBe(state == "Offline" ? 0 : 1);
    }

    [Fact]
    public async Task Two_hundred_calls_at_once_never_get_one_agent_twice()
    {
        await PutAsync([.. Enumerable.Range(1, 50).Select(i => Agent(i, since: i))]);

        var reserved = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Index.ReserveAsync([])));

        reserved.Where(agent => agent is not null).Select(agent => agent!.AgentId).Order().ShouldBe(Enumerable.Range(1, 50).Select(i => (long)i));
    }

    [Fact]
    public async Task Without_the_boot_marker_nobody_is_reserved_and_nothing_is_read()
    {
        await PutAsync(Agent(1));
        await _redis.Connection.Database.KeyDeleteAsync(_redis.Connection.Key("boot:3"));

        (await Index.IsWholeAsync()).ShouldBeFalse();
        await Should.ThrowAsync<RedisNotWholeException>(() => Index.ReserveAsync([]));
        await Should.ThrowAsync<RedisNotWholeException>(() => Index.SnapshotAsync());

        await Index.MarkWholeAsync("test");
        (await Index.ReserveAsync([])).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_marker_that_does_not_say_the_time_is_none()
    {
        await PutAsync(Agent(1));
        await _redis.Connection.Database.KeyPersistAsync(_redis.Connection.Key("boot:3"));

        (await Index.IsWholeAsync()).ShouldBeFalse();
        await Should.ThrowAsync<RedisNotWholeException>(() => Index.ReserveAsync([]));
    }

    [Fact]
    public async Task A_server_that_does_not_know_a_script_is_told_it()
    {
        var script = new RedisScript($"return '{Guid.NewGuid():N}'");

        var (told, known) = (await _redis.Connection.EvaluateAsync(script, [], []), await _redis.Connection.EvaluateAsync(script, [], []));

        ((string)told!, (string)known!).ShouldBe((script.Text[8..^1], script.Text[8..^1]));
        ((bool[])await _redis.Connection.Database.ScriptEvaluateAsync("return redis.sha1hex(ARGV[1]) == ARGV[2] and {1} or {0}", [], [script.Text, Convert.ToHexStringLower(script.Name)]))!.ShouldBe([true]);
    }

    [Fact]
    public async Task An_older_epoch_never_overwrites_a_newer_one()
    {
        await PutAsync(Agent(1) with { Epoch = 5, State = "Break" }, Agent(1) with { Epoch = 4 });

        (await Index.SnapshotAsync()).ShouldHaveSingleItem().State.ShouldBe("Break");
        (await Index.ReserveAsync([])).ShouldBeNull();
    }

    [Fact]
    public async Task A_reservation_that_PostgreSQL_never_confirmed_is_undone_only_after_its_hold()
    {
        await PutAsync(Agent(1, epoch: 7));
        await Index.ReserveAsync([]);

        await PutAsync(Agent(1, epoch: 7));
        (await Index.ReserveAsync([])).ShouldBeNull();

        await ExpireAsync(Agent(1), "hold");
        await PutAsync(Agent(1, epoch: 7));
        (await Index.ReserveAsync([]))!.Epoch.ShouldBe(7);
    }

    [Fact]
    public async Task A_confirmed_reservation_cannot_be_undone_by_what_was_true_before()
    {
        await PutAsync(Agent(1, epoch: 7));
        await Index.ReserveAsync([]);
        await PutAsync(Agent(1, epoch: 8) with { State = "Reserved" });

        await PutAsync(Agent(1, epoch: 7));

        (await Index.SnapshotAsync()).ShouldHaveSingleItem().State.ShouldBe("Reserved");
        (await Index.ReserveAsync([])).ShouldBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(30)]
    public async Task No_sliding_second_has_more_starts_than_the_account_allows(int perSecond)
    {
        var starts = new List<long>();
        var random = new Random(7);
        for (long now = 1_000_000; now < 21_000_000; now += random.Next(1_000, 120_000))
        {
            var taken = await Index.TakeStartsAsync("calls", now, random.Next(1, 6), perSecond, atLeast: random.Next(20) == 0 ? 1 : 0);
            for (var i = 0; i < taken.Count; i++)
            {
                taken.Us(i).ShouldBeGreaterThanOrEqualTo(now);
                starts.Add(taken.Us(i));
            }
        }

        starts.Count.ShouldBeGreaterThan(15 * perSecond);
        starts.ShouldBeInOrder();
        foreach (var start in starts)
            starts.Count(at => at >= start && at < start + 999_990).ShouldBeLessThanOrEqualTo(perSecond); // a start is a whole microsecond
    }

    [Fact]
    public async Task Starts_asked_for_by_many_at_once_are_given_only_up_to_the_limit_and_each_once()
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Index.TakeStartsAsync("calls", 1_000_000, 3, 25)));

        taken.SelectMany(each => Enumerable.Range(0, each.Count).Select(each.Us)).Order().ShouldBe(Enumerable.Range(0, 25).Select(i => 1_000_000L + (i * 40_000)));
        (await Index.FreeStartsAsync("calls", 1_500_000, 25)).ShouldBe(12);
        (await Index.FreeStartsAsync("calls", 2_000_000, 25)).ShouldBe(25);
        (await Index.FreeStartsAsync("another", 1_000_000, 25)).ShouldBe(25);
    }

    [Fact]
    public async Task An_agents_call_gets_the_next_start_when_all_of_the_second_are_taken()
    {
        await Index.TakeStartsAsync("calls", 1_000_000, 10, 10);

        (await Index.TakeStartsAsync("calls", 1_000_000, 1, 10, atLeast: 1)).ShouldBe(new CallStarts(1, 2_000_000, 100_000));
        (await Index.FreeStartsAsync("calls", 1_000_000, 10)).ShouldBe(0);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_does_not_stop_the_calls()
    {
        await Index.TakeStartsAsync("calls", 10_000_000_000, 10, 10);

        (await Index.TakeStartsAsync("calls", 1_000_000, 5, 10)).ShouldBe(new CallStarts(5, 1_000_000, 100_000));
    }

    private async Task PutAsync(params IndexedAgent[] agents)
    {
        foreach (var agent in agents)
            await Index.PutAsync(agent);
    }

    /// <summary>Makes a time in the agent's hash lie in the past, as if it had passed.</summary>
    private Task ExpireAsync(IndexedAgent agent, string field) => _redis.Connection.Database.HashSetAsync(_redis.Connection.Key("agent:" + agent.Session), [new HashEntry(field, 1)]);

    private static IndexedAgent Agent(long id, long since = 1000, long epoch = 1, string[]? skills = null) =>
        new(new Guid((int)id, 0, 0, new byte[8]).ToString("N"), id, epoch, "Available", since, null, null, skills ?? [], $"agent-{id}");
}
