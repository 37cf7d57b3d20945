using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Features.Audit;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Compliance;

/// <summary>What a person said about being contacted. <paramref name="E164"/> is one of their numbers.</summary>
/// <param name="Source">Where it was said: "ivr", "agent", "letter", "placement".</param>
/// <param name="Evidence">What proves it: a recording's SID, a document's id, a key pressed.</param>
public sealed record ConsentStatement(
    PersonId Person, string E164, Channel Channel, ConsentKind Kind, ConsentScope Scope, string Source, string Evidence = "", AccountId? Account = null, Instant? ValidFrom = null, Instant? ValidUntil = null);

/// <summary>The append-only register of consents and revocations. Used by the API, the IVR (press 9) and agents' dispositions alike.</summary>
public static class ConsentRegister
{
    /// <summary>
    /// Writes the statement and its audit row in the caller's transaction, under the person's lock: a dial decided after the commit sees it.
    /// Confirm a revocation to the person only when the transaction has committed.
    /// </summary>
    /// <returns>The id of the row.</returns>
    public static async Task<long> RecordAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, ConsentStatement said, string recordedBy, Instant now, CancellationToken cancel)
    {
        await PersonLocks.TakeAsync(connection, transaction, [said.Person], cancel);
        var id = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            insert into consent_event (at, person_id, e164, channel, kind, scope, account_id, valid_from, valid_until, source, evidence, recorded_by)
            values (@now, @person, @E164, @channel, @kind, @scope, @account, @ValidFrom, @ValidUntil, @Source, @Evidence, @recordedBy) returning consent_event_id
            """,
            new
            {
                now, person = said.Person.Value, said.E164, channel = said.Channel.ToString(), kind = said.Kind.ToString(), scope = said.Scope.ToString(), account = said.Account?.Value,
                said.ValidFrom, said.ValidUntil, said.Source, said.Evidence, recordedBy,
            },
            transaction,
            cancellationToken: cancel));
        await AuditTrail.AddAsync(
            connection, transaction, recordedBy, said.Kind == ConsentKind.Revoked ? "consent.revoke" : "consent.grant", $"person:{said.Person.Value}",
            new { consentEventId = id, said.Channel, said.Scope, said.Source, accountId = said.Account?.Value }, now, cancel);
        return id;
    }
}
