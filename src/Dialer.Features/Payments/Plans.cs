using System.Security.Claims;
using Dapper;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Payments;

/// <summary>
/// The catalogue (<c>POST</c>, <c>GET /api/v1/clients/{code}/plan-offers</c>) and the signature (<c>POST /api/v1/plans/{id}/authorize</c>) without which a plan takes nothing:
/// recurring debits need a signed or similarly authenticated authorisation and a copy for the consumer (12 CFR 1005.10(b)).
/// </summary>
internal static class Plans
{
    public sealed record Offer(int Installments, int EveryDays, decimal LeastBalance, decimal MostBalance);

    /// <param name="Evidence">Where the signed form is: a document's id, an e-sign envelope.</param>
    public sealed record Authorization(string Evidence);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/clients/{code}/plan-offers", OfferAsync).RequireAuthorization(Scopes.ClientsManage);
        routes.MapGet("/api/v1/clients/{code}/plan-offers", async (string code, Database database, CancellationToken cancel) => Results.Ok(await database.QueryAsync<View>(
            """
            select o.plan_offer_id, o.installments, o.every_days, o.least_balance, o.most_balance from plan_offer o join client c on c.client_id = o.client_id
            where c.code = @code and o.withdrawn_at is null order by o.installments, o.every_days
            """,
            new { code }, cancel))).RequireAuthorization(Scopes.ClientsRead);
        routes.MapPost("/api/v1/plans/{id:long}/authorize", AuthorizeAsync).RequireAuthorization(Scopes.PlansAuthorize);
    }

    private static Task<IResult> OfferAsync(string code, Offer body, ClaimsPrincipal user, Database database, TimeProvider time, CancellationToken cancel) => database.InTransactionAsync<IResult>(
        async (connection, transaction) =>
        {
            if (body.Installments is < 2 or > 60 || body.EveryDays is < 7 or > 31 || body.LeastBalance < 0 || body.MostBalance < body.LeastBalance)
                return Problem.Invalid("installments must be 2 to 60, everyDays 7 to 31, and mostBalance at least leastBalance.");
            var now = Instant.FromDateTimeOffset(time.GetUtcNow());
            var offer = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                """
                insert into plan_offer (client_id, installments, every_days, least_balance, most_balance, made_by, made_at)
                select client_id, @Installments, @EveryDays, @LeastBalance, @MostBalance, @by, @now from client where code = @code returning plan_offer_id
                """,
                new { code, body.Installments, body.EveryDays, body.LeastBalance, body.MostBalance, by = user.UserName(), now }, transaction, cancellationToken: cancel));
            if (offer is null)
                return Problem.NotFound($"There is no client '{code}'.");
            await AuditTrail.AddAsync(connection, transaction, user.UserName(), "plan-offer.create", $"client/{code}", new { offer, body.Installments, body.EveryDays, body.LeastBalance, body.MostBalance }, now, cancel);
            return Results.Created($"/api/v1/clients/{code}/plan-offers", new { planOfferId = offer });
        },
        cancel);

    private static Task<IResult> AuthorizeAsync(long id, Authorization body, ClaimsPrincipal user, PaymentGate gate, Database database, TimeProvider time, CancellationToken cancel) => database.InTransactionAsync<IResult>(
        async (connection, transaction) =>
        {
            if (string.IsNullOrWhiteSpace(body.Evidence))
                return Problem.Invalid("evidence says where the signed authorisation is kept.");
            var now = Instant.FromDateTimeOffset(time.GetUtcNow());
            var objections = await PlanStore.AuthorizeAsync(connection, transaction, gate, id, user.UserName(), body.Evidence, now, cancel);
            if (objections is null)
                return Problem.NotFound($"There is no plan {id} that waits for its authorisation.");
            if (objections.Count > 0)
                return PaymentRemedies.Refuse(objections);
            await AuditTrail.AddAsync(connection, transaction, user.UserName(), "plan.authorize", $"plan/{id}", new { body.Evidence }, now, cancel);
            return Results.NoContent();
        },
        cancel);

    public sealed record View(long PlanOfferId, int Installments, int EveryDays, decimal LeastBalance, decimal MostBalance);
}
