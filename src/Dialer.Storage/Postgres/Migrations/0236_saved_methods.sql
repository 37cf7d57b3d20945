-- Cards and bank accounts that the payment processor keeps for a person who agreed to it. Here: a token, the brand, the last digits, the expiry. Never a whole number.

create table saved_method (
    saved_method_id  bigint generated always as identity primary key,
    person_id        bigint not null references person,
    method           text not null check (method in ('CreditCard', 'AchDebit')),
    token            text check (length(token) between 1 and 255),       -- the processor's name for it; gone with the removal
    profile          text check (length(profile) between 1 and 255),     -- the processor's customer it belongs to
    brand            text check (brand ~ '^[A-Za-z_-]{1,20}$'),
    last_digits      text not null check (last_digits ~ '^[0-9]{2,4}$'),
    expires_on       date,
    attempt_id       bigint not null references attempt,                 -- the call in which they agreed
    consent          text not null,                                      -- how they agreed
    saved_at         timestamptz not null,
    removed_at       timestamptz,
    removed_by       text,
    check ((removed_at is null) = (token is not null)),
    check ((removed_at is null) = (removed_by is null))
);
create unique index saved_method_one on saved_method (person_id, method, coalesce(brand, ''), last_digits) where removed_at is null;

-- keeps: the session only has the instrument kept, the charge follows. charge_sent_at: the processor was asked to charge what it keeps; asked once, never again.
alter table payment add column saved_method_id bigint references saved_method;
alter table payment add column keeps boolean not null default false;
alter table payment add column charge_sent_at timestamptz;
