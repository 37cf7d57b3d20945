-- One list of calls that people asked for, whoever heard them ask: the IVR or an agent. agent_id: whose it is first; null: anyone's.
alter table call_request add column agent_id bigint;

-- What agents had agreed moves over. A person without a number of theirs to call has nothing to dial; a number that waits already keeps its earlier place.
insert into call_request (client_id, person_id, account_id, phone_id, e164, asked_at, asked_attempt_id, due_at, until_at, agent_id, updated_at)
select p.client_id, b.person_id, b.account_id, h.phone_id, h.e164, b.made_at, b.attempt_id, b.due_at, greatest(b.due_at, now()) + interval '4 hours', b.agent_id, now()
from call_back b
join person p on p.person_id = b.person_id
cross join lateral (
    select phone_id, e164 from phone x where x.person_id = b.person_id and x.status = 'Active'
    order by x.phone_id = b.phone_id desc nulls last, x.rank, x.phone_id limit 1) h
where b.state = 'Due'
order by b.due_at
on conflict do nothing;

drop table call_back;
create index call_request_agent on call_request (agent_id, due_at) where state = 'Queued' and agent_id is not null;
