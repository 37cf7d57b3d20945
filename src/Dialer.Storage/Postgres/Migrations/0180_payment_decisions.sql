-- What the payment rules said before a payment or a plan was made, allow and deny alike. Owned by Payments.
create table payment_decision (
    payment_decision_id  bigint generated always as identity primary key,
    at                   timestamptz not null,
    account_id           bigint not null references account,
    person_id            bigint not null references person,
    attempt_id           bigint references attempt,
    source               text not null check (source in ('Ivr', 'Agent', 'Plan')),
    amount               numeric(14, 2) not null,
    currency             text not null,
    means                text not null,
    allowed              boolean not null,
    reasons              text[] not null,
    citations            text[] not null,
    policy_rows          text[] not null,
    notice_from          date,                              -- the reminder owed before a post-dated charge: first and last day to send it
    notice_until         date,
    facts                jsonb not null,                    -- the whole question as the engine saw it
    pack_version         text not null
);
create index payment_decision_account on payment_decision (account_id, at desc);
create index payment_decision_person on payment_decision (person_id, at desc);
create trigger payment_decision_append_only before update or delete on payment_decision for each row execute function refuse_change();

alter table payment add column payment_decision_id bigint references payment_decision;
alter table payment_plan add column payment_decision_id bigint references payment_decision;
