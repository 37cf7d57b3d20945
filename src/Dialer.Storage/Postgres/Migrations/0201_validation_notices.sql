-- The notice of a debt (12 CFR 1006.34): what was sent, when and by whom; one that came back undeliverable was never sent. Owned by Compliance.
create table validation_notice (
    validation_notice_id  bigint generated always as identity primary key,
    account_id            bigint not null references account,
    sent_on               date not null,
    way                   text not null check (way in ('Letter', 'Email')),
    sent_by               text not null check (sent_by in ('House', 'Client')),
    evidence              text not null,                    -- where the copy is: a document's id, the letter shop's job
    recorded_at           timestamptz not null,
    recorded_by           text not null,
    returned_on           date,
    returned_recorded_by  text
);
create index validation_notice_account on validation_notice (account_id, sent_on desc);

-- What a dispute does by law, as it stood on the day it came: collection ceases until the verification is out, or the debt is only marked (12 CFR 1006.38(d); 15 USC 1692e(8)).
alter table hold add column written boolean not null default false;
alter table hold add column effect text check (effect in ('CeaseUntilVerified', 'MarkDisputed'));
alter table hold add column verification_sent_on date;
alter table hold add column close_reason text;

-- Which accounts owe a notice is looked for by the first conversations of the last days.
create index attempt_conversation on attempt (conversation_at) where conversation_at is not null;
