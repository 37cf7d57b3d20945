-- Destroying one person's records when every clock has run.

-- Append-only tables open for one transaction at a time, and only for deleting, and never the audit trail.
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and tg_table_name not like 'audit%' and current_setting('dialer.purging', true) = 'on' then
        return old;
    end if;
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

-- Deletes rows and, first, everything that refers to them.
create function purge_rows(target regclass, condition text, depth int) returns setof record language plpgsql as $$
declare
    child record;
    gone bigint;
begin
    if depth > 8 then
        raise exception 'references of % go too deep', target;
    end if;
    for child in
        select c.conrelid::regclass as tab, a.attname as col, f.attname as refers
        from pg_constraint c
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        join pg_attribute f on f.attrelid = c.confrelid and f.attnum = c.confkey[1]
        where c.contype = 'f' and c.confrelid = target and c.conrelid <> target and cardinality(c.conkey) = 1 and c.conparentid = 0
    loop
        return query select * from purge_rows(child.tab, format('%I in (select %I from %s where %s)', child.col, child.refers, target, condition), depth + 1)
            as t(tab text, deleted bigint);
    end loop;
    execute format('delete from %s where %s', target, condition);
    get diagnostics gone = row_count;
    if gone > 0 then
        return query select target::text, gone;
    end if;
end $$;

-- Everything about one person, in every table that names them, their accounts or their calls, whoever owns it: a new table is found by its columns.
-- The audit trail stays: it holds ids and acts, and a chain with a hole proves nothing.
create function purge_person(wanted bigint) returns table (tab text, deleted bigint) language plpgsql as $$
declare
    accounts bigint[] := array(select account_id from account where person_id = wanted);
    attempts bigint[] := array(select attempt_id from attempt where person_id = wanted or account_id = any (accounts));
    found record;
begin
    perform set_config('dialer.purging', 'on', true);
    delete from import_change where (subject = 'Person' and subject_id = wanted) or (subject = 'Account' and subject_id = any (accounts));
    for found in
        select format('%I.%I', c.table_schema, c.table_name)::regclass as name,
               string_agg(case c.column_name when 'person_id' then format('person_id = %s', wanted)
                   when 'account_id' then format('account_id = any (%L::bigint[])', accounts) else format('attempt_id = any (%L::bigint[])', attempts) end, ' or ') as condition
        from information_schema.columns c
        join pg_class k on k.oid = format('%I.%I', c.table_schema, c.table_name)::regclass
        where c.table_schema = current_schema() and c.column_name in ('person_id', 'account_id', 'attempt_id') and not k.relispartition and k.relkind in ('r', 'p')
          and c.table_name not like 'audit%' and c.table_name not in ('person', 'account', 'attempt', 'agent_session', 'agent_state_log')
        group by 1
    loop
        return query select * from purge_rows(found.name, found.condition, 0) as t(tab text, deleted bigint);
    end loop;
    -- An agent's time stays, without the call it was spent on.
    update agent_state_log set attempt_id = null where attempt_id = any (attempts);
    update agent_session set attempt_id = null where attempt_id = any (attempts);
    return query select * from purge_rows('attempt', format('attempt_id = any (%L::bigint[])', attempts), 0) as t(tab text, deleted bigint);
    return query select * from purge_rows('account', format('account_id = any (%L::bigint[])', accounts), 0) as t(tab text, deleted bigint);
    return query select * from purge_rows('person', format('person_id = %s', wanted), 0) as t(tab text, deleted bigint);
    perform set_config('dialer.purging', '', true);
end $$;
