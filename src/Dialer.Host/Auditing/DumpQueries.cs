namespace Dialer.Host.Auditing;

/// <summary>The queries of the dump. Each gives one JSON object a row.</summary>
internal static class DumpQueries
{
    private const string Iso = "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'";

    /// <summary>Outbound attempts with what the auditor compares with the network's own account, and where the person may be.</summary>
    private const string Attempts =
        $"""
        select json_build_object('row', 'attempt', 'id', a.attempt_id, 'sid', a.sid,
            'status', case a.state when 'NoAnswer' then 'no-answer' when 'NotPlaced' then 'not-placed' else lower(a.state) end,
            'number', a.to_e164, 'durationSeconds', a.duration_s, 'personId', a.person_id,
            'debtIds', case when a.account_id is null then '[]'::json else json_build_array(a.account_id) end,
            'campaignId', a.campaign_id, 'mode', a.mode, 'treatment', a.treatment, 'abandoned', a.abandoned, 'artificialVoice', a.artificial_voice,
            'counted', a.counted, 'consent', coalesce(a.exclusion = 'DirectConsent', false), 'conversation', a.conversation_at is not null,
            'state', p.state, 'zip', p.zip, 'knownZone', f.known_zone,
            'createdAt', to_char(a.created_at at time zone 'UTC', {Iso}), 'submittedAt', to_char(a.submitted_at at time zone 'UTC', {Iso}),
            'placedAt', to_char(a.placed_at at time zone 'UTC', {Iso}))::text
        from attempt a left join person p on p.person_id = a.person_id left join person_contact_fact f on f.person_id = a.person_id
        where a.direction = 'Outbound' order by a.attempt_id
        """;

    private const string Decisions =
        $"select json_build_object('row', 'decision', 'attemptId', attempt_id, 'verdict', verdict, 'at', to_char(at at time zone 'UTC', {Iso}))::text from decision where attempt_id is not null and verdict <> 'Deny'";

    /// <summary>Whom each call was with: when they proved who they are, and what of their debts must not be heard before. A creditor whose name is in the business's own is no secret.</summary>
    private const string Listeners =
        $"""
        select json_build_object('row', 'listener', 'sid', a.sid, 'verifiedAt', to_char(i.verified_at at time zone 'UTC', {Iso}),
            'rightPartyAt', (select to_char(min(d.at) at time zone 'UTC', {Iso}) from disclosure_in_force d where d.attempt_id = a.attempt_id and d.code in ('DISCLOSE_INITIAL', 'DISCLOSE_SUBSEQUENT')),
            'amounts', coalesce((select json_agg(distinct b.balance::text) from account b where b.person_id = a.person_id and b.balance > 0), '[]'::json),
            'creditors', coalesce((select json_agg(distinct b.creditor) from account b join client c using (client_id)
                where b.person_id = a.person_id and b.creditor <> '' and position(lower(b.creditor) in lower(c.spoken_name)) = 0), '[]'::json))::text
        from attempt a left join ivr_session i using (attempt_id) where a.sid is not null order by a.attempt_id
        """;

    private const string Campaigns = "select json_build_object('row', 'campaign', 'id', campaign_id, 'mode', mode, 'maxLines', max_lines)::text from campaign";

    /// <summary>Numbers that were revoked, each until the next consent for it, and those that no machine may ring.</summary>
    private const string DoNotCall =
        $"""
        select json_build_object('row', 'dnc', 'number', c.e164, 'since', to_char(c.at at time zone 'UTC', {Iso}), 'artificialOnly', c.scope = 'ArtificialVoice',
            'until', to_char((select min(g.at) from consent_event g where g.e164 = c.e164 and g.channel = c.channel and g.kind = 'Granted' and g.at > c.at) at time zone 'UTC', {Iso}))::text
        from consent_event c where c.kind = 'Revoked' and c.channel = 'Voice' and c.scope in ('All', 'ArtificialVoice')
        union all
        select json_build_object('row', 'dnc', 'number', e164, 'since', to_char(added_at at time zone 'UTC', {Iso}), 'artificialOnly', true)::text from protected_number
        """;

    /// <summary>Holds under which nobody may ring the person about the debt, or about any.</summary>
    private const string Stops =
        $"""
        select json_build_object('row', 'stop', 'personId', person_id, 'debtId', account_id, 'hold', kind, 'since', to_char(opened_at at time zone 'UTC', {Iso}),
            'until', to_char(least(closed_at, expires_at) at time zone 'UTC', {Iso}))::text
        from hold where kind in ('Cease', 'Attorney', 'Bankruptcy', 'Deceased')
        """;

    private const string Payments =
        """
        select json_build_object('row', 'payment', 'id', p.payment_id, 'reference', p.confirmation_code, 'amount', p.amount, 'sid', a.sid,
            'status', case p.state when 'Captured' then 'succeeded' when 'Reversed' then 'succeeded' when 'Declined' then 'declined' when 'Cancelled' then 'cancelled' else 'open' end)::text
        from payment p left join attempt a using (attempt_id)
        """;

    private const string Entries =
        "select json_build_object('row', 'entry', 'key', entry_key, 'side', side, 'amount', amount, 'paymentId', payment_id)::text from ledger_line";

    private const string Effects =
        $"select json_build_object('row', 'effect', 'schedule', schedule, 'fireTime', to_char(fire_time at time zone 'UTC', {Iso}))::text from schedule_fire";

    private const string AuditRows =
        $"""
        select json_build_object('row', 'audit', 'id', audit_id, 'at', to_char(at at time zone 'UTC', {Iso}), 'actor', actor, 'action', action, 'subject', subject,
            'detail', detail::text, 'hash', encode(hash, 'hex'))::text
        from audit order by audit_id
        """;

    private const string AuditHead = "select json_build_object('row', 'audit-head', 'id', audit_id, 'hash', encode(hash, 'hex'))::text from audit_head";

    /// <summary>When an agent's session lived: signed in, and heard of; and when a supervisor was in an agent's line. The user is the softphone's identity on the network.</summary>
    private const string Leases =
        $"""
        select json_build_object('row', 'lease', 'user', 'agent_' || agent_id, 'from', to_char(from_at at time zone 'UTC', {Iso}), 'until', to_char(to_at at time zone 'UTC', {Iso}))::text
        from agent_state_log where state not in ('Offline', 'NotResponding')
        union all
        select json_build_object('row', 'lease', 'user', 'agent_' || supervisor_id, 'from', to_char(started_at at time zone 'UTC', {Iso}), 'until', to_char(ended_at at time zone 'UTC', {Iso}))::text
        from monitor
        """;

    /// <summary>When agents could be given a call, for whose campaigns' calls: with their abandoned calls this shows whether somebody met nobody while somebody was there.</summary>
    private const string Free =
        $"""
        select json_build_object('row', 'free', 'user', 'agent_' || l.agent_id, 'from', to_char(l.from_at at time zone 'UTC', {Iso}), 'until', to_char(l.to_at at time zone 'UTC', {Iso}),
            'campaigns', coalesce((select json_agg(c.campaign_id) from campaign c where c.needs <@ (a.skills || w.words)), '[]'::json))::text
        from agent_state_log l join agent a using (agent_id) join agent_work w using (agent_id) where l.state = 'Available'
        """;

    /// <summary>Every place a person's words or the wire's could end up in: no card number may.</summary>
    private const string Texts =
        """
        select json_build_object('row', 'text', 'table', t, 'text', x)::text from (
            select 'disposition' as t, note as x from disposition where note <> ''
            union all select 'ivr_step', input || ' ' || response from ivr_step
            union all select 'ivr_session', position::text || ' ' || response from ivr_session
            union all select 'call_event', detail::text from call_event
            union all select 'outbox', payload::text from outbox
            union all select 'consent_event', evidence from consent_event where evidence <> ''
            union all select 'task', words from task where words <> ''
            union all select 'offer_request', reason || ' ' || words from offer_request
            union all select 'hold', reason from hold where reason <> ''
            union all select 'alarm', subject || ' ' || text from alarm) texts
        """;

    public static IReadOnlyList<string> All { get; } =
        [Campaigns, Attempts, Listeners, Decisions, DoNotCall, Stops, Payments, Entries, Effects, AuditRows, AuditHead, Leases, Free, Texts];
}
