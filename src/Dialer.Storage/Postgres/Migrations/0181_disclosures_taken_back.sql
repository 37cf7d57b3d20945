-- A tick made by mistake is taken back by a row of its own; both stay. A code may be ticked again after that.
alter table disclosure drop constraint disclosure_pkey;
alter table disclosure add column disclosure_id bigint generated always as identity primary key;
create index disclosure_attempt on disclosure (attempt_id, code);

create table disclosure_withdrawal (
    disclosure_id  bigint primary key references disclosure,
    at             timestamptz not null,
    withdrawn_by   text not null,
    reason         text not null
);
create trigger disclosure_withdrawal_append_only before update or delete on disclosure_withdrawal for each row execute function refuse_change();

create view disclosure_in_force as
select d.* from disclosure d where not exists (select 1 from disclosure_withdrawal w where w.disclosure_id = d.disclosure_id);

-- What the step's words disclose: ticked when the next input shows that they were played out, and not before.
alter table ivr_step add column discloses text[] not null default '{}';
