using System.Text.Json;
using Dapper;
using NodaTime;
using Npgsql;

namespace Dialer.Storage.Postgres;

/// <summary>Slow effects that must follow a state change: written in its transaction, performed afterwards, at least once.</summary>
public static class Outbox
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Well under the time after which PostgreSQL ends a transaction that only waits: that would undo what the other effects of the pump have done, and bring them all again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Task AddAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string kind, object payload, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "insert into outbox (kind, payload, created_at, next_at) values (@kind, cast(@payload as jsonb), @now, @now)",
            new { kind, payload = JsonSerializer.Serialize(payload, Json), now },
            transaction,
            cancellationToken: cancel));

    /// <summary>
    /// Performs up to <paramref name="limit"/> due effects, each in a transaction that holds its row: another node skips it, a crash leaves it due.
    /// A failed effect comes back later, with doubled delay up to five minutes. Returns how many were taken.
    /// </summary>
    public static Task<int> PumpAsync(Database database, int limit, Func<OutboxItem, CancellationToken, Task> perform, Func<Instant> now, CancellationToken cancel) =>
        PumpAsync(database, limit, perform, now, Patience, cancel);

    /// <param name="patience">Real time after which an effect has failed that is not done.</param>
    internal static Task<int> PumpAsync(Database database, int limit, Func<OutboxItem, CancellationToken, Task> perform, Func<Instant> now, TimeSpan patience, CancellationToken cancel) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var items = (await connection.QueryAsync<OutboxItem>(new CommandDefinition(
                    "select outbox_id, kind, payload::text as payload, tries from outbox where next_at <= @now order by next_at limit @limit for update skip locked",
                    new { now = now(), limit },
                    transaction,
                    cancellationToken: cancel))).AsList();
                using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                enough.CancelAfter(patience);
                await Task.WhenAll(items.Select(item => AttemptAsync(item, perform, enough.Token, cancel)));
                foreach (var item in items)
                {
                    if (item.Error is null)
                        await connection.ExecuteAsync(new CommandDefinition("delete from outbox where outbox_id = @OutboxId", item, transaction, cancellationToken: cancel));
                    else
                        await connection.ExecuteAsync(new CommandDefinition(
                            "update outbox set tries = tries + 1, last_error = @Error, next_at = @next where outbox_id = @OutboxId",
                            new { item.OutboxId, item.Error, next = now() + Duration.FromSeconds(Math.Min(300, Math.Pow(2, item.Tries))) },
                            transaction,
                            cancellationToken: cancel));
                }

                return items.Count;
            },
            cancel);

    private static async Task AttemptAsync(OutboxItem item, Func<OutboxItem, CancellationToken, Task> perform, CancellationToken enough, CancellationToken cancel)
    {
        try
        {
            await perform(item, enough);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            item.Error = $"{failure.GetType().Name}: {failure.Message}";
        }
    }
}

public sealed class OutboxItem
{
    public long OutboxId { get; init; }

    public string Kind { get; init; } = "";

    public string Payload { get; init; } = "";

    public int Tries { get; init; }

    public string? Error { get; set; }

    public T Read<T>() => JsonSerializer.Deserialize<T>(Payload, Outbox.Json) ?? throw new JsonException($"Outbox item {OutboxId} has no payload.");
}
