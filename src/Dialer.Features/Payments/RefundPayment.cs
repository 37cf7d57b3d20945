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
/// Refunds and reversals, with maker and checker: one supervisor asks (<c>POST /api/v1/payments/{id}/refunds</c>), another decides
/// (<c>POST /api/v1/refunds/{id}/approve</c> or <c>/reject</c>). An approved reversal is in the ledger at once, because the money is gone already; an approved refund
/// is given to the processor by hand and is in the ledger when the processor's file, or a supervisor with the processor's reference (<c>/done</c>), confirms it.
/// </summary>
public static class RefundPayment
{
    /// <param name="Amount">To the cent; a reversal takes the whole payment.</param>
    public sealed record Request(RefundKind Kind, decimal Amount, string Reason);

    public sealed record Decision(string? Reason);

    public sealed record Done(string ProcessorReference);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/payments/{id:long}", GetAsync).RequireAuthorization(Scopes.PaymentsRead);
        routes.MapPost("/api/v1/payments/{id:long}/refunds", AskAsync).RequireAuthorization(Scopes.PaymentsRefund);
        routes.MapPost("/api/v1/refunds/{id:long}/approve", (long id, ClaimsPrincipal user, Database database, TimeProvider time, CancellationToken cancel) =>
            DecideAsync(id, true, null, user, database, time, cancel)).RequireAuthorization(Scopes.PaymentsRefund);
        routes.MapPost("/api/v1/refunds/{id:long}/reject", (long id, Decision body, ClaimsPrincipal user, Database database, TimeProvider time, CancellationToken cancel) =>
            DecideAsync(id, false, body.Reason, user, database, time, cancel)).RequireAuthorization(Scopes.PaymentsRefund);
        routes.MapPost("/api/v1/refunds/{id:long}/done", DoneAsync).RequireAuthorization(Scopes.PaymentsRefund);
    }

    private static async Task<IResult> GetAsync(long id, Database database, CancellationToken cancel) =>
        await database.FindAsync<PaymentView>(
            """
            select payment_id, account_id, attempt_id, amount, currency, method, source, state, reference, confirmation_code, instrument_last4, instrument_brand, error_code, created_at, updated_at
            from payment where payment_id = @id
            """,
            new { id }, cancel) is not { } payment
            ? Problem.NotFound($"There is no payment {id}.")
            : Results.Ok(new
            {
                payment,
                refunds = await database.QueryAsync<RefundView>(
                    "select refund_id, kind, amount, reason, state, requested_by, requested_at, decided_by, decided_at, processor_reference, done_at from refund where payment_id = @id order by refund_id", new { id }, cancel),
                ledger = await database.QueryAsync<LedgerView>("select entry_key, side, amount, at from ledger_line where payment_id = @id order by ledger_line_id", new { id }, cancel),
            });

    private static Task<IResult> AskAsync(long id, Request body, ClaimsPrincipal user, Database database, TimeProvider time, CancellationToken cancel) =>
        database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                if (string.IsNullOrWhiteSpace(body.Reason))
                    return Problem.Invalid("reason says why the money goes back.");
                if (await FindAsync(connection, transaction, id, cancel) is not { } payment)
                    return Problem.NotFound($"There is no payment {id}.");
                if (RefundRules.Refuse(body.Kind, payment.State, payment.Amount, payment.Returned, body.Amount, payment.Open) is { } refusal)
                    return Problem.Conflict(refusal);
                var now = Instant.FromDateTimeOffset(time.GetUtcNow());
                var refund = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                    "insert into refund (payment_id, kind, amount, reason, state, requested_by, requested_at) values (@id, @kind, @Amount, @Reason, 'Requested', @by, @now) returning refund_id",
                    new { id, kind = body.Kind.ToString(), body.Amount, body.Reason, by = user.UserName(), now }, transaction, cancellationToken: cancel));
                await AuditTrail.AddAsync(connection, transaction, user.UserName(), "refund.request", $"payment/{id}", new { refund, body.Kind, body.Amount, body.Reason }, now, cancel);
                return Results.Created($"/api/v1/payments/{id}", new { refundId = refund });
            },
            cancel);

    private static Task<IResult> DecideAsync(long id, bool approve, string? reason, ClaimsPrincipal user, Database database, TimeProvider time, CancellationToken cancel) =>
        database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                if (await RefundAsync(connection, transaction, id, cancel) is not { } refund)
                    return Problem.NotFound($"There is no refund {id}.");
                if (RefundRules.RefuseDecision(refund.State, refund.RequestedBy, user.UserName()) is { } refusal)
                    return Problem.Conflict(refusal);
                var now = Instant.FromDateTimeOffset(time.GetUtcNow());
                await connection.ExecuteAsync(new CommandDefinition(
                    "update refund set state = @state, decided_by = @by, decided_at = @now where refund_id = @id",
                    new { id, state = approve ? "Approved" : "Rejected", by = user.UserName(), now }, transaction, cancellationToken: cancel));
                await AuditTrail.AddAsync(
                    connection, transaction, user.UserName(), approve ? "refund.approve" : "refund.reject", $"payment/{refund.PaymentId}", new { refund = id, refund.Amount, reason }, now, cancel);
                if (approve && refund.Kind == nameof(RefundKind.Reversal))
                    await FinishAsync(connection, transaction, refund, null, now, cancel);
                return Results.NoContent();
            },
            cancel);

    private static Task<IResult> DoneAsync(long id, Done body, ClaimsPrincipal user, Database database, TimeProvider time, CancellationToken cancel) =>
        database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                if (string.IsNullOrWhiteSpace(body.ProcessorReference))
                    return Problem.Invalid("processorReference is the processor's own number of the refund.");
                if (await RefundAsync(connection, transaction, id, cancel) is not { } refund)
                    return Problem.NotFound($"There is no refund {id}.");
                if (refund.State != "Approved")
                    return Problem.Conflict($"The refund is {refund.State}; only an approved one can be done.");
                var now = Instant.FromDateTimeOffset(time.GetUtcNow());
                await FinishAsync(connection, transaction, refund, body.ProcessorReference, now, cancel);
                await AuditTrail.AddAsync(connection, transaction, user.UserName(), "refund.done", $"payment/{refund.PaymentId}", new { refund = id, body.ProcessorReference }, now, cancel);
                return Results.NoContent();
            },
            cancel);

    /// <summary>The money is back: ledger, balance, states and the customer's notice, in one transaction.</summary>
    internal static async Task FinishAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, RefundRow refund, string? processorReference, Instant now, CancellationToken cancel)
    {
        if (refund.Kind == nameof(RefundKind.Reversal))
            await Ledger.PostReversalAsync(connection, transaction, refund.RefundId, refund.PaymentId, refund.AccountId, now, cancel);
        else
            await Ledger.PostRefundAsync(connection, transaction, refund.RefundId, refund.PaymentId, refund.AccountId, new Money(refund.Amount, refund.Currency), now, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update refund set state = 'Done', done_at = @now, processor_reference = @processorReference where refund_id = @RefundId;
            update payment set updated_at = @now,
                state = case when @Kind = 'Reversal' then 'Reversed'
                             when amount <= (select sum(r.amount) from refund r where r.payment_id = @PaymentId and r.kind = 'Refund' and r.state = 'Done') then 'Refunded' else state end
            where payment_id = @PaymentId
            """,
            new { refund.RefundId, refund.PaymentId, refund.Kind, processorReference, now }, transaction, cancellationToken: cancel));
        if (refund.Kind == nameof(RefundKind.Refund))
            await Notices.QueueAsync(
                connection, transaction, NoticeKind.Refunded, $"refunded:{refund.RefundId}", refund.AccountId,
                new { returned = refund.Amount.ToString(System.Globalization.CultureInfo.InvariantCulture), amount = refund.Paid.ToString(System.Globalization.CultureInfo.InvariantCulture), refund.Reference }, now, cancel);
    }

    internal static Task<RefundRow?> RefundAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<RefundRow>(new CommandDefinition(
            """
            select r.refund_id, r.payment_id, y.account_id, r.kind, r.amount, y.currency, r.state, r.requested_by, y.amount as paid, y.reference
            from refund r join payment y on y.payment_id = r.payment_id where r.refund_id = @id for update of r, y
            """,
            new { id }, transaction, cancellationToken: cancel));

    private static Task<PaymentRow?> FindAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<PaymentRow>(new CommandDefinition(
            """
            -- what was reversed and is captured nevertheless came back by a retry
            select y.state, y.amount, coalesce((select sum(r.amount) from refund r where r.payment_id = y.payment_id and r.kind = 'Refund' and r.state = 'Done'), 0) as returned,
                   exists (select 1 from refund r where r.payment_id = y.payment_id and r.state in ('Requested', 'Approved')) as open
            from payment y where y.payment_id = @id for update
            """,
            new { id }, transaction, cancellationToken: cancel));

    internal sealed record RefundRow(long RefundId, long PaymentId, long AccountId, string Kind, decimal Amount, string Currency, string State, string RequestedBy, decimal Paid, string Reference);

    private sealed record PaymentRow(string State, decimal Amount, decimal Returned, bool Open);

    public sealed record PaymentView(
        long PaymentId, long AccountId, long? AttemptId, decimal Amount, string Currency, string Method, string Source, string State, string Reference, string? ConfirmationCode,
        string? InstrumentLast4, string? InstrumentBrand, int? ErrorCode, Instant CreatedAt, Instant UpdatedAt);

    public sealed record RefundView(
        long RefundId, string Kind, decimal Amount, string Reason, string State, string RequestedBy, Instant RequestedAt, string? DecidedBy, Instant? DecidedAt, string? ProcessorReference, Instant? DoneAt);

    public sealed record LedgerView(string EntryKey, string Side, decimal Amount, Instant At);
}
