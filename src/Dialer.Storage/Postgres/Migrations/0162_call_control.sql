-- What an agent does with a call: hold, recording, transfer and consultation, a payment taken together, a supervisor listening. Owned by Agents.
alter table attempt add column held_at timestamptz;

create table recording (
    recording_sid  text primary key,
    attempt_id     bigint not null references attempt,
    state          text not null check (state in ('Recording', 'Paused', 'Stopped')),
    started_by     bigint not null,
    started_at     timestamptz not null,
    ended_at       timestamptz,
    seconds        int
);
create index recording_attempt on recording (attempt_id);

-- An agent brings another to the call. Joined: the other is in the room and the customer holds; ThreeWay: all talk.
create table consult (
    consult_id   bigint generated always as identity primary key,
    attempt_id   bigint not null references attempt,
    from_agent   bigint not null,
    to_agent     bigint not null,
    to_session   uuid not null,
    state        text not null check (state in ('Asked', 'Joined', 'ThreeWay', 'Completed', 'Cancelled')),
    at           timestamptz not null,
    ended_at     timestamptz
);
create unique index consult_one on consult (attempt_id) where ended_at is null;
create unique index consult_one_guest on consult (to_session) where ended_at is null;

create table monitor (
    monitor_id     uuid primary key,
    supervisor_id  bigint not null,
    session_id     uuid not null references agent_session,
    mode           text not null check (mode in ('Listen', 'Whisper', 'Barge', 'TakeOver')),
    call_sid       text,
    started_at     timestamptz not null,
    ended_at       timestamptz
);
create index monitor_session on monitor (session_id) where ended_at is null;

-- A payment that the caller keys while talking to the agent, who sees no digit of it.
create table assisted_payment (
    attempt_id    bigint not null references attempt,
    number        int not null,                             -- from 101: sessions of the IVR in the same call count from 1
    payment_sid   text not null unique,
    state         text not null check (state in ('Open', 'Completing', 'Captured', 'Declined', 'Cancelled', 'Unknown')),
    amount        numeric(14, 2) not null,
    required      text[] not null,                          -- fields the carrier still wants
    capturing     text,
    masked        jsonb not null default '{}',              -- by field, as the carrier masks it
    error         text,
    started_at    timestamptz not null,
    ended_at      timestamptz,
    primary key (attempt_id, number)
);

-- A call that went from one agent to another, with what the first one wrote about his part.
create table handover (
    handover_id  bigint generated always as identity primary key,
    attempt_id   bigint not null references attempt,
    from_agent   bigint not null,
    to_agent     bigint,
    skill        text,
    code         text,
    note         text not null default '',
    at           timestamptz not null
);
create index handover_attempt on handover (attempt_id);
