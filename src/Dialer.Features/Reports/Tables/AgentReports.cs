namespace Dialer.Features.Reports.Tables;

/// <summary>How agents' signed-in time was spent.</summary>
internal static class AgentReports
{
    public static readonly Report Agents = new("agents", "Agents", "Time, calls and results of each agent.", [new("agent", "Agent", CellKind.Text), new("team", "Team", CellKind.Text), .. Figures], ByAgent);

    public static readonly Report Teams = new("teams", "Teams", "The same for each team.", [new("team", "Team", CellKind.Text), new("agents", "Agents", CellKind.Integer, "Agents of the team who were signed in during the span"), .. Figures], ByTeam);

    public static readonly Report Worked = new(
        "hours-worked", "Hours worked", "How the floor's time was spent, hour by hour of the day.",
        [
            new("hour", "Hour", CellKind.Integer, "Hour of the day in the report's zone"), new("talk", "Talk", CellKind.Seconds, "On a call with a person"), new("wrap", "Wrap-up", CellKind.Seconds, "After-call work, from the end of the call until ready again"),
            new("idle", "Idle", CellKind.Seconds, "Available, waiting for a call"), new("breaks", "Break", CellKind.Seconds, "On a break, for whatever reason"), new("other", "Other", CellKind.Seconds, "Joining, machines, not responding"),
            new("occupancy", "Occupancy", CellKind.Share, "(Talk + wrap-up) / (talk + wrap-up + idle); empty for one campaign, because who waits, waits for all"),
        ],
        """
        with parts as (
            select extract(hour from g at time zone @zone)::bigint as hour, l.state, coalesce(a.answered_by, '') ~ '^(machine|fax)' as machine,
                greatest(extract(epoch from least(coalesce(l.to_at, @now), @to, g + interval '1 hour') - greatest(l.from_at, @from, g)), 0)::float8 as seconds
            from agent_state_log l left join attempt a using (attempt_id)
            cross join lateral generate_series(date_trunc('hour', greatest(l.from_at, @from)), least(coalesce(l.to_at, @now), @to), interval '1 hour') g
            where l.state <> 'Offline' and l.from_at < @to and coalesce(l.to_at, @now) > @from and (@campaign::bigint is null or a.campaign_id = @campaign)),
        sums as (
            select hour, coalesce(sum(seconds) filter (where state = 'OnCall' and not machine), 0) as talk, coalesce(sum(seconds) filter (where state = 'WrapUp'), 0) as wrap,
                coalesce(sum(seconds) filter (where state = 'Available'), 0) as idle, coalesce(sum(seconds) filter (where state = 'Break'), 0) as breaks,
                coalesce(sum(seconds) filter (where state in ('Reserved', 'NotResponding') or state = 'OnCall' and machine), 0) as other
            from parts where seconds > 0 group by hour)
        select hour, talk, wrap, idle, breaks, other, case when @campaign::bigint is null then (talk + wrap) / nullif(talk + wrap + idle, 0) end from sums order by hour
        """);

    private static IEnumerable<ReportColumn> Figures =>
    [
        new("signedIn", "Signed in", CellKind.Seconds, "All states but Offline"),
        new("talk", "Talk", CellKind.Seconds, "On a call with a person"),
        new("wrap", "Wrap-up", CellKind.Seconds, "After-call work, from the end of the call until ready again"),
        new("idle", "Idle", CellKind.Seconds, "Available, waiting for a call"),
        new("breaks", "Break", CellKind.Seconds, "On a break, for whatever reason"),
        new("other", "Other", CellKind.Seconds, "Joining, machines, not responding"),
        new("occupancy", "Occupancy", CellKind.Share, "(Talk + wrap-up) / (talk + wrap-up + idle); empty for one campaign, because who waits, waits for all"),
        new("utilisation", "Utilisation", CellKind.Share, "(Talk + wrap-up) / signed-in time without breaks; empty for one campaign"),
        new("calls", "Calls", CellKind.Integer, "Calls with a person that the agent handled"),
        new("handlingTime", "AHT", CellKind.Seconds, "(Talk + wrap-up) / calls"),
        new("rightParty", "Right party", CellKind.Integer, "Calls the agent closed with a right-party disposition"),
        new("promises", "Promises", CellKind.Integer, "Promises the agents took in the span, cancelled ones left out"),
        new("promised", "Promised", CellKind.Money, "Sum of these promises"),
        new("promiseRate", "PTP rate", CellKind.Share, "Promises / right party"),
        new("promisesDue", "Promises due", CellKind.Integer, "Of those the agent took, the ones whose day of grace ended in the span, cancelled and replaced ones left out"),
        new("kept", "Kept", CellKind.Integer, "Kept in full among them"),
        new("keptRate", "Kept rate", CellKind.Share, "Kept / promises due"),
    ];

    private const string Facts =
        """
        with spent as (
            select l.agent_id, l.state, coalesce(a.answered_by, '') ~ '^(machine|fax)' as machine,
                greatest(extract(epoch from least(coalesce(l.to_at, @now), @to) - greatest(l.from_at, @from)), 0)::float8 as seconds
            from agent_state_log l left join attempt a using (attempt_id)
            where l.state <> 'Offline' and l.from_at < @to and coalesce(l.to_at, @now) > @from and (@campaign::bigint is null or a.campaign_id = @campaign)),
        times as (
            select agent_id, sum(seconds) as signed_in, sum(seconds) filter (where state = 'OnCall' and not machine) as talk, sum(seconds) filter (where state = 'WrapUp') as wrap,
                sum(seconds) filter (where state = 'Available') as idle, sum(seconds) filter (where state = 'Break') as breaks,
                sum(seconds) filter (where state in ('Reserved', 'NotResponding') or state = 'OnCall' and machine) as other
            from spent group by agent_id),
        calls as (
            select agent_id, count(*) filter (where with_agent) as calls, count(*) filter (where right_party and disposition_source = 'Agent') as right_party
            from call_fact where agent_id is not null and created_at >= @from and created_at < @to and (@campaign::bigint is null or campaign_id = @campaign) group by agent_id),
        promised as (
            select a.agent_id, count(*) as promises, sum(p.amount) as amount
            from promise p join attempt a using (attempt_id)
            where p.source = 'Agent' and p.state <> 'Cancelled' and p.made_at >= @from and p.made_at < @to and (@campaign::bigint is null or a.campaign_id = @campaign) group by 1),
        fallen as (
            select a.agent_id, count(*) as due, count(*) filter (where p.state = 'Kept') as kept
            from promise p join attempt a using (attempt_id)
            where p.source = 'Agent' and p.state in ('Kept', 'PartiallyKept', 'Broken') and p.grace_until >= (@from at time zone @zone)::date and p.grace_until < (@to at time zone @zone)::date
                and (@campaign::bigint is null or a.campaign_id = @campaign) group by 1)
        """;

    private const string Sums =
        """
        , sum(t.signed_in), coalesce(sum(t.talk), 0), coalesce(sum(t.wrap), 0), coalesce(sum(t.idle), 0), coalesce(sum(t.breaks), 0), coalesce(sum(t.other), 0),
            case when @campaign::bigint is null then (coalesce(sum(t.talk), 0) + coalesce(sum(t.wrap), 0)) / nullif(coalesce(sum(t.talk), 0) + coalesce(sum(t.wrap), 0) + coalesce(sum(t.idle), 0), 0) end,
            case when @campaign::bigint is null then (coalesce(sum(t.talk), 0) + coalesce(sum(t.wrap), 0)) / nullif(sum(t.signed_in) - coalesce(sum(t.breaks), 0), 0) end,
            coalesce(sum(c.calls), 0)::bigint, (coalesce(sum(t.talk), 0) + coalesce(sum(t.wrap), 0)) / nullif(sum(c.calls), 0)::float8,
            coalesce(sum(c.right_party), 0)::bigint, coalesce(sum(p.promises), 0)::bigint, coalesce(sum(p.amount), 0), sum(p.promises)::float8 / nullif(sum(c.right_party), 0)::float8,
            coalesce(sum(d.due), 0)::bigint, coalesce(sum(d.kept), 0)::bigint, sum(d.kept)::float8 / nullif(sum(d.due), 0)::float8
        from times t join agent g using (agent_id) join app_user u on u.user_id = t.agent_id left join calls c using (agent_id) left join promised p using (agent_id) left join fallen d using (agent_id)
        """;

    private const string ByAgent = Facts + "\nselect u.display_name, g.team" + Sums + "\ngroup by u.user_id, u.display_name, g.team order by 1";

    private const string ByTeam = Facts + "\nselect g.team, count(distinct g.agent_id)" + Sums + "\ngroup by g.team order by 1";
}
