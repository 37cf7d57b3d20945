-- The IVR's memory: each step of each call, and failures of verification.

-- What was said at each step and what led to it. A webhook that comes again gets the same answer from here.
create table ivr_step (
    attempt_id  bigint not null references attempt,
    n           int not null,                              -- the n of the webhook that led to it; 0 is the first prompt
    step        text not null,
    input       text not null,                             -- the key of a menu; entries are never kept, only their length
    response    text not null,
    at          timestamptz not null,
    primary key (attempt_id, n)
);

-- One row for each failed round of verification; limits are counted from it.
create table verification_failure (
    verification_failure_id  bigint generated always as identity primary key,
    at          timestamptz not null,
    attempt_id  bigint not null references attempt,
    person_id   bigint references person,                  -- whom the caller claimed to be, if that is anyone
    e164        text not null                              -- the caller's number, as shown; anyone may imitate one
);
create index verification_failure_at on verification_failure (at);
create index verification_failure_person on verification_failure (person_id, at) where person_id is not null;
create index verification_failure_e164 on verification_failure (e164, at);

-- Callers enter only the digits of an account number.
create index account_digits on account (client_id, regexp_replace(client_account_no, '\D', '', 'g'));

create index payment_attempt on payment (attempt_id) where attempt_id is not null;
create index payment_unresolved on payment (updated_at) where state in ('Created', 'Pending', 'Unknown');
create index promise_due on promise (grace_until) where state = 'Active';
