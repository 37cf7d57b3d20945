using Dialer.Core.Payments;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Payments;

/// <summary>
/// What people who give money back look for: <c>GET /api/v1/payments?q=</c> finds payments by the receipt number a customer was told, our reference, the confirmation code or the client's account number;
/// <c>GET /api/v1/refunds</c> lists what waits for its checker or for the processor, and then what is decided, the newest first.
/// </summary>
internal static class FindPayments
{
    private const int ShortestQuery = 3;
    private const int LongestQuery = 64;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/payments", async (string? q, Database database, CancellationToken cancel) =>
            q?.Trim() is not { Length: >= ShortestQuery and <= LongestQuery } wanted
                ? Problem.Invalid($"q is a payment's receipt number, its reference, its confirmation code or an account number: {ShortestQuery} to {LongestQuery} characters.")
                : Results.Ok((await database.QueryAsync<Found>(
                    """
                    with wanted as (
                        select payment_id from payment where payment_id = @receipt
                        union select payment_id from payment where reference = lower(@wanted)
                        union select payment_id from payment where confirmation_code = @wanted
                        union select y.payment_id from account a join payment y on y.account_id = a.account_id where a.client_account_no = @wanted)
                    select y.payment_id, y.account_id, a.client_account_no, y.amount, y.currency, y.method, y.state, y.reference, y.confirmation_code, y.updated_at,
                        coalesce((select sum(r.amount) from refund r where r.payment_id = y.payment_id and r.state = 'Done' and (r.kind = 'Refund' or y.state = 'Reversed')), 0) as returned
                    from wanted join payment y using (payment_id) join account a using (account_id) order by y.payment_id desc limit 50
                    """,
                    new { wanted, receipt = ReceiptNumber.TryRead(wanted)?.PaymentId }, cancel)).Select(payment => payment with { Receipt = ReceiptNumber.Of(payment.PaymentId).ToString() }))).RequireAuthorization(Scopes.PaymentsRead);
        routes.MapGet("/api/v1/refunds", async (Database database, CancellationToken cancel) => Results.Ok(await database.QueryAsync<Refund>(
            """
            select r.refund_id, r.payment_id, y.account_id, y.reference, r.kind, r.amount, y.amount as paid, y.currency, r.reason, r.state, r.requested_by, r.requested_at, r.decided_by, r.decided_at,
                r.processor_reference, r.done_at
            from refund r join payment y on y.payment_id = r.payment_id
            order by r.state in ('Requested', 'Approved') desc, r.refund_id desc limit 200
            """,
            null, cancel))).RequireAuthorization(Scopes.PaymentsRead);
    }

    /// <param name="Returned">What has gone back already.</param>
    public sealed record Found(
        long PaymentId, long AccountId, string ClientAccountNo, decimal Amount, string Currency, string Method, string State, string Reference, string? ConfirmationCode, Instant UpdatedAt, decimal Returned)
    {
        /// <summary>As customers were told it.</summary>
        public string Receipt { get; init; } = "";
    }

    public sealed record Refund(
        long RefundId, long PaymentId, long AccountId, string Reference, string Kind, decimal Amount, decimal Paid, string Currency, string Reason, string State, string RequestedBy, Instant RequestedAt,
        string? DecidedBy, Instant? DecidedAt, string? ProcessorReference, Instant? DoneAt);
}
