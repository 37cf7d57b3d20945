-- Campaigns, the narrow table the dialler claims from, attempts, decisions, call events. Owned by Campaigns and Dialing.

create table campaign (
    campaign_id         bigint generated always as identity primary key,
    name                text not null unique,
    client_id           bigint not null references client,
    mode                text not null check (mode in ('Manual', 'Preview', 'Progressive', 'Power', 'Predictive', 'Agentless')),
    state               text not null check (state in ('Draft', 'Scheduled', 'Open', 'Paused', 'Closed')),
    purpose             text not null default 'Collect',
    from_e164           text not null,
    ring_seconds        int not null default 22 check (ring_seconds between 15 and 60),
    machine_detection   text not null default 'Async' check (machine_detection in ('None', 'Async', 'Sync')),
    machine_treatment   text not null default 'HangUp' check (machine_treatment in ('HangUp', 'LimitedContentMessage')),
    no_agent_treatment  text not null default 'Message' check (no_agent_treatment in ('Message', 'Ivr', 'HangUp')),
    abandon_cap         numeric(6, 5) not null default 0.03 check (abandon_cap between 0 and 0.2),
    abandon_window_days int not null default 30 check (abandon_window_days between 1 and 90),
    lines_per_agent_max numeric(5, 2) not null default 6,
    power_ratio         numeric(5, 2) not null default 1.5,
    max_lines           int not null default 200,
    max_attempts        int not null default 20,          -- per account over the campaign's life; the law's caps come on top
    retry_minutes       int not null default 180,
    wrap_up_seconds     int not null default 45,
    opens_cron          text not null,                    -- Quartz cron in the campaign's zone
    closes_cron         text not null,
    zone                text not null default 'America/New_York',
    skills              text[] not null default '{}',
    created_at          timestamptz not null,
    updated_at          timestamptz not null,
    version             int not null default 1
);

-- Each (schedule, fire time) makes its effect once, whoever fires it and however often.
create table schedule_fire (
    schedule   text not null,
    fire_time  timestamptz not null,
    at         timestamptz not null,
    node       text not null,
    primary key (schedule, fire_time)
);

-- One row an account a campaign may still dial. Narrow and small on purpose: it is claimed and requeued all day.
create table ready_lead (
    campaign_id  bigint not null references campaign,
    account_id   bigint not null references account,
    person_id    bigint not null,
    rank         int not null default 0,                  -- lower is dialled first
    not_before   timestamptz not null,
    attempts     smallint not null default 0,
    primary key (campaign_id, account_id)
) with (fillfactor = 70);
create index ready_lead_next on ready_lead (campaign_id, not_before, rank);

create table attempt (
    attempt_id      bigint generated always as identity primary key,
    campaign_id     bigint references campaign,            -- null: a manual dial or a call-back outside a campaign
    account_id      bigint references account,             -- null: an inbound call not yet matched
    person_id       bigint references person,
    phone_id        bigint references phone,
    direction       text not null default 'Outbound' check (direction in ('Outbound', 'Inbound')),
    mode            text not null,                         -- mode in force when it was dialled
    purpose         text not null default 'Collect',
    to_e164         text not null,
    from_e164       text not null,
    state           text not null check (state in ('Intent', 'Submitting', 'Placed', 'Ringing', 'Answered', 'Refused', 'Unknown', 'NotPlaced',
                        'Completed', 'Busy', 'NoAnswer', 'Failed', 'Canceled')),
    sid             text unique,
    sequence        int not null default -1,               -- highest SequenceNumber applied
    epoch           bigint not null default 0,             -- of the sender that submitted it
    deadline        timestamptz,                           -- when a sweeper must look at it
    created_at      timestamptz not null,
    submitted_at    timestamptz,
    placed_at       timestamptz,
    ringing_at      timestamptz,
    answered_at     timestamptz,
    bridged_at      timestamptz,
    ended_at        timestamptz,
    answered_by     text,                                  -- human, machine_start, fax, unknown ...
    agent_id        bigint,
    treatment       text,                                  -- Agent, Ivr, Message, Machine, HangUp: what the answered party met
    abandoned       boolean not null default false,
    counted         boolean not null default true,         -- against 12 CFR 1006.14(b)(2)(i)(A); busy and not-in-service are not
    exclusion       text,                                  -- why it is not counted: NotConnected, DirectConsent, WrongNumber ...
    artificial_voice boolean not null default false,
    conversation_at timestamptz,                           -- a telephone conversation took place (1006.14(b)(2)(i)(B))
    error_code      int,
    sip_code        int,
    duration_s      int,
    disposition     text,
    disposed_at     timestamptz
);
create unique index attempt_one_live_person on attempt (person_id) where state in ('Intent', 'Submitting', 'Placed', 'Ringing', 'Answered', 'Unknown') and direction = 'Outbound';
create unique index attempt_one_live_phone on attempt (to_e164) where state in ('Intent', 'Submitting', 'Placed', 'Ringing', 'Answered', 'Unknown') and direction = 'Outbound';
create unique index attempt_one_live_agent on attempt (agent_id) where agent_id is not null and state = 'Answered';
create index attempt_person on attempt (person_id, created_at desc);
create index attempt_account on attempt (account_id, created_at desc);
create index attempt_live on attempt (deadline) where state in ('Intent', 'Submitting', 'Placed', 'Ringing', 'Answered', 'Unknown');
create index attempt_to_send on attempt (attempt_id) where state = 'Intent';
create index attempt_campaign_answered on attempt (campaign_id, answered_at) where answered_at is not null;

-- Every webhook and REST answer that changed, or tried to change, an attempt. The key makes a repeat a no-op.
-- day is the day the attempt was made, so that a repeat meets its first self in the same partition.
create table call_event (
    day         timestamptz not null,
    event_key   text not null,
    attempt_id  bigint not null,
    kind        text not null,
    sequence    int,
    at          timestamptz not null,
    detail      jsonb not null default '{}',
    primary key (day, event_key)
) partition by range (day);
create index call_event_attempt on call_event (attempt_id, at);

-- One row for each time the law was asked, allow and deny alike.
create table decision (
    decision_id   bigint generated always as identity,
    at            timestamptz not null,
    attempt_id    bigint,
    campaign_id   bigint,
    person_id     bigint not null,
    account_id    bigint,
    phone_id      bigint,
    channel       text not null default 'Voice',
    mode          text not null,
    verdict       text not null check (verdict in ('Allow', 'AllowWithConditions', 'Deny')),
    reasons       text[] not null default '{}',
    conditions    text[] not null default '{}',
    citations     text[] not null default '{}',
    retry_at      timestamptz,
    pack_version  text not null,
    facts_hash    text not null,
    repeats       int not null default 1,                  -- the same denial again folds into one row
    last_at       timestamptz not null,
    primary key (at, decision_id)
) partition by range (at);
create index decision_account on decision (account_id, at desc);
create index decision_person on decision (person_id, at desc);
create index decision_campaign on decision (campaign_id, at desc);

-- What the leader decided at each tick and from what: the wallboard's series and the input of a replay.
create table pacing_tick (
    campaign_id  bigint not null,
    at           timestamptz not null,
    epoch        bigint not null,
    snapshot     jsonb not null,
    plan         jsonb not null,
    primary key (at, campaign_id)
) partition by range (at);
