using System.Globalization;
using StackExchange.Redis;

namespace Dialer.Storage.Redis;

/// <summary>
/// Who could take a call right now: an index of PostgreSQL's agent sessions that can be searched and reserved from atomically.
/// Rebuildable at any time; while its boot marker is missing it answers "not whole" and nobody dials or routes.
/// </summary>
public sealed class AgentIndex(RedisConnection redis)
{
    /// <summary>Real time a desk may be silent before it gets no more calls.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>Real time in which PostgreSQL must confirm a reservation before it may be undone.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(3);

    /// <summary>The number is the layout's: a node of a new layout finds no marker and builds its own.</summary>
    private RedisKey Boot => redis.Key("boot:3");

    /// <summary>When the boot marker expires: in effect never, and the same for all, so that a script reads the time off it.</summary>
    private static readonly DateTime MarkerEnds = new(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private string AgentPrefix => redis.Key("agent:")!;

    private string LinePrefix => redis.Key("line:")!;

    public Task PutAsync(IndexedAgent agent) => redis.EvaluateAsync(
        RedisScripts.PutAgent,
        [redis.Key("sessions"), AgentPrefix + agent.Session],
        [
            agent.Session, agent.Epoch, agent.State, agent.SinceMs, agent.AgentId, Skills(agent.Skills), agent.Conference,
            agent.UntilMs?.ToString(CultureInfo.InvariantCulture) ?? "", agent.Intent ?? "", (long)Lease.TotalMilliseconds, LinePrefix,
        ]);

    /// <summary>The longest-available agent with all <paramref name="skills"/>, now reserved in the index; null when there is none.</summary>
    /// <exception cref="RedisNotWholeException">The index is being rebuilt.</exception>
    public async Task<ReservedAgent?> ReserveAsync(IReadOnlyCollection<string> skills) => (await MatchAsync([new IndexedCaller(null, [skills])]))[0];

    /// <summary>One atomic decision for callers in the order of their line: an agent, now reserved in the index, or null for each.</summary>
    /// <exception cref="RedisNotWholeException">The index is being rebuilt.</exception>
    public async Task<IReadOnlyList<ReservedAgent?>> MatchAsync(IReadOnlyList<IndexedCaller> callers)
    {
        var arguments = new List<RedisValue> { AgentPrefix, LinePrefix, (long)Hold.TotalMilliseconds, new DateTimeOffset(MarkerEnds).ToUnixTimeMilliseconds() };
        foreach (var caller in callers)
        {
            arguments.Add(caller.Knows?.ToString("N") ?? "");
            arguments.Add(caller.Needs.Count);
            arguments.AddRange(caller.Needs.Select(needs => (RedisValue)Skills(needs)));
        }

        var rows = (RedisResult[])await redis.EvaluateAsync(RedisScripts.MatchAgents, [Boot], [.. arguments]);
        if (rows.Length != callers.Count || (rows.Length == 1 && rows[0].ToString() == "NOBOOT"))
            throw new RedisNotWholeException();
        return [.. rows.Select(row => Reserved((RedisResult[])row))];
    }

    public async Task<bool> HeartbeatAsync(Guid session) =>
        (long)await redis.EvaluateAsync(RedisScripts.Heartbeat, [AgentPrefix + session.ToString("N")], [(long)Lease.TotalMilliseconds]) == 1;

    /// <exception cref="RedisNotWholeException">The index is being rebuilt.</exception>
    public async Task<IReadOnlyList<AgentReading>> SnapshotAsync()
    {
        var rows = (RedisResult[])await redis.EvaluateAsync(RedisScripts.Snapshot, [Boot, redis.Key("sessions")], [AgentPrefix]);
        if (rows.Length == 1 && rows[0].IsNull is false && rows[0].ToString() == "NOBOOT")
            throw new RedisNotWholeException();
        return [.. rows.Select(row => Reading((RedisResult[])row))];
    }

    /// <summary>
    /// Takes starting times for calls, one every 1 / <paramref name="perSecond"/> s over all nodes, so that no sliding second has more, also where some are late by a moment.
    /// Those are given that lie in the second from <paramref name="nowUs"/> on.
    /// </summary>
    /// <param name="nowUs">Microseconds since 1970 on the service's clock.</param>
    /// <param name="atLeast">So many in any case, however late they are.</param>
    public async Task<CallStarts> TakeStartsAsync(string bucket, long nowUs, int wanted, int perSecond, int atLeast = 0)
    {
        var gap = 1_000_000.0 / perSecond;
        var taken = (RedisResult[])(await redis.EvaluateAsync(
            RedisScripts.TakeStarts,
            [redis.Key("starts:" + bucket)],
            [nowUs, wanted, gap.ToString("R", CultureInfo.InvariantCulture), 1_000_000, atLeast]))!;
        return new CallStarts((int)taken[0], (long)taken[1], gap);
    }

    /// <summary>How many starts could be taken now.</summary>
    public async Task<int> FreeStartsAsync(string bucket, long nowUs, int perSecond) => (await TakeStartsAsync(bucket, nowUs, -1, perSecond)).Count;

    public async Task<bool> IsWholeAsync() => await redis.Database.KeyTimeToLiveAsync(Boot) is not null;

    /// <summary>Declares the index whole, after everything has been put.</summary>
    public async Task MarkWholeAsync(string by)
    {
        await redis.Database.StringSetAsync(Boot, by);
        await redis.Database.KeyExpireAsync(Boot, MarkerEnds); // until then it says nothing: nobody is routed
    }

    private static AgentReading Reading(RedisResult[] row) => new(
        Guid.Parse((string)row[0]!),
        (long)row[1],
        (string)row[2]!,
        long.Parse((string)row[3]!, CultureInfo.InvariantCulture),
        long.TryParse((string)row[4]!, CultureInfo.InvariantCulture, out var until) ? until : null,
        (string)row[5]! is { Length: > 0 } intent ? intent : null,
        ((string)row[6]!).Split('|', StringSplitOptions.RemoveEmptyEntries),
        double.Parse((string)row[7]!, CultureInfo.InvariantCulture) > 0);

    private static ReservedAgent? Reserved(RedisResult[] row) => row.Length == 0
        ? null
        : new ReservedAgent(Guid.Parse((string)row[0]!), (long)row[1], (long)row[2], (string)row[3]!, (int)(long)row[4], long.Parse((string)row[5]!, CultureInfo.InvariantCulture));

    private static string Skills(IReadOnlyCollection<string> skills) => skills.Count == 0 ? "" : $"|{string.Join('|', skills)}|";
}

/// <summary>An agent session as PostgreSQL has it. Times are Unix milliseconds on the service's clock.</summary>
public sealed record IndexedAgent(string Session, long AgentId, long Epoch, string State, long SinceMs, long? UntilMs, string? Intent, IReadOnlyCollection<string> Skills, string Conference);

/// <summary><paramref name="Epoch"/> is the session's epoch before the reservation: PostgreSQL confirms only from exactly there.</summary>
/// <param name="Which">0: the agent the caller knows; else which of his needs was met, from 1.</param>
public sealed record ReservedAgent(Guid Session, long AgentId, long Epoch, string Conference, int Which = 1, long SinceMs = 0);

/// <summary>A caller as the index is asked: the session of the agent he knows, and what is good enough, the strictest first.</summary>
public sealed record IndexedCaller(Guid? Knows, IReadOnlyList<IReadOnlyCollection<string>> Needs);

public sealed record AgentReading(Guid Session, long AgentId, string State, long SinceMs, long? UntilMs, string? Intent, IReadOnlyList<string> Skills, bool Alive);

/// <summary>Redis has lost its state and is being rebuilt: pacing is 0 and routing off until it is whole.</summary>
public sealed class RedisNotWholeException() : Exception("Redis does not hold the live state yet: it is being rebuilt from PostgreSQL.");
