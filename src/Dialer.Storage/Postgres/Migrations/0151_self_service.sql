-- What callers settle beyond one payment: settlements, plans, call-backs that are really dialled, messages, one question.

create table settlement_offer (
    settlement_offer_id  bigint generated always as identity primary key,
    account_id           bigint not null references account,
    amount               numeric(14, 2) not null check (amount > 0),
    last_day             date not null,
    state                text not null default 'Offered' check (state in ('Offered', 'Accepted', 'Withdrawn')),
    made_by              text not null,
    made_at              timestamptz not null,
    closed_at            timestamptz
);
create unique index settlement_offer_one on settlement_offer (account_id) where state = 'Offered';
alter table payment add column settlement_offer_id bigint references settlement_offer;

-- The catalogue of a client.
create table plan_offer (
    plan_offer_id  bigint generated always as identity primary key,
    client_id      bigint not null references client,
    installments   int not null check (installments between 2 and 60),
    every_days     int not null check (every_days between 7 and 31),
    least_balance  numeric(14, 2) not null default 0,
    most_balance   numeric(14, 2) not null check (most_balance >= least_balance),
    withdrawn_at   timestamptz,
    made_by        text not null,
    made_at        timestamptz not null
);
create index plan_offer_client on plan_offer (client_id) where withdrawn_at is null;

-- A plan takes nothing until its authorisation is signed (12 CFR 1005.10(b)): PendingAuthorization until then.
create table payment_plan (
    payment_plan_id  bigint generated always as identity primary key,
    account_id       bigint not null references account,
    person_id        bigint not null references person,
    plan_offer_id    bigint not null references plan_offer,
    attempt_id       bigint references attempt,
    state            text not null check (state in ('PendingAuthorization', 'Active', 'Completed', 'Defaulted', 'Cancelled')),
    made_at          timestamptz not null,
    authorized_at    timestamptz,
    authorized_by    text,
    evidence         text,
    closed_at        timestamptz,
    check (state <> 'Active' or authorized_at is not null)
);
create unique index payment_plan_one on payment_plan (account_id) where state in ('PendingAuthorization', 'Active');

create table plan_installment (
    payment_plan_id  bigint not null references payment_plan,
    number           int not null,
    due_on           date not null,
    amount           numeric(14, 2) not null check (amount > 0),
    primary key (payment_plan_id, number)
);

-- Calls that people asked for. One open request a number; dialled by a campaign of the client, through the gate.
create table call_request (
    call_request_id      bigint generated always as identity primary key,
    client_id         bigint not null references client,
    person_id         bigint references person,
    account_id        bigint references account,
    phone_id          bigint references phone,
    e164              text not null check (e164 ~ '^\+[1-9][0-9]{7,14}$'),
    asked_at          timestamptz not null,
    asked_attempt_id  bigint references attempt,
    due_at            timestamptz not null,
    until_at          timestamptz not null,
    state             text not null default 'Queued' check (state in ('Queued', 'Dialed', 'Reached', 'Missed', 'Cancelled')),
    tries             int not null default 0,
    attempt_id        bigint references attempt,
    reason            text not null default '',
    updated_at        timestamptz not null,
    check (until_at > due_at)
);
create unique index call_request_one on call_request (e164) where state = 'Queued';
create index call_request_due on call_request (client_id, due_at) where state = 'Queued';
create index call_request_attempt on call_request (attempt_id) where state = 'Dialed';

create table voicemail (
    voicemail_id   bigint generated always as identity primary key,
    attempt_id     bigint not null references attempt,
    recording_sid  text not null unique,
    seconds        int not null,
    at             timestamptz not null,
    heard_at       timestamptz,
    heard_by       text
);
create index voicemail_new on voicemail (at) where heard_at is null;

create table survey_answer (
    attempt_id  bigint primary key references attempt,
    score       smallint not null check (score between 1 and 5),
    at          timestamptz not null
);
