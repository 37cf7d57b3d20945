using System.Text.Json;
using Dapper;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>Webhooks as facts: stored once, in the transaction of their effect. A repeat finds its first self and does nothing.</summary>
public static class Inbox
{
    /// <summary>True when this event is new. <paramref name="day"/> is the UTC day of the attempt, so that a repeat after midnight meets the same partition.</summary>
    public static async Task<bool> ReceiveAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, LocalDate day, string key, long attemptId, string kind, int? sequence, object detail, Instant now, CancellationToken cancel) =>
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into call_event (day, event_key, attempt_id, kind, sequence, at, detail) values (@day, @key, @attemptId, @kind, @sequence, @now, cast(@detail as jsonb))
            on conflict do nothing
            """,
            new { day = day.AtMidnight().InUtc().ToInstant(), key, attemptId, kind, sequence, now, detail = JsonSerializer.Serialize(detail, Outbox.Json) },
            transaction,
            cancellationToken: cancel)) == 1;
}
