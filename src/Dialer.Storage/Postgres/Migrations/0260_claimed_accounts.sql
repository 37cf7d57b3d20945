-- An account number that was typed in is a claim whether or not there is such an account. Failures of either are counted the same way, so that no limit tells which it was.
alter table verification_failure add column claim text;   -- a digest of the number typed in; null where none was
create index verification_failure_claim on verification_failure (claim, at) where claim is not null;
