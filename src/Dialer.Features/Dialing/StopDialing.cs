using Dapper;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Dialing;

public static partial class StopDialing
{
    /// <summary>Ends, in the caller's transaction, the calls that ring at these persons or about these accounts and that nobody has answered. Returns how many.</summary>
    /// <remarks>
    /// What is not sent yet is not sent: <see cref="CallSender"/> looks again in the statement that commits a call to be sent. What is answered meanwhile is asked about again by
    /// <see cref="AnswerCall"/>. A conversation that has begun goes on.
    /// </remarks>
    public static async Task<int> RingingAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long[] persons, long[] accounts, Instant now, CancellationToken cancel)
    {
        var calls = (await connection.QueryAsync<CallCommand>(new CommandDefinition(
            """
            select attempt_id, sid from attempt
            where direction = 'Outbound' and state in ('Placed', 'Ringing') and sid is not null and (person_id = any (@persons) or account_id = any (@accounts))
            order by attempt_id
            """,
            new { persons, accounts }, transaction, cancellationToken: cancel))).AsList();
        foreach (var call in calls)
            await Outbox.AddAsync(connection, transaction, AttemptEvents.CompleteCall, call, now, cancel);
        return calls.Count;
    }
}
