-- Alerts with thresholds, times and an owner; targets of the wallboard. Owned by Reports. The alarms that all modules raise get an owner too.

alter table alarm
    add column level     text not null default 'error' check (level in ('info', 'warning', 'error')),
    add column owner     text,                             -- whose concern it is, by its rule
    add column taken_by  text,                             -- who said "I look after it"
    add column taken_at  timestamptz;

create table alert_rule (
    alert_rule_id  bigint generated always as identity primary key,
    metric         text not null,
    campaign_id    bigint references campaign,             -- null: every campaign by itself, or the floor
    level          text not null default 'warning' check (level in ('info', 'warning', 'error')),
    raise_at       float8 not null,
    clear_at       float8 not null,
    raise_after_s  int not null check (raise_after_s between 0 and 14400),
    clear_after_s  int not null check (clear_after_s between 0 and 14400),
    owner          text not null default 'Supervisors',
    enabled        boolean not null default true,
    updated_at     timestamptz not null,
    updated_by     text not null,
    unique nulls not distinct (metric, campaign_id)
);
insert into alert_rule (metric, level, raise_at, clear_at, raise_after_s, clear_after_s, updated_at, updated_by) values
    ('abandonmentOfCap', 'error', 90, 75, 60, 120, now(), 'default'),
    ('agentsNotResponding', 'warning', 3, 1, 30, 60, now(), 'default'),
    ('longestWait', 'warning', 60, 20, 15, 60, now(), 'default'),
    ('idleShare', 'warning', 40, 25, 180, 180, now(), 'default'),
    ('leadsReady', 'info', 50, 200, 60, 60, now(), 'default');

-- Where each alert stands between two looks, so that another node goes on from there.
create table alert_state (
    alert_rule_id  bigint not null references alert_rule on delete cascade,
    subject        text not null,
    phase          text not null check (phase in ('Quiet', 'Rising', 'Raised', 'Clearing')),
    since          timestamptz not null,
    raised_at      timestamptz,
    primary key (alert_rule_id, subject)
);

create table wallboard_target (
    metric      text primary key,
    value       float8 not null check (value > 0),
    updated_at  timestamptz not null,
    updated_by  text not null
);

create index decision_denied on decision (at) include (campaign_id, repeats) where verdict = 'Deny';
