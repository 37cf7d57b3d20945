-- The limits a client sets for its IVR: the newest row holds, the older ones say what held before. A client without a row has the product's defaults.
create table ivr_policy (
    ivr_policy_id        bigint generated always as identity primary key,
    client_id            bigint not null references client,
    identifiers          text[] not null check (identifiers <@ array['Zip', 'BirthDate', 'SsnLast4'] and cardinality(identifiers) between 2 and 3),
    max_failures         int not null check (max_failures between 1 and 5),
    minimum_amount       numeric(12,2) not null check (minimum_amount > 0),
    max_promise_days     int not null check (max_promise_days between 7 and 90),
    max_broken_promises  int not null check (max_broken_promises between 0 and 10),
    max_declines         int not null check (max_declines between 1 and 3),
    takes_bank_accounts  boolean not null,
    set_by               text not null,
    set_at               timestamptz not null
);
create index ivr_policy_client on ivr_policy (client_id, ivr_policy_id desc);
