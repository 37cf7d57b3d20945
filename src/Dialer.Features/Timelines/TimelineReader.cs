using System.Globalization;
using System.Text.Json;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Timelines;

/// <summary>Puts a call together from what every module wrote down about it. Reads only.</summary>
public sealed class TimelineReader(Database database)
{
    private const string CallSql =
        """
        select t.attempt_id, t.direction, t.mode, t.state, t.account_id, a.client_account_no, t.person_id, t.campaign_id, c.name as campaign, coalesce(t.agent_id, d.agent_id) as agent_id, u.display_name as agent, t.treatment, t.answered_by, t.abandoned,
               coalesce(d.code, t.disposition) as disposition, d.note, t.sip_code, t.created_at, t.submitted_at, t.placed_at, t.ringing_at, t.answered_at, t.bridged_at, t.ended_at, h.line_type, p.first_name, p.last_name,
               right(case t.direction when 'Inbound' then t.from_e164 else t.to_e164 end, 4) as last4,
               array(select m.recording_sid from recording_media m where m.attempt_id = t.attempt_id and m.state = 'Stored' order by m.recording_sid) as recording_sids
        from attempt t left join account a using (account_id) left join campaign c on c.campaign_id = t.campaign_id left join disposition d on d.attempt_id = t.attempt_id left join app_user u on u.user_id = coalesce(t.agent_id, d.agent_id)
        left join phone h on h.phone_id = t.phone_id left join person p on p.person_id = t.person_id
        where t.attempt_id = @id
        """;

    /// <summary>One row shape for everything, so that one sort puts it in order.</summary>
    private const string EntriesSql =
        """
        select d.at, 'Decision' as kind, d.verdict as code,
               jsonb_build_object('reasons', array_to_string(d.reasons, ', '), 'conditions', array_to_string(d.conditions, ', '), 'citations', array_to_string(d.citations, '; '), 'policy', d.pack_version)::text as facts,
               null::text as twiml, null::timestamptz as until
        from decision d where d.attempt_id = @id and d.person_id = @person and d.at between @day - interval '1 hour' and @day + interval '1 hour'
        union all
        select e.at, 'Webhook', e.kind, e.detail::text, e.detail ->> 'twiml', null from call_event e where e.attempt_id = @id and e.day between @day - interval '2 days' and @day + interval '2 days'
        union all
        select s.at, 'Said', s.step, jsonb_build_object('input', s.input, 'n', s.n::text)::text, s.response, null from ivr_step s where s.attempt_id = @id
        union all
        select l.from_at, 'Agent', l.state, jsonb_build_object('agent', u.display_name, 'reason', coalesce(l.reason, ''))::text, null, l.to_at
        from agent_state_log l left join app_user u on u.user_id = l.agent_id where l.attempt_id = @id
        union all
        select g.at, 'Disclosure', g.code, jsonb_build_object('by', g.given_by)::text, null, null from disclosure g where g.attempt_id = @id
        union all
        select r.started_at, 'Recording', r.state, jsonb_build_object('seconds', coalesce(r.seconds::text, ''), 'sid', r.recording_sid)::text, null, r.ended_at from recording r where r.attempt_id = @id
        union all
        select p.from_at, 'Pause', 'RecordingPaused', '{}', null, p.to_at from recording_pause p where p.attempt_id = @id
        union all
        select p.created_at, 'Payment', p.state, jsonb_build_object('amount', p.amount::text, 'currency', p.currency, 'method', p.method, 'confirmation', coalesce(p.confirmation_code, ''))::text, null, p.updated_at
        from payment p where p.attempt_id = @id
        union all
        select l.at, 'Ledger', l.side, jsonb_build_object('amount', l.amount::text, 'currency', l.currency, 'entry', l.entry_key)::text, null, null
        from ledger_line l join payment p using (payment_id) where p.attempt_id = @id
        union all
        select p.made_at, 'Promise', p.state, jsonb_build_object('amount', p.amount::text, 'currency', p.currency, 'due', p.due_on::text)::text, null, null from promise p where p.attempt_id = @id
        union all
        select h.at, 'Agent', 'Transfer', jsonb_build_object('note', h.note, 'skill', coalesce(h.skill, ''))::text, null, null from handover h where h.attempt_id = @id
        union all
        select d.at, 'Outcome', d.code, jsonb_build_object('source', d.source, 'note', d.note)::text, null, null from disposition d where d.attempt_id = @id
        """;

    private static readonly string[] NotShown = ["twiml", "from", "to", "caller", "called", "callSid"];

    /// <summary>Null when there is no such call.</summary>
    public async Task<CallTimeline?> ReadAsync(long attemptId, CancellationToken cancel)
    {
        if (await database.FindAsync<TimelineCall>(CallSql, new { id = attemptId }, cancel) is not { } call)
            return null;
        var rows = await database.QueryAsync<Row>(EntriesSql, new { id = attemptId, person = call.PersonId, day = call.CreatedAt }, cancel);
        var entries = rows.Select(Entry).Concat(States(call)).OrderBy(entry => entry.At).ThenBy(entry => entry.Kind == "Said" ? 1 : 0).ToList();
        return new CallTimeline(call, entries);
    }

    private static IEnumerable<TimelineEntry> States(TimelineCall call)
    {
        IReadOnlyDictionary<string, string> none = new Dictionary<string, string>();
        (Instant? At, string Code)[] moments =
            [(call.CreatedAt, "Intent"), (call.SubmittedAt, "Submitting"), (call.PlacedAt, "Placed"), (call.RingingAt, "Ringing"), (call.AnsweredAt, "Answered"), (call.BridgedAt, "Bridged"), (call.EndedAt, call.State)];
        foreach (var (at, code) in moments)
        {
            if (at is { } moment)
                yield return new TimelineEntry(moment, "State", code, none);
        }
    }

    private static TimelineEntry Entry(Row row)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        using var json = JsonDocument.Parse(row.Facts);
        foreach (var fact in json.RootElement.EnumerateObject())
        {
            var text = fact.Value.ValueKind switch
            {
                JsonValueKind.Null => "",
                JsonValueKind.String => fact.Value.GetString()!,
                _ => fact.Value.GetRawText(),
            };
            if (text.Length > 0 && !NotShown.Contains(fact.Name, StringComparer.OrdinalIgnoreCase))
                facts[fact.Name] = text;
        }

        return new TimelineEntry(row.At, row.Kind, row.Code, facts, row.Twiml, row.Until);
    }

    private sealed record Row(Instant At, string Kind, string Code, string Facts, string? Twiml, Instant? Until);
}
