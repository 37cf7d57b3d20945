-- What was collected in a span of days is read from the ledger.
create index ledger_line_at on ledger_line (at);
