-- Revocations are few and every import asks for all of them.
create index consent_event_revoked on consent_event (e164) where kind = 'Revoked';
