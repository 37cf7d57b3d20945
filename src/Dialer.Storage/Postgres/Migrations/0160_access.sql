-- Sign-in: second factor, lockout; stored answers to repeated requests; who looked at which account. Owned by Access, the looks by Accounts.
alter table app_user add column totp_secret text;                          -- protected by the installation's key ring
alter table app_user add column totp_confirmed boolean not null default false;
alter table app_user add column totp_step bigint not null default -1;      -- the last 30 s step whose code was accepted: none is accepted twice
alter table app_user add column failed_sign_ins int not null default 0;    -- in a row
alter table app_user add column locked_until timestamptz;                  -- real time: guessing does not go faster in a simulation

-- The first answer to an unsafe request that carried an Idempotency-Key. Without a status the request is still being worked on.
create table idempotent_answer (
    user_id       bigint not null,
    key           text not null,
    request_hash  bytea not null,
    status        int,
    content_type  text,
    location      text,
    body          bytea,
    at            timestamptz not null,
    primary key (user_id, key)
);
create index idempotent_answer_at on idempotent_answer (at);

create table account_look (
    at          timestamptz not null,
    user_id     bigint not null,
    account_id  bigint not null,
    via         text not null check (via in ('Account', 'Search', 'Desk')),
    attempt_id  bigint
);
create index account_look_account on account_look (account_id, at desc);
create trigger account_look_append_only before update or delete on account_look for each row execute function refuse_change();
