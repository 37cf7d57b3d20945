using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Ivr;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Payments;

public static partial class PaymentStore
{
    /// <summary>Declined sessions in a day, of one account or from one telephone number, after which nobody pays there by machine: stolen cards are tried that way.</summary>
    public const int CardingLimit = 3;

    /// <summary>
    /// Asks the payment rules and stores the payment with their word, in the caller's transaction. Nothing is stored, and no session may begin, when a payment of the
    /// account is open or the rules object.
    /// </summary>
    public static async Task<PaymentStart> StartAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PaymentGate gate, NewPayment payment, Instant now, CancellationToken cancel)
    {
        var verdict = await gate.DecideAsync(connection, transaction, QuestionOf(payment), now, cancel);
        // Looked for under the account's lock, which the gate holds: an insert would wait for the transaction that ends the open one, and that one waits for the account.
        var open = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select 1 from payment where account_id = @AccountId and state in ('Created', 'Pending', 'Unknown'))", payment, transaction, cancellationToken: cancel))
            || (payment.SavedMethodId is { } saved && !await SavedMethods.HoldAsync(connection, transaction, saved, payment.PersonId, cancel));
        if (open || !verdict.Decision.Allowed)
            return new PaymentStart(false, open ? [] : verdict.Objections);
        var stored = await InsertAsync(connection, transaction, payment, verdict.DecisionId, now, cancel);
        return new PaymentStart(stored is not null, []) { PaymentId = stored };
    }

    private static PaymentQuestion QuestionOf(NewPayment payment) => new(
        payment.AccountId, payment.PersonId, payment.AttemptId, payment.Source, payment.Amount, payment.Method == PaymentMethod.AchDebit ? PaymentMeans.AchDebit : PaymentMeans.CreditCard)
    {
        Confirmed = payment.Confirmed,
        Again = payment.Again,
        Insists = payment.Insists,
        Said = payment.Said,
        Minimum = payment.Minimum,
    };

    /// <returns>Null when the call's payment of this number is stored already.</returns>
    private static Task<long?> InsertAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, NewPayment payment, long decisionId, Instant now, CancellationToken cancel) =>
        connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            """
            insert into payment (idempotency_key, account_id, person_id, attempt_id, amount, currency, method, source, settlement_offer_id, payment_decision_id, saved_method_id, keeps, state, created_at, updated_at)
            values (@key, @AccountId, @PersonId, @AttemptId, @Amount, @Currency, @method, @Source, @SettlementId, @decisionId, @SavedMethodId, @Keeps, 'Created', @now, @now)
            on conflict do nothing returning payment_id
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
                payment.SettlementId,
                payment.SavedMethodId,
                payment.Keeps,
                decisionId,
                now,
            },
            transaction, cancellationToken: cancel));

    /// <summary>The session said something: it is under way; and once it says so, the instrument is with the processor.</summary>
    /// <param name="number">Which of the call's payments; null: the one that is open.</param>
    public static Task MarkPendingAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, long attemptId, Instant now, CancellationToken cancel, bool processing = false, int? number = null) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update payment set state = 'Pending', updated_at = @now, processing_at = case when @processing then coalesce(processing_at, @now) else processing_at end
            where attempt_id = @attemptId and state in ('Created', 'Pending') and (@key::text is null or idempotency_key = @key)
            """,
            new { attemptId, processing, now, key = number is { } of ? KeyOf(attemptId, of) : null }, transaction, cancellationToken: cancel));

    /// <summary>
    /// Stores how a session ended, once: a repeat changes nothing; a result for an Unknown payment resolves it. A capture writes the ledger and lowers the balance
    /// in the same transaction, and queues what the customer is to be told. Returns false when nothing changed.
    /// </summary>
    public static Task<bool> CompleteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, int number, PaymentOutcome outcome, Instant now, CancellationToken cancel) =>
        CompleteAsync(connection, transaction, KeyOf(attemptId, number), outcome, now, cancel);

    internal static async Task<bool> CompleteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string key, PaymentOutcome outcome, Instant now, CancellationToken cancel)
    {
        var payment = await connection.QuerySingleOrDefaultAsync<PaymentRow>(new CommandDefinition(
            "select payment_id, account_id, person_id, amount, currency, state, processing_at, method, (keeps or saved_method_id is not null) and charge_sent_at is null as unsent from payment where idempotency_key = @key for update",
            new { key }, transaction, cancellationToken: cancel));
        if (payment is null || payment.State is not ("Created" or "Pending" or "Unknown"))
            return false;
        // The caller left, and the instrument was with the processor already: only the processor knows.
        var result = outcome is { Result: PaymentResult.Cancelled, Certain: false } && payment.ProcessingAt is not null ? PaymentResult.Unknown : outcome.Result;
        // Having an instrument kept charges nothing: the processor was not asked for money yet.
        if (result == PaymentResult.Unknown && payment.Unsent)
            result = PaymentResult.Cancelled;
        if (payment.State == result.ToString())
            return false;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update payment set state = @state, confirmation_code = coalesce(@ConfirmationCode, confirmation_code), instrument_last4 = coalesce(@Last4, instrument_last4),
                instrument_brand = coalesce(@Brand, instrument_brand), error_code = @ErrorCode, updated_at = @now
            where payment_id = @PaymentId
            """,
            new { state = result.ToString(), outcome.ConfirmationCode, outcome.Last4, outcome.Brand, outcome.ErrorCode, now, payment.PaymentId },
            transaction, cancellationToken: cancel));
        if (result == PaymentResult.Captured)
        {
            var settles = await Settlements.AcceptAsync(connection, transaction, payment.PaymentId, now, cancel);
            await Ledger.PostCaptureAsync(connection, transaction, payment.PaymentId, payment.AccountId, new Money(payment.Amount, payment.Currency), settles, now, cancel);
            await Notices.QueueForPaymentAsync(connection, transaction, NoticeKind.Receipt, payment.PaymentId, now, cancel);
            if (payment.Method == nameof(PaymentMethod.AchDebit))
                await Notices.QueueForPaymentAsync(connection, transaction, NoticeKind.DebitAuthorization, payment.PaymentId, now, cancel);
        }
        else if (payment.State == "Unknown")
            await Notices.QueueForPaymentAsync(connection, transaction, NoticeKind.NotCharged, payment.PaymentId, now, cancel);
        else if (result == PaymentResult.Declined)
            await RaiseCardingAsync(connection, transaction, payment.PaymentId, now, cancel);
        return true;
    }

    /// <summary>Stable for one session of one attempt, meaningless to others.</summary>
    public static string KeyOf(long attemptId, int number) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"payment:{attemptId}:{number}"))));

    /// <summary>What the processor is told a session is for, so that its file can be matched with ours: the first 16 characters of the key.</summary>
    public static string ReferenceOf(long attemptId, int number) => KeyOf(attemptId, number)[..16];

    private static Task RaiseCardingAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long paymentId, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            with this as (
                select y.account_id, y.attempt_id, case t.direction when 'Inbound' then t.from_e164 else t.to_e164 end as e164 from payment y left join attempt t on t.attempt_id = y.attempt_id where y.payment_id = @paymentId)
            insert into alarm (code, subject, raised_at, text)
            select 'CARDING', x.subject, @now, x.text
            from this cross join lateral (
                select 'account/' || this.account_id, 'Three declined payments on one account in a day: no more are taken by machine until tomorrow. Somebody may be trying stolen cards.'
                from payment d where d.account_id = this.account_id and d.state = 'Declined' and d.updated_at > @dayAgo having count(*) >= @CardingLimit
                union all
                select 'attempt/' || this.attempt_id, 'Three declined payments from one telephone number in a day, on several accounts: no more are taken from it by machine until tomorrow. Somebody may be trying stolen cards.'
                from payment d join attempt t on t.attempt_id = d.attempt_id
                where d.state = 'Declined' and d.updated_at > @dayAgo and this.e164 like '+%' and case t.direction when 'Inbound' then t.from_e164 else t.to_e164 end = this.e164
                having count(*) >= @CardingLimit and count(distinct d.account_id) > 1) as x (subject, text)
            where not exists (select 1 from alarm o where o.code = 'CARDING' and o.subject = x.subject and o.closed_at is null)
            """,
            new { paymentId, now, dayAgo = now - Duration.FromDays(1), CardingLimit }, transaction, cancellationToken: cancel));

    private sealed record PaymentRow(long PaymentId, long AccountId, long PersonId, decimal Amount, string Currency, string State, Instant? ProcessingAt, string Method, bool Unsent);
}
