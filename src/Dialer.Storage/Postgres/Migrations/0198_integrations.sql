-- What leaves the house by itself: the event feed, signed webhooks, tokens of other programs. Owned by Integrations.

-- Written by triggers in the transaction of the change itself: no module can forget it and none can write it without its change.
-- Ids, codes and sums only; names and telephone numbers are asked for with a token that may see them.
create table event_feed (
    event_id  bigint generated always as identity primary key,
    xid       xid8 not null default pg_current_xact_id(),  -- with it a reader never passes an event that commits late
    at        timestamptz not null,
    type      text not null,
    data      jsonb not null
);
create index event_feed_order on event_feed (xid, event_id);
create index event_feed_at on event_feed (at);

create function feed_call_ended() returns trigger language plpgsql as $$
begin
    insert into event_feed (at, type, data) values (coalesce(new.ended_at, new.created_at), 'call.ended', jsonb_build_object(
        'callId', new.attempt_id, 'campaignId', new.campaign_id, 'accountId', new.account_id, 'direction', lower(new.direction), 'outcome', new.state, 'answeredBy', new.answered_by,
        'startedAt', new.created_at, 'answeredAt', new.answered_at, 'endedAt', new.ended_at, 'agentId', new.agent_id, 'abandoned', new.abandoned));
    return null;
end $$;
create trigger feed_call_ended after update of state on attempt for each row
    when (old.state is distinct from new.state and new.state in ('Completed', 'Busy', 'NoAnswer', 'Failed', 'Canceled')) execute function feed_call_ended();

create function feed_disposition() returns trigger language plpgsql as $$
begin
    insert into event_feed (at, type, data)
    select new.at, 'call.disposition', jsonb_build_object('callId', new.attempt_id, 'campaignId', t.campaign_id, 'accountId', t.account_id, 'code', new.code, 'source', new.source, 'agentId', new.agent_id)
    from attempt t where t.attempt_id = new.attempt_id;
    return null;
end $$;
create trigger feed_disposition after insert or update of code on disposition for each row execute function feed_disposition();

create function feed_promise() returns trigger language plpgsql as $$
begin
    insert into event_feed (at, type, data) values (coalesce(new.closed_at, new.made_at), case when tg_op = 'INSERT' then 'promise.made' else 'promise.' || lower(new.state) end, jsonb_build_object(
        'promiseId', new.promise_id, 'accountId', new.account_id, 'callId', new.attempt_id, 'amount', new.amount, 'currency', new.currency, 'dueOn', new.due_on, 'state', new.state));
    return null;
end $$;
create trigger feed_promise_made after insert on promise for each row execute function feed_promise();
create trigger feed_promise_closed after update of state on promise for each row when (old.state is distinct from new.state) execute function feed_promise();

create function feed_payment() returns trigger language plpgsql as $$
begin
    insert into event_feed (at, type, data) values (new.updated_at, 'payment.' || lower(new.state), jsonb_build_object(
        'paymentId', new.payment_id, 'accountId', new.account_id, 'callId', new.attempt_id, 'amount', new.amount, 'currency', new.currency, 'method', new.method,
        'confirmationCode', new.confirmation_code, 'state', new.state));
    return null;
end $$;
create trigger feed_payment after update of state on payment for each row
    when (old.state is distinct from new.state and new.state in ('Captured', 'Declined', 'Reversed', 'Refunded')) execute function feed_payment();

create function feed_campaign() returns trigger language plpgsql as $$
begin
    insert into event_feed (at, type, data) values (new.updated_at, 'campaign.state', jsonb_build_object('campaignId', new.campaign_id, 'name', new.name, 'from', old.state, 'state', new.state));
    return null;
end $$;
create trigger feed_campaign after update of state on campaign for each row when (old.state is distinct from new.state) execute function feed_campaign();

create function feed_alarm() returns trigger language plpgsql as $$
begin
    insert into event_feed (at, type, data) values (coalesce(new.closed_at, new.raised_at), case when new.closed_at is null then 'alert.raised' else 'alert.ended' end,
        jsonb_build_object('alertId', new.alarm_id, 'code', new.code, 'subject', new.subject, 'level', new.level, 'text', new.text));
    return null;
end $$;
create trigger feed_alarm_raised after insert on alarm for each row execute function feed_alarm();
create trigger feed_alarm_ended after update of closed_at on alarm for each row when (old.closed_at is null and new.closed_at is not null) execute function feed_alarm();

create table webhook_endpoint (
    webhook_endpoint_id  bigint generated always as identity primary key,
    name                 text not null,
    url                  text not null,
    types                text[] not null,                  -- 'call.ended', 'payment.*', '*'
    secret               text not null,                    -- protected by the installation's key ring
    previous_secret      text,
    previous_until       timestamptz,                      -- real time: until then both sign
    enabled              boolean not null default true,
    feed_xid             xid8 not null,                    -- deliveries were made of everything up to here
    feed_id              bigint not null,
    created_at           timestamptz not null,
    created_by           text not null
);

create table webhook_delivery (
    webhook_delivery_id  bigint generated always as identity primary key,
    webhook_endpoint_id  bigint not null references webhook_endpoint on delete cascade,
    event_id             bigint not null references event_feed on delete cascade,
    state                text not null default 'Queued' check (state in ('Queued', 'Sent', 'Failed')),
    tries                int not null default 0,
    next_at              timestamptz not null,             -- real time: the receiver does not live in a simulation
    last_status          int,
    last_error           text,
    sent_at              timestamptz,
    unique (webhook_endpoint_id, event_id)
);
create index webhook_delivery_due on webhook_delivery (next_at) where state = 'Queued';

create table api_token (
    api_token_id  bigint generated always as identity primary key,
    name          text not null,
    hash          bytea not null,                          -- SHA-256 of the secret part, which has 256 random bits
    scopes        text[] not null,
    created_at    timestamptz not null,
    created_by    text not null,
    expires_at    timestamptz not null,
    last_used_at  timestamptz,
    revoked_at    timestamptz
);

-- Reports that go out by the clock. Owned by Reports.
create table report_schedule (
    report_schedule_id  bigint generated always as identity primary key,
    name                text not null,
    report              text not null,
    period              text not null check (period in ('Today', 'Yesterday', 'Last7Days', 'MonthToDate', 'LastMonth')),
    campaign_id         bigint references campaign,
    format              text not null check (format in ('xlsx', 'csv')),
    cron                text not null,
    zone                text not null,
    emails              text[] not null default '{}',
    to_folder           boolean not null default false,
    enabled             boolean not null default true,
    created_at          timestamptz not null,
    created_by          text not null
);
create table report_run (
    report_run_id       bigint generated always as identity primary key,
    report_schedule_id  bigint not null references report_schedule on delete cascade,
    due_at              timestamptz not null,              -- of the schedule; the days of the report follow from it
    state               text not null default 'Queued' check (state in ('Queued', 'Sent', 'Failed')),
    tries               int not null default 0,
    next_at             timestamptz not null,
    file_name           text,
    bytes               bigint,
    sent_at             timestamptz,
    last_error          text
);
create index report_run_due on report_run (next_at) where state = 'Queued';
