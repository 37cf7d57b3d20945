-- The person does not want the call recorded: from then on nothing of it is (consent of all parties, as Cal. Penal Code 632.7 wants it). Owned by Agents.
create table recording_declined (
    attempt_id  bigint primary key references attempt,
    at          timestamptz not null,
    agent_id    bigint not null,
    stopped_at  timestamptz                                -- when the carrier confirmed that nothing was being recorded any more; null: it has not
);
