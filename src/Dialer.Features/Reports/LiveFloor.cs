using System.Text.Json;
using Dialer.Core.Pacing;
using Dialer.Features.Dialing;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using NodaTime;
using StackExchange.Redis;

namespace Dialer.Features.Reports;

/// <summary>The floor as it is now, and what today has brought so far, from rows: what the wallboard shows each second. Today is New York's; what is asked each second must not grow with the years of calls behind it.</summary>
public sealed class LiveFloor(Database database, RedisConnection redis, ServiceClock clock)
{
    public async Task<FloorView> ReadAsync(CancellationToken cancel)
    {
        var now = clock.Now;
        var today = Today(now);
        var agents = await database.QueryAsync<AgentView>(
            """
            select s.agent_id as id, u.display_name as name, s.state, s.since, s.until, s.reason, s.softphone_up as softphone, c.name as campaign, g.team
            from agent_session s join app_user u on u.user_id = s.agent_id join agent g on g.agent_id = s.agent_id
            left join attempt a on a.attempt_id = s.attempt_id left join campaign c on c.campaign_id = a.campaign_id
            where s.ended_at is null order by u.user_name
            """,
            null,
            cancel);
        var rows = await database.QueryAsync<CampaignRow>(
            """
            with facts as (
                select campaign_id, count(*) as attempts, count(*) filter (where live) as answered_live, count(*) filter (where machine) as machines, count(*) filter (where state = 'Busy') as busy,
                    count(*) filter (where state in ('NoAnswer', 'Canceled')) as no_answer, count(*) filter (where state in ('Failed', 'Refused', 'NotPlaced')) as failed,
                    count(*) filter (where with_agent) as bridged, count(*) filter (where abandoned) as abandoned
                from call_fact where created_at >= @today group by campaign_id),
            lines as (
                select campaign_id, count(*) filter (where state <> 'Answered') as in_flight, count(*) filter (where state = 'Ringing') as ringing,
                    count(*) filter (where state = 'Answered' and treatment = 'Agent') as talking, count(*) filter (where state = 'Answered' and treatment = 'Ivr') as ivr
                from attempt where state in ('Intent', 'Submitting', 'Unknown', 'Placed', 'Ringing', 'Answered') group by campaign_id),
            denials as (select campaign_id, sum(repeats) as denied from decision where verdict = 'Deny' and at >= @today group by campaign_id),
            promised as (select a.campaign_id, count(*), sum(p.amount) as amount from promise p join attempt a using (attempt_id) where p.made_at >= @today and p.state <> 'Cancelled' group by 1),
            paid as (select a.campaign_id, count(*), sum(p.amount) as amount from payment p join attempt a using (attempt_id) where p.created_at >= @today and p.state = 'Captured' group by 1)
            select c.campaign_id as id, c.name, c.mode, c.state, c.abandon_cap, coalesce(f.attempts, 0) as attempts, coalesce(f.answered_live, 0) as answered_live, coalesce(f.machines, 0) as machines,
                coalesce(f.busy, 0) as busy, coalesce(f.no_answer, 0) as no_answer, coalesce(f.failed, 0) as failed, coalesce(f.bridged, 0) as bridged, coalesce(f.abandoned, 0) as abandoned,
                coalesce(l.in_flight, 0) as in_flight, coalesce(l.ringing, 0) as ringing, coalesce(l.talking, 0) as talking, coalesce(l.ivr, 0) as ivr, coalesce(d.denied, 0) as denied, r.ready,
                coalesce(pr.count, 0) as promises, coalesce(pr.amount, 0) as promised, coalesce(pay.count, 0) as payments, coalesce(pay.amount, 0) as paid
            from campaign c
            left join facts f using (campaign_id) left join lines l using (campaign_id) left join denials d using (campaign_id) left join promised pr using (campaign_id) left join paid pay using (campaign_id)
            cross join lateral (select count(*) as ready from (select from ready_lead l where l.campaign_id = c.campaign_id and l.not_before <= @now limit 100000) due) r
            where c.state not in ('Draft', 'Closed') or f.attempts > 0
            order by c.campaign_id
            """,
            new { now, today },
            cancel);
        var plans = await PlansAsync(rows.Select(row => row.Id));
        var totals = await TotalsAsync(today, cancel);
        var sent = await database.FindAsync<long>("select count(*) from attempt where created_at >= @today and submitted_at > @since", new { today, since = now - Duration.FromSeconds(10) }, cancel);
        return new FloorView(
            now,
            new ClockView(now, clock.Speed, clock.IsSimulated),
            agents,
            [.. rows.Select(row => row.View(agents.Count(agent => agent.State != "Offline"), plans.GetValueOrDefault(row.Id)))],
            totals,
            new LinesView(rows.Sum(row => row.InFlight), rows.Sum(row => row.Ringing), rows.Sum(row => row.Talking), rows.Sum(row => row.Ivr), sent / 10.0),
            await AlertsAsync(now, cancel));
    }

    private async Task<TotalsView> TotalsAsync(Instant today, CancellationToken cancel)
    {
        var row = await database.FindAsync<TotalsRow>(
            """
            select t.*, pr.promises, pr.promised, pay.payments, pay.paid from
                (select count(*) as attempts, count(*) filter (where live) as answered_live, count(*) filter (where abandoned) as abandoned, count(*) filter (where with_agent) as bridged
                    from call_fact where direction = 'Outbound' and created_at >= @today) t,
                (select count(*) as promises, coalesce(sum(amount), 0) as promised from promise where state <> 'Cancelled' and made_at >= @today) pr,
                (select count(*) as payments, coalesce(sum(amount), 0) as paid from payment where state = 'Captured' and created_at >= @today) pay
            """,
            new { today },
            cancel) ?? new TotalsRow();
        var denied = (await database.QueryAsync<(string Code, long Count)>(
            "select reason, sum(repeats) from decision cross join lateral unnest(reasons) as reason where verdict = 'Deny' and at >= @today group by reason order by 2 desc", new { today }, cancel)).ToDictionary(x => x.Code, x => x.Count);
        var denials = await database.FindAsync<long>("select coalesce(sum(repeats), 0)::bigint from decision where verdict = 'Deny' and at >= @today", new { today }, cancel);
        return new TotalsView(
            row.Attempts, row.AnsweredLive, row.Bridged, row.Abandoned, Rate(row.Abandoned, row.AnsweredLive), new SumView(row.Promises, row.Promised), new SumView(row.Payments, row.Paid), denials, denied);
    }

    private async Task<IReadOnlyList<AlertView>> AlertsAsync(Instant now, CancellationToken cancel)
    {
        var alerts = (await database.QueryAsync<AlertView>("select 'error' as level, code, text, raised_at as since from alarm where closed_at is null order by raised_at desc limit 20", null, cancel)).ToList();
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

    private sealed class TotalsRow
    {
        public long Attempts { get; init; }

        public long AnsweredLive { get; init; }

        public long Abandoned { get; init; }

        public long Bridged { get; init; }

        public long Promises { get; init; }

        public decimal Promised { get; init; }

        public long Payments { get; init; }

        public decimal Paid { get; init; }
    }

    private sealed class CampaignRow
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";

        public string Mode { get; init; } = "";

        public string State { get; init; } = "";

        public decimal AbandonCap { get; init; }

        public long Attempts { get; init; }

        public long AnsweredLive { get; init; }

        public long Machines { get; init; }

        public long Busy { get; init; }

        public long NoAnswer { get; init; }

        public long Failed { get; init; }

        public long Bridged { get; init; }

        public long Abandoned { get; init; }

        public long InFlight { get; init; }

        public long Ringing { get; init; }

        public long Talking { get; init; }

        public long Ivr { get; init; }

        public long Denied { get; init; }

        public long Ready { get; init; }

        public long Promises { get; init; }

        public decimal Promised { get; init; }

        public long Payments { get; init; }

        public decimal Paid { get; init; }

        public CampaignView View(int agents, PacingPlan? plan) => new(
            Id, Name, Mode, plan?.Mode.ToString(), State, Mode == "Agentless" ? 0 : agents, InFlight, Ringing, Talking, Ivr, Attempts, AnsweredLive, Machines, Busy, NoAnswer, Failed, Bridged,
            Abandoned, Rate(Abandoned, AnsweredLive), AbandonCap, Denied, Ready, new SumView(Promises, Promised), new SumView(Payments, Paid),
            plan is null ? null : new PaceView(plan.Dials, plan.Tau, plan.Loss, plan.Reasons, plan.Bound.ToString()));
    }
}

public sealed record FloorView(
    Instant At, ClockView Clock, IReadOnlyList<AgentView> Agents, IReadOnlyList<CampaignView> Campaigns, TotalsView Totals, LinesView Lines, IReadOnlyList<AlertView> Alerts)
{
    /// <summary>With the agents of one team; null: of all, and the empty name: of none.</summary>
    public FloorView SeenBy(string? team) => team is null ? this : this with { Agents = [.. Agents.Where(agent => team.Length > 0 && agent.Team == team)] };
}

public sealed record ClockView(Instant Now, double Speed, bool Simulated);

public sealed class AgentView
{
    public long Id { get; init; }

    public string Name { get; init; } = "";

    public string State { get; init; } = "";

    public Instant Since { get; init; }

    public Instant? Until { get; init; }

    public string? Campaign { get; init; }

    public string? Reason { get; init; }

    public bool Softphone { get; init; }

    public string Team { get; init; } = "";
}

public sealed record SumView(long Count, decimal Amount);

public sealed record PaceView(int Dials, double Tau, double Loss, IReadOnlyList<PacingReason> Reasons, string BindingLimit);

public sealed record CampaignView(
    long Id, string Name, string Mode, string? ModeInForce, string State, int Agents, long LinesInFlight, long Ringing, long Talking, long Ivr, long Attempts, long AnsweredLive, long Machines,
    long Busy, long NoAnswer, long Failed, long Bridged, long Abandoned, double AbandonmentRate, decimal AbandonCap, long Denied, long Ready, SumView Promises, SumView Payments, PaceView? Pace);

public sealed record TotalsView(
    long Attempts, long AnsweredLive, long Bridged, long Abandoned, double AbandonmentRate, SumView Promises, SumView Payments, long Denied, IReadOnlyDictionary<string, long> DeniedByReason);

public sealed record LinesView(long InFlight, long Ringing, long Talking, long Ivr, double Cps);

public sealed class AlertView
{
    public string Level { get; init; } = "";

    public string Code { get; init; } = "";

    public string Text { get; init; } = "";

    public Instant Since { get; init; }
}
