-- Bank debits that came back: why, when, and how often the same debit was presented again (Nacha Operating Rules).
alter table payment add column return_code text check (return_code ~ '^R[0-9]{2}$');
alter table payment add column returned_at timestamptz;
alter table payment add column retries int not null default 0;
create index payment_returned on payment (person_id, returned_at desc) where return_code is not null;

-- A return may end what the plan's owner had signed; the plan waits for a new signature, and the old one stays to be seen.
alter table payment_plan add column authorization_ended_at timestamptz;
alter table payment_plan add column authorization_ended_why text;
