using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Features.Compliance;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Tests.Compliance;

/// <summary>People, debts and calls in a real database, in the fewest words a test needs.</summary>
public sealed class ComplianceWorld(NpgsqlDataSource source)
{
    private static int _next = 1_000_000;

    /// <summary>Wednesday 10 June 2026, noon in Los Angeles.</summary>
    public static readonly Instant Noon = Instant.FromUtc(2026, 6, 10, 19, 0);

    public Database Database { get; } = new(source);

    public PolicyBook Book { get; } = new(PolicySet.Shipped);

    public ContactGate Gate => new(Book, Database);

    public sealed record Debtor(PersonId Person, AccountId Account, PhoneId Phone, string E164)
    {
        public GateRequest Preview => new(Person, Account, Phone, null, ContactMode.Preview);
    }

    public async Task<Debtor> DebtorAsync(string role = "ThirdParty", string line = "Wireless", string state = "CA", string zip = "90001", string areaCode = "213")
    {
        var n = Interlocked.Increment(ref _next);
        var e164 = $"+1{areaCode}555{n % 10000:0000}";
        await using var c = await source.OpenConnectionAsync();
        var ids = await c.QuerySingleAsync<(long Person, long Account, long Phone)>(
            """
            with cl as (insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at)
                values (@code, 'Acme', 'Acme', '+18005550100', @role, 'Consumer', @now) returning client_id),
            pe as (insert into person (client_id, client_person_no, first_name, last_name, state, zip, created_at, updated_at)
                select client_id, @code, 'Ada', 'Doe', @state, @zip, @now, @now from cl returning person_id, client_id),
            ac as (insert into account (client_id, person_id, client_account_no, creditor, balance, bucket_30, placed_on, created_at, updated_at)
                select client_id, person_id, @code, 'Acme', 100, 100, @today, @now, @now from pe returning account_id),
            ph as (insert into phone (person_id, e164, line_type, place, source, created_at, updated_at)
                select person_id, @e164, @line, 'Personal', 'placement', @now, @now from pe returning phone_id)
            select pe.person_id as person, ac.account_id as account, ph.phone_id as phone from pe, ac, ph
            """,
            new { code = $"c{n}", role, state, zip, e164, line, now = Noon - Duration.FromDays(30), today = new LocalDate(2026, 5, 11) });
        return new Debtor(new PersonId(ids.Person), new AccountId(ids.Account), new PhoneId(ids.Phone), e164);
    }

    public async Task<long> CampaignAsync(string mode = "Predictive", string noAgent = "Message")
    {
        var n = Interlocked.Increment(ref _next);
        await using var c = await source.OpenConnectionAsync();
        return await c.ExecuteScalarAsync<long>(
            """
            with cl as (insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at)
                values (@code, 'Acme', 'Acme', '+18005550100', 'ThirdParty', 'Consumer', @now) returning client_id)
            insert into campaign (name, client_id, mode, state, from_e164, no_agent_treatment, opens_cron, closes_cron, created_at, updated_at)
            select @code, client_id, @mode, 'Open', '+18005550100', @noAgent, '0 0 8 ? * *', '0 0 20 ? * *', @now, @now from cl returning campaign_id
            """,
            new { code = $"c{n}", mode, noAgent, now = Noon });
    }

    /// <summary>An outbound call in the past, ended unless <paramref name="state"/> says otherwise.</summary>
    public async Task<long> CallAsync(Debtor debtor, Instant at, string state = "NoAnswer", bool counted = true, bool conversation = false, bool artificial = false, long? campaign = null)
    {
        await using var c = await source.OpenConnectionAsync();
        return await c.ExecuteScalarAsync<long>(
            """
            insert into attempt (campaign_id, account_id, person_id, phone_id, mode, to_e164, from_e164, state, created_at, counted, exclusion, artificial_voice, conversation_at)
            values (@campaign, @account, @person, @phone, 'Preview', @e164, '+18005550100', @state, @at, @counted, @exclusion, @artificial, @conversation) returning attempt_id
            """,
            new
            {
                campaign, account = debtor.Account.Value, person = debtor.Person.Value, phone = debtor.Phone.Value, debtor.E164, state, at, counted,
                exclusion = counted ? null : "NotConnected", artificial, conversation = conversation ? at : (Instant?)null,
            });
    }

    public Task ConsentAsync(Debtor debtor, Instant at, string kind = "Granted", string scope = "All", Instant? from = null, Instant? until = null) =>
        Database.ExecuteAsync(
            """
            insert into consent_event (at, person_id, e164, channel, kind, scope, valid_from, valid_until, source, recorded_by)
            values (@at, @person, @e164, 'Voice', @kind, @scope, @from, @until, 'test', 'test')
            """,
            new { at, person = debtor.Person.Value, e164 = debtor.E164, kind, scope, from, until },
            CancellationToken.None);

    public Task HoldAsync(Debtor debtor, string kind, Instant? until = null) =>
        Database.ExecuteAsync(
            "insert into hold (person_id, kind, opened_at, opened_by, expires_at) values (@person, @kind, @at, 'test', @until)",
            new { person = debtor.Person.Value, kind, at = Noon - Duration.FromDays(1), until },
            CancellationToken.None);

    /// <summary>Decides under the persons' locks and commits, placing nothing.</summary>
    public Task<IReadOnlyList<GateResult>> DecideAsync(Instant now, params GateRequest[] requests) =>
        Database.InTransactionAsync(
            async (connection, transaction) =>
            {
                await PersonLocks.TakeAsync(connection, transaction, requests.Select(r => r.Person));
                return await Gate.DecideAsync(connection, transaction, requests, now, CancellationToken.None);
            },
            CancellationToken.None);
}
