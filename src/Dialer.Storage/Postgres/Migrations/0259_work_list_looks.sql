-- A line of an agent's work list names the person and the debt: that is a look, too.
alter table account_look drop constraint account_look_via_check, add constraint account_look_via_check check (via in ('Account', 'Search', 'Desk', 'WorkList'));
