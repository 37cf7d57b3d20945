-- Scorecards as data, what calls scored, and notes between a coach and an agent. Owned by Quality.
create table qa_form (
    qa_form_id  bigint generated always as identity primary key,
    name        text not null,
    version     int not null,                                  -- a change is a new version: old scores keep the questions they answered
    questions   jsonb not null,
    made_by     text not null,
    made_at     timestamptz not null,
    retired_at  timestamptz,
    unique (name, version)
);

create table qa_score (
    qa_score_id  bigint generated always as identity primary key,
    qa_form_id   bigint not null references qa_form,
    attempt_id   bigint not null references attempt,
    agent_id     bigint not null references agent,
    scorer_id    bigint not null references app_user (user_id),
    scored_at    timestamptz not null,
    answers      jsonb not null,
    points       numeric(10, 4) not null,
    out_of       numeric(10, 4) not null check (out_of > 0),
    percent      numeric(5, 2) not null check (percent between 0 and 100),
    auto_failed  text[] not null default '{}',
    note         text not null default '',
    unique (qa_form_id, attempt_id, scorer_id)                 -- two scorers of one call: calibration
);
create index qa_score_agent on qa_score (agent_id, scored_at desc);
create index qa_score_attempt on qa_score (attempt_id);

create table coaching_note (
    coaching_note_id  bigint generated always as identity primary key,
    agent_id          bigint not null references agent,
    attempt_id        bigint references attempt,
    at_seconds        int check (at_seconds >= 0),             -- the place in the recording it speaks of
    text              text not null,
    written_by        bigint not null references app_user (user_id),
    written_at        timestamptz not null,
    seen_at           timestamptz,
    answer            text,
    answered_at       timestamptz
);
create index coaching_note_agent on coaching_note (agent_id, written_at desc);
create index coaching_note_attempt on coaching_note (attempt_id) where attempt_id is not null;
