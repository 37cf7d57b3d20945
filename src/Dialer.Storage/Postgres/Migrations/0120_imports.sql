-- What a person needs to see about a file afterwards: its header (rejects are written under it), how it was read, what it declared.
alter table import_batch
    add column header          text not null default '',
    add column delimiter       text not null default ',',
    add column encoding        text not null default 'utf-8',
    add column ignored_columns text[] not null default '{}',
    add column error_code      text;

create index import_batch_client on import_batch (client_id, import_batch_id desc);
create index account_import_batch on account (import_batch_id);
