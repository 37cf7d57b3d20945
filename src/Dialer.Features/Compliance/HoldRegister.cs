using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Features.Audit;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Compliance;

/// <summary>Typed stops on a person or one of their debts. Used by the API, the IVR, imports and agents' dispositions alike.</summary>
public static partial class HoldRegister
{
    /// <summary>Opens a hold in the caller's transaction, under the person's lock. A hold of the same kind and scope that is open already is returned instead.</summary>
    /// <param name="account">Null: every account of the person.</param>
    public static async Task<long> OpenAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PersonId person, AccountId? account, HoldKind kind, string reason, Instant? expiresAt, string openedBy, Instant now, CancellationToken cancel)
    {
        await PersonLocks.TakeAsync(connection, transaction, [person], cancel);
        var open = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            """
            select hold_id from hold where person_id = @person and kind = @kind and account_id is not distinct from @account and closed_at is null
              and (expires_at is null or (@expiresAt::timestamptz is not null and expires_at >= @expiresAt)) limit 1
            """,
            new { person = person.Value, kind = kind.ToString(), account = account?.Value, expiresAt },
            transaction,
            cancellationToken: cancel));
        if (open is { } existing)
            return existing;
        var id = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "insert into hold (person_id, account_id, kind, opened_at, opened_by, reason, expires_at) values (@person, @account, @kind, @now, @openedBy, @reason, @expiresAt) returning hold_id",
            new { person = person.Value, account = account?.Value, kind = kind.ToString(), now, openedBy, reason, expiresAt },
            transaction,
            cancellationToken: cancel));
        await AuditTrail.AddAsync(connection, transaction, openedBy, "hold.open", $"person:{person.Value}", new { holdId = id, kind, accountId = account?.Value, reason, expiresAt }, now, cancel);
        return id;
    }

    /// <summary>Closes an open hold. False: there is none of this id, or it was closed before.</summary>
    public static async Task<bool> CloseAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long holdId, string reason, string closedBy, Instant now, CancellationToken cancel)
    {
        var person = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            "update hold set closed_at = @now, closed_by = @closedBy where hold_id = @holdId and closed_at is null returning person_id", new { now, closedBy, holdId }, transaction, cancellationToken: cancel));
        if (person is null)
            return false;
        await AuditTrail.AddAsync(connection, transaction, closedBy, "hold.close", $"person:{person}", new { holdId, reason }, now, cancel);
        return true;
    }
}
