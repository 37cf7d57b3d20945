-- How a campaign's list is made and worked: cadence, order and mix, caller-ID pools, holidays, calls a day. Owned by Campaigns.

-- Our numbers that may be shown, in pools. Resting numbers are not shown until someone wakes them.
create table caller_id_pool (
    caller_id_pool_id  bigint generated always as identity primary key,
    name               text not null unique,
    created_at         timestamptz not null
);
create table caller_id (
    caller_id_pool_id  bigint not null references caller_id_pool,
    e164               text not null check (e164 ~ '^\+[1-9][0-9]{7,14}$'),
    state              text not null default 'Active' check (state in ('Active', 'Resting')),
    changed_at         timestamptz not null,
    changed_by         text not null,
    reason             text not null default '',
    primary key (caller_id_pool_id, e164)
);

alter table campaign
    add column cadence            jsonb,                  -- the matrix; null: one delay, retry_minutes
    add column caller_id_pool_id  bigint references caller_id_pool,      -- null: from_e164 alone
    add column holidays           text not null default '' check (holidays in ('', 'US')), -- a calendar on whose days the schedule does not open
    add column calls_a_day        int check (calls_a_day between 1 and 1000000),           -- what the campaign may spend a day of its zone; null: no such limit
    add column list_filter        jsonb not null default '{}',            -- how its list was made
    add column list_order         text not null default 'BalanceHigh',
    add column list_mix           jsonb not null default '[]';

-- Parts of the person's day in which the lead may be tried: 1 morning, 2 afternoon, 4 evening.
alter table ready_lead add column parts smallint not null default 7 check (parts between 1 and 7);

-- A change of a campaign's design by a person: what was, what is, why.
create table campaign_change (
    change_id    bigint generated always as identity primary key,
    campaign_id  bigint not null references campaign,
    at           timestamptz not null,
    actor        text not null,
    reason       text not null,
    before       jsonb not null,
    after        jsonb not null
);
create index campaign_change_campaign on campaign_change (campaign_id, at desc);

create index attempt_campaign_created on attempt (campaign_id, created_at);
create index attempt_from on attempt (from_e164, created_at) where direction = 'Outbound';

-- The campaign that a call to or from one of our numbers belongs to: the open one, else the newest, that shows this number by itself or from its pool.
create function campaign_of_number(our_e164 text) returns bigint language sql stable as $$
    select m.campaign_id from campaign m
    where m.from_e164 = our_e164 or exists (select from caller_id i where i.caller_id_pool_id = m.caller_id_pool_id and i.e164 = our_e164)
    order by (m.state = 'Open') desc, m.campaign_id desc limit 1
$$;
create index campaign_from on campaign (from_e164);
create index caller_id_e164 on caller_id (e164);
