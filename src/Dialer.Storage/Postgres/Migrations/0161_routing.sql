-- Who waits for an agent, and why a call went to whom. Owned by Routing.
create table queue_entry (
    queue_entry_id   bigint generated always as identity primary key,
    attempt_id       bigint not null unique references attempt,
    queue            text not null,
    person_id        bigint,
    account_id       bigint,
    phone_id         bigint,
    needs            jsonb not null,                       -- [{"after": seconds, "skills": [...]}], the strictest first
    priority         int not null default 0 check (priority between 0 and 9),
    entered_at       timestamptz not null,
    rank_at          timestamptz not null,                 -- the order of the line: entry less 30 s for each step of priority
    state            text not null check (state in ('Waiting', 'Offered', 'CallBack', 'Dialled', 'Abandoned', 'Left')),
    agent_id         bigint,                               -- whom the caller was offered to
    offered_at       timestamptz,
    call_back_attempt_id bigint,                           -- the call that a kept place led to
    ended_at         timestamptz
);
create index queue_entry_line on queue_entry (rank_at) where state in ('Waiting', 'CallBack');
create index queue_entry_recent on queue_entry (entered_at);

-- A call-back that was agreed with a person: for one agent, or for anyone.
create table call_back (
    call_back_id  bigint generated always as identity primary key,
    person_id     bigint not null references person,
    account_id    bigint references account,
    phone_id      bigint references phone,
    agent_id      bigint,                                  -- null: anyone's
    due_at        timestamptz not null,
    state         text not null default 'Due' check (state in ('Due', 'Done', 'Cancelled')),
    attempt_id    bigint references attempt,               -- the call in which it was agreed
    made_at       timestamptz not null,
    closed_at     timestamptz
);
create index call_back_due on call_back (due_at) where state = 'Due';
create unique index call_back_attempt on call_back (attempt_id) where attempt_id is not null;

alter table attempt add column routing jsonb;              -- why this agent: reason, needs met, how long he was idle, how long the caller waited
alter table attempt add column shown_at timestamptz;       -- when the agent's screen first showed the call, by the desk's own word on the service's clock

alter table agent_session add column extended boolean not null default false; -- this wrap-up has been given more time
