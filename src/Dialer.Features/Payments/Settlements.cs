using System.Security.Claims;
using Dapper;
using Dialer.Core;
using Dialer.Core.Payments;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Payments;

/// <summary>
/// <c>POST /api/v1/accounts/{id}/settlements</c> offers a settlement inside the maker's authority; the IVR reads it to the verified debtor, and its payment ends the debt.
/// A new offer withdraws the earlier one.
/// </summary>
public static class Settlements
{
    public sealed record Offer(decimal Amount, LocalDate LastDay);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/accounts/{id:long}/settlements", OfferAsync).RequireAuthorization(Scopes.SettlementsOffer);

    /// <summary>The captured payment fulfils its settlement: true, and the offer is accepted. An offer that was withdrawn meanwhile was read to the debtor all the same: it holds.</summary>
    internal static async Task<bool> AcceptAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long paymentId, Instant now, CancellationToken cancel) =>
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update settlement_offer o set state = 'Accepted', closed_at = @now from payment y
            where y.payment_id = @paymentId and o.settlement_offer_id = y.settlement_offer_id and y.amount >= o.amount and o.state <> 'Accepted'
            """,
            new { paymentId, now }, transaction, cancellationToken: cancel)) == 1;

    private static Task<IResult> OfferAsync(long id, Offer body, ClaimsPrincipal user, Database database, TimeProvider time, CancellationToken cancel) => database.InTransactionAsync<IResult>(
        async (connection, transaction) =>
        {
            var now = Instant.FromDateTimeOffset(time.GetUtcNow());
            var account = await connection.QuerySingleOrDefaultAsync<(decimal Balance, string Currency, string Status)?>(new CommandDefinition(
                "select balance, currency, status from account where account_id = @id for update", new { id }, transaction, cancellationToken: cancel));
            if (account is not { Status: "Open" } open)
                return Problem.NotFound($"There is no open account {id}.");
            if (SettlementAuthority.Refuse(new Money(open.Balance, open.Currency), body.Amount, body.LastDay, now.InUtc().Date, user.May(Scopes.SettlementsOfferAny)) is { } refusal)
                return Problem.Conflict(refusal);
            await connection.ExecuteAsync(new CommandDefinition(
                "update settlement_offer set state = 'Withdrawn', closed_at = @now where account_id = @id and state = 'Offered'", new { id, now }, transaction, cancellationToken: cancel));
            var offer = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "insert into settlement_offer (account_id, amount, last_day, made_by, made_at) values (@id, @Amount, @LastDay, @by, @now) returning settlement_offer_id",
                new { id, body.Amount, body.LastDay, by = user.UserName(), now }, transaction, cancellationToken: cancel));
            await AuditTrail.AddAsync(connection, transaction, user.UserName(), "settlement.offer", $"account/{id}", new { offer, body.Amount, body.LastDay }, now, cancel);
            return Results.Created($"/api/v1/accounts/{id}/settlements", new { settlementOfferId = offer });
        },
        cancel);
}
