using System.Threading.Channels;
using Dialer.Storage.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dialer.Features.Dialing;

/// <summary>Wakes this node's leader when an agent or a call has changed on any node, so that it decides at once and not at its next tick.</summary>
public sealed class PacingSignals(RedisConnection redis, ILogger<PacingSignals> log) : IHostedService
{
    private const string Calls = "calls";
    private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await redis.SubscribeAsync("agents", _ => _woken.Writer.TryWrite(true));
        await redis.SubscribeAsync(Calls, _ => _woken.Writer.TryWrite(true));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A call was answered, classified or ended. When Redis is away the next tick finds out by itself.</summary>
    public async Task CallChangedAsync()
    {
        try
        {
            await redis.PublishAsync(Calls, "");
        }
        catch (Exception away) when (away is StackExchange.Redis.RedisException or TimeoutException)
        {
            log.LogDebug("A changed call could not be announced: {Reason}", away.Message);
        }
    }

    /// <summary>Returns after a change or after <paramref name="most"/>, whichever comes first; false when <paramref name="cancel"/> ends the waiting.</summary>
    public async Task<bool> WaitAsync(TimeSpan most, CancellationToken cancel)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        pause.CancelAfter(most);
        try
        {
            await _woken.Reader.ReadAsync(pause.Token);
        }
        catch (OperationCanceledException)
        {
            // the tick is due, or the service stops
        }

        return !cancel.IsCancellationRequested;
    }
}
