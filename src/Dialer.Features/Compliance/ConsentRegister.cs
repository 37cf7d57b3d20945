using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Features.Audit;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Compliance;

/// <summary>The append-only register of consents and revocations. Used by the API, the IVR (press 9) and agents' dispositions alike.</summary>
public static partial class ConsentRegister
{
    /// <summary>
    /// Writes the statement and its audit row in the caller's transaction, under the person's lock: a dial decided after the commit sees it.
    /// Confirm a revocation to the person only when the transaction has committed.
    /// </summary>
    /// <returns>The id of the row.</returns>
    public static async Task<long> RecordAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, ConsentStatement said, string recordedBy, Instant now, CancellationToken cancel)
    {
        if (said.Person is { } locked)
            await PersonLocks.TakeAsync(connection, transaction, [locked], cancel);
        var id = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            insert into consent_event (at, person_id, e164, channel, kind, scope, account_id, valid_from, valid_until, source, evidence, recorded_by)
            values (@now, @person, @E164, @channel, @kind, @scope, @account, @ValidFrom, @ValidUntil, @Source, @Evidence, @recordedBy) returning consent_event_id
            """,
            new
            {
                now, person = said.Person?.Value, said.E164, channel = said.Channel.ToString(), kind = said.Kind.ToString(), scope = said.Scope.ToString(), account = said.Account?.Value,
                said.ValidFrom, said.ValidUntil, said.Source, said.Evidence, recordedBy,
            },
            transaction,
            cancellationToken: cancel));
        await AuditTrail.AddAsync(
            connection, transaction, recordedBy, said.Kind == ConsentKind.Revoked ? "consent.revoke" : "consent.grant", said.Person is { } person ? $"person:{person.Value}" : $"consent:{id}",
            new { consentEventId = id, said.Channel, said.Scope, said.Source, accountId = said.Account?.Value }, now, cancel);
        return id;
    }
}
