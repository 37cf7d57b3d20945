using Dapper;
using Dialer.Core;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Payments;

public static partial class ClientPayments
{
    /// <summary>Posts each payment in the caller's transaction. A reference that is posted already is left alone.</summary>
    public static async Task<int> PostAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long importId, long clientId, IReadOnlyList<ClientPayment> payments, Instant now, CancellationToken cancel)
    {
        var posted = 0;
        foreach (var payment in payments)
        {
            var id = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                """
                insert into client_payment (client_id, reference, account_id, amount, currency, paid_on, state, import_batch_id, posted_at)
                values (@clientId, @Reference, @AccountId, @Amount, @Currency, @PaidOn, 'Posted', @importId, @now)
                on conflict do nothing returning client_payment_id
                """,
                new { clientId, payment.Reference, payment.AccountId, payment.Amount, payment.Currency, payment.PaidOn, importId, now }, transaction, cancellationToken: cancel));
            if (id is not { } clientPaymentId)
                continue;
            await Ledger.PostDirectAsync(connection, transaction, clientPaymentId, payment.AccountId, new Money(payment.Amount, payment.Currency), now, cancel);
            posted++;
        }

        return posted;
    }

    /// <summary>Takes back every payment of one import that is still posted: the debt rises again by what each had paid. Returns how many.</summary>
    public static async Task<int> ReverseAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long importId, Instant now, CancellationToken cancel)
    {
        var payments = (await connection.QueryAsync<(long Id, long AccountId)>(new CommandDefinition(
            "update client_payment set state = 'Reversed', reversed_at = @now where import_batch_id = @importId and state = 'Posted' returning client_payment_id, account_id",
            new { importId, now }, transaction, cancellationToken: cancel))).AsList();
        foreach (var (id, accountId) in payments)
            await Ledger.ReverseDirectAsync(connection, transaction, id, accountId, now, cancel);
        return payments.Count;
    }
}
