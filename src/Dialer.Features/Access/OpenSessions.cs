using System.Collections.Concurrent;
using System.Security.Claims;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dialer.Features.Access;

/// <summary>
/// Requests in progress by user: an event stream ends when its user's sessions are ended, not only at its next request. A revocation is announced by Redis;
/// a lost announcement is made up for by asking PostgreSQL every few seconds.
/// </summary>
public sealed class OpenSessions(Database database, RedisConnection redis, ILogger<OpenSessions> log) : PeriodicWork(Look, log)
{
    public const string Channel = "revoked";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Guid, Open> _open = new();

    protected override string Trouble => "Open streams could not be checked";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await SubscribeAsync();
        await base.ExecuteAsync(stoppingToken);
    }

    protected override Task RoundAsync(CancellationToken cancel) => EndRevokedAsync(cancel);

    /// <summary>Ends every open request of whoever's stamp is no longer the one it was made with.</summary>
    public async Task EndRevokedAsync(CancellationToken cancel)
    {
        var open = _open.Values.ToList();
        if (open.Count == 0)
            return;
        var current = (await database.QueryAsync<Current>(
            "select user_id, security_stamp from app_user where user_id = any (@ids) and not disabled", new { ids = open.Select(each => each.User).Distinct().ToArray() }, cancel))
            .ToDictionary(row => row.UserId, row => row.SecurityStamp);
        foreach (var each in open.Where(each => !current.TryGetValue(each.User, out var stamp) || stamp != each.Stamp))
            await each.Ended.CancelAsync();
    }

    internal static void Use(IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (http.User.FindFirstValue(Caller.Stamp) is not { } stamp || !HttpMethods.IsGet(http.Request.Method))
        {
            await next(http);
            return;
        }

        var sessions = http.RequestServices.GetRequiredService<OpenSessions>();
        var id = Guid.NewGuid();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        sessions._open[id] = new Open(http.User.UserId(), Guid.Parse(stamp), ended);
        http.RequestAborted = ended.Token;
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            http.Abort(); // the stream was begun and its user may read no more of it
        }
        finally
        {
            sessions._open.TryRemove(id, out _);
        }
    });

    private async Task SubscribeAsync()
    {
        try
        {
            await redis.SubscribeAsync(Channel, message =>
            {
                foreach (var each in _open.Values.Where(each => each.User.ToString() == message))
                    each.Ended.Cancel();
            });
        }
        catch (Exception failure) when (failure is StackExchange.Redis.RedisException or TimeoutException)
        {
            Log.LogWarning("Revocations are not heard at once, only every {Seconds} s: {Reason}", Look.TotalSeconds, failure.Message);
        }
    }

    private sealed record Open(long User, Guid Stamp, CancellationTokenSource Ended);

    private sealed class Current
    {
        public long UserId { get; init; }

        public Guid SecurityStamp { get; init; }
    }
}
