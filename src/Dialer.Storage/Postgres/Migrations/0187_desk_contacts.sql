-- What agents write about telephone numbers: what was, what is, and what the person said. Owned by Accounts; append-only, the phone's own row is only the newest state.
create table phone_event (
    phone_event_id  bigint generated always as identity primary key,
    phone_id        bigint not null references phone,
    person_id       bigint not null references person,
    at              timestamptz not null,
    what            text not null check (what in ('Added', 'Active', 'WrongNumber', 'Disconnected', 'Suppressed')),
    before          text,
    words           text not null default '',
    recorded_by     text not null
);
create index phone_event_person on phone_event (person_id, at desc);
create trigger phone_event_append_only before update or delete on phone_event for each row execute function refuse_change();

-- Who wrote to the customer; null: something that happened did (a payment, a refund, a plan). What people write is a contact the caps count.
alter table customer_notice add column written_by text;
alter table customer_notice add column attempt_id bigint references attempt;
