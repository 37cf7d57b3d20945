-- What was really said or played on a call, by code of the condition that owed it. Owned by Compliance.
create table disclosure (
    attempt_id  bigint not null references attempt,
    code        text not null,
    at          timestamptz not null,
    given_by    text not null,                             -- 'ivr', 'agent/7'
    step        int,                                       -- the IVR step that said it: an input to a later step shows that it was played
    evidence    text not null default '',
    primary key (attempt_id, code)
);
create trigger disclosure_append_only before update or delete on disclosure for each row execute function refuse_change();
