using System.Globalization;
using System.Text.Json;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Integrations;

/// <summary>Where a reader of the feed stands: everything up to and with this event has been read. Written "transaction-event".</summary>
/// <remarks>Numbers of transactions belong to one PostgreSQL cluster: after a restore into another one a reader begins anew, by time.</remarks>
public readonly record struct FeedCursor(ulong Xid, long EventId)
{
    public static bool TryParse(string? text, out FeedCursor cursor)
    {
        cursor = default;
        var parts = (text ?? "").Split('-');
        if (parts.Length != 2 || !ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var xid) || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return false;
        cursor = new FeedCursor(xid, id);
        return true;
    }

    /// <exception cref="FormatException">Not a cursor.</exception>
    public static FeedCursor Parse(string text) => TryParse(text, out var cursor) ? cursor : throw new FormatException("Not a cursor of the event feed.");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Xid}-{EventId}");
}

/// <summary>One event as it leaves the house, by feed and by webhook alike.</summary>
/// <param name="Id">Stable: a second copy of an event has the same.</param>
public sealed record FeedEvent(long Id, string Type, Instant At, JsonElement Data, string Cursor);

/// <summary>
/// <c>GET /api/v1/events?after=&amp;types=&amp;limit=</c>: what has happened, in an order that never changes and with nothing missing. A reader keeps the cursor of the last event he has dealt with.
/// </summary>
/// <remarks>
/// Events are ordered by transaction and shown only when every older transaction has ended, so one that commits late is never passed by (PostgreSQL: pg_snapshot_xmin). The price: while one
/// long transaction writes anywhere on that server, a large import say, newer events wait for it.
/// </remarks>
public sealed class EventFeed(Database database)
{
    public const int MostAtOnce = 1000;
    public const int DaysKept = 30;

    private const string Columns = "event_id, xid::text as xid, at, type, data::text as data";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/events", async (string? after, string? since, string? types, int? limit, EventFeed feed, CancellationToken cancel) =>
    {
        if (limit is < 1 or > MostAtOnce)
            return Problem.Invalid($"limit lies between 1 and {MostAtOnce}.");
        var wanted = types?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? ["*"];
        FeedCursor cursor = default;
        if (!string.IsNullOrEmpty(after) && !FeedCursor.TryParse(after, out cursor))
            return Problem.Invalid("after must be a cursor that this feed gave.");
        Instant? from = null;
        if (!string.IsNullOrEmpty(since))
        {
            if (!NodaTime.Text.InstantPattern.ExtendedIso.Parse(since).TryGetValue(default, out var parsed))
                return Problem.Invalid("since must be an ISO 8601 instant such as 2026-06-02T15:30:00Z.");
            from = parsed;
        }

        var events = await feed.ReadAsync(cursor, from, wanted, limit ?? 100, cancel);
        return Results.Ok(new { items = events, next = events.Count == 0 ? after : events[^1].Cursor });
    }).RequireAuthorization(Scopes.EventsRead);

    /// <param name="types">"call.ended", "payment.*" or "*".</param>
    public async Task<IReadOnlyList<FeedEvent>> ReadAsync(FeedCursor after, Instant? since, string[] types, int limit, CancellationToken cancel) =>
        [.. (await database.QueryAsync<Row>(
            $"""
            select {Columns} from event_feed
            where (xid, event_id) > (cast(@xid as xid8), @EventId) and xid < pg_snapshot_xmin(pg_current_snapshot()) and (@since::timestamptz is null or at >= @since)
                and exists (select from unnest(@types) wanted where wanted = '*' or type = wanted or right(wanted, 2) = '.*' and starts_with(type, left(wanted, -1)))
            order by xid, event_id limit @limit
            """,
            new { xid = after.Xid.ToString(CultureInfo.InvariantCulture), after.EventId, since, types, limit }, cancel)).Select(row => row.Event)];

    /// <summary>Forgets events that are older than <see cref="DaysKept"/>, and their deliveries with them.</summary>
    public Task<int> ForgetOldAsync(Instant now, CancellationToken cancel) =>
        database.ExecuteAsync("delete from event_feed where at < @before", new { before = now - Duration.FromDays(DaysKept) }, cancel);

    internal sealed class Row
    {
        public long EventId { get; init; }

        public string Xid { get; init; } = "";

        public Instant At { get; init; }

        public string Type { get; init; } = "";

        public string Data { get; init; } = "";

        public FeedCursor Cursor => new(ulong.Parse(Xid, CultureInfo.InvariantCulture), EventId);

        public FeedEvent Event => new(EventId, Type, At, JsonSerializer.Deserialize<JsonElement>(Data), Cursor.ToString());
    }
}
