-- While one is in force, nothing about the person is destroyed.
create table legal_hold (
    legal_hold_id  bigint generated always as identity primary key,
    person_id      bigint not null references person,
    matter         text not null,
    placed_at      timestamptz not null,
    placed_by      text not null,
    released_at    timestamptz,
    released_by    text
);
create index legal_hold_person on legal_hold (person_id) where released_at is null;
