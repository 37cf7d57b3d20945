using Dapper;
using Dialer.Core;
using Dialer.Core.Payments;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Payments;

/// <summary>Writes the entries that <see cref="LedgerEntry"/> decides, and moves the account's balance with its Receivable, in the caller's transaction.</summary>
/// <remarks>An entry is written once: its key is unique for each side. PostgreSQL refuses at commit an entry that does not sum to zero.</remarks>
public static class Ledger
{
    /// <summary>Money in. What exceeds the balance goes to Adjustment, to be refunded, and never makes a balance negative.</summary>
    /// <param name="settles">The payment fulfils a settlement: the rest of the balance is forgiven.</param>
    public static async Task PostCaptureAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long paymentId, long accountId, Money amount, bool settles, Instant now, CancellationToken cancel)
    {
        var buckets = await LockAsync(connection, transaction, accountId, cancel);
        var entry = LedgerEntry.Capture(amount, amount with { Amount = buckets.Balance }, settles);
        await LowerBalanceAsync(connection, transaction, accountId, buckets, -Receivable(entry), now, cancel);
        await PostAsync(connection, transaction, CaptureOf(paymentId), accountId, paymentId, entry, now, cancel);
    }

    /// <summary>A returned debit was presented again and paid: money in, as the first time.</summary>
    /// <param name="confirmation">The processor's own of this retry.</param>
    public static async Task PostRetryAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long paymentId, string confirmation, long accountId, Money amount, bool settles, Instant now, CancellationToken cancel)
    {
        var buckets = await LockAsync(connection, transaction, accountId, cancel);
        var entry = LedgerEntry.Capture(amount, amount with { Amount = buckets.Balance }, settles);
        await LowerBalanceAsync(connection, transaction, accountId, buckets, -Receivable(entry), now, cancel);
        await PostAsync(connection, transaction, RetryOf(paymentId, confirmation), accountId, paymentId, entry, now, cancel);
    }

    /// <summary>This retry is in the ledger already.</summary>
    public static Task<bool> HasRetryAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long paymentId, string confirmation, CancellationToken cancel) =>
        connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select 1 from ledger_line where entry_key = @key)", new { key = RetryOf(paymentId, confirmation) }, transaction, cancellationToken: cancel));

    /// <summary>Money back, all of it: the mirror of the capture. The balance rises again in the oldest bucket.</summary>
    public static async Task PostReversalAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long refundId, long paymentId, long accountId, Instant now, CancellationToken cancel)
    {
        var entry = LedgerEntry.Reversal(await LinesAsync(connection, transaction, paymentId, cancel));
        await RaiseBalanceAsync(connection, transaction, accountId, Receivable(entry), now, cancel);
        await PostAsync(connection, transaction, RefundOf(refundId), accountId, paymentId, entry, now, cancel);
    }

    /// <summary>Part of the money, or all of it, goes back to the customer.</summary>
    public static async Task PostRefundAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long refundId, long paymentId, long accountId, Money amount, Instant now, CancellationToken cancel)
    {
        var entry = LedgerEntry.Refund(amount, await LinesAsync(connection, transaction, paymentId, cancel));
        await RaiseBalanceAsync(connection, transaction, accountId, Receivable(entry), now, cancel);
        await PostAsync(connection, transaction, RefundOf(refundId), accountId, paymentId, entry, now, cancel);
    }

    /// <summary>Money the client was paid directly.</summary>
    public static async Task PostDirectAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long clientPaymentId, long accountId, Money amount, Instant now, CancellationToken cancel)
    {
        var buckets = await LockAsync(connection, transaction, accountId, cancel);
        var entry = LedgerEntry.DirectPayment(amount, amount with { Amount = buckets.Balance });
        await LowerBalanceAsync(connection, transaction, accountId, buckets, -Receivable(entry), now, cancel);
        await PostAsync(connection, transaction, DirectOf(clientPaymentId), accountId, null, entry, now, cancel);
    }

    /// <summary>It was no payment after all: the mirror of its entry.</summary>
    public static async Task ReverseDirectAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long clientPaymentId, long accountId, Instant now, CancellationToken cancel)
    {
        var posted = await connection.QueryAsync<(string Side, decimal Amount, string Currency)>(new CommandDefinition(
            "select side, amount, currency from ledger_line where entry_key = @key order by ledger_line_id", new { key = DirectOf(clientPaymentId) }, transaction, cancellationToken: cancel));
        var entry = LedgerEntry.Reversal([.. posted.Select(line => new LedgerLine(Enum.Parse<LedgerSide>(line.Side), new Money(line.Amount, line.Currency)))]);
        await RaiseBalanceAsync(connection, transaction, accountId, Receivable(entry), now, cancel);
        await PostAsync(connection, transaction, DirectOf(clientPaymentId) + ":reversal", accountId, null, entry, now, cancel);
    }

    private static string DirectOf(long clientPaymentId) => $"client-payment:{clientPaymentId}";

    private static Task<Buckets> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long accountId, CancellationToken cancel) =>
        connection.QuerySingleAsync<Buckets>(new CommandDefinition(
            "select balance, bucket_older, bucket_120, bucket_90, bucket_60, bucket_30, bucket_current from account where account_id = @accountId for update",
            new { accountId }, transaction, cancellationToken: cancel));

    private static string CaptureOf(long paymentId) => $"payment:{paymentId}:capture";

    private static string RetryOf(long paymentId, string confirmation) => $"payment:{paymentId}:retry:{confirmation}";

    private static string RefundOf(long refundId) => $"refund:{refundId}";

    private static decimal Receivable(IEnumerable<LedgerLine> entry) => entry.Where(line => line.Side == LedgerSide.Receivable).Sum(line => line.Amount.Amount);

    /// <summary>What the payment's entries come to by side: after a return and a retry there are several.</summary>
    private static async Task<IReadOnlyList<LedgerLine>> LinesAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long paymentId, CancellationToken cancel) =>
        [.. (await connection.QueryAsync<(string Side, decimal Amount, string Currency)>(new CommandDefinition(
            "select side, sum(amount) as amount, currency from ledger_line where payment_id = @paymentId group by side, currency having sum(amount) <> 0 order by min(ledger_line_id)", new { paymentId }, transaction, cancellationToken: cancel)))
            .Select(line => new LedgerLine(Enum.Parse<LedgerSide>(line.Side), new Money(line.Amount, line.Currency)))];

    /// <summary>Takes the money from the oldest bucket first.</summary>
    private static Task LowerBalanceAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long accountId, Buckets buckets, decimal applied, Instant now, CancellationToken cancel)
    {
        var left = applied;
        decimal Take(decimal bucket)
        {
            var part = Math.Min(bucket, left);
            left -= part;
            return bucket - part;
        }

        return connection.ExecuteAsync(new CommandDefinition(
            """
            update account set balance = balance - @applied, bucket_older = @older, bucket_120 = @b120, bucket_90 = @b90, bucket_60 = @b60, bucket_30 = @b30, bucket_current = @current,
                status = case when balance = @applied and status = 'Open' then 'Paid' else status end, updated_at = @now
            where account_id = @accountId
            """,
            new
            {
                applied,
                older = Take(buckets.BucketOlder),
                b120 = Take(buckets.Bucket120),
                b90 = Take(buckets.Bucket90),
                b60 = Take(buckets.Bucket60),
                b30 = Take(buckets.Bucket30),
                current = Take(buckets.BucketCurrent),
                now,
                accountId,
            },
            transaction, cancellationToken: cancel));
    }

    private static Task RaiseBalanceAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long accountId, decimal amount, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update account set balance = balance + @amount, bucket_older = bucket_older + @amount, status = case when status = 'Paid' and @amount > 0 then 'Open' else status end, updated_at = @now
            where account_id = @accountId
            """,
            new { amount, accountId, now }, transaction, cancellationToken: cancel));

    private static Task PostAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string key, long accountId, long? paymentId, IReadOnlyList<LedgerLine> entry, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into ledger_line (entry_key, account_id, side, amount, currency, payment_id, at)
            select @key, @accountId, x.side, x.amount, x.currency, @paymentId, @now from unnest(@sides, @amounts, @currencies) as x (side, amount, currency)
            """,
            new
            {
                key,
                accountId,
                paymentId,
                now,
                sides = entry.Select(line => line.Side.ToString()).ToArray(),
                amounts = entry.Select(line => line.Amount.Amount).ToArray(),
                currencies = entry.Select(line => line.Amount.Currency).ToArray(),
            },
            transaction, cancellationToken: cancel));

    private sealed record Buckets(decimal Balance, decimal BucketOlder, decimal Bucket120, decimal Bucket90, decimal Bucket60, decimal Bucket30, decimal BucketCurrent);
}
