-- Conversations with the right party that got their outcome while something they owed was not ticked; what an officer found about each. Owned by Compliance.
create table disclosure_missing (
    attempt_id   bigint primary key references attempt,
    agent_id     bigint not null,                          -- who gave the call its outcome
    codes        text[] not null,                          -- unticked at that moment; a tick that came later takes its code off the list
    found_at     timestamptz not null,
    finding      text check (finding in ('Given', 'NotGiven', 'NotOwed')),
    words        text,
    reviewed_at  timestamptz,
    reviewed_by  text,
    check ((finding is null) = (reviewed_at is null))
);
create index disclosure_missing_open on disclosure_missing (found_at) where reviewed_at is null;

insert into alert_rule (metric, level, raise_at, clear_at, raise_after_s, clear_after_s, owner, updated_at, updated_by) values
    ('disclosuresMissing', 'error', 1, 0, 0, 0, 'Compliance', now(), 'default');
