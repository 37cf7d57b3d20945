-- Calls that no campaign dialled for an agent and that were joined to one: pacing counts the recent ones at each look.
create index attempt_inbound_joined on attempt (bridged_at) where bridged_at is not null and (direction = 'Inbound' or mode = 'Agentless');
