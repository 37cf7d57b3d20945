-- What a debt was made of on the day from which its notice itemises it (12 CFR 1006.34(b)(3), (c)(2)(vi)-(viii)). As the client states it: nothing is worked out here. Owned by Compliance.
create table debt_itemization (
    account_id        bigint primary key references account,
    itemization_date  date not null,
    date_kind         text not null check (date_kind in ('LastStatement', 'ChargeOff', 'LastPayment', 'Transaction', 'Judgment')),
    creditor_then     text not null,
    amount_then       numeric(14, 2) not null check (amount_then >= 0),
    interest          numeric(14, 2) not null default 0 check (interest >= 0),
    fees              numeric(14, 2) not null default 0 check (fees >= 0),
    payments          numeric(14, 2) not null default 0 check (payments >= 0),
    credits           numeric(14, 2) not null default 0 check (credits >= 0),
    recorded_at       timestamptz not null,
    recorded_by       text not null
);

-- Notices of debts handed to a print house together. The gate opens when they have been mailed and that is recorded, not before.
create table validation_batch (
    validation_batch_id  bigint generated always as identity primary key,
    mail_on              date not null,                     -- the last day to dispute that the letters name is counted from this one
    made_at              timestamptz not null,
    made_by              text not null,
    state                text not null default 'HandedOver' check (state in ('HandedOver', 'Sent', 'Withdrawn')),
    sent_on              date,
    evidence             text,
    closed_at            timestamptz,
    closed_by            text
);

-- One notice as it was handed over, word by word.
create table validation_batch_item (
    validation_batch_id  bigint not null references validation_batch,
    account_id           bigint not null references account,
    decision_id          bigint not null,                   -- the gate's word that it may go
    fields               jsonb not null,
    letter               text not null,
    primary key (validation_batch_id, account_id)
);
create index validation_batch_item_account on validation_batch_item (account_id);
