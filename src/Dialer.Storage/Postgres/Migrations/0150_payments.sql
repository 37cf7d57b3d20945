-- Payments to their end: refunds with two people, the processor's files, notices to customers; the ledger refuses an entry that does not balance.

alter table payment drop constraint payment_state_check;
alter table payment add constraint payment_state_check
    check (state in ('Created', 'Pending', 'Captured', 'Declined', 'Cancelled', 'Unknown', 'Reversed', 'Refunded'));
alter table payment add column reference text generated always as (left(idempotency_key, 16)) stored;  -- what the processor's file calls it
alter table payment add column processing_at timestamptz;                 -- the session said that the instrument went to the processor
alter table ivr_session add column recording_paused boolean not null default false;
create unique index payment_reference on payment (reference);
create index payment_declined on payment (updated_at) where state = 'Declined';

create function require_balanced_entry() returns trigger language plpgsql as $$
begin
    if (select sum(amount) from ledger_line where entry_key = new.entry_key) <> 0 then
        raise exception 'ledger entry % does not sum to zero', new.entry_key using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger ledger_balanced after insert on ledger_line deferrable initially deferred for each row execute function require_balanced_entry();
create index ledger_payment on ledger_line (payment_id) where payment_id is not null;

-- Asked for by one person, decided by another; Done when the processor confirms it.
create table refund (
    refund_id            bigint generated always as identity primary key,
    payment_id           bigint not null references payment,
    kind                 text not null check (kind in ('Refund', 'Reversal')),
    amount               numeric(14, 2) not null check (amount > 0),
    reason               text not null,
    state                text not null check (state in ('Requested', 'Approved', 'Rejected', 'Done')),
    requested_by         text not null,
    requested_at         timestamptz not null,
    decided_by           text,
    decided_at           timestamptz,
    processor_reference  text,
    done_at              timestamptz,
    check (decided_by is null or lower(decided_by) <> lower(requested_by))
);
create unique index refund_one_open on refund (payment_id) where state in ('Requested', 'Approved');
create index refund_payment on refund (payment_id);

-- One run over one file of the processor. The same bytes are never run twice.
create table reconciliation (
    reconciliation_id  bigint generated always as identity primary key,
    source             text not null,
    sha256             bytea not null unique,
    from_at            timestamptz not null,
    until_at           timestamptz not null,
    run_at             timestamptz not null,
    run_by             text not null,
    lines              int not null,
    matched            int not null,
    resolved           int not null,
    our_total          numeric(16, 2) not null,
    their_total        numeric(16, 2) not null
);
create table reconciliation_difference (
    reconciliation_id  bigint not null references reconciliation,
    reference          text not null,
    difference         text not null,
    ours               numeric(14, 2),
    theirs             numeric(14, 2),
    primary key (reconciliation_id, reference, difference)
);

-- What a customer is to be told in writing. The key makes one event one notice; sent at least once, with a stable message id.
create table customer_notice (
    notice_id    bigint generated always as identity primary key,
    notice_key   text not null unique,
    kind         text not null,
    person_id    bigint not null references person,
    account_id   bigint not null references account,
    channel      text not null check (channel in ('Email', 'Letter')),
    language     text not null,
    fields       jsonb not null,
    state        text not null default 'Queued' check (state in ('Queued', 'Sent', 'Failed')),
    tries        int not null default 0,
    next_at      timestamptz not null,
    queued_at    timestamptz not null,
    sent_at      timestamptz,
    last_error   text
);
create index customer_notice_due on customer_notice (next_at) where state = 'Queued';
create index customer_notice_person on customer_notice (person_id, queued_at desc);

-- E-mail only for those who gave us an address and agreed to it, and whose newest word about it is that agreement.
create function wants_email(person bigint) returns boolean language sql stable as $$
    select exists (select 1 from person p where p.person_id = person and p.email <> '')
       and coalesce((select c.kind = 'Granted' from consent_event c where c.person_id = person and c.channel = 'Email' order by c.at desc, c.consent_event_id desc limit 1), false)
$$;
