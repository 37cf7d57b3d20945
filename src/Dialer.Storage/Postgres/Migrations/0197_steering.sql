-- Words from supervisors to teams, owned by Agents; comparisons of two strategies, owned by Campaigns.

create table team_message (
    team_message_id  bigint generated always as identity primary key,
    team             text not null default '',             -- '': everybody
    text             text not null check (length(text) between 1 and 500),
    urgent           boolean not null default false,
    sent_by          text not null,
    sent_at          timestamptz not null,
    until            timestamptz not null
);
create index team_message_until on team_message (until);
create table team_message_seen (
    team_message_id  bigint not null references team_message,
    user_id          bigint not null,
    at               timestamptz not null,
    primary key (team_message_id, user_id)
);

-- Everything that decides how the result is read is fixed before the first person is counted.
create table experiment (
    experiment_id    bigint generated always as identity primary key,
    campaign_id      bigint not null references campaign,
    name             text not null,
    hypothesis       text not null,
    metric           text not null,
    horizon_hours    int not null check (horizon_hours between 1 and 2160), -- a person counts with what came of him in so many hours from his first call
    planned_persons  int not null check (planned_persons between 100 and 10000000),
    alpha            float8 not null default 0.05 check (alpha between 0.001 and 0.2),
    arm_a            jsonb not null,
    arm_b            jsonb not null,
    state            text not null default 'Running' check (state in ('Running', 'Stopped')),
    started_at       timestamptz not null,
    started_by       text not null,
    stopped_at       timestamptz,
    stopped_by       text,
    conclusion       text
);
create unique index experiment_one_running on experiment (campaign_id) where state = 'Running';
