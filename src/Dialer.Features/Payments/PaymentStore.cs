using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Dialer.Core;
using Dialer.Core.Ivr;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Payments;

public static partial class PaymentStore
{
    /// <summary>False when the account already has a payment whose end is open: then none was stored and no session may begin.</summary>
    public static async Task<bool> StartAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, NewPayment payment, Instant now, CancellationToken cancel) =>
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into payment (idempotency_key, account_id, person_id, attempt_id, amount, currency, method, source, state, created_at, updated_at)
            values (@key, @AccountId, @PersonId, @AttemptId, @Amount, @Currency, @method, @Source, 'Created', @now, @now)
            on conflict do nothing
            """,
            new
            {
                key = KeyOf(payment.AttemptId, payment.Number),
                payment.AccountId,
                payment.PersonId,
                payment.AttemptId,
                payment.Amount.Amount,
                payment.Amount.Currency,
                method = payment.Method.ToString(),
                payment.Source,
                now,
            },
            transaction, cancellationToken: cancel)) == 1;

    /// <summary>The session said something: it is under way.</summary>
    public static Task MarkPendingAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, long attemptId, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "update payment set state = 'Pending', updated_at = @now where attempt_id = @attemptId and state = 'Created'", new { attemptId, now }, transaction, cancellationToken: cancel));

    /// <summary>
    /// Stores how a session ended, once: a repeat changes nothing; a result for an Unknown payment resolves it. A capture writes the ledger and lowers the balance
    /// in the same transaction. Returns false when nothing changed.
    /// </summary>
    public static Task<bool> CompleteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, int number, PaymentOutcome outcome, Instant now, CancellationToken cancel) =>
        CompleteAsync(connection, transaction, KeyOf(attemptId, number), outcome, now, cancel);

    internal static async Task<bool> CompleteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string key, PaymentOutcome outcome, Instant now, CancellationToken cancel)
    {
        var payment = await connection.QuerySingleOrDefaultAsync<PaymentRow>(new CommandDefinition(
            "select payment_id, account_id, amount, currency, state from payment where idempotency_key = @key for update",
            new { key }, transaction, cancellationToken: cancel));
        if (payment is null || payment.State is not ("Created" or "Pending" or "Unknown") || payment.State == outcome.Result.ToString())
            return false;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update payment set state = @state, confirmation_code = @ConfirmationCode, instrument_last4 = @Last4, instrument_brand = @Brand, error_code = @ErrorCode, updated_at = @now
            where payment_id = @PaymentId
            """,
            new { state = outcome.Result.ToString(), outcome.ConfirmationCode, outcome.Last4, outcome.Brand, outcome.ErrorCode, now, payment.PaymentId },
            transaction, cancellationToken: cancel));
        if (outcome.Result == PaymentResult.Captured)
            await Ledger.PostCaptureAsync(connection, transaction, payment.PaymentId, payment.AccountId, new Money(payment.Amount, payment.Currency), now, cancel);
        return true;
    }

    /// <summary>Stable for one session of one attempt, meaningless to others.</summary>
    public static string KeyOf(long attemptId, int number) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"payment:{attemptId}:{number}"))));

    /// <summary>What the processor is told a session is for, so that its file can be matched with ours: the first 16 characters of the key.</summary>
    public static string ReferenceOf(long attemptId, int number) => KeyOf(attemptId, number)[..16];

    private sealed record PaymentRow(long PaymentId, long AccountId, decimal Amount, string Currency, string State);
}
