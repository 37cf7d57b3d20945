using System.Globalization;
using System.Security.Claims;
using Dapper;
using Dialer.Core;
using Dialer.Core.Payments;
using Dialer.Features.Access;
using Dialer.Features.Agents.Calls;
using Dialer.Features.Audit;
using Dialer.Features.Payments;
using Dialer.Features.WorkItems;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Agents;

/// <summary>
/// Agents who ask for more than they may offer: <c>GET /api/v1/offer-requests</c> lists what is open and what was answered in the last hour; <c>POST /api/v1/offer-requests/{id}/answer</c>
/// approves it (as asked, or at another amount: a counter-offer) or refuses it, with words that the agent reads at once. Nobody approves beyond the own authority, or answers himself.
/// </summary>
internal static class AnswerOffers
{
    private const int MostWords = 500;

    /// <param name="Amount">Null: as asked. An approval only.</param>
    /// <param name="Words">Needed for a refusal.</param>
    public sealed record Answer(bool Approve, decimal? Amount, string? Words);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/offer-requests", ListAsync).RequireAuthorization(Scopes.SettlementsApprove).WithMetadata(new BoundToTeam());
        routes.MapPost("/api/v1/offer-requests/{id:long}/answer", AnswerAsync).RequireAuthorization(Scopes.SettlementsApprove)
            .RequireOwnTeam("id", "select asked_by from offer_request where offer_request_id = @id::bigint");
    }

    private static async Task<IResult> ListAsync(ClaimsPrincipal caller, OwnTeam own, Database database, ServiceClock clock, CancellationToken cancel)
    {
        var now = clock.Now;
        return Results.Ok(new
        {
            mostPercent = Settlements.AuthorityOf(caller),
            now,
            items = await database.QueryAsync<RequestView>(
                """
                select q.offer_request_id as id, q.attempt_id, q.account_id, q.asked_by as agent_id, u.display_name as agent, g.team, q.asked_at, q.until_at, q.amount, q.last_day, q.reason, q.state, q.words, q.granted,
                    w.display_name as answered_by, a.creditor, a.client_account_no, a.balance, a.currency
                from offer_request q join account a using (account_id) join agent g on g.agent_id = q.asked_by join app_user u on u.user_id = q.asked_by left join app_user w on w.user_id = q.answered_by
                where (q.state = 'Open' and q.until_at > @now or q.answered_at > @recent) and (@team::text is null or g.team = @team and @team <> '') and q.asked_by <> @me
                order by q.state = 'Open' desc, q.asked_at limit 200
                """,
                new { now, recent = now - Duration.FromHours(1), team = await own.SeenByAsync(caller, cancel), me = caller.UserId() }, cancel),
        });
    }

    private static async Task<IResult> AnswerAsync(long id, Answer body, ClaimsPrincipal caller, Database database, AgentSessions sessions, ServiceClock clock, CancellationToken cancel)
    {
        var words = body.Words?.Trim() ?? "";
        if (words.Length > MostWords || (!body.Approve && words.Length == 0))
            return Problem.Invalid($"A refusal needs its reason, in at most {MostWords} characters; the agent reads it.");
        if (Problem.OfCardIn(words) is { } card)
            return card;
        var (answer, agent) = await database.InTransactionAsync((connection, transaction) => StoreAsync(connection, transaction, id, body with { Words = words }, caller, clock.Now, cancel), cancel);
        if (agent is { } asked)
            await MakeOffer.TellAsync(sessions, asked, cancel);
        return answer;
    }

    private static async Task<(IResult Answer, long? Agent)> StoreAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long id, Answer body, ClaimsPrincipal caller, Instant now, CancellationToken cancel)
    {
        var row = await connection.QuerySingleOrDefaultAsync<RequestRow>(new CommandDefinition(
            """
            select account_id, asked_by, amount, last_day, state, until_at,
                not exists (select from agent_session s where s.agent_id = asked_by and s.ended_at is null and s.attempt_id = q.attempt_id) as gone
            from offer_request q where offer_request_id = @id for update
            """,
            new { id }, transaction, cancellationToken: cancel));
        if (row is null)
            return (Problem.NotFound($"There is no question {id}."), null);
        if (row.AskedBy == caller.UserId())
            return (Problem.Conflict("Nobody answers himself."), null);
        if (row.State != "Open")
            return (Problem.Conflict($"This question is {row.State.ToLowerInvariant()} already."), null);
        if (row.UntilAt <= now)
            return (Problem.Conflict("The agent waits for this no longer: it has run out."), null);
        var granted = body.Approve ? body.Amount ?? row.Amount : (decimal?)null;
        long? offer = null;
        if (granted is { } amount)
        {
            (offer, var refusal) = await Settlements.MakeAsync(connection, transaction, row.AccountId, amount, row.LastDay, caller, now, cancel);
            if (offer is null)
                return (Problem.Conflict(refusal ?? "This debt is not open any more."), null);
        }

        await connection.ExecuteAsync(new CommandDefinition(
            """
            update offer_request set state = @state, answered_by = @by, answered_at = @now, words = @Words, granted = @granted, settlement_offer_id = @offer where offer_request_id = @id
            """,
            new { id, state = body.Approve ? "Approved" : "Refused", by = caller.UserId(), now, body.Words, granted, offer }, transaction, cancellationToken: cancel));
        if (row.Gone)
            await TaskRegister.AddAsync(
                connection, transaction,
                new NewTask(row.AccountId, body.Approve ? TaskKind.OfferApproved : TaskKind.OfferRefused, row.AskedBy, "", WordsOf(granted, row.LastDay, body.Words ?? ""), now.InUtc().Date, caller.UserName()), now, cancel);
        await AuditTrail.AddAsync(
            connection, transaction, caller.UserName(), body.Approve ? "offer.approve" : "offer.refuse", $"account/{row.AccountId}", new { request = id, row.Amount, granted, body.Words }, now, cancel);
        return (Results.NoContent(), row.AskedBy);
    }

    /// <summary>What the agent is to tell: the amount and the last day where there are any, then the words of whoever answered.</summary>
    private static string WordsOf(decimal? granted, LocalDate lastDay, string words) =>
        granted is { } amount ? string.Create(CultureInfo.InvariantCulture, $"{amount:0.00}, {lastDay:uuuu-MM-dd}. {words}").TrimEnd() : words;

    private sealed class RequestRow
    {
        public long AccountId { get; init; }

        public long AskedBy { get; init; }

        public decimal Amount { get; init; }

        public LocalDate LastDay { get; init; }

        public string State { get; init; } = "";

        public Instant UntilAt { get; init; }

        /// <summary>The call is not in the agent's hand any more: he has no screen that shows the answer.</summary>
        public bool Gone { get; init; }
    }

    /// <summary>A question as the list shows it.</summary>
    public sealed class RequestView
    {
        public long Id { get; init; }

        public long AttemptId { get; init; }

        public long AccountId { get; init; }

        public long AgentId { get; init; }

        public string Agent { get; init; } = "";

        public string Team { get; init; } = "";

        public Instant AskedAt { get; init; }

        public Instant UntilAt { get; init; }

        public decimal Amount { get; init; }

        public LocalDate LastDay { get; init; }

        public string Reason { get; init; } = "";

        public string State { get; init; } = "";

        public string Words { get; init; } = "";

        public decimal? Granted { get; init; }

        public string? AnsweredBy { get; init; }

        public string Creditor { get; init; } = "";

        public string ClientAccountNo { get; init; } = "";

        public decimal Balance { get; init; }

        public string Currency { get; init; } = "";

        /// <summary>The part of today's balance that it forgives, percent.</summary>
        public decimal Percent => Balance > 0 ? Math.Round(SettlementAuthority.Forgiven(new Money(Balance, Currency), Amount), 1) : 0;
    }
}
