using Dapper;
using Dialer.Core;
using Npgsql;

namespace Dialer.Features.Compliance;

/// <summary>
/// The lock that makes counting and reserving one act: whoever decides about a person holds it until the transaction that reserves the attempt ends.
/// Without it, concurrent senders each see room for one more call.
/// </summary>
public static class PersonLocks
{
    /// <summary>Locks every person named, in id order, so that two batches never wait for each other in a circle. Released at the end of the transaction.</summary>
    public static Task TakeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IEnumerable<PersonId> persons, CancellationToken cancel = default)
    {
        var ids = persons.Select(person => person.Value).Distinct().Order().ToArray();
        // The order of unnest is kept: a lock is taken for each row as it is produced.
        return connection.ExecuteAsync(new CommandDefinition(
            "select count(pg_advisory_xact_lock(id)) from unnest(@ids) with ordinality as wanted(id, place)", new { ids }, transaction, cancellationToken: cancel));
    }
}
