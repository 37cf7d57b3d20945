-- The moment a caller proved who they are: what is said before it may not speak of a debt, and the auditor holds what was heard against it.
alter table ivr_session add column verified_at timestamptz;
