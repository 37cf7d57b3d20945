-- Who owes what to whom, and how they can be reached. Owned by Accounts; filled by Imports.

create table client (
    client_id       bigint generated always as identity primary key,
    code            text not null unique,
    name            text not null,
    spoken_name     text not null,                        -- said on calls; must not reveal collections
    callback_e164   text not null,                        -- the number callers are told to ring
    collector_role  text not null check (collector_role in ('FirstParty', 'ThirdParty', 'DebtBuyer')),
    debt_class      text not null check (debt_class in ('Consumer', 'Commercial')),
    created_at      timestamptz not null
);

create table person (
    person_id         bigint generated always as identity primary key,
    client_id         bigint not null references client,
    client_person_no  text not null,
    first_name        text not null,
    last_name         text not null,
    birth_date        date,
    ssn_last4         text check (ssn_last4 ~ '^[0-9]{4}$'),
    email             text,
    language          text not null default 'en',
    address           text,
    city              text,
    state             text check (state ~ '^[A-Z]{2}$'),  -- of the postal address
    zip               text check (zip ~ '^[0-9]{5}$'),
    created_at        timestamptz not null,
    updated_at        timestamptz not null,
    unique (client_id, client_person_no)
);

create table phone (
    phone_id    bigint generated always as identity primary key,
    person_id   bigint not null references person,
    e164        text not null check (e164 ~ '^\+[1-9][0-9]{7,14}$'),
    line_type   text not null default 'Unknown' check (line_type in ('Unknown', 'Wireless', 'Landline', 'Voip', 'TollFree')),
    place       text not null default 'Unknown' check (place in ('Unknown', 'Home', 'Personal', 'Work', 'ThirdParty')),
    rank        smallint not null default 1,              -- 1 is tried first
    source      text not null,                            -- 'placement', 'consumer', 'skip-trace'
    status      text not null default 'Active' check (status in ('Active', 'WrongNumber', 'Disconnected', 'Suppressed')),
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    unique (person_id, e164)
);
create index phone_e164 on phone (e164);

create table account (
    account_id         bigint generated always as identity primary key,
    client_id          bigint not null references client,
    person_id          bigint not null references person,
    client_account_no  text not null,
    creditor           text not null,
    product            text not null default '',
    currency           text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
    balance            numeric(14, 2) not null check (balance >= 0),
    bucket_current     numeric(14, 2) not null default 0,
    bucket_30          numeric(14, 2) not null default 0,  -- 1-30 days past due
    bucket_60          numeric(14, 2) not null default 0,
    bucket_90          numeric(14, 2) not null default 0,
    bucket_120         numeric(14, 2) not null default 0,
    bucket_older       numeric(14, 2) not null default 0,
    minimum_payment    numeric(14, 2) not null default 0,
    oldest_due_on      date,
    status             text not null default 'Open' check (status in ('Open', 'Paid', 'Recalled', 'Closed')),
    placed_on          date not null,
    import_batch_id    bigint,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    unique (client_id, client_account_no),
    check (balance = bucket_current + bucket_30 + bucket_60 + bucket_90 + bucket_120 + bucket_older)
);
create index account_person on account (person_id);

-- Append-only: the newest row for a number and channel wins; owned by Compliance.
create table consent_event (
    consent_event_id  bigint generated always as identity primary key,
    at                timestamptz not null,
    person_id         bigint references person,
    e164              text not null,
    channel           text not null check (channel in ('Voice', 'Sms', 'Email')),
    kind              text not null check (kind in ('Granted', 'Revoked')),
    scope             text not null check (scope in ('All', 'ArtificialVoice', 'Direct')),  -- Direct: "you may call me on ..." (12 CFR 1006.14(b)(3)(i))
    account_id        bigint references account,
    valid_from        timestamptz,
    valid_until       timestamptz,
    source            text not null,                       -- 'placement', 'ivr', 'agent', ...
    evidence          text not null default '',
    recorded_by       text not null
);
create index consent_event_e164 on consent_event (e164, channel, at desc);
create index consent_event_person on consent_event (person_id, at desc);
create trigger consent_event_append_only before update or delete on consent_event for each row execute function refuse_change();

-- A typed stop with a scope and, where it has one, an end. Owned by Compliance.
create table hold (
    hold_id     bigint generated always as identity primary key,
    person_id   bigint not null references person,
    account_id  bigint references account,                 -- null: every account of the person
    kind        text not null check (kind in ('Cease', 'Attorney', 'Bankruptcy', 'Deceased', 'Dispute', 'Fraud', 'Hardship', 'Military', 'Vulnerable', 'Complaint')),
    opened_at   timestamptz not null,
    opened_by   text not null,
    reason      text not null default '',
    expires_at  timestamptz,
    closed_at   timestamptz,
    closed_by   text
);
create index hold_person on hold (person_id) where closed_at is null;

create table import_batch (
    import_batch_id  bigint generated always as identity primary key,
    client_id        bigint not null references client,
    file_name        text not null,
    file_sha256      bytea not null,
    kind             text not null default 'Placement',
    status           text not null check (status in ('Staged', 'Committed', 'Failed', 'Undone')),
    rows_in          bigint not null default 0,
    rows_accepted    bigint not null default 0,
    rows_updated     bigint not null default 0,
    rows_duplicate   bigint not null default 0,
    rows_rejected    bigint not null default 0,
    control_total    numeric(16, 2),
    error            text,
    created_at       timestamptz not null,
    created_by       text not null,
    committed_at     timestamptz,
    check (status <> 'Committed' or rows_in = rows_accepted + rows_updated + rows_duplicate + rows_rejected)
);
create unique index import_batch_once on import_batch (client_id, file_sha256) where status = 'Committed';

create table import_reject (
    import_batch_id  bigint not null references import_batch,
    row_number       bigint not null,
    raw              text not null,
    error_code       text not null,
    error_text       text not null,
    primary key (import_batch_id, row_number)
);
