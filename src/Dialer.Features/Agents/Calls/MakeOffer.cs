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
using Npgsql;

namespace Dialer.Features.Agents.Calls;

/// <summary>
/// A settlement for the debt of the call in hand, also while it is written up. <c>GET /api/v1/agent/calls/{attemptId}/offer</c> says how far the agent may go and what stands;
/// <c>POST</c> makes an offer within that; <c>POST .../offer-requests</c> asks for one beyond it, <c>DELETE</c> takes the question back. The answer (<see cref="AnswerOffers"/>) is on the desk at once.
/// </summary>
internal static class MakeOffer
{
    /// <summary>How long a question stands: the person on the line waits for it.</summary>
    public static readonly Duration StandsFor = Duration.FromMinutes(15);

    private const int MostWords = 500;

    public sealed record Offer(decimal Amount, LocalDate LastDay);

    /// <param name="Reason">Why the agent thinks it right, for whoever answers.</param>
    public sealed record Question(decimal Amount, LocalDate LastDay, string? Reason);

    /// <param name="MostPercent">Of the balance, that this agent may forgive without asking.</param>
    /// <param name="Least">The smallest amount he may offer; null when he may offer none.</param>
    public sealed record View(decimal Balance, string Currency, decimal MostPercent, decimal? Least, Offer? Standing);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/agent/calls/{attemptId:long}").RequireAuthorization(Scopes.CallsTake);
        group.MapGet("offer", ReadAsync);
        group.MapPost("offer", OfferAsync);
        group.MapPost("offer-requests", AskAsync);
        group.MapDelete("offer-requests", TakeBackAsync);
    }

    private static async Task<IResult> ReadAsync(long attemptId, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        if (await MineAsync(connection, null, attemptId, caller.UserId(), cancel) is not { } mine)
            return NoCall();
        var standing = await connection.QuerySingleOrDefaultAsync<StandingRow>(new CommandDefinition(
            "select amount, last_day from settlement_offer where account_id = @AccountId and state = 'Offered' and last_day >= @today",
            new { mine.AccountId, today = clock.Now.InUtc().Date }, cancellationToken: cancel));
        var percent = Settlements.AuthorityOf(caller);
        return Results.Ok(new View(
            mine.Balance,
            mine.Currency,
            percent,
            percent > 0 ? Math.Max(0.01m, SettlementAuthority.Least(new Money(mine.Balance, mine.Currency), percent)) : null,
            standing is null ? null : new Offer(standing.Amount, standing.LastDay)));
    }

    private static Task<IResult> OfferAsync(long attemptId, Offer body, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel) => database.InTransactionAsync<IResult>(
        async (connection, transaction) => await MineAsync(connection, transaction, attemptId, caller.UserId(), cancel) is not { } mine ? NoCall()
            : await Settlements.MakeAsync(connection, transaction, mine.AccountId, body.Amount, body.LastDay, caller, clock.Now, cancel) switch
            {
                ({ } offer, _) => Results.Ok(new { settlementOfferId = offer }),
                (_, { } refusal) => Problem.Conflict(refusal),
                _ => Problem.Conflict("This debt is not open any more."),
            },
        cancel);

    private static async Task<IResult> AskAsync(long attemptId, Question body, ClaimsPrincipal caller, Database database, AgentSessions sessions, ServiceClock clock, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(body.Reason) || body.Reason.Length > MostWords)
            return Problem.Invalid($"Say in 1 to {MostWords} characters why this offer is right.");
        if (Problem.OfCardIn(body.Reason) is { } card)
            return card;
        var now = clock.Now;
        var answer = await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                if (await MineAsync(connection, transaction, attemptId, caller.UserId(), cancel) is not { } mine)
                    return NoCall();
                var (balance, today) = (new Money(mine.Balance, mine.Currency), now.InUtc().Date);
                if (SettlementAuthority.RefuseWhatNobodyMay(balance, body.Amount, body.LastDay, today) is { } refusal)
                    return Problem.Invalid(refusal);
                if (SettlementAuthority.Refuse(balance, body.Amount, body.LastDay, today, Settlements.AuthorityOf(caller)) is null)
                    return Problem.Conflict("You may make this offer yourself.");
                // What ran out, and what this agent asked before, makes room; what somebody else asks about this debt does not.
                await connection.ExecuteAsync(new CommandDefinition(
                    "update offer_request set state = 'Withdrawn' where account_id = @AccountId and state = 'Open' and (until_at <= @now or asked_by = @me)",
                    new { mine.AccountId, now, me = caller.UserId() }, transaction, cancellationToken: cancel));
                var id = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                    """
                    insert into offer_request (account_id, attempt_id, asked_by, asked_at, until_at, amount, last_day, balance, reason)
                    values (@AccountId, @attemptId, @me, @now, @until, @Amount, @LastDay, @Balance, @reason) on conflict do nothing returning offer_request_id
                    """,
                    new { mine.AccountId, attemptId, me = caller.UserId(), now, until = now + StandsFor, body.Amount, body.LastDay, mine.Balance, reason = body.Reason.Trim() }, transaction, cancellationToken: cancel));
                if (id is null)
                    return Problem.Conflict("Somebody else has asked about this debt. Wait for that answer.");
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "offer.ask", $"account/{mine.AccountId}", new { request = id, body.Amount, body.LastDay, attemptId }, now, cancel);
                return Results.Created($"/api/v1/agent/calls/{attemptId}/offer", new { offerRequestId = id });
            },
            cancel);
        await TellAsync(sessions, caller.UserId(), cancel);
        return answer;
    }

    private static async Task<IResult> TakeBackAsync(long attemptId, ClaimsPrincipal caller, Database database, AgentSessions sessions, ServiceClock clock, CancellationToken cancel)
    {
        var taken = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var id = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                    "update offer_request set state = 'Withdrawn' where attempt_id = @attemptId and asked_by = @me and state = 'Open' returning offer_request_id",
                    new { attemptId, me = caller.UserId() }, transaction, cancellationToken: cancel));
                if (id is not null)
                    await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "offer.take-back", $"attempt/{attemptId}", new { request = id }, clock.Now, cancel);
                return id is not null;
            },
            cancel);
        if (!taken)
            return Problem.NotFound("You have no open question in this call.");
        await TellAsync(sessions, caller.UserId(), cancel);
        return Results.NoContent();
    }

    /// <summary>Wakes the agent's desk, which reads the question and its answer with the call.</summary>
    internal static async Task TellAsync(AgentSessions sessions, long agentId, CancellationToken cancel) => await sessions.AnnounceAsync(await sessions.FindOpenAsync(agentId, cancel));

    internal static IResult NoCall() => Problem.NotFound("You have no such call in hand with an open debt.");

    /// <summary>The open debt of the call in hand, written up or talked about; null when there is none.</summary>
    internal static Task<Mine?> MineAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, long attemptId, long agentId, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<Mine>(new CommandDefinition(
            """
            select a.account_id, a.balance, a.currency from attempt t join account a using (account_id)
            join agent_session s on s.agent_id = t.agent_id and s.ended_at is null and s.attempt_id = t.attempt_id
            where t.attempt_id = @attemptId and t.agent_id = @agentId and a.status = 'Open' and a.balance > 0
            """,
            new { attemptId, agentId }, transaction, cancellationToken: cancel));

    internal sealed class Mine
    {
        public long AccountId { get; init; }

        public decimal Balance { get; init; }

        public string Currency { get; init; } = "";
    }

    private sealed class StandingRow
    {
        public decimal Amount { get; init; }

        public LocalDate LastDay { get; init; }
    }
}
