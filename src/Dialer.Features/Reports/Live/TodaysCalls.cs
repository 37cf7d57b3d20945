using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Reports;

/// <summary>What today's calls of one campaign (null: of none) and direction have come to.</summary>
public sealed class CallTally
{
    public long? CampaignId { get; init; }

    public bool Outbound { get; init; }

    public long Attempts { get; set; }

    public long AnsweredLive { get; set; }

    public long Machines { get; set; }

    public long Busy { get; set; }

    public long NoAnswer { get; set; }

    public long Failed { get; set; }

    public long Bridged { get; set; }

    public long Abandoned { get; set; }

    public void Add(CallTally other)
    {
        Attempts += other.Attempts;
        AnsweredLive += other.AnsweredLive;
        Machines += other.Machines;
        Busy += other.Busy;
        NoAnswer += other.NoAnswer;
        Failed += other.Failed;
        Bridged += other.Bridged;
        Abandoned += other.Abandoned;
    }

    public CallTally Copy()
    {
        var copy = new CallTally { CampaignId = CampaignId, Outbound = Outbound };
        copy.Add(this);
        return copy;
    }
}

/// <summary>
/// Counts today's calls without looking at all of them each second: those that have ended are settled once and remembered; only the newest, and the old ones that still live, are looked at again.
/// </summary>
/// <remarks>
/// What a call was can still change a little after its end (a late verdict, a correction), so everything is counted anew every <see cref="RecountEvery"/>. Not thread-safe: one reader at a time.
/// </remarks>
internal sealed class TodaysCalls(Database database, ServiceClock clock)
{
    public static readonly Duration RecountEvery = Duration.FromMinutes(5);
    private static readonly Duration SettleEvery = Duration.FromSeconds(10);

    /// <summary>A row with an older <c>created_at</c> than this may not have been committed yet.</summary>
    private static readonly Duration Late = Duration.FromSeconds(30);

    private const string Tally =
        """
        select campaign_id, direction = 'Outbound' as outbound, count(*) filter (where handed_over or direction = 'Inbound') as attempts, count(*) filter (where live) as answered_live, count(*) filter (where machine) as machines,
            count(*) filter (where state = 'Busy') as busy, count(*) filter (where state in ('NoAnswer', 'Canceled')) as no_answer, count(*) filter (where state = 'Failed' or state = 'Refused' and handed_over) as failed,
            count(*) filter (where with_agent) as bridged, count(*) filter (where abandoned) as abandoned
        from call_fact
        """;

    private const string Alive = "state in ('Intent', 'Submitting', 'Unknown', 'Placed', 'Ringing', 'Answered')";

    private readonly Dictionary<(long?, bool), CallTally> _settled = [];
    private long[] _open = [];
    private Instant _from = Instant.MinValue;
    private Instant _today = Instant.MinValue;
    private Instant _recountAt = Instant.MinValue;
    private Instant _settleAt = Instant.MinValue;

    public async Task<IReadOnlyList<CallTally>> ReadAsync(Instant today, Instant now, CancellationToken cancel)
    {
        if (today != _today || now >= _recountAt)
        {
            _settled.Clear();
            (_open, _from, _today, _recountAt, _settleAt) = ([], today, today, now + RecountEvery, Instant.MinValue);
        }

        if (now >= _settleAt)
        {
            await SettleAsync(now - Late - clock.OfReal(TimeSpan.FromSeconds(15)), cancel);
            _settleAt = now + SettleEvery;
        }

        var sum = _settled.ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
        Add(sum, await database.QueryAsync<CallTally>($"{Tally} where created_at >= @from group by 1, 2 union all {Tally} where created_at < @from and attempt_id = any (@open) group by 1, 2", new { from = _from, open = _open }, cancel));
        return [.. sum.Values];
    }

    /// <summary>Remembers what has ended of the calls made before <paramref name="to"/>, and which of them still live.</summary>
    private async Task SettleAsync(Instant to, CancellationToken cancel)
    {
        if (to <= _from)
            return;
        await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                // One snapshot: a call that ends between the two questions would be in neither or in both.
                await Dapper.SqlMapper.ExecuteAsync(connection, "set transaction isolation level repeatable read", null, transaction);
                var parameters = new { from = _from, to, open = _open };
                var ended = await Dapper.SqlMapper.QueryAsync<CallTally>(
                    connection, $"{Tally} where (created_at >= @from and created_at < @to or attempt_id = any (@open)) and not {Alive} group by 1, 2", parameters, transaction);
                var open = await Dapper.SqlMapper.QueryAsync<long>(
                    connection, $"select attempt_id from attempt where (created_at >= @from and created_at < @to or attempt_id = any (@open)) and {Alive}", parameters, transaction);
                Add(_settled, ended);
                _open = [.. open];
                _from = to;
            },
            cancel);
    }

    private static void Add(Dictionary<(long?, bool), CallTally> sum, IEnumerable<CallTally> more)
    {
        foreach (var one in more)
        {
            if (sum.TryGetValue((one.CampaignId, one.Outbound), out var known))
                known.Add(one);
            else
                sum[(one.CampaignId, one.Outbound)] = one;
        }
    }
}
