using System.Security.Claims;
using Dapper;
using Dialer.Core.Compliance;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Compliance;

/// <summary>
/// What the client says a debt is made of, for its notice: <c>POST /api/v1/compliance/itemizations</c>, 1 to 1,000 at once; the newest word for an account replaces the one before.
/// Nothing is worked out here: a notice with an invented itemization is worse than none.
/// </summary>
internal static class Itemizations
{
    public sealed record Stated(long AccountId, LocalDate On, ItemizationDay Day, string CreditorThen, decimal AmountThen, decimal Interest, decimal Fees, decimal Payments, decimal Credits);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/compliance/itemizations", RecordAsync).RequireAuthorization(Scopes.HoldsClose);

    private static async Task<IResult> RecordAsync(Stated[] body, ClaimsPrincipal user, Database database, TimeProvider clock, CancellationToken cancel)
    {
        var now = RecordStatements.Now(clock);
        if (body is not { Length: > 0 and <= 1000 } || !Array.TrueForAll(body, Sound) || body.DistinctBy(one => one.AccountId).Count() != body.Length)
            return Problem.Invalid("1 to 1,000 itemizations, one an account: accountId, on (a day not after today), day (LastStatement, ChargeOff, LastPayment, Transaction, Judgment), creditorThen, and amounts of at least 0 in whole cents.");
        if (body.Any(one => one.On > now.InZone(ValidationNotices.Zone).Date))
            return Problem.Invalid("on is a day in the past.");
        return await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                var persons = (await connection.QueryAsync<(long Account, long Person)>(new CommandDefinition(
                    "select account_id as account, person_id as person from account where account_id = any (@ids)", new { ids = body.Select(one => one.AccountId).ToArray() }, transaction, cancellationToken: cancel))).ToDictionary(row => row.Account, row => row.Person);
                if (body.FirstOrDefault(one => !persons.ContainsKey(one.AccountId)) is { } unknown)
                    return Problem.NotFound($"There is no account {unknown.AccountId}; nothing was recorded.");
                foreach (var one in body)
                {
                    await connection.ExecuteAsync(new CommandDefinition(
                        """
                        insert into debt_itemization (account_id, itemization_date, date_kind, creditor_then, amount_then, interest, fees, payments, credits, recorded_at, recorded_by)
                        values (@AccountId, @On, @kind, @CreditorThen, @AmountThen, @Interest, @Fees, @Payments, @Credits, @now, @by)
                        on conflict (account_id) do update set itemization_date = excluded.itemization_date, date_kind = excluded.date_kind, creditor_then = excluded.creditor_then, amount_then = excluded.amount_then,
                            interest = excluded.interest, fees = excluded.fees, payments = excluded.payments, credits = excluded.credits, recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by
                        """,
                        new
                        {
                            one.AccountId, one.On, kind = one.Day.ToString(), one.CreditorThen, one.AmountThen, one.Interest, one.Fees, one.Payments, one.Credits, now, by = user.UserName(),
                        },
                        transaction, cancellationToken: cancel));
                    await AuditTrail.AddAsync(connection, transaction, user.UserName(), "itemization.record", $"person:{persons[one.AccountId]}", one, now, cancel);
                }

                return Results.NoContent();
            },
            cancel);
    }

    private static bool Sound(Stated one) => one is { CreditorThen.Length: > 0 and <= 200 } && Enum.IsDefined(one.Day)
        && new[] { one.AmountThen, one.Interest, one.Fees, one.Payments, one.Credits }.All(amount => amount is >= 0 and < 1_000_000_000 && amount == decimal.Round(amount, 2));
}
