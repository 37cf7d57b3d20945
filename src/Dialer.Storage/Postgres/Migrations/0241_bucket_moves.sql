-- When an account's oldest bucket changes: what the rates of cure and roll are counted from. Written by a trigger, so that a payment, a client's file and an undone import all count alike. Owned by Reports.

-- 0 nothing past due, 1 to 5 the oldest bucket that holds something (5: older than 120 days).
create function oldest_bucket(b30 numeric, b60 numeric, b90 numeric, b120 numeric, older numeric) returns smallint immutable parallel safe language sql as $$
    select (case when older > 0 then 5 when b120 > 0 then 4 when b90 > 0 then 3 when b60 > 0 then 2 when b30 > 0 then 1 else 0 end)::smallint
$$;

create table bucket_move (
    bucket_move_id  bigint generated always as identity primary key,
    account_id      bigint not null references account,
    from_bucket     smallint not null check (from_bucket between 0 and 5),
    to_bucket       smallint not null check (to_bucket between 0 and 5),
    at              timestamptz not null
);
create index bucket_move_at on bucket_move (at);
create index bucket_move_account on bucket_move (account_id);

create function bucket_moved() returns trigger language plpgsql as $$
begin
    insert into bucket_move (account_id, from_bucket, to_bucket, at) values (
        new.account_id, oldest_bucket(old.bucket_30, old.bucket_60, old.bucket_90, old.bucket_120, old.bucket_older),
        oldest_bucket(new.bucket_30, new.bucket_60, new.bucket_90, new.bucket_120, new.bucket_older), new.updated_at);
    return null;
end $$;

create trigger account_bucket_moved after update of bucket_30, bucket_60, bucket_90, bucket_120, bucket_older on account for each row
    when (oldest_bucket(old.bucket_30, old.bucket_60, old.bucket_90, old.bucket_120, old.bucket_older)
        <> oldest_bucket(new.bucket_30, new.bucket_60, new.bucket_90, new.bucket_120, new.bucket_older))
    execute function bucket_moved();
