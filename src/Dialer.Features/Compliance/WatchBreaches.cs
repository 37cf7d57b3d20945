using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Compliance;

/// <summary>
/// Looks each hour, in the rows themselves, for what must never have happened: a number rung after its person said stop, a recording of a call on which nobody had announced one, one that went on when the person had objected, and one that ran while a card was given.
/// The gate and the script prevent them; this is the second look, which does not trust them. Each finding is one alarm, once.
/// </summary>
/// <remarks>Asked of the calls of the last 26 hours, so that one missed round loses nothing.</remarks>
public sealed class WatchBreaches(Database database, TimeProvider clock)
{
    private static readonly Duration Back = Duration.FromHours(26);

    /// <summary>What was said within a minute before the dial may have been said while the call was on its way.</summary>
    private static readonly Duration OnItsWay = Duration.FromMinutes(1);

    private const string Sql =
        """
        with rung_after_stop as (
            select t.attempt_id from attempt t
            cross join lateral (
                select c.kind from consent_event c
                where c.e164 = t.to_e164 and c.channel = 'Voice' and (c.scope = 'All' or (c.scope = 'ArtificialVoice' and t.artificial_voice)) and c.at <= t.submitted_at - @onItsWay
                order by c.at desc, c.kind desc limit 1) newest
            where t.direction = 'Outbound' and t.created_at > @since and t.submitted_at is not null and t.state <> 'Refused' and t.purpose <> 'InboundReturn' and newest.kind = 'Revoked'),
        unannounced as (
            select distinct r.attempt_id from recording r join attempt t using (attempt_id)
            where r.started_at > @since and r.state = 'Stopped' and t.ended_at < @now
              and not exists (select 1 from disclosure_in_force f where f.attempt_id = r.attempt_id and f.code = 'RECORDING_NOTICE_REQUIRED')),
        objected as (
            select distinct r.attempt_id from recording_declined n join recording r using (attempt_id)
            where n.at > @since and r.state = 'Stopped' and r.ended_at > n.at + @onItsWay),
        over_a_card as (
            select distinct p.attempt_id from assisted_payment p join recording r using (attempt_id)
            where p.started_at > @since and r.state = 'Stopped' and r.started_at < p.ended_at and r.ended_at > p.started_at
              and not exists (select 1 from recording_pause q where q.attempt_id = p.attempt_id and q.from_at <= p.started_at and coalesce(q.to_at, 'infinity') >= p.ended_at))
        insert into alarm (code, subject, raised_at, text)
        select x.code, 'attempt/' || x.attempt_id, @now, x.text
        from (select 'TCPA_REVOCATION_BREACH' as code, attempt_id, 'A number was rung after its person had said stop. Read the decision of this call, and stop dialling until it is known how it passed.' as text from rung_after_stop
              union all
              select 'RECORDING_WITHOUT_NOTICE', attempt_id, 'A call was recorded on which nobody had said that it may be. Hear it, and decide whether the recording must go.' from unannounced
              union all
              select 'RECORDING_DECLINED', attempt_id, 'A call was recorded on after the person had said that they do not want it. Hear it, and decide whether the recording must go.' from objected
              union all
              select 'RECORDING_DURING_PAN', attempt_id, 'A recording ran while a card was given. Nobody may hear it before it is known what is in it: see whether the recording must go.' from over_a_card) x
        where not exists (select 1 from alarm a where a.code = x.code and a.subject = 'attempt/' || x.attempt_id)
        """;

    /// <summary>Returns how many alarms were raised.</summary>
    public Task<int> RunAsync(CancellationToken cancel)
    {
        var now = RecordStatements.Now(clock);
        return database.ExecuteAsync(Sql, new { now, since = now - Back, onItsWay = OnItsWay.ToTimeSpan() }, cancel);
    }
}
