-- What a row was before an import changed it, so that the import can be taken back.
create table import_change (
    import_batch_id  bigint not null references import_batch,
    subject          text not null check (subject in ('Account', 'Person')),
    subject_id       bigint not null,
    before           jsonb not null,
    primary key (import_batch_id, subject, subject_id)
);

-- A sender's own column names, kept for the client's next file.
create table import_map (
    client_id   bigint primary key references client,
    columns     jsonb not null,
    date_format text,
    encoding    text,
    updated_at  timestamptz not null,
    updated_by  text not null
);
