-- The account that a preview campaign has put before one agent, who looks at it and calls, or says why not. Owned by Dialing.
create table account_preview (
    account_preview_id  bigint generated always as identity primary key,
    agent_id            bigint not null references agent,
    campaign_id         bigint not null references campaign,
    account_id          bigint not null references account,
    person_id           bigint not null references person,
    phone_id            bigint not null references phone,
    given_at            timestamptz not null,
    until_at            timestamptz not null,              -- then it is nobody's again; the list has it back from this moment on, whoever else forgets
    state               text not null default 'Shown' check (state in ('Shown', 'Dialled', 'Skipped', 'Refused', 'Expired')),
    reason              text not null default '',          -- why it was skipped, in the agent's words
    attempt_id          bigint references attempt,
    closed_at           timestamptz
);
create unique index account_preview_one on account_preview (agent_id) where state = 'Shown';
create index account_preview_person on account_preview (person_id);
create index account_preview_account on account_preview (account_id);
create index account_preview_attempt on account_preview (attempt_id) where attempt_id is not null;
