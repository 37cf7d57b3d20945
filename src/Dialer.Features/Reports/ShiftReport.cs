using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Reports;

/// <summary>The figures of a shift (since an instant; today in New York when none is said), each with its formula in the property's words. The demonstration's last word.</summary>
public sealed class ShiftReport(Database database, ServiceClock clock)
{
    public async Task<ShiftSummary> ReadAsync(Instant? from, CancellationToken cancel)
    {
        var since = from ?? LiveFloor.Today(clock.Now);
        var calls = await database.FindAsync<CallFigures>(
            """
            select count(*) filter (where handed_over) as attempts,
                count(*) filter (where live) as answered_live,
                count(*) filter (where live and with_agent) as bridged,
                count(*) filter (where abandoned) as abandoned,
                count(*) filter (where handed_over and machine) as machine,
                count(*) filter (where handed_over and state = 'Busy') as busy,
                count(*) filter (where handed_over and state in ('NoAnswer', 'Canceled')) as no_answer,
                count(*) filter (where handed_over and state in ('Failed', 'Refused')) as failed,
                count(*) filter (where handed_over and state in ('Submitting', 'Unknown', 'Placed', 'Ringing', 'Answered')) as live,
                count(*) filter (where direction = 'Inbound') as inbound
            from call_fact where created_at >= @since
            """,
            new { since },
            cancel) ?? new CallFigures();
        var ivr = await database.FindAsync<IvrFigures>(
            """
            select
                (select count(*) from ivr_session where started_at >= @since and position ->> 'verified' = 'true') as verified,
                (select count(*) from payment where source = 'Ivr' and state = 'Captured' and created_at >= @since) as payments,
                (select coalesce(sum(amount), 0) from payment where source = 'Ivr' and state = 'Captured' and created_at >= @since) as paid,
                (select count(*) from promise where source = 'Ivr' and state <> 'Cancelled' and made_at >= @since) as promises,
                (select coalesce(sum(amount), 0) from promise where source = 'Ivr' and state <> 'Cancelled' and made_at >= @since) as promised,
                (select count(*) from disposition where source = 'Ivr' and code = 'IVR-OPTOUT' and at >= @since) as opt_outs,
                (select count(*) from disposition where source = 'Ivr' and code = 'RPC-DISP' and at >= @since) as disputes,
                (select count(*) from disposition where code = 'XFER-ESC' and at >= @since) as transfers
            """,
            new { since },
            cancel) ?? new IvrFigures();
        var agents = await database.FindAsync<AgentFigures>(
            """
            select coalesce(sum(extract(epoch from coalesce(to_at, @now) - greatest(from_at, @since))) filter (where l.state = 'OnCall' and not machine), 0)::float8 as talk,
                coalesce(sum(extract(epoch from coalesce(to_at, @now) - greatest(from_at, @since))) filter (where l.state = 'WrapUp'), 0)::float8 as wrap,
                coalesce(sum(extract(epoch from coalesce(to_at, @now) - greatest(from_at, @since))) filter (where l.state = 'Available'), 0)::float8 as idle,
                coalesce(sum(extract(epoch from coalesce(to_at, @now) - greatest(from_at, @since))) filter (where l.state in ('Reserved', 'NotResponding') or l.state = 'OnCall' and machine), 0)::float8 as other
            from (select l.*, coalesce(a.answered_by, '') ~ '^(machine|fax)' as machine from agent_state_log l left join attempt a using (attempt_id)) l
            where l.state not in ('Break', 'Offline') and coalesce(to_at, @now) > @since
            """,
            new { now = clock.Now, since },
            cancel) ?? new AgentFigures();
        var agentPromises = await database.FindAsync<SumRow>("select count(*), coalesce(sum(amount), 0) as amount from promise where source = 'Agent' and state <> 'Cancelled' and made_at >= @since", new { since }, cancel) ?? new SumRow();
        return new ShiftSummary(
            calls.Attempts,
            calls.AnsweredLive,
            calls.Bridged,
            calls.Abandoned,
            LiveFloor.Rate(calls.Abandoned, calls.AnsweredLive),
            calls.Machine,
            calls.Busy,
            calls.NoAnswer,
            calls.Failed,
            calls.Live,
            calls.Inbound,
            await CountAsync("select reason, sum(repeats)::bigint from decision cross join lateral unnest(reasons) as reason where verdict = 'Deny' and at >= @since group by reason order by 2 desc", since, cancel),
            new IvrView(ivr.Verified, new SumView(ivr.Payments, ivr.Paid), new SumView(ivr.Promises, ivr.Promised), ivr.OptOuts, ivr.Disputes, ivr.Transfers),
            new AgentsView(
                Share(agents.Talk + agents.Wrap, agents.Talk + agents.Wrap + agents.Idle + agents.Other),
                Share(agents.Talk + agents.Wrap, agents.Talk + agents.Wrap + agents.Idle),
                Math.Round(agents.Talk), Math.Round(agents.Wrap), Math.Round(agents.Idle), Math.Round(agents.Other),
                new SumView(agentPromises.Count, agentPromises.Amount)),
            await CountAsync("select disposition as code, count(*) from call_fact where disposition is not null and created_at >= @since group by 1 order by 2 desc", since, cancel));
    }

    private async Task<IReadOnlyDictionary<string, long>> CountAsync(string sql, Instant since, CancellationToken cancel) =>
        (await database.QueryAsync<(string Code, long Count)>(sql, new { since }, cancel)).ToDictionary(row => row.Code, row => row.Count);

    private static double Share(double part, double whole) => whole <= 0 ? 0 : Math.Round(part / whole, 4);

    private sealed class CallFigures
    {
        public long Attempts { get; init; }

        public long AnsweredLive { get; init; }

        public long Bridged { get; init; }

        public long Abandoned { get; init; }

        public long Machine { get; init; }

        public long Busy { get; init; }

        public long NoAnswer { get; init; }

        public long Failed { get; init; }

        public long Live { get; init; }

        public long Inbound { get; init; }
    }

    private sealed class IvrFigures
    {
        public long Verified { get; init; }

        public long Payments { get; init; }

        public decimal Paid { get; init; }

        public long Promises { get; init; }

        public decimal Promised { get; init; }

        public long OptOuts { get; init; }

        public long Disputes { get; init; }

        public long Transfers { get; init; }
    }

    private sealed class AgentFigures
    {
        public double Talk { get; init; }

        public double Wrap { get; init; }

        public double Idle { get; init; }

        public double Other { get; init; }
    }

    private sealed class SumRow
    {
        public long Count { get; init; }

        public decimal Amount { get; init; }
    }
}

/// <summary>Outbound figures, except <paramref name="Inbound"/>. <paramref name="AbandonmentRate"/> = abandoned / answeredLive; live answers are people, not machines, abandoned ones included.</summary>
public sealed record ShiftSummary(
    long Attempts, long AnsweredLive, long Bridged, long Abandoned, double AbandonmentRate, long Machine, long Busy, long NoAnswer, long Failed, long Live, long Inbound,
    IReadOnlyDictionary<string, long> Denied, IvrView Ivr, AgentsView Agents, IReadOnlyDictionary<string, long> Dispositions);

public sealed record IvrView(long Verified, SumView Payments, SumView Promises, long OptOuts, long Disputes, long Transfers);

/// <summary>
/// <paramref name="Utilisation"/> = (talk + wrap) / signed-in, unpaused time; <paramref name="Occupancy"/> = (talk + wrap) / (talk + wrap + idle).
/// <paramref name="OtherSeconds"/>: joining, machines, not responding.
/// </summary>
public sealed record AgentsView(
    double Utilisation, double Occupancy, double TalkSeconds, double WrapSeconds, double IdleSeconds, double OtherSeconds, SumView Promises);
