using Dapper;
using Dialer.Core;
using Dialer.Core.Ivr;
using Dialer.Core.Numbers;
using Dialer.Core.Payments;
using Dialer.Features.Payments;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Ivr;

/// <summary>Reads what one step may know, in one round trip.</summary>
internal sealed class IvrFactsReader(IOptions<IvrOptions> options)
{
    private const string Sql =
        """
        select spoken_name, callback_e164, collector_role from client where client_id = (select coalesce(
            (select client_id from account where account_id = @accountId),
            (select client_id from person where person_id = @personId),
            (select client_id from campaign where campaign_id = @campaignId),
            (select client_id from campaign where campaign_id = campaign_of_number(@ourE164)),
            (select min(client_id) from client)));

        select person_id, first_name, last_name, language, zip, birth_date, ssn_last4 from person where person_id = @personId;

        select a.account_id, a.creditor, a.balance, a.balance - a.bucket_current as past_due, a.currency, a.minimum_payment, o.settlement_offer_id, o.amount as settlement, o.last_day,
               exists (select 1 from payment_plan g where g.account_id = a.account_id and g.state in ('PendingAuthorization', 'Active')) as has_plan,
               exists (select 1 from hold h where h.person_id = a.person_id and (h.account_id is null or h.account_id = a.account_id) and h.closed_at is null
                       and (h.expires_at is null or h.expires_at > @now) and h.kind in ('Dispute', 'Bankruptcy', 'Attorney', 'Deceased', 'Fraud')) as held,
               exists (select 1 from payment y where y.account_id = a.account_id and y.state in ('Created', 'Pending', 'Unknown')) as payment_open,
               (select count(*) from promise m where m.account_id = a.account_id and m.state = 'Broken')::int as broken
        from account a left join settlement_offer o on o.account_id = a.account_id and o.state = 'Offered' and o.last_day >= @today
        where a.person_id = @personId and (a.status = 'Open' or a.status = 'Paid' and a.account_id = @accountId) -- what was just paid in full can still be named
        order by (a.account_id = @accountId) desc nulls last, a.account_id limit 20;

        select exists (select 1 from attempt x join disclosure_in_force f on f.attempt_id = x.attempt_id and f.code = 'DISCLOSE_INITIAL' where x.person_id = @personId and x.attempt_id <> @attemptId) as disclosed,
               (select count(*) from verification_failure f where f.person_id = @personId and f.at > @hourAgo)::int as person_hour,
               (select count(*) from verification_failure f where f.e164 = @callerE164 and f.at > @hourAgo)::int as number_hour,
               (select count(distinct f.person_id) from verification_failure f where f.e164 = @callerE164 and f.at > @dayAgo)::int as people_day,
               (select count(*) from verification_failure f where f.at > @hourAgo)::int as all_hour,
               greatest((select count(*) from payment y where y.account_id = @accountId and y.state = 'Declined' and y.updated_at > @dayAgo),
                        (select count(*) from payment y join attempt x on x.attempt_id = y.attempt_id where y.state = 'Declined' and y.updated_at > @dayAgo
                            and case x.direction when 'Inbound' then x.from_e164 else x.to_e164 end = @callerE164 and @callerE164 like '+%'))::int as declined_day,
               wants_email(@personId) as by_email;

        select plan_offer_id, installments, every_days, least_balance, most_balance from plan_offer
        where withdrawn_at is null and client_id = (select client_id from account where account_id = @accountId);
        """;

    public async Task<IvrFacts> ReadAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IvrCall call, IReadOnlyList<string> languages, Instant now, CancellationToken cancel)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(call.Zone) ?? DateTimeZone.Utc;
        var local = now.InZone(zone);
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            Sql,
            new { call.AttemptId, call.AccountId, call.PersonId, call.CampaignId, call.OurE164, call.CallerE164, now, today = local.Date, hourAgo = now - Duration.FromHours(1), dayAgo = now - Duration.FromDays(1) },
            transaction, cancellationToken: cancel));
        var business = await results.ReadSingleOrDefaultAsync<BusinessRow>() ?? throw new InvalidOperationException("There is no client to speak for: import a placement or create a client first.");
        var person = await results.ReadSingleOrDefaultAsync<PersonRow>();
        var accounts = (await results.ReadAsync<AccountRow>()).AsList();
        var counts = await results.ReadSingleAsync<CountRow>();
        var plans = (await results.ReadAsync<PlanRow>()).AsList();
        return new IvrFacts(
            new IvrBusiness(business.SpokenName, PhoneNumber.Parse(business.CallbackE164), options.Value.ContactName, business.CollectorRole != "FirstParty"),
            person is null ? null : new IvrPerson(person.PersonId, person.FirstName, person.LastName, person.Language, person.Zip, person.BirthDate, person.SsnLast4),
            [.. accounts.Select(a => new IvrAccount(a.AccountId, a.Creditor, new Money(a.Balance, a.Currency), new Money(a.PastDue, a.Currency), a.Held, a.PaymentOpen, a.Broken)
            {
                MinimumPayment = a.MinimumPayment,
                HasPlan = a.HasPlan,
                Settlement = a.SettlementOfferId is { } offer ? new SettlementOffer(offer, new Money(a.Settlement!.Value, a.Currency), a.LastDay!.Value) : null,
            })],
            IvrPolicy.Default,
            local.Date,
            languages)
        {
            InitialDisclosureGiven = counts.Disclosed,
            VerificationLocked = IsLocked(counts),
            CallerNumberKnown = PhoneNumber.TryParse(call.CallerE164, out _),
            Clock = local.TimeOfDay,
            IsOpen = BusinessHours.Contains(options.Value, local.TimeOfDay),
            PaymentsLocked = counts.DeclinedDay >= PaymentStore.CardingLimit,
            ReceiptsByEmail = counts.ByEmail,
            Plans = [.. plans.Select(plan => new PlanOffer(plan.PlanOfferId, plan.Installments, plan.EveryDays, plan.LeastBalance, plan.MostBalance))],
        };
    }

    private bool IsLocked(CountRow counts)
    {
        var limits = options.Value;
        return counts.PersonHour >= limits.MaxFailuresPerPersonHour || counts.NumberHour >= limits.MaxFailuresPerNumberHour
            || counts.PeopleDay >= limits.MaxPeoplePerNumberDay || counts.AllHour >= limits.MaxFailuresPerHour;
    }

    private sealed record BusinessRow(string SpokenName, string CallbackE164, string CollectorRole);

    private sealed record PersonRow(long PersonId, string FirstName, string LastName, string Language, string? Zip, LocalDate? BirthDate, string? SsnLast4);

    private sealed record AccountRow(long AccountId, string Creditor, decimal Balance, decimal PastDue, string Currency, decimal MinimumPayment, long? SettlementOfferId, decimal? Settlement, LocalDate? LastDay, bool HasPlan,
        bool Held, bool PaymentOpen, int Broken);

    private sealed record PlanRow(long PlanOfferId, int Installments, int EveryDays, decimal LeastBalance, decimal MostBalance);

    private sealed record CountRow(bool Disclosed, int PersonHour, int NumberHour, int PeopleDay, int AllHour, int DeclinedDay, bool ByEmail);
}

/// <summary>The call a step belongs to. <paramref name="PersonId"/> and <paramref name="AccountId"/> are whom and what it is about so far.</summary>
internal sealed record IvrCall(long AttemptId, Instant CreatedAt, long? CampaignId, long? AccountId, long? PersonId, string CallerE164, string OurE164, string Zone);
