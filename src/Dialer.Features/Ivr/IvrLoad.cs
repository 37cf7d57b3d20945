using Dapper;
using Dialer.Core;
using Dialer.Core.Ivr;
using Dialer.Core.Numbers;
using Dialer.Core.Payments;
using Dialer.Features.Payments;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Ivr;

/// <summary>One call and the step it is asked about. <paramref name="N"/> 0 begins the call.</summary>
/// <param name="PersonId">Whom the call is about, where this is known better than the database knows it; else null.</param>
internal readonly record struct IvrKey(long AttemptId, int N, long? PersonId = null, long? AccountId = null);

/// <summary>The call a step belongs to. <paramref name="PersonId"/> and <paramref name="AccountId"/> are whom and what it is about so far.</summary>
internal sealed record IvrCall(long AttemptId, Instant CreatedAt, long? CampaignId, long? AccountId, long? PersonId, string CallerE164, string OurE164, string Zone);

/// <summary>Everything that one step of one call may know.</summary>
/// <param name="Session">Null: the call has met no flow yet.</param>
internal sealed record IvrLoaded(IvrCall Call, IvrSession? Session, IvrFacts Facts);

/// <summary>Where a call stands.</summary>
/// <param name="Last">What was last said; null for a step that follows on the last, which does not need it.</param>
/// <param name="Given">The answer that this step was given before; null when it was not taken yet.</param>
/// <param name="Played">What the caller was listening to, and what it disclosed.</param>
internal sealed record IvrSession(string Flow, int FlowVersion, int Sequence, IvrPosition Position, Instant? EndedAt, string? Last, string? Given, PlayedPrompt? Played);

internal sealed record PlayedPrompt(string Step, IReadOnlyList<string> Discloses);

/// <summary>Reads what steps of any number of calls may know, in one round trip.</summary>
/// <param name="keepsMethods">A processor can be asked to charge what it keeps: what is saved is read too.</param>
internal sealed class IvrLoad(IOptions<IvrOptions> options, IAgentHandoff handoff, bool keepsMethods)
{
    /// <summary>Seconds a group waits for one answer of the database before its members are taken alone: Twilio waits 15 for ours.</summary>
    public const int GroupPatience = 5;

    /// <summary>Whom each call is about: as it is said, else as its steps have found out, else as it was dialled.</summary>
    private const string Calls =
        """
        unnest(@attempts, @steps, @persons, @accounts) as g (attempt_id, n, person_id, account_id)
            join attempt a on a.attempt_id = g.attempt_id
            left join ivr_session s on s.attempt_id = g.attempt_id
            cross join lateral (select coalesce(g.person_id, (s.position ->> 'personId')::bigint, a.person_id) as person_id,
                coalesce(g.account_id, (s.position ->> 'accountId')::bigint, a.account_id) as account_id,
                case a.direction when 'Inbound' then a.from_e164 else a.to_e164 end as caller_e164,
                case a.direction when 'Inbound' then a.to_e164 else a.from_e164 end as our_e164) c
        """;

    private const string LockSql =
        """
        select 1 from attempt where attempt_id = any (@attempts) order by attempt_id for update;
        select 1 from ivr_session where attempt_id = any (@attempts) order by attempt_id for update;
        """;

    private const string Sql =
        $"""
        {KeptPlans.Sql};

        with declined as materialized (
            select case x.direction when 'Inbound' then x.from_e164 else x.to_e164 end as e164, count(*)::int as cards
            from payment y join attempt x on x.attempt_id = y.attempt_id where y.state = 'Declined' and y.updated_at > @dayAgo group by 1)
        select g.attempt_id, a.created_at, a.campaign_id, c.account_id, c.person_id, c.caller_e164, c.our_e164, coalesce(k.zone, 'America/New_York') as zone,
               s.flow, s.flow_version, s.sequence, s.position::text as position, s.ended_at, q.response as given, d.step as played_step, d.discloses,
               case when g.n <> s.sequence + 1 then coalesce((select l.response from ivr_step l where l.attempt_id = g.attempt_id and l.n = s.sequence), s.response) end as last,
               b.spoken_name, b.callback_e164, b.collector_role, p.person_id as known_person, p.first_name, p.last_name, p.language, p.zip, p.birth_date, p.ssn_last4,
               exists (select 1 from attempt x join disclosure_in_force f on f.attempt_id = x.attempt_id and f.code = 'DISCLOSE_INITIAL' where x.person_id = c.person_id and x.attempt_id <> g.attempt_id) as disclosed,
               (case when c.person_id is not null then (select count(*) from verification_failure f where f.person_id = c.person_id and f.at > @hourAgo)
                     else (select count(*) from verification_failure f where f.claim = s.position ->> 'claim' and f.at > @hourAgo) end)::int as person_hour,
               (select count(*) from verification_failure f where f.e164 = c.caller_e164 and f.at > @hourAgo)::int as number_hour,
               (select count(distinct coalesce(f.person_id::text, f.claim)) from verification_failure f where f.e164 = c.caller_e164 and f.at > @dayAgo)::int as people_day,
               (select count(*) from verification_failure f where f.at > @hourAgo)::int as all_hour,
               greatest((select count(*) from payment y where y.account_id = c.account_id and y.state = 'Declined' and y.updated_at > @dayAgo)::int, coalesce(z.cards, 0)) as declined_day,
               wants_email(c.person_id) as by_email,
               v.identifiers, v.max_failures, v.minimum_amount, v.max_promise_days, v.max_broken_promises, v.max_declines, v.takes_bank_accounts, v.opens, v.closes
        from {Calls}
            left join campaign k on k.campaign_id = a.campaign_id
            left join person p on p.person_id = c.person_id
            left join account h on h.account_id = c.account_id
            left join client b on b.client_id = coalesce(h.client_id, p.client_id, k.client_id,
                (select m.client_id from campaign m where m.campaign_id = campaign_of_number(c.our_e164)), (select min(m.client_id) from client m))
            left join lateral (select x.* from ivr_policy x where x.client_id = b.client_id order by x.ivr_policy_id desc limit 1) v on true
            left join ivr_step q on q.attempt_id = g.attempt_id and q.n = g.n and g.n <= s.sequence
            left join ivr_step d on d.attempt_id = g.attempt_id and d.n = g.n - 1
            left join declined z on z.e164 = c.caller_e164 and c.caller_e164 like '+%';

        select g.attempt_id, y.*
        from {Calls}
            cross join lateral (
                select x.account_id, x.creditor, x.balance, x.balance - x.bucket_current as past_due, x.currency, x.minimum_payment, o.settlement_offer_id, o.amount as settlement, o.last_day,
                       exists (select 1 from payment_plan l where l.account_id = x.account_id and l.state in ('PendingAuthorization', 'Active')) as has_plan,
                       exists (select 1 from hold h where h.person_id = x.person_id and (h.account_id is null or h.account_id = x.account_id) and h.closed_at is null
                               and (h.expires_at is null or h.expires_at > @now) and h.kind in ('Dispute', 'Bankruptcy', 'Attorney', 'Deceased', 'Fraud')) as held,
                       exists (select 1 from payment w where w.account_id = x.account_id and w.state in ('Created', 'Pending', 'Unknown')) as payment_open,
                       (select count(*) from promise m where m.account_id = x.account_id and m.state = 'Broken')::int as broken
                from account x left join settlement_offer o on o.account_id = x.account_id and o.state = 'Offered'
                where x.person_id = c.person_id and (x.status = 'Open' or x.status = 'Paid' and x.account_id = c.account_id) -- what was just paid in full can still be named
                order by (x.account_id = c.account_id) desc nulls last, x.account_id limit 20) y;

        select g.attempt_id, o.plan_offer_id, o.installments, o.every_days, o.least_balance, o.most_balance
        from {Calls}
            join account h on h.account_id = c.account_id join plan_offer o on o.client_id = h.client_id and o.withdrawn_at is null
        """;

    private const string SavedSql =
        $"""
        ;
        select g.attempt_id, m.saved_method_id, m.method, m.brand, m.last_digits
        from {Calls}
            join saved_method m on m.person_id = c.person_id and m.removed_at is null and (m.expires_on is null or m.expires_on >= @today)
        where (s.position ->> 'verified')::boolean
        order by m.saved_at desc, m.saved_method_id desc
        """;

    /// <summary>
    /// One row a key whose attempt exists, in no order. <paramref name="locks"/>: the rows of attempt and session are locked first, in this order, and what is read is read after that;
    /// this needs the caller's transaction.
    /// </summary>
    public async Task<IReadOnlyList<IvrLoaded>> ReadAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<IvrKey> keys, IReadOnlyList<string> languages, bool locks, Instant now, CancellationToken cancel)
    {
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            (locks, keepsMethods) switch
            {
                (true, true) => LockSql + Sql + SavedSql,
                (true, false) => LockSql + Sql,
                (false, true) => Sql + SavedSql,
                _ => Sql,
            },
            new
            {
                attempts = keys.Select(key => key.AttemptId).ToArray(),
                steps = keys.Select(key => key.N).ToArray(),
                persons = keys.Select(key => key.PersonId).ToArray(),
                accounts = keys.Select(key => key.AccountId).ToArray(),
                now,
                hourAgo = now - Duration.FromHours(1),
                dayAgo = now - Duration.FromDays(1),
                today = now.InUtc().Date,
            },
            transaction, commandTimeout: transaction is null ? GroupPatience : null, cancellationToken: cancel));
        if (locks)
        {
            await results.ReadAsync<int>();
            await results.ReadAsync<int>();
        }

        await results.ReadAsync<string>(); // how plans are kept
        var calls = (await results.ReadAsync<CallRow>()).AsList();
        var accounts = (await results.ReadAsync<AccountRow>()).ToLookup(row => row.AttemptId);
        var plans = (await results.ReadAsync<PlanRow>()).ToLookup(row => row.AttemptId);
        var saved = (keepsMethods ? await results.ReadAsync<SavedRow>() : []).ToLookup(row => row.AttemptId);
        return calls.ConvertAll(row => new IvrLoaded(row.Call, row.Session, Facts(row, accounts[row.AttemptId], plans[row.AttemptId], languages, now) with
        {
            KeepsMethods = keepsMethods,
            SavedMethods = [.. saved[row.AttemptId].Select(kept => new SavedMethod(kept.SavedMethodId, Enum.Parse<PaymentMethod>(kept.Method), kept.Brand, kept.LastDigits))],
        }));
    }

    private IvrFacts Facts(CallRow row, IEnumerable<AccountRow> accounts, IEnumerable<PlanRow> plans, IReadOnlyList<string> languages, Instant now)
    {
        if (row.SpokenName is null)
            throw new InvalidOperationException("There is no client to speak for: import a placement or create a client first.");
        var local = now.InZone(DateTimeZoneProviders.Tzdb.GetZoneOrNull(row.Zone) ?? DateTimeZone.Utc);
        return new IvrFacts(
            new IvrBusiness(row.SpokenName, PhoneNumber.Parse(row.CallbackE164!), options.Value.ContactName, row.CollectorRole != "FirstParty"),
            row.KnownPerson is { } person ? new IvrPerson(person, row.FirstName!, row.LastName!, row.Language!, row.Zip, row.BirthDate, row.SsnLast4) : null,
            [.. accounts.Select(a => a.ToFacts(local.Date))],
            row.Policy,
            local.Date,
            languages)
        {
            InitialDisclosureGiven = row.Disclosed,
            VerificationLocked = IsLocked(row),
            CallerNumberKnown = PhoneNumber.TryParse(row.CallerE164, out _),
            Clock = local.TimeOfDay,
            IsOpen = BusinessHours.Contains(row.Opens ?? options.Value.Opens, row.Closes ?? options.Value.Closes, local.TimeOfDay) && handoff.IsOpen(now),
            PaymentsLocked = row.DeclinedDay >= PaymentStore.CardingLimit,
            ReceiptsByEmail = row.ByEmail,
            Plans = [.. plans.Select(plan => new PlanOffer(plan.PlanOfferId, plan.Installments, plan.EveryDays, plan.LeastBalance, plan.MostBalance))],
        };
    }

    private bool IsLocked(CallRow row)
    {
        var limits = options.Value;
        return row.PersonHour >= limits.MaxFailuresPerPersonHour || row.AllHour >= limits.MaxFailuresPerHour
            || (row.CallerE164.StartsWith('+')
                ? row.NumberHour >= limits.MaxFailuresPerNumberHour || row.PeopleDay >= limits.MaxPeoplePerNumberDay
                : row.NumberHour >= limits.MaxWithheldFailuresPerHour);
    }

    private sealed class CallRow : IvrPolicyRow
    {
        public long AttemptId { get; init; }

        public Instant CreatedAt { get; init; }

        public long? CampaignId { get; init; }

        public long? AccountId { get; init; }

        public long? PersonId { get; init; }

        public string CallerE164 { get; init; } = "";

        public string OurE164 { get; init; } = "";

        public string Zone { get; init; } = "";

        public string? Flow { get; init; }

        public int FlowVersion { get; init; }

        public int Sequence { get; init; }

        public string? Position { get; init; }

        public Instant? EndedAt { get; init; }

        public string? Given { get; init; }

        public string? PlayedStep { get; init; }

        public string[]? Discloses { get; init; }

        public string? Last { get; init; }

        public string? SpokenName { get; init; }

        public string? CallbackE164 { get; init; }

        public string? CollectorRole { get; init; }

        public long? KnownPerson { get; init; }

        public string? FirstName { get; init; }

        public string? LastName { get; init; }

        public string? Language { get; init; }

        public string? Zip { get; init; }

        public LocalDate? BirthDate { get; init; }

        public string? SsnLast4 { get; init; }

        public bool Disclosed { get; init; }

        public int PersonHour { get; init; }

        public int NumberHour { get; init; }

        public int PeopleDay { get; init; }

        public int AllHour { get; init; }

        public int DeclinedDay { get; init; }

        public bool ByEmail { get; init; }

        public IvrCall Call => new(AttemptId, CreatedAt, CampaignId, AccountId, PersonId, CallerE164, OurE164, Zone);

        public IvrSession? Session => Flow is null || Position is null
            ? null
            : new IvrSession(Flow, FlowVersion, Sequence, IvrJson.Read(Position), EndedAt, Last, Given, PlayedStep is null ? null : new PlayedPrompt(PlayedStep, Discloses ?? []));
    }

    private sealed record SavedRow(long AttemptId, long SavedMethodId, string Method, string? Brand, string LastDigits);

    private sealed record PlanRow(long AttemptId, long PlanOfferId, int Installments, int EveryDays, decimal LeastBalance, decimal MostBalance);

    private sealed record AccountRow(long AttemptId, long AccountId, string Creditor, decimal Balance, decimal PastDue, string Currency, decimal MinimumPayment, long? SettlementOfferId, decimal? Settlement,
        LocalDate? LastDay, bool HasPlan, bool Held, bool PaymentOpen, int Broken)
    {
        /// <param name="today">Where the person is: an offer holds to the end of its last day there.</param>
        public IvrAccount ToFacts(LocalDate today) => new(AccountId, Creditor, new Money(Balance, Currency), new Money(PastDue, Currency), Held, PaymentOpen, Broken)
        {
            MinimumPayment = MinimumPayment,
            HasPlan = HasPlan,
            Settlement = SettlementOfferId is { } offer && LastDay is { } last && last >= today ? new SettlementOffer(offer, new Money(Settlement!.Value, Currency), last) : null,
        };
    }
}
