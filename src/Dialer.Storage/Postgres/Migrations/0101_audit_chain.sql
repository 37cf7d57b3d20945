-- The end of the audit chain: one row, locked by each writer, so that the chain has one order.
create table audit_head (
    only_row  boolean primary key default true check (only_row),
    audit_id  bigint not null,
    hash      bytea not null
);
insert into audit_head (audit_id, hash)
select coalesce(max(audit_id), 0), coalesce((select hash from audit order by audit_id desc limit 1), '\x') from audit;

-- Heads handed to the outside (a file, a printer, a customer). A chain that no longer contains an anchored head was cut or rewritten.
create table audit_anchor (
    audit_id     bigint primary key,
    hash         bytea not null,
    anchored_at  timestamptz not null,
    kept_at      text not null
);
create trigger audit_anchor_append_only before update or delete on audit_anchor for each row execute function refuse_change();

create unique index audit_number on audit (audit_id, at);
create index audit_subject on audit (subject, at desc);
