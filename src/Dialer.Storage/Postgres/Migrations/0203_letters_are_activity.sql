-- A letter, an e-mail or a notice of the debt is work on the account like a call: the clock of the records begins anew (12 CFR 1006.100).
create or replace function last_activity_of(wanted bigint) returns timestamptz language sql stable as $$
    select greatest((select max(greatest(created_at, ended_at)) from attempt where person_id = wanted), (select max(updated_at) from account where person_id = wanted),
        (select max(updated_at) from payment where person_id = wanted), (select max(made_at) from promise where person_id = wanted),
        (select max(greatest(queued_at, sent_at)) from customer_notice where person_id = wanted),
        (select max(v.recorded_at) from validation_notice v join account a using (account_id) where a.person_id = wanted))
$$;
