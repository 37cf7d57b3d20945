-- What every module stands on: leases, outbox, audit, partitions.

-- A named, fenced lease. Every write done under a lease says "where epoch = mine"; the epoch only rises.
create table lease (
    name        text primary key,
    owner       text not null,
    epoch       bigint not null,
    expires_at  timestamptz not null
);

-- Slow effects, stored with the state change that caused them and performed afterwards, at least once.
create table outbox (
    outbox_id   bigint generated always as identity primary key,
    kind        text not null,
    payload     jsonb not null,
    created_at  timestamptz not null,
    next_at     timestamptz not null,
    tries       int not null default 0,
    last_error  text
);
create index outbox_due on outbox (next_at);

-- One row for each change a person or the system made. A chain of SHA-256 over the rows of one day.
create table audit (
    audit_id    bigint generated always as identity,
    at          timestamptz not null,
    actor       text not null,
    action      text not null,
    subject     text not null,
    detail      text not null default '{}',               -- JSON, byte for byte as it was hashed
    prev_hash   bytea not null,
    hash        bytea not null,
    primary key (at, audit_id)
) partition by range (at);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

create index audit_newest on audit (audit_id desc);
create trigger audit_append_only before update or delete on audit for each row execute function refuse_change();

-- Makes the daily partitions of one table for the days [from_day, to_day]. Rows of other days land in the default partition.
create function ensure_daily_partitions(parent regclass, from_day date, to_day date) returns void language plpgsql as $$
declare
    day date;
    part text;
begin
    execute format('create table if not exists %I partition of %s default', parent::text || '_default', parent);
    for day in select generate_series(from_day, to_day, interval '1 day')::date loop
        part := parent::text || to_char(day, '_YYYYMMDD');
        if to_regclass(part) is null then
            begin
                execute format('create table if not exists %I partition of %s for values from (%L) to (%L)',
                    part, parent, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
            exception when check_violation then
                null; -- the default partition already holds rows of that day; they stay there
            end;
        end if;
    end loop;
end $$;
