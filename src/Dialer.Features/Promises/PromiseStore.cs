using Dapper;
using Dialer.Core;
using Dialer.Core.Ivr;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Promises;

public static partial class PromiseStore
{
    /// <summary>Calendar days after the due date in which the money still counts.</summary>
    public const int GraceDays = 3;

    /// <summary>Makes the promise the account's one active promise; an earlier one becomes Superseded. Returns its id.</summary>
    public static async Task<long> CreateAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, NewPromise promise, Instant now, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "update promise set state = 'Superseded', closed_at = @now where account_id = @AccountId and state = 'Active'",
            new { promise.AccountId, now }, transaction, cancellationToken: cancel));
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            insert into promise (account_id, person_id, attempt_id, amount, currency, due_on, grace_until, method, source, state, made_at)
            values (@AccountId, @PersonId, @AttemptId, @Amount, @Currency, @DueOn, @graceUntil, @method, @Source, 'Active', @now)
            returning promise_id
            """,
            new
            {
                promise.AccountId,
                promise.PersonId,
                promise.AttemptId,
                promise.Amount.Amount,
                promise.Amount.Currency,
                promise.DueOn,
                graceUntil = promise.DueOn.PlusDays(GraceDays),
                method = promise.Method?.ToString() ?? "Any",
                promise.Source,
                now,
            },
            transaction, cancellationToken: cancel));
    }
}
