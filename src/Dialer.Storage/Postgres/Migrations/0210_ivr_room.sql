-- A step of a call rewrites its session's row: room on the page keeps the new version beside the old one, without touching an index.
alter table ivr_session set (fillfactor = 60);

-- What was last said is in ivr_step at the session's sequence; it is no longer written twice.
comment on column ivr_session.response is 'What was last said, of calls begun by an earlier build; since then it is the response of the newest ivr_step.';
