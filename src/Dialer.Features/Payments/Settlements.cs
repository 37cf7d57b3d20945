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
public static partial class Settlements
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

    /// <summary>The part of a balance, in percent, that the caller may forgive.</summary>
    public static decimal AuthorityOf(ClaimsPrincipal user) =>
        user.May(Scopes.SettlementsOfferAny) ? SettlementAuthority.Unbounded
        : user.May(Scopes.SettlementsApprove) ? user.May(Scopes.TeamsAll) ? SettlementAuthority.SupervisorPercent : SettlementAuthority.LeadPercent
        : user.May(Scopes.SettlementsOffer) ? SettlementAuthority.SeniorPercent
        : 0;

    /// <summary>Makes the offer in the caller's transaction, under the account's lock, and withdraws the earlier one.</summary>
    /// <returns>The offer's number, or why there is none: null with null when the account is not open.</returns>
    public static async Task<(long? Id, string? Refusal)> MakeAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long accountId, decimal amount, LocalDate lastDay, ClaimsPrincipal by, Instant now, CancellationToken cancel)
    {
        var account = await connection.QuerySingleOrDefaultAsync<(decimal Balance, string Currency, string Status)?>(new CommandDefinition(
            "select balance, currency, status from account where account_id = @accountId for update", new { accountId }, transaction, cancellationToken: cancel));
        if (account is not { Status: "Open" } open)
            return (null, null);
        if (SettlementAuthority.Refuse(new Money(open.Balance, open.Currency), amount, lastDay, now.InUtc().Date, AuthorityOf(by)) is { } refusal)
            return (null, refusal);
        await connection.ExecuteAsync(new CommandDefinition(
            "update settlement_offer set state = 'Withdrawn', closed_at = @now where account_id = @accountId and state = 'Offered'", new { accountId, now }, transaction, cancellationToken: cancel));
        var offer = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "insert into settlement_offer (account_id, amount, last_day, made_by, made_at) values (@accountId, @amount, @lastDay, @by, @now) returning settlement_offer_id",
            new { accountId, amount, lastDay, by = by.UserName(), now }, transaction, cancellationToken: cancel));
        await AuditTrail.AddAsync(connection, transaction, by.UserName(), "settlement.offer", $"account/{accountId}", new { offer, Amount = amount, LastDay = lastDay }, now, cancel);
        return (offer, null);
    }

    private static Task<IResult> OfferAsync(long id, Offer body, ClaimsPrincipal user, Database database, TimeProvider time, CancellationToken cancel) => database.InTransactionAsync<IResult>(
        async (connection, transaction) => await MakeAsync(connection, transaction, id, body.Amount, body.LastDay, user, Instant.FromDateTimeOffset(time.GetUtcNow()), cancel) switch
        {
            ({ } offer, _) => Results.Created($"/api/v1/accounts/{id}/settlements", new { settlementOfferId = offer }),
            (_, { } refusal) => Problem.Conflict(refusal),
            _ => Problem.NotFound($"There is no open account {id}."),
        },
        cancel);
}
