-- An attempt is a call that the carrier was asked for. What was decided and never sent, or sent and not found at the carrier, is none (decision 0380).
create or replace view call_fact as
select a.attempt_id, a.campaign_id, coalesce(acc.client_id, c.client_id) as client_id, a.account_id, a.person_id, a.agent_id, a.direction, a.mode, a.state, a.treatment,
    a.created_at, a.submitted_at, a.answered_at, a.bridged_at, a.ended_at, a.abandoned, a.counted, a.to_e164, a.sid,
    kind.machine,
    -- A person answered our call. While a verdict is out the call is not yet counted, unless the person was already let down.
    a.direction = 'Outbound' and a.answered_at is not null and not kind.machine and (a.answered_by is not null or a.abandoned or a.state <> 'Answered') as live,
    a.bridged_at is not null and not kind.machine as with_agent,
    coalesce(d.code, a.disposition) as disposition,
    coalesce(d.source, 'System') as disposition_source,
    -- The right party: an agent says so, or the IVR verified two identifiers.
    coalesce(d.code like 'RPC-%' and d.source = 'Agent', false) or coalesce(i.position ->> 'verified' = 'true', false) as right_party,
    extract(epoch from a.bridged_at - a.answered_at)::float8 as wait_seconds,
    case when a.bridged_at is not null and not kind.machine then extract(epoch from a.ended_at - a.bridged_at)::float8 end as talk_seconds,
    -- A call that was handed on is joined again by the next agent; the first joining is what the law asks about, and stays in conversation_at.
    extract(epoch from least(a.bridged_at, a.conversation_at) - a.answered_at)::float8 as first_wait_seconds,
    -- The carrier was asked: also when it refused, and while nobody knows what became of the request.
    a.direction = 'Outbound' and a.state not in ('Intent', 'NotPlaced') and (a.state <> 'Refused' or a.submitted_at is not null) as handed_over
from attempt a
cross join lateral (select coalesce(a.answered_by, '') ~ '^(machine|fax)' as machine) kind
left join account acc on acc.account_id = a.account_id
left join campaign c on c.campaign_id = a.campaign_id
left join disposition d on d.attempt_id = a.attempt_id
left join ivr_session i on i.attempt_id = a.attempt_id;
