using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Routing;

/// <summary>
/// <c>GET /api/v1/queues</c>: the line now and today's service level: callers with an agent within the target, of all who got one, at once or after a wait, or gave up after waiting longer than five seconds.
/// </summary>
internal static class ReadQueues
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/queues", ReadAsync).RequireAuthorization(Scopes.FloorRead);

    private static async Task<IResult> ReadAsync(Database database, IOptions<RoutingOptions> options, ServiceClock clock, CancellationToken cancel)
    {
        var target = TimeSpan.FromSeconds(options.Value.TargetSeconds); // an interval: Dapper knows no Duration
        var rows = await database.QueryAsync<QueueRow>(
            """
            select q.queue,
                count(*) filter (where q.state = 'Waiting') as waiting,
                count(*) filter (where q.state = 'CallBack') as call_backs,
                min(q.entered_at) filter (where q.state = 'Waiting') as longest_since,
                count(*) filter (where q.joined_at is not null and q.state = 'Offered') as answered,
                count(*) filter (where q.joined_at - q.entered_at <= @target and q.state = 'Offered') as in_time,
                count(*) filter (where q.state = 'Abandoned' and q.ended_at - q.entered_at > interval '5 seconds') as abandoned
            from queue_entry q
            where q.entered_at > @since or q.state in ('Waiting', 'CallBack')
            group by q.queue order by q.queue
            """,
            new { target, since = clock.Now - Duration.FromHours(24) },
            cancel);
        return Results.Ok(new { targetSeconds = options.Value.TargetSeconds, items = rows.Select(row => row with { ServiceLevel = row.Answered + row.Abandoned == 0 ? null : (double)row.InTime / (row.Answered + row.Abandoned) }) });
    }

    public sealed record QueueRow
    {
        public string Queue { get; init; } = "";

        public long Waiting { get; init; }

        public long CallBacks { get; init; }

        public Instant? LongestSince { get; init; }

        public long Answered { get; init; }

        public long InTime { get; init; }

        public long Abandoned { get; init; }

        public double? ServiceLevel { get; init; }
    }
}
