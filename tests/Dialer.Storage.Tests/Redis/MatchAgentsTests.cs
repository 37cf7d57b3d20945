using Dialer.Core.Routing;
using Dialer.Storage.Redis;
using NodaTime;

namespace Dialer.Storage.Tests.Redis;

/// <summary>The script in Redis is held against the pure function that says what it should do.</summary>
public sealed class MatchAgentsTests : IAsyncLifetime
{
    private readonly TestRedis _redis = new();

    private AgentIndex Index => new(_redis.Connection);

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        await Index.MarkWholeAsync("test");
    }

    public Task DisposeAsync() => _redis.DisposeAsync();

    [Theory]
    [InlineData(8, 6, 100)]
    [InlineData(70, 40, 12)] // lines longer than what is read of them at once, and agents that earlier callers of the same decision have taken
    public async Task Random_floors_are_matched_as_the_rule_says(int floor, int line, int worlds)
    {
        string[] skills = ["es", "legal", "tier", "cards"];
        var epochs = new Dictionary<int, long>();
        for (var seed = 0; seed < worlds; seed++)
        {
            var random = new Random(seed);
            var agents = new List<FreeAgent>();
            for (var i = 1; i <= floor; i++)
            {
                var words = Skills.Satisfied(skills.Where(_ => random.Next(2) == 0).Select(skill => $"{skill}:{random.Next(1, 4)}"));
                var since = random.Next(1, 50);
                var available = random.Next(5) > 0;
                epochs[i] = epochs.GetValueOrDefault(i) + 10;
                await Index.PutAsync(new IndexedAgent(Session(i).ToString("N"), i, epochs[i], available ? "Available" : "Break", since, null, null, [.. words], $"agent-{i}"));
                if (available)
                    agents.Add(new FreeAgent(Session(i), Instant.FromUnixTimeMilliseconds(since), words));
            }

            var callers = Enumerable.Range(0, line).Select(i => new WaitingCaller(
                i, Instant.FromUnixTimeMilliseconds(i), [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (IReadOnlyList<string>)[.. skills.Where(_ => random.Next(3) == 0).Select(skill => $"{skill}:{random.Next(1, 4)}")])],
                random.Next(3) == 0 ? Session(random.Next(1, floor + 1)) : null)).ToList();

            var matched = await Index.MatchAsync([.. callers.Select(caller => new IndexedCaller(caller.Sticky, caller.Needs))]);

            var expected = RoutingMatch.Match(callers, agents).ToDictionary(choice => choice.Caller.Id);
            for (var i = 0; i < callers.Count; i++)
                (matched[i]?.Session).ShouldBe(expected.GetValueOrDefault(i)?.Agent.Session, $"seed {seed}, caller {i}");
        }
    }

    private static Guid Session(int id) => new(id, 0, 0, new byte[8]);
}
