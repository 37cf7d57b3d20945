using System.Collections.Concurrent;
using System.Threading.Channels;
using Dialer.Storage.Redis;
using Microsoft.Extensions.Hosting;

namespace Dialer.Features.Agents;

/// <summary>Wakes the event streams of this node's desks when their agent has changed on any node.</summary>
public sealed class AgentSignals(RedisConnection redis) : IHostedService
{
    private readonly ConcurrentDictionary<long, ConcurrentDictionary<Channel<bool>, bool>> _waiting = new();

    public Task StartAsync(CancellationToken cancellationToken) => redis.SubscribeAsync("agents", message =>
    {
        if (long.TryParse(message, out var agent))
            Wake(agent);
    });

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Wake(long agentId)
    {
        if (!_waiting.TryGetValue(agentId, out var channels))
            return;
        foreach (var channel in channels.Keys)
            channel.Writer.TryWrite(true);
    }

    public IDisposable Listen(long agentId, out ChannelReader<bool> reader)
    {
        var channel = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        var mine = _waiting.GetOrAdd(agentId, _ => new());
        mine[channel] = true;
        reader = channel.Reader;
        return new Subscription(() => mine.TryRemove(channel, out _));
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
