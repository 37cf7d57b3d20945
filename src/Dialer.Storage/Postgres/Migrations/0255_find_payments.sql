-- A payment is looked for by what its receipt, or the processor, calls it.
create index payment_confirmation on payment (confirmation_code) where confirmation_code is not null;
create index refund_open on refund (refund_id) where state in ('Requested', 'Approved');
