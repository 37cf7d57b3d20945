using Dialer.Features;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;

namespace Dialer.Host;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: it should be given new work (503 with the reason while PostgreSQL is away or the node drains).</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Text("live")).AllowAnonymous();
        routes.MapGet("/health/ready", ReadyAsync).AllowAnonymous();
    }

    private static async Task<IResult> ReadyAsync(Database database, RedisConnection redis, Drain drain, CancellationToken cancel)
    {
        if (drain.Started)
            return Results.Json(new { status = "draining" }, statusCode: 503);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(TimeSpan.FromSeconds(2));
            await database.FindAsync<int>("select 1", null, patience.Token);
        }
        catch (Exception failure) when (failure is Npgsql.NpgsqlException or OperationCanceledException or TimeoutException)
        {
            return Results.Json(new { status = "postgres-away" }, statusCode: 503);
        }

        // Redis away: calls in the air are still served and nothing new is dialled, so the node stays in the load balancer.
        return Results.Json(new { status = redis.IsConnected ? "ready" : "ready-without-redis" });
    }
}
