-- Recordings in a store of our own: fetched from the carrier, encrypted, kept as long as the clocks say. Owned by Recordings.
create table recording_media (
    recording_sid       text primary key,
    attempt_id          bigint not null references attempt,
    state               text not null check (state in ('Waiting', 'Stored', 'Missing', 'Purged')),
    tries               int not null default 0,
    next_at             timestamptz,                            -- when to try again to fetch it, or to delete it at the carrier
    last_error          text,
    wrapped_key         bytea,                                  -- the recording's own key, under the installation's; without it the parts are noise
    media_type          text,
    bytes               bigint,
    sha256              bytea,                                  -- of the sound in clear
    stored_at           timestamptz,
    carrier_deleted_at  timestamptz,
    purged_at           timestamptz,
    purged_by           text
);
create index recording_media_due on recording_media (next_at) where next_at is not null;
create index recording_media_attempt on recording_media (attempt_id);

create table recording_part (
    recording_sid  text not null references recording_media,
    n              int not null,
    data           bytea not null,                              -- AES-256-GCM: the sealed bytes and their tag
    primary key (recording_sid, n)
);
alter table recording_part alter column data set storage external;   -- noise does not compress

-- When nothing of a call was being recorded, as the carrier confirmed it.
create table recording_pause (
    attempt_id  bigint not null references attempt,
    from_at     timestamptz not null,
    to_at       timestamptz,
    primary key (attempt_id, from_at)
);

create index recording_started on recording (started_at desc, recording_sid desc);

-- The newest trace of any work on a person; recordings and records are counted from it.
create function last_activity_of(wanted bigint) returns timestamptz language sql stable as $$
    select greatest((select max(greatest(created_at, ended_at)) from attempt where person_id = wanted), (select max(updated_at) from account where person_id = wanted),
        (select max(updated_at) from payment where person_id = wanted), (select max(made_at) from promise where person_id = wanted))
$$;

-- A call's timeline asks for what was written down about it.
create index promise_attempt on promise (attempt_id) where attempt_id is not null;
create index agent_state_log_attempt on agent_state_log (attempt_id) where attempt_id is not null;
