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

    /// <summary>The same for events of different attempts; returns the attempts whose event is new.</summary>
    public static async Task<IReadOnlySet<long>> ReceiveAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<ReceivedEvent> events, Instant now, CancellationToken cancel) =>
        events.Count == 0 ? new HashSet<long>() : (await connection.QueryAsync<long>(new CommandDefinition(
            """
            insert into call_event (day, event_key, attempt_id, kind, sequence, at, detail)
            select g.day, g.key, g.attempt_id, g.kind, g.sequence, @now, g.detail::jsonb from unnest(@days, @keys, @attempts, @kinds, @sequences, @details) as g (day, key, attempt_id, kind, sequence, detail)
            on conflict do nothing returning attempt_id
            """,
            new
            {
                days = events.Select(received => (Instant?)received.Day.AtMidnight().InUtc().ToInstant()).ToArray(),
                keys = events.Select(received => received.Key).ToArray(),
                attempts = events.Select(received => received.AttemptId).ToArray(),
                kinds = events.Select(received => received.Kind).ToArray(),
                sequences = events.Select(received => received.Sequence).ToArray(),
                details = events.Select(received => JsonSerializer.Serialize(received.Detail, Outbox.Json)).ToArray(),
                now,
            },
            transaction,
            cancellationToken: cancel))).ToHashSet();
}

/// <summary>An event to be stored once, by its key. <paramref name="Day"/> is the UTC day of the attempt.</summary>
public sealed record ReceivedEvent(LocalDate Day, string Key, long AttemptId, string Kind, int? Sequence, object Detail);
