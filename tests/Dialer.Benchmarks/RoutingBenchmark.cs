using System.Diagnostics;
using System.Globalization;
using Dialer.Core.Routing;
using Dialer.Storage.Redis;
using StackExchange.Redis;

namespace Dialer.Benchmarks;

/// <summary>
/// Routing decisions a second (one caller each: a pair of skills, or else the first of the two) among 10, 1,000 and 10,000 available agents with five of fifty skills,
/// against a script of one operation by the same client in the same run, round by round in turn, eight in flight. Twice: callers who ask for any two skills, of whom a small floor sends many away,
/// which is cheap; and callers who ask for two that somebody has, so that every floor does the same work.
/// </summary>
internal static class RoutingBenchmark
{
    private const int Rounds = 12;
    private const int InFlight = 8;
    private const int PerRound = 250;

    public static async Task RunAsync(string server, TextWriter output)
    {
        await RunAsync(server, output, "Callers who ask for any two skills", possible: false);
        await RunAsync(server, output, "Callers who ask for two skills that somebody has", possible: true);
    }

    private static async Task RunAsync(string server, TextWriter output, string title, bool possible)
    {
        await output.WriteLineAsync($"## {title}\n");
        await output.WriteLineAsync("| agents | decisions/s, one a script | eight a script, as a line of callers is matched | one-operation scripts/s | ratio, one a script: median (lowest - highest) | ratio, eight a script | agents found |");
        await output.WriteLineAsync("|---:|---:|---:|---:|---|---|---:|");
        var rates = new List<double>();
        foreach (var agents in new[] { 10, 1000, 10_000 })
        {
            using var redis = await RedisConnection.OpenAsync(server, $"bench-{Guid.NewGuid():N}");
            var result = await MeasureAsync(redis, agents, possible);
            // The cost beside the one-operation script's in the same seconds: the machine's own weather is in both.
            rates.Add(Median([.. result.One.Zip(result.Bare, (rate, bare) => rate / bare)]));
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"| {agents:N0} | {Median(result.One):N0} | {Median(result.Eight):N0} | {Median(result.Bare):N0} | {Spread(result.One, result.Bare)} | {Spread(result.Eight, result.Bare)} | {result.Found:P0} |"));
            await redis.Database.ScriptEvaluateAsync("for _, k in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', k) end", [], [(string)redis.Key("*")!]);
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"In one-operation scripts of the same seconds, one decision among 10,000 agents costs {rates[0] / rates[2]:0.00} times one among 10.\n"));
    }

    private static async Task<(List<double> One, List<double> Eight, List<double> Bare, double Found)> MeasureAsync(RedisConnection redis, int count, bool possible)
    {
        var random = new Random(1);
        var index = new AgentIndex(redis);
        var agents = Enumerable.Range(1, count).Select(i => new IndexedAgent(
            new Guid(i, 0, 0, new byte[8]).ToString("N"), i, 1, "Available", i, null, null, [.. Skills.Satisfied(Enumerable.Range(0, 5).Select(_ => $"s{random.Next(50)}"))], $"agent-{i}")).ToList();
        foreach (var chunk in agents.Chunk(200))
        {
            await Task.WhenAll(chunk.Select(index.PutAsync));

            // Leases are real time, and filling a floor of ten thousand outlasts them.
            await Task.WhenAll(chunk.Select(agent => redis.Database.HashSetAsync(redis.Key("agent:" + agent.Session), [new HashEntry("lease", "9000000000000")])));
        }

        await index.MarkWholeAsync("bench");
        await redis.Database.StringSetAsync(redis.Key("one"), "1");
        var epochs = agents.ToDictionary(agent => agent.AgentId, _ => 1L);
        var (ones, eights, bares, found, asked) = (new List<double>(), new List<double>(), new List<double>(), 0, 0);
        for (var round = -4; round < Rounds; round++)
        {
            var (one, eight, bare) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
            for (var i = 0; i < PerRound; i++)
            {
                var callers = Enumerable.Range(0, InFlight).Select(_ => possible ? CallerFor(agents[random.Next(agents.Count)], random) : NewCaller(random)).ToList();
                var start = Stopwatch.GetTimestamp();
                var matched = (await Task.WhenAll(callers.Select(caller => index.MatchAsync([caller])))).Select(each => each[0]).ToList();
                one += Stopwatch.GetElapsedTime(start);
                await GiveBackAsync(matched);

                start = Stopwatch.GetTimestamp();
                await Task.WhenAll(callers.Select(_ => redis.Database.ScriptEvaluateAsync("return redis.call('GET', KEYS[1])", [redis.Key("one")])));
                bare += Stopwatch.GetElapsedTime(start);

                start = Stopwatch.GetTimestamp();
                var line = await index.MatchAsync(callers);
                eight += Stopwatch.GetElapsedTime(start);
                await GiveBackAsync(line);
            }

            if (round < 0)
                continue; // warm-up: the scripts are loaded
            ones.Add(PerRound * InFlight / one.TotalSeconds);
            eights.Add(PerRound * InFlight / eight.TotalSeconds);
            bares.Add(PerRound * InFlight / bare.TotalSeconds);
        }

        return (ones, eights, bares, (double)found / asked);

        async Task GiveBackAsync(IReadOnlyList<ReservedAgent?> matched)
        {
            asked += matched.Count;
            foreach (var taken in matched.OfType<ReservedAgent>())
            {
                found++;
                var epoch = epochs[taken.AgentId] += 2;
                await index.PutAsync(agents[(int)taken.AgentId - 1] with { Epoch = epoch, SinceMs = 100_000 + epoch });
            }
        }
    }

    private static string Spread(List<double> rates, List<double> bares)
    {
        var ratios = rates.Zip(bares, (rate, bare) => rate / bare).ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{Median(ratios):0.00} ({ratios.Min():0.00} - {ratios.Max():0.00})");
    }

    private static IndexedCaller NewCaller(Random random)
    {
        var (first, second) = ($"s{random.Next(50)}", $"s{random.Next(50)}");
        return new IndexedCaller(null, [[first, second], [first]]);
    }

    /// <summary>Asks for two of this agent's skills; another may be free before him.</summary>
    private static IndexedCaller CallerFor(IndexedAgent agent, Random random)
    {
        var words = agent.Skills.OrderBy(_ => random.Next()).Take(2).ToArray();
        return new IndexedCaller(null, [words, [words[0]]]);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
