namespace Dialer.Features.Compliance;

/// <summary>The reads behind a decision. Each goes by an index on the ids of the batch.</summary>
internal static class FactsSql
{
    /// <summary>$1..$4: person, account, phone, campaign (0: none), one each a request, in order.</summary>
    public const string Base =
        """
        select q.place, ph.e164, ph.line_type, ph.place, ph.status, ph.source, pn.e164 is not null, cl.collector_role, cl.debt_class, a.status,
               p.state, p.zip, pc.known_zone, pc.known_state, pc.employer_prohibits, coalesce(ac.time_barred, false),
               pr.grace_until, c.from_e164, c.no_agent_treatment, c.machine_treatment, c.state, p.city, pr.account_id, p.language, pc.inconvenient_places
        from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) with ordinality as q(person_id, account_id, phone_id, campaign_id, place)
        join person p on p.person_id = q.person_id
        join account a on a.account_id = q.account_id and a.person_id = p.person_id
        join phone ph on ph.phone_id = q.phone_id and ph.person_id = p.person_id
        join client cl on cl.client_id = a.client_id
        left join campaign c on c.campaign_id = q.campaign_id
        left join person_contact_fact pc on pc.person_id = p.person_id
        left join account_compliance ac on ac.account_id = a.account_id
        left join promise pr on pr.account_id = a.account_id and pr.state = 'Active'
        left join protected_number pn on pn.e164 = ph.e164
        """;

    /// <summary>
    /// $1 persons, $2 accounts, $3 phones, $4 since. Attempts of the persons, about the accounts, and to the numbers; calls to the numbers that asked for location information, however long ago, for that
    /// may be asked once (15 USC 1692b(3)); and what was written: every text, e-mail and letter, and the notices of debts that are out or at a print house, as letters at the end of their day of mailing.
    /// </summary>
    public const string Attempts =
        """
        with numbers as materialized (select e164 from phone where phone_id = any($3)),
        found as (
            select attempt_id from attempt where person_id = any($1) and created_at > $4
            union select attempt_id from attempt where account_id = any($2) and created_at > $4
            union select t.attempt_id from numbers n join attempt t on t.to_e164 = n.e164 and t.created_at > $4
            union select t.attempt_id from numbers n join attempt t on t.to_e164 = n.e164 and t.purpose = 'LocationInfo')
        select t.attempt_id, t.person_id, t.account_id, t.to_e164, t.direction, t.purpose, t.state, coalesce(t.placed_at, t.submitted_at, t.created_at),
               t.answered_at, t.counted, t.exclusion, t.artificial_voice, t.conversation_at, t.from_e164, ph.place, t.abandoned, 'Voice'
        from found join attempt t using (attempt_id) left join phone ph on ph.phone_id = t.phone_id
        union all
        select -n.notice_id, n.person_id, n.account_id, '', 'Outbound', n.purpose, 'Completed', w.at, w.at, true, null, false, null, '', null, false, n.channel
        from customer_notice n cross join lateral (select coalesce(n.sent_at, n.cleared_at, n.queued_at) as at) w
        where (n.person_id = any($1) or n.account_id = any($2)) and w.at > $4 and n.state <> 'Withheld'
        union all
        select 0, a.person_id, a.account_id, '', 'Outbound', 'LegalNotice', 'Completed', m.at, m.at, true, null, false, null, '', null, false, m.channel
        from account a
        cross join lateral (
            select (v.sent_on + 1)::timestamp at time zone 'America/New_York' as at, v.way as channel from validation_notice v where v.account_id = a.account_id and v.returned_on is null
            union all
            select (b.mail_on + 1)::timestamp at time zone 'America/New_York', 'Letter' from validation_batch_item i join validation_batch b using (validation_batch_id) where i.account_id = a.account_id and b.state = 'HandedOver') m
        where a.person_id = any($1) and m.at > $4
        """;

    /// <summary>$1 persons, $2 phones.</summary>
    public const string Consents =
        """
        select person_id, at, channel, kind, scope, e164, account_id, valid_from, valid_until from consent_event where person_id = any($1)
        union all
        select ce.person_id, ce.at, ce.channel, ce.kind, ce.scope, ce.e164, ce.account_id, ce.valid_from, ce.valid_until
        from (select distinct e164 from phone where phone_id = any($2)) n join consent_event ce on ce.e164 = n.e164
        where ce.person_id is null or ce.person_id <> all($1)
        """;

    public const string Holds = "select person_id, kind, account_id, expires_at from hold where person_id = any($1) and closed_at is null";

    public const string InconvenientTimes = "select person_id, days, from_time, to_time from inconvenient_time where person_id = any($1) and ended_at is null";

    /// <summary>The newest answer of each list; "no data" is no answer to an earlier "listed", which only a "clear" takes back. $1 persons, $2 phones.</summary>
    public const string ListResults =
        """
        (select distinct on (l.person_id, l.list) l.person_id, null::text, l.list, l.answer, l.checked_at, l.expires_at
         from list_result l
         where l.person_id = any($1)
           and (l.answer <> 'NoData' or (select b.answer from list_result b where b.person_id = l.person_id and b.list = l.list and b.answer <> 'NoData' and b.checked_at <= l.checked_at
                                         order by b.checked_at desc limit 1) is distinct from 'Listed')
         order by l.person_id, l.list, l.checked_at desc)
        union all
        (select distinct on (l.e164, l.list) null::bigint, l.e164, l.list, l.answer, l.checked_at, l.expires_at
         from (select distinct e164 from phone where phone_id = any($2)) n join list_result l on l.e164 = n.e164
         where l.answer <> 'NoData' or (select b.answer from list_result b where b.e164 = l.e164 and b.list = l.list and b.answer <> 'NoData' and b.checked_at <= l.checked_at
                                        order by b.checked_at desc limit 1) is distinct from 'Listed'
         order by l.e164, l.list, l.checked_at desc)
        """;

    /// <summary>First words about each debt, spoken and written, and its notice. $1 accounts.</summary>
    public const string FirstCommunications =
        """
        select q.account_id, c.at, w.at, v.sent_on
        from unnest($1) as q(account_id)
        left join (select account_id, min(conversation_at) as at from attempt where account_id = any($1) and conversation_at is not null group by account_id) c using (account_id)
        left join (select account_id, min(sent_at) as at from customer_notice where account_id = any($1) and state = 'Sent' group by account_id) w using (account_id)
        left join (select account_id, max(sent_on) as sent_on from validation_notice where account_id = any($1) and returned_on is null group by account_id) v using (account_id)
        where coalesce(c.at, w.at) is not null or v.sent_on is not null
        """;

    /// <summary>What holds for everyone. $1 today (UTC).</summary>
    public const string Standing =
        """
        select (select revision from policy_revision), array(select e164 from owned_number), exists (select 1 from collection_license),
               array(select distinct state from collection_license where expires_on >= $1)
        """;
}
