using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Payments;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Features.Compliance;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Payments;

/// <summary>
/// What follows when the customer's bank sends a debit back, beside the ledger's mirror entry: the code on the payment, a plan that waits for a new signature, a hold where somebody
/// has died, an alarm, and a word to the customer. <c>GET /api/v1/payments/returns</c> says of each what may still be done.
/// </summary>
internal static class ReturnedDebits
{
    /// <param name="RetriesLeft">0: this debit may not be presented again.</param>
    public sealed record View(long PaymentId, long AccountId, string Reference, decimal Amount, string State, string Code, string Meaning, Instant ReturnedAt, int Retries, int RetriesLeft, bool EndsAuthorization);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/payments/returns", async (Database database, PolicyBook book, CancellationToken cancel) => Results.Ok((await database.QueryAsync<Row>(
            "select payment_id, account_id, reference, amount, state, return_code, returned_at, retries, created_at from payment where return_code is not null order by returned_at desc limit 500", null, cancel))
            .Select(row => ViewOf(row, MostRetries(book.Latest))))).RequireAuthorization(Scopes.PaymentsRead);

    /// <summary>In the transaction that reverses the payment. The caller holds the person's lock when <see cref="NeedsPersonLock"/>.</summary>
    public static async Task ApplyAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long paymentId, string code, Instant now, CancellationToken cancel)
    {
        var returned = AchReturn.Of(code);
        var payment = await connection.QuerySingleAsync<(long Account, long Person)>(new CommandDefinition(
            "update payment set return_code = @code, returned_at = @now where payment_id = @paymentId returning account_id, person_id", new { code, now, paymentId }, transaction, cancellationToken: cancel));
        if (returned.StopsPlan)
            await StopPlanAsync(connection, transaction, payment.Account, returned, now, cancel);
        if (returned.EndsAuthorization)
            await SavedMethods.RemoveBankAccountsAsync(connection, transaction, payment.Person, $"bank return {code}", now, cancel);
        if (returned.Kind == AchReturnKind.Deceased)
            await HoldRegister.OpenAsync(
                connection, transaction, new PersonId(payment.Person), null, HoldKind.Deceased, $"bank return {code}: {returned.Meaning}", null, "processor", now, cancel);
        await Notices.QueueForPaymentAsync(connection, transaction, NoticeKind.PaymentReturned, paymentId, now, cancel);
        await AuditTrail.AddAsync(connection, transaction, "processor", "payment.returned", $"payment/{paymentId}", new { code, returned.Meaning }, now, cancel);
    }

    /// <summary>
    /// An alarm for each share of returned debits, of those of the last sixty days, that is above the network's level: 0.5 % unauthorized, 3 % for accounts that could not be debited, 15 % in all
    /// (Nacha Operating Rules, return rate levels). Below 200 debits one return would be too much: nothing is said.
    /// </summary>
    public static Task WatchRatesAsync(Database database, Instant now, CancellationToken cancel) => database.ExecuteAsync(
        """
        with debits as (select return_code from payment where method = 'AchDebit' and state in ('Captured', 'Reversed', 'Refunded') and created_at > @since),
        counted as (
            select count(*) as n, count(*) filter (where return_code = any (@unauthorized)) as unauthorized, count(*) filter (where return_code in ('R02', 'R03', 'R04')) as administrative, count(return_code) as overall
            from debits)
        insert into alarm (code, subject, raised_at, text)
        select 'ACH_RETURN_RATE', x.name, @now, format('%s of %s bank debits of sixty days came back (%s): more than %s %%.', x.returned, c.n, x.name, x.percent)
        from counted c cross join lateral (values ('unauthorized', c.unauthorized, 0.5), ('administrative', c.administrative, 3.0), ('overall', c.overall, 15.0)) as x (name, returned, percent)
        where c.n >= 200 and x.returned * 100.0 / c.n > x.percent
          and not exists (select 1 from alarm a where a.code = 'ACH_RETURN_RATE' and a.subject = x.name and a.closed_at is null)
        """,
        new { now, since = now - Duration.FromDays(60), unauthorized = AchReturn.Ending }, cancel);

    /// <summary>A death is a hold on the person, and a person's lock comes before every row's.</summary>
    public static bool NeedsPersonLock(string? code) => code is not null && AchReturn.Of(code).Kind == AchReturnKind.Deceased;

    private static Task StopPlanAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long account, AchReturn returned, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update payment_plan set state = 'PendingAuthorization', authorization_ended_at = @now, authorization_ended_why = @why where account_id = @account and state = 'Active';
            insert into alarm (code, subject, raised_at, text) select @alarm, 'account/' || @account, @now, @text
            where not exists (select 1 from alarm where code = @alarm and subject = 'account/' || @account and closed_at is null)
            """,
            new
            {
                account, now, why = WhyOf(returned), alarm = returned.EndsAuthorization ? "ACH_UNAUTHORIZED" : "ACH_ACCOUNT", text = AlarmOf(returned),
            },
            transaction, cancellationToken: cancel));

    private static string WhyOf(AchReturn returned) => $"{returned.Code}: {returned.Meaning}";

    private static string AlarmOf(AchReturn returned) => $"A bank debit came back ({returned.Code}, {returned.Meaning}). " + (returned.EndsAuthorization
        ? "No bank account of this person is debited until there is a new authorization in writing."
        : "A plan on this account waits for a new authorization.");

    /// <summary>How often a returned debit may be presented again, by the policy in force; 0 when its row is switched off.</summary>
    private static int MostRetries(PolicySet policy) =>
        policy.Rows.Where(row => row is { Kind: RuleKind.Payment, Field: nameof(PaymentCheck.AchRetries), Enabled: true }).Select(row => row.Max ?? 0).DefaultIfEmpty(0).Min();

    private static View ViewOf(Row row, int most)
    {
        var returned = AchReturn.Of(row.ReturnCode);
        var left = returned.MayRetry && row.State == "Reversed" ? Math.Max(0, most - row.Retries) : 0;
        return new View(row.PaymentId, row.AccountId, row.Reference, row.Amount, row.State, row.ReturnCode, returned.Meaning, row.ReturnedAt, row.Retries, left, returned.EndsAuthorization);
    }

    private sealed record Row(long PaymentId, long AccountId, string Reference, decimal Amount, string State, string ReturnCode, Instant ReturnedAt, int Retries, Instant CreatedAt);
}
