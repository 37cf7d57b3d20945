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
    /// <param name="written">It was said in writing: a dispute in writing within the validation period has more effect than a spoken one.</param>
    public static async Task<long> OpenAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PersonId person, AccountId? account, HoldKind kind, string reason, Instant? expiresAt, string openedBy, Instant now, CancellationToken cancel,
        bool written = false)
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
        var effect = kind == HoldKind.Dispute ? (DisputeEffect?)await ValidationNotices.OnDisputeAsync(connection, transaction, person, account, written, now, cancel) : null;
        if (open is { } existing)
        {
            // Said first, then written: the stronger one holds.
            if (effect == DisputeEffect.CeaseUntilVerified)
                await connection.ExecuteAsync(new CommandDefinition(
                    "update hold set effect = 'CeaseUntilVerified', written = written or @written where hold_id = @existing and effect is distinct from 'CeaseUntilVerified'", new { existing, written }, transaction, cancellationToken: cancel));
            return existing;
        }

        var id = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            insert into hold (person_id, account_id, kind, opened_at, opened_by, reason, expires_at, written, effect)
            values (@person, @account, @kind, @now, @openedBy, @reason, @expiresAt, @written, @effect) returning hold_id
            """,
            new { person = person.Value, account = account?.Value, kind = kind.ToString(), now, openedBy, reason, expiresAt, written, effect = effect?.ToString() },
            transaction,
            cancellationToken: cancel));
        await AuditTrail.AddAsync(connection, transaction, openedBy, "hold.open", $"person:{person.Value}", new { holdId = id, kind, accountId = account?.Value, reason, expiresAt, written, effect }, now, cancel);
        return id;
    }

    /// <summary>Closes an open hold.</summary>
    /// <param name="verificationSentOn">The day the verification of a disputed debt was sent; null: it was not.</param>
    /// <param name="withdrawn">The person took back what they said.</param>
    public static async Task<HoldClosing> CloseAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long holdId, string reason, LocalDate? verificationSentOn, bool withdrawn, string closedBy, Instant now, CancellationToken cancel)
    {
        var hold = await connection.QuerySingleOrDefaultAsync<(long Person, string? Effect)?>(new CommandDefinition(
            "select person_id, effect from hold where hold_id = @holdId and closed_at is null for update", new { holdId }, transaction, cancellationToken: cancel));
        if (hold is not { } open)
            return HoldClosing.NotOpen;
        if (open.Effect == nameof(DisputeEffect.CeaseUntilVerified) && verificationSentOn is null && !withdrawn)
            return HoldClosing.VerificationOwed;
        await connection.ExecuteAsync(new CommandDefinition(
            "update hold set closed_at = @now, closed_by = @closedBy, close_reason = @reason, verification_sent_on = @verificationSentOn where hold_id = @holdId",
            new { now, closedBy, reason, verificationSentOn, holdId }, transaction, cancellationToken: cancel));
        await AuditTrail.AddAsync(connection, transaction, closedBy, "hold.close", $"person:{open.Person}", new { holdId, reason, verificationSentOn, withdrawn }, now, cancel);
        return HoldClosing.Closed;
    }
}

/// <summary>What came of closing a hold.</summary>
public enum HoldClosing
{
    Closed,

    /// <summary>There is none of this id, or it was closed before.</summary>
    NotOpen,

    /// <summary>Collection of a debt disputed in writing, in time, begins again when its verification has been sent, not before (12 CFR 1006.38(d)(2)).</summary>
    VerificationOwed,
}
