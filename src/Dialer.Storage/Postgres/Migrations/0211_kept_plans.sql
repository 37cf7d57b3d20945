-- Asked at each step of a call. In SQL a function that holds a question of its own is planned anew in each statement; in PL/pgSQL its plan is kept for the session.
create or replace function wants_email(person bigint) returns boolean language plpgsql stable as $$
begin
    return exists (select 1 from person p where p.person_id = person and p.email <> '')
       and coalesce((select c.kind = 'Granted' from consent_event c where c.person_id = person and c.channel = 'Email' order by c.at desc, c.consent_event_id desc limit 1), false);
end $$;

create or replace function campaign_of_number(our_e164 text) returns bigint language plpgsql stable as $$
begin
    return (select m.campaign_id from campaign m
        where m.from_e164 = our_e164 or exists (select from caller_id i where i.caller_id_pool_id = m.caller_id_pool_id and i.e164 = our_e164)
        order by (m.state = 'Open') desc, m.campaign_id desc limit 1);
end $$;
