-- What compliance knows besides consents and holds. Owned by Compliance.

-- Facts about reaching one person that are not part of the placement file.
create table person_contact_fact (
    person_id           bigint primary key references person,
    known_zone          text,                              -- IANA; the person told us where they are
    known_state         text check (known_state ~ '^[A-Z]{2}$'),
    employer_prohibits  boolean,                           -- null: nobody asked
    updated_at          timestamptz not null,
    updated_by          text not null
);

-- "Not before noon", "no Sundays". from_time after to_time runs over midnight; equal times are the whole day.
create table inconvenient_time (
    inconvenient_time_id  bigint generated always as identity primary key,
    person_id             bigint not null references person,
    days                  smallint[] not null default '{}', -- ISO weekdays, 1 Monday; none: every day
    from_time             time not null,
    to_time               time not null,
    words                 text not null default '',         -- what the person said
    recorded_at           timestamptz not null,
    recorded_by           text not null,
    ended_at              timestamptz,
    ended_by              text
);
create index inconvenient_time_person on inconvenient_time (person_id) where ended_at is null;

-- Answers of outside lists (reassigned numbers, litigators, do-not-call, line type, bankruptcy, deceased, military). Append-only; the newest counts, by its date.
create table list_result (
    list_result_id  bigint generated always as identity primary key,
    list            text not null check (list in ('ReassignedNumbers', 'Litigators', 'DoNotCall', 'LineType', 'Bankruptcy', 'Deceased', 'Military')),
    e164            text,                                   -- about a number, or
    person_id       bigint references person,               -- about a person
    answer          text not null check (answer in ('Clear', 'Listed', 'NoData')),
    detail          text not null default '',
    checked_at      timestamptz not null,
    source          text not null,
    check ((e164 is null) <> (person_id is null))
);
create index list_result_e164 on list_result (e164, list, checked_at desc) where e164 is not null;
create index list_result_person on list_result (person_id, list, checked_at desc) where person_id is not null;
create trigger list_result_append_only before update or delete on list_result for each row execute function refuse_change();

-- Numbers no machine may ever ring: emergency lines, patients' rooms (47 USC 227(b)(1)(A)).
create table protected_number (
    e164      text primary key,
    reason    text not null,
    added_at  timestamptz not null,
    added_by  text not null
);

-- The caller ids this installation may show. Empty: no such list is kept.
create table owned_number (
    e164      text primary key,
    added_at  timestamptz not null
);

-- Licences held by state. Empty: no such list is kept.
create table collection_license (
    state       text not null check (state ~ '^[A-Z]{2}$'),
    number      text not null,
    expires_on  date not null,
    primary key (state, number)
);

create table account_compliance (
    account_id   bigint primary key references account,
    time_barred  boolean not null default false,
    updated_at   timestamptz not null,
    updated_by   text not null
);

alter table hold drop constraint hold_kind_check;
alter table hold add constraint hold_kind_check check (kind in
    ('Cease', 'Attorney', 'Bankruptcy', 'Deceased', 'Dispute', 'Fraud', 'Hardship', 'Military', 'Vulnerable', 'Complaint', 'BreathingSpace'));

-- Caps on a line count every call to the number, whoever it was meant for.
create index attempt_to on attempt (to_e164, created_at desc);

-- Rises with every change of policy; each node reads it with the facts and reloads when it has changed.
create table policy_revision (
    only_row  boolean primary key default true check (only_row),
    revision  bigint not null
);
insert into policy_revision (revision) values (0);

-- Rows that differ from the packs this build ships with. The newest approved row of an id, effective now, replaces the shipped one.
create table policy_row (
    policy_row_id   bigint generated always as identity primary key,
    pack            text not null,
    row_id          text not null,
    body            jsonb not null,
    reason          text not null,
    effective_from  timestamptz not null,
    state           text not null check (state in ('Proposed', 'Approved', 'Rejected', 'Withdrawn')),
    impact          jsonb,
    proposed_at     timestamptz not null,
    proposed_by     text not null,
    decided_at      timestamptz,
    decided_by      text,
    check (decided_by is null or state = 'Withdrawn' or decided_by <> proposed_by)   -- two persons
);
create index policy_row_state on policy_row (state, row_id);

-- Rows are never refused for want of a day's partition: the default one exists from the start.
select ensure_daily_partitions('decision', current_date, current_date + 7);
select ensure_daily_partitions('audit', current_date, current_date + 7);
