-- What the pacing engine of each campaign has learned, so that a new leader goes on from there. Owned by Dialing.
create table pacing_memory (
    campaign_id  bigint primary key references campaign,
    memory       jsonb not null
);
create index attempt_live_state on attempt (campaign_id) where state in ('Intent', 'Submitting', 'Placed', 'Ringing', 'Answered', 'Unknown');
create index agent_state_log_ended on agent_state_log (to_at);
