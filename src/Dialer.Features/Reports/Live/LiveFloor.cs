using System.Text.Json;
using Dialer.Core.Pacing;
using Dialer.Features.Dialing;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using NodaTime;
using StackExchange.Redis;

namespace Dialer.Features.Reports;

/// <summary>
/// The floor as it is now, and what today has brought so far, from rows: what the wallboard shows each second. Today is New York's. One reading serves everybody who asks within half a second,
/// and what it costs must not grow with the day: see <see cref="TodaysCalls"/> and <see cref="SlowSums"/>.
/// </summary>
public sealed class LiveFloor(Database database, RedisConnection redis, ServiceClock clock) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);
    private readonly TodaysCalls _calls = new(database, clock);
    private readonly SlowSums _slow = new(database);
    private readonly SemaphoreSlim _one = new(1, 1);
    private FloorView? _last;
    private long _readAt;

    /// <summary>The last reading while it is younger than half a second, else a new one.</summary>
    public async Task<FloorView> ReadAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            if (_last is { } last && TimeProvider.System.GetElapsedTime(_readAt) < Fresh)
                return last;
            var view = await ReadNewAsync(cancel);
            (_last, _readAt) = (view, TimeProvider.System.GetTimestamp());
            return view;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    internal async Task<FloorView> ReadNewAsync(CancellationToken cancel)
    {
        var now = clock.Now;
        var today = Today(now);
        var agents = await AgentsAsync(cancel);
        var calls = await _calls.ReadAsync(today, now, cancel);
        var slow = await _slow.ReadAsync(today, now, cancel);
        var byCampaign = calls.Where(tally => tally.CampaignId is not null).GroupBy(tally => tally.CampaignId!.Value).ToDictionary(group => group.Key, Sum);
        var rows = await CampaignsAsync([.. byCampaign.Keys], cancel);
        var promises = await MoneyAsync(Promised, today, cancel);
        var payments = await MoneyAsync(Paid, today, cancel);
        var plans = await PlansAsync(rows.Select(row => row.Id));
        var signedIn = agents.Count(agent => agent.State != "Offline");
        var sent = await database.FindAsync<long>("select count(*) from attempt where created_at >= @since - interval '1 minute' and submitted_at > @since", new { since = now - Duration.FromSeconds(10) }, cancel);
        return new FloorView(
            now,
            new ClockView(now, clock.Speed, clock.IsSimulated),
            agents,
            [.. rows.Select(row => row.View(
                signedIn, byCampaign.GetValueOrDefault(row.Id) ?? new CallTally(), slow.DeniedByCampaign.GetValueOrDefault(row.Id), slow.Ready.GetValueOrDefault(row.Id),
                promises.GetValueOrDefault(row.Id) ?? Nothing, payments.GetValueOrDefault(row.Id) ?? Nothing, plans.GetValueOrDefault(row.Id)))],
            Totals(calls, promises, payments, slow),
            new LinesView(rows.Sum(row => row.InFlight), rows.Sum(row => row.Ringing), rows.Sum(row => row.Talking), rows.Sum(row => row.Ivr), sent / 10.0),
            await AlertsAsync(now, cancel),
            (await database.QueryAsync<(string Metric, double Value)>("select metric, value from wallboard_target", null, cancel)).ToDictionary(target => target.Metric, target => target.Value));
    }

    private static readonly SumView Nothing = new(0, 0);

    private const string Promised = "select coalesce(a.campaign_id, 0) as campaign, count(*), sum(p.amount) as amount from promise p left join attempt a using (attempt_id) where p.state <> 'Cancelled' and p.made_at >= @today group by 1";

    private const string Paid = "select coalesce(a.campaign_id, 0) as campaign, count(*), sum(p.amount) as amount from payment p left join attempt a using (attempt_id) where p.state = 'Captured' and p.created_at >= @today group by 1";

    private Task<IReadOnlyList<AgentView>> AgentsAsync(CancellationToken cancel) => database.QueryAsync<AgentView>(
        """
        select s.agent_id as id, u.display_name as name, g.team, s.state, s.since, s.until, s.reason, s.softphone_up as softphone, c.name as campaign
        from agent_session s join app_user u on u.user_id = s.agent_id join agent g using (agent_id)
        left join attempt a on a.attempt_id = s.attempt_id left join campaign c on c.campaign_id = a.campaign_id
        where s.ended_at is null order by u.user_name
        """,
        null,
        cancel);

    private Task<IReadOnlyList<CampaignRow>> CampaignsAsync(long[] called, CancellationToken cancel) => database.QueryAsync<CampaignRow>(
        """
        with lines as (
            select campaign_id, count(*) filter (where state <> 'Answered') as in_flight, count(*) filter (where state = 'Ringing') as ringing,
                count(*) filter (where state = 'Answered' and treatment = 'Agent') as talking, count(*) filter (where state = 'Answered' and treatment = 'Ivr') as ivr
            from attempt where state in ('Intent', 'Submitting', 'Unknown', 'Placed', 'Ringing', 'Answered') group by campaign_id)
        select c.campaign_id as id, c.name, c.mode, c.state, c.abandon_cap, c.calls_a_day, coalesce(l.in_flight, 0) as in_flight, coalesce(l.ringing, 0) as ringing, coalesce(l.talking, 0) as talking,
            coalesce(l.ivr, 0) as ivr
        from campaign c left join lines l using (campaign_id)
        where c.state not in ('Draft', 'Closed') or c.campaign_id = any (@called)
        order by c.campaign_id
        """,
        new { called },
        cancel);

    /// <summary>Count and sum by campaign; under 0 what belongs to none.</summary>
    private async Task<Dictionary<long, SumView>> MoneyAsync(string sql, Instant today, CancellationToken cancel) =>
        (await database.QueryAsync<(long Campaign, long Count, decimal Amount)>(sql, new { today }, cancel)).ToDictionary(row => row.Campaign, row => new SumView(row.Count, row.Amount));

    private static CallTally Sum(IEnumerable<CallTally> tallies)
    {
        var sum = new CallTally();
        foreach (var tally in tallies)
            sum.Add(tally);
        return sum;
    }

    private static TotalsView Totals(IReadOnlyList<CallTally> calls, Dictionary<long, SumView> promises, Dictionary<long, SumView> payments, SlowFigures slow)
    {
        var all = Sum(calls.Where(tally => tally.Outbound));
        SumView Together(Dictionary<long, SumView> sums) => new(sums.Values.Sum(sum => sum.Count), sums.Values.Sum(sum => sum.Amount));
        return new TotalsView(
            all.Attempts, all.AnsweredLive, all.Bridged, all.Abandoned, Rate(all.Abandoned, all.AnsweredLive), Together(promises), Together(payments), slow.Denied, slow.DeniedByReason);
    }

    private async Task<IReadOnlyList<AlertView>> AlertsAsync(Instant now, CancellationToken cancel)
    {
        var alerts = (await database.QueryAsync<AlertView>(
            """
            select alarm_id as id, level, code, subject, text, raised_at as since, owner, taken_by, taken_at from alarm where closed_at is null
            order by case level when 'error' then 0 when 'warning' then 1 else 2 end, raised_at desc limit 20
            """,
            null, cancel)).ToList();
        if (!redis.IsConnected)
            alerts.Insert(0, new AlertView { Level = "error", Code = "REDIS_AWAY", Text = "Redis does not answer: nothing is dialled and no call is routed until it is back.", Since = now });
        return alerts;
    }

    private async Task<Dictionary<long, PacingPlan>> PlansAsync(IEnumerable<long> campaigns)
    {
        var plans = new Dictionary<long, PacingPlan>();
        try
        {
            foreach (var id in campaigns)
            {
                if ((string?)await redis.Database.StringGetAsync(redis.Key($"plan:{id}")) is { } json && JsonSerializer.Deserialize<PacingPlan>(json, PacingJson.Options) is { } plan)
                    plans[id] = plan;
            }
        }
        catch (Exception away) when (away is RedisException or TimeoutException)
        {
            // the floor is shown without plans; the alert says why
        }

        return plans;
    }

    /// <summary>Midnight in New York: where the day's counts begin.</summary>
    internal static Instant Today(Instant now) => now.InZone(DateTimeZoneProviders.Tzdb["America/New_York"]).Date.AtStartOfDayInZone(DateTimeZoneProviders.Tzdb["America/New_York"]).ToInstant();

    internal static double Rate(long part, long whole) => whole == 0 ? 0 : Math.Round((double)part / whole, 5);

    private sealed class CampaignRow
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";

        public string Mode { get; init; } = "";

        public string State { get; init; } = "";

        public decimal AbandonCap { get; init; }

        public int? CallsADay { get; init; }

        public long InFlight { get; init; }

        public long Ringing { get; init; }

        public long Talking { get; init; }

        public long Ivr { get; init; }

        public CampaignView View(int agents, CallTally calls, long denied, long ready, SumView promises, SumView payments, PacingPlan? plan) => new(
            Id, Name, Mode, plan?.Mode.ToString(), State, Mode == "Agentless" ? 0 : agents, InFlight, Ringing, Talking, Ivr, calls.Attempts, calls.AnsweredLive, calls.Machines, calls.Busy, calls.NoAnswer,
            calls.Failed, calls.Bridged, calls.Abandoned, Rate(calls.Abandoned, calls.AnsweredLive), AbandonCap, denied, ready, promises, payments,
            plan is null ? null : new PaceView(plan.Dials, plan.Tau, plan.Loss, plan.Reasons, plan.Bound.ToString()), CallsADay);
    }
}
