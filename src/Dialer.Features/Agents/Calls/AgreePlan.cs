using System.Security.Claims;
using Dapper;
using Dialer.Core;
using Dialer.Core.Payments;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Features.Payments;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Agents.Calls;

/// <summary>
/// A payment plan for the debt of the call in hand. <c>GET /api/v1/agent/calls/{attemptId}/plans</c> gives the plan that stands and those of the client's catalogue that fit the balance: the catalogue is the
/// authority, and no agent has more. <c>POST</c> agrees one: its form goes out for the signature without which nothing is taken (12 CFR 1005.10(b)).
/// </summary>
internal static class AgreePlan
{
    /// <summary>As the IVR: the first part within a month.</summary>
    private const int LatestFirst = 30;

    public sealed record Request(long PlanOfferId, LocalDate FirstOn);

    /// <param name="Each">Every part but the last, which makes up the rest: <paramref name="Last"/>.</param>
    public sealed record Choice(long PlanOfferId, int Installments, int EveryDays, decimal Each, decimal Last);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/agent/calls/{attemptId:long}/plans").RequireAuthorization(Scopes.CallsTake);
        group.MapGet("", ReadAsync);
        group.MapPost("", AgreeAsync);
    }

    private static async Task<IResult> ReadAsync(long attemptId, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        if (await MakeOffer.MineAsync(connection, null, attemptId, caller.UserId(), cancel) is not { } mine)
            return MakeOffer.NoCall();
        var balance = new Money(mine.Balance, mine.Currency);
        var offers = await connection.QueryAsync<OfferRow>(new CommandDefinition(
            """
            select o.plan_offer_id, o.installments, o.every_days, o.least_balance, o.most_balance from plan_offer o join account a using (client_id)
            where a.account_id = @AccountId and o.withdrawn_at is null order by o.installments, o.every_days
            """,
            new { mine.AccountId }, cancellationToken: cancel));
        var parts = (await connection.QueryAsync<PartRow>(new CommandDefinition(
            """
            select g.payment_plan_id, g.state, i.number, i.due_on, i.amount from payment_plan g join plan_installment i using (payment_plan_id)
            where g.account_id = @AccountId and g.state in ('PendingAuthorization', 'Active') order by i.number
            """,
            new { mine.AccountId }, cancellationToken: cancel))).AsList();
        var today = clock.Now.InUtc().Date;
        return Results.Ok(new
        {
            mine.Balance,
            mine.Currency,
            latestFirst = today.PlusDays(LatestFirst),
            standing = parts.Count == 0 ? null : new { parts[0].State, installments = parts.Select(part => new { part.Number, part.DueOn, part.Amount }) },
            choices = offers.Select(row => new PlanOffer(row.PlanOfferId, row.Installments, row.EveryDays, row.LeastBalance, row.MostBalance)).Where(offer => offer.Fits(balance)).Select(offer => ChoiceOf(balance, offer, today)),
        });
    }

    private static async Task<IResult> AgreeAsync(
        long attemptId, Request body, ClaimsPrincipal caller, Database database, PaymentGate gate, AgentSessions sessions, ServiceClock clock, CancellationToken cancel)
    {
        var now = clock.Now;
        var today = now.InUtc().Date;
        if (body.FirstOn < today || body.FirstOn > today.PlusDays(LatestFirst))
            return Problem.Invalid($"The first part is due between today and {LatestFirst} days from now.");
        var answer = await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                if (await MakeOffer.MineAsync(connection, transaction, attemptId, caller.UserId(), cancel) is not { } mine)
                    return MakeOffer.NoCall();
                var fits = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                    "select exists (select from plan_offer where plan_offer_id = @PlanOfferId and withdrawn_at is null and @Balance between least_balance and most_balance)",
                    new { body.PlanOfferId, mine.Balance }, transaction, cancellationToken: cancel));
                if (!fits)
                    return Problem.Conflict("This plan is not for a balance of this size. Choose one of those listed.");
                if (await PlanStore.CreateAsync(connection, transaction, gate, mine.AccountId, body.PlanOfferId, body.FirstOn, attemptId, now, cancel) is not { } plan)
                    return Problem.Conflict("No plan can be agreed on this debt now: it has one already, the plan is offered no more, or a payment rule objects. Take a promise, or ask your supervisor.");
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "plan.agree", $"account/{mine.AccountId}", new { plan, body.PlanOfferId, body.FirstOn, attemptId }, now, cancel);
                return Results.Created($"/api/v1/agent/calls/{attemptId}/plans", new { planId = plan });
            },
            cancel);
        await MakeOffer.TellAsync(sessions, caller.UserId(), cancel);
        return answer;
    }

    private static Choice ChoiceOf(Money balance, PlanOffer offer, LocalDate first)
    {
        var schedule = PaymentPlans.Schedule(balance, offer, first);
        return new Choice(offer.Id, schedule.Count, offer.EveryDays, schedule[0].Amount.Amount, schedule[^1].Amount.Amount);
    }

    private sealed class OfferRow
    {
        public long PlanOfferId { get; init; }

        public int Installments { get; init; }

        public int EveryDays { get; init; }

        public decimal LeastBalance { get; init; }

        public decimal MostBalance { get; init; }
    }

    private sealed class PartRow
    {
        public long PaymentPlanId { get; init; }

        public string State { get; init; } = "";

        public int Number { get; init; }

        public LocalDate DueOn { get; init; }

        public decimal Amount { get; init; }
    }
}
