-- Answers of outside lists end: what may no longer be relied on is asked again before it does. Owned by Compliance.
alter table list_result add column expires_at timestamptz;
create index list_result_ending on list_result (list, expires_at);
