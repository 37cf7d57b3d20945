-- What is written is a contact: asked of the gate before it leaves, counted with the calls, and in the decision ledger.
alter table decision add column purpose text not null default 'Collect';
alter table decision add column notice_id bigint;                        -- the letter, e-mail or text it was asked for

alter table customer_notice drop constraint customer_notice_channel_check;
alter table customer_notice add constraint customer_notice_channel_check check (channel in ('Sms', 'Email', 'Letter'));
alter table customer_notice drop constraint customer_notice_state_check;
alter table customer_notice add constraint customer_notice_state_check check (state in ('Queued', 'Sent', 'Failed', 'Withheld'));
alter table customer_notice add column purpose text not null default 'Servicing';
alter table customer_notice add column decision_id bigint;               -- the gate's newest answer
alter table customer_notice add column cleared_at timestamptz;           -- when the gate last let it go; from then it counts, whether it has left or not
update customer_notice set purpose = case kind when 'BalanceStatement' then 'Collect' when 'DisputeReceived' then 'LegalNotice' else 'Servicing' end where written_by is not null;
create index customer_notice_account on customer_notice (account_id, queued_at desc);
