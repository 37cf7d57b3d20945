-- Agents, promises, payments, dispositions, IVR sessions, access.

create table app_user (
    user_id        bigint generated always as identity primary key,
    user_name      text not null unique check (user_name = lower(user_name)),
    display_name   text not null,
    password_hash  text not null,                          -- PBKDF2-SHA512, self-describing
    roles          text[] not null,
    disabled       boolean not null default false,
    created_at     timestamptz not null,
    security_stamp uuid not null default gen_random_uuid() -- changes with password and roles; revokes live sessions
);

create table agent (
    agent_id   bigint primary key references app_user (user_id),
    skills     text[] not null default '{}',
    team       text not null default ''
);

-- One sign-in of one agent: the state machine's row, the truth behind Redis.
create table agent_session (
    session_id     uuid primary key,
    agent_id       bigint not null references agent,
    state          text not null check (state in ('Offline', 'Available', 'Reserved', 'OnCall', 'WrapUp', 'Break', 'NotResponding')),
    since          timestamptz not null,
    until          timestamptz,                            -- when the state ends by itself, if it does
    intent         text,                                   -- state asked for while a call keeps the agent
    reason         text,
    attempt_id     bigint references attempt,
    epoch          bigint not null default 1,              -- rises with each transition; Redis refuses older ones
    softphone_sid  text,
    conference_sid text,
    heartbeat_at   timestamptz not null,
    started_at     timestamptz not null,
    ended_at       timestamptz
);
create unique index agent_session_one on agent_session (agent_id) where ended_at is null;

-- Time spent in each state; utilisation and occupancy are computed from it.
create table agent_state_log (
    session_id  uuid not null references agent_session,
    agent_id    bigint not null,
    state       text not null,
    reason      text,
    attempt_id  bigint,
    from_at     timestamptz not null,
    to_at       timestamptz
);
create index agent_state_log_agent on agent_state_log (agent_id, from_at);
create unique index agent_state_log_open on agent_state_log (session_id) where to_at is null;

create table disposition (
    disposition_id  bigint generated always as identity primary key,
    attempt_id      bigint not null unique references attempt,
    code            text not null,
    source          text not null check (source in ('Agent', 'Ivr', 'System')),
    agent_id        bigint,
    note            text not null default '',
    at              timestamptz not null
);

create table promise (
    promise_id   bigint generated always as identity primary key,
    account_id   bigint not null references account,
    person_id    bigint not null references person,
    attempt_id   bigint references attempt,
    amount       numeric(14, 2) not null check (amount > 0),
    currency     text not null default 'USD',
    due_on       date not null,
    grace_until  date not null,
    tolerance    numeric(5, 4) not null default 0.05,
    method       text not null default 'Any',
    source       text not null check (source in ('Agent', 'Ivr')),
    state        text not null check (state in ('Active', 'Kept', 'PartiallyKept', 'Broken', 'Superseded', 'Cancelled')),
    made_at      timestamptz not null,
    closed_at    timestamptz
);
create unique index promise_one_active on promise (account_id) where state = 'Active';

create table payment (
    payment_id         bigint generated always as identity primary key,
    idempotency_key    text not null unique,
    account_id         bigint not null references account,
    person_id          bigint not null references person,
    attempt_id         bigint references attempt,
    amount             numeric(14, 2) not null check (amount > 0),
    currency           text not null default 'USD',
    method             text not null check (method in ('CreditCard', 'AchDebit')),
    source             text not null check (source in ('Ivr', 'Agent')),
    state              text not null check (state in ('Created', 'Pending', 'Captured', 'Declined', 'Cancelled', 'Unknown', 'Reversed')),
    confirmation_code  text,
    instrument_last4   text check (instrument_last4 ~ '^[0-9]{4}$'),
    instrument_brand   text,
    error_code         int,
    created_at         timestamptz not null,
    updated_at         timestamptz not null
);
create index payment_account on payment (account_id, created_at desc);
-- An unknown or open payment blocks a second try on the same account.
create unique index payment_one_open on payment (account_id) where state in ('Created', 'Pending', 'Unknown');

-- Double entry: the two or more lines of one entry sum to zero.
create table ledger_line (
    ledger_line_id  bigint generated always as identity primary key,
    entry_key       text not null,
    account_id      bigint not null references account,
    side            text not null check (side in ('Receivable', 'Processor', 'Adjustment')),
    amount          numeric(14, 2) not null,
    currency        text not null,
    payment_id      bigint references payment,
    at              timestamptz not null,
    unique (entry_key, side)
);
create trigger ledger_append_only before update or delete on ledger_line for each row execute function refuse_change();

create table ivr_session (
    ivr_session_id  bigint generated always as identity primary key,
    attempt_id      bigint not null unique references attempt,
    flow            text not null,
    flow_version    int not null,
    step            text not null,
    sequence        int not null default 0,
    position        jsonb not null,
    response        text not null default '',              -- the TwiML last given, repeated when Twilio asks again
    started_at      timestamptz not null,
    updated_at      timestamptz not null,
    ended_at        timestamptz
);
