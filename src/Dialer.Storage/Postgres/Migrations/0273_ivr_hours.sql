-- When a client's own people take calls, HH:mm in the zone of the call; null: as the house does. The line's hours hold besides.
alter table ivr_policy add column opens text check (opens ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$');
alter table ivr_policy add column closes text check (closes ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$');
alter table ivr_policy add constraint ivr_policy_hours check ((opens is null) = (closes is null) and closes > opens);
