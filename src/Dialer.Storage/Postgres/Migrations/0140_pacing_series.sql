-- The series of decisions as compressed chunks that a replay recomputes, with one point each for plots; the account by lineage; the shares of campaigns with the same agents. Owned by Dialing and Campaigns.
truncate pacing_tick;
alter table pacing_tick
    drop column snapshot,
    drop column plan,
    add column seq     bigint not null,                     -- of this leader's chunks; a gap means that lines were lost
    add column ticks   int not null,
    add column starts  boolean not null,                    -- its first line holds the engine's memory: a replay may begin here
    add column point   jsonb not null,                      -- what a plot shows of these ticks
    add column lines   bytea not null;                      -- Brotli of {"in":...,"out":...} lines
create index pacing_tick_campaign on pacing_tick (campaign_id, at);

alter table pacing_memory add column seen_at timestamptz;   -- everything the rows showed up to here has been learned

alter table campaign
    add column lineage_id bigint references campaign,       -- whose abandonment account this campaign goes on with; null: its own
    add column priority   int not null default 0 check (priority between 0 and 100),          -- higher is served first from shared agents
    add column share      numeric(6, 2) not null default 1 check (share between 0.1 and 100); -- its weight among campaigns of one priority

-- Every change of a campaign's pacing by a person: what was, what is, why, and what the prediction said.
create table pacing_change (
    change_id    bigint generated always as identity primary key,
    campaign_id  bigint not null references campaign,
    at           timestamptz not null,
    actor        text not null,
    reason       text not null,
    before       jsonb not null,
    after        jsonb not null,
    predicted    jsonb,
    undo_of      bigint references pacing_change
);
create index pacing_change_campaign on pacing_change (campaign_id, at desc);

-- Drops a parent's daily partitions that end at or before a day; returns how many.
create function drop_daily_partitions(parent regclass, before_day date) returns int language plpgsql as $$
declare
    part record;
    dropped int := 0;
begin
    for part in
        select c.oid::regclass as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = parent and c.relname ~ '_[0-9]{8}$' and to_date(right(c.relname, 8), 'YYYYMMDD') < before_day
    loop
        execute format('drop table %s', part.name);
        dropped := dropped + 1;
    end loop;
    return dropped;
end $$;
