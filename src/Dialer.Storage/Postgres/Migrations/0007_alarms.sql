-- Things that must never happen, or that a person must look at. Owned by Dialing; read by the console.
create table alarm (
    alarm_id    bigint generated always as identity primary key,
    code        text not null,
    subject     text not null,
    raised_at   timestamptz not null,
    text        text not null,
    closed_at   timestamptz,
    closed_by   text
);
create index alarm_open on alarm (raised_at) where closed_at is null;
