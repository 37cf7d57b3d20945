-- Something to be done about an account until a day: by one agent, or by whoever of a team comes first. Owned by WorkItems.
create table task (
    task_id     bigint generated always as identity primary key,
    account_id  bigint not null references account,
    agent_id    bigint references agent,                   -- whose it is; null: the team's
    team        text not null default '',
    kind        text not null check (kind in ('Own', 'Given', 'OfferApproved', 'OfferRefused', 'CallBackMissed')),
    words       text not null check (length(words) <= 600),
    due_on      date not null,                             -- still in time on this day
    made_by     text not null,                             -- a user's name, or the part of the service that found it
    made_at     timestamptz not null,
    done_at     timestamptz,
    done_by     bigint references app_user (user_id),
    check ((agent_id is null) = (team <> '')),
    check ((done_at is null) = (done_by is null)),
    check (words <> '' or kind not in ('Own', 'Given'))    -- what a person asks for, a person has to say
);
create index task_agent on task (agent_id, due_on) where done_at is null;
create index task_team on task (team, due_on) where done_at is null;
create index task_account on task (account_id, made_at desc);
