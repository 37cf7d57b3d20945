using Dapper;
using Dialer.Core;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Payments;

/// <summary>Double entry. Receivable is what the account owes, Processor what the payment processor holds for us; the lines of one entry sum to zero.</summary>
public static class Ledger
{

    /// <summary>Money in: Processor up, Receivable down. What exceeds the balance goes to Adjustment, to be refunded, and never makes a balance negative.</summary>
    public static async Task PostCaptureAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long paymentId, long accountId, Money amount, Instant now, CancellationToken cancel)
    {
        var applied = await LowerBalanceAsync(connection, transaction, accountId, amount.Amount, now, cancel);
        var key = $"payment:{paymentId}:capture";
        await PostAsync(connection, transaction, key, accountId, "Processor", amount, paymentId, now, cancel);
        if (applied > 0)
            await PostAsync(connection, transaction, key, accountId, "Receivable", amount with { Amount = -applied }, paymentId, now, cancel);
        if (applied < amount.Amount)
            await PostAsync(connection, transaction, key, accountId, "Adjustment", amount with { Amount = applied - amount.Amount }, paymentId, now, cancel);
    }

    /// <summary>Money back: the mirror of the capture. The balance rises again in the oldest bucket.</summary>
    public static async Task PostReversalAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long paymentId, long accountId, Money amount, Instant now, CancellationToken cancel)
    {
        var key = $"payment:{paymentId}:reversal";
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into ledger_line (entry_key, account_id, side, amount, currency, payment_id, at)
            select @key, account_id, side, -amount, currency, payment_id, @now from ledger_line where payment_id = @paymentId and entry_key = @capture
            """,
            new { key, capture = $"payment:{paymentId}:capture", paymentId, now }, transaction, cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update account set balance = balance + r.amount, bucket_older = bucket_older + r.amount, status = case when status = 'Paid' then 'Open' else status end, updated_at = @now
            from (select coalesce(sum(amount), 0) as amount from ledger_line where entry_key = @key and side = 'Receivable') r
            where account_id = @accountId
            """,
            new { key, accountId, now }, transaction, cancellationToken: cancel));
    }

    /// <summary>Takes the money from the oldest bucket first; returns how much the account could take.</summary>
    private static async Task<decimal> LowerBalanceAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long accountId, decimal amount, Instant now, CancellationToken cancel)
    {
        var buckets = await connection.QuerySingleAsync<Buckets>(new CommandDefinition(
            "select balance, bucket_older, bucket_120, bucket_90, bucket_60, bucket_30, bucket_current from account where account_id = @accountId for update",
            new { accountId }, transaction, cancellationToken: cancel));
        var applied = Math.Min(amount, buckets.Balance);
        var left = applied;
        decimal Take(decimal bucket)
        {
            var part = Math.Min(bucket, left);
            left -= part;
            return bucket - part;
        }

        await connection.ExecuteAsync(new CommandDefinition(
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
        return applied;
    }

    private static Task PostAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string key, long accountId, string side, Money amount, long paymentId, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "insert into ledger_line (entry_key, account_id, side, amount, currency, payment_id, at) values (@key, @accountId, @side, @Amount, @Currency, @paymentId, @now)",
            new { key, accountId, side, amount.Amount, amount.Currency, paymentId, now }, transaction, cancellationToken: cancel));

    private sealed record Buckets(decimal Balance, decimal BucketOlder, decimal Bucket120, decimal Bucket90, decimal Bucket60, decimal Bucket30, decimal BucketCurrent);
}
