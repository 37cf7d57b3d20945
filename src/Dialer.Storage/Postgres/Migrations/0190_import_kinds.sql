-- Files other than placements: a client's own map for each kind, payments the client was paid directly, why an account is no longer worked.
alter table import_map add column kind text not null default 'Placement' check (kind in ('Placement', 'Update', 'Payment', 'Recall', 'Cease'));
alter table import_map drop constraint import_map_pkey;
alter table import_map add primary key (client_id, kind);
alter table import_map add column positions jsonb;                         -- of a fixed-width file: name, start (from 1), length
alter table import_map add column trailer jsonb;                           -- how the last record is known and where its totals stand
alter table import_batch add constraint import_batch_kind_check check (kind in ('Placement', 'Update', 'Payment', 'Recall', 'Cease'));

alter table account add column status_reason text;                         -- in words, where somebody closed it: shown by "why"

-- Money a debtor paid to the client. The reference is the client's own and counts once.
create table client_payment (
    client_payment_id  bigint generated always as identity primary key,
    client_id          bigint not null references client,
    reference          text not null,
    account_id         bigint not null references account,
    amount             numeric(14, 2) not null check (amount > 0),
    currency           text not null,
    paid_on            date not null,
    state              text not null check (state in ('Posted', 'Reversed')),
    import_batch_id    bigint not null references import_batch,
    posted_at          timestamptz not null,
    reversed_at        timestamptz
);
create unique index client_payment_once on client_payment (client_id, reference) where state = 'Posted';
create index client_payment_account on client_payment (account_id, paid_on);
create index client_payment_import on client_payment (import_batch_id);

alter table ledger_line drop constraint ledger_line_side_check;
alter table ledger_line add constraint ledger_line_side_check check (side in ('Receivable', 'Processor', 'Client', 'Adjustment'));
