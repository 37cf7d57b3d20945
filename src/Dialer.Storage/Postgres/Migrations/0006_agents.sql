-- The softphone leg, as conference callbacks tell it. Owned by Agents.
alter table agent_session add column softphone_up boolean not null default false;
alter table agent_session add column conference_sequence int not null default -1; -- highest SequenceNumber of a softphone join or leave applied
