-- When the caller who waited met the agent. The call's own bridged_at moves when the call is handed on, and its conversation may have begun with the IVR.
alter table queue_entry add column joined_at timestamptz;
update queue_entry q set joined_at = t.bridged_at from attempt t where t.attempt_id = q.attempt_id and q.state = 'Offered' and t.bridged_at is not null;
