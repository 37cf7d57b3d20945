using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dialer.Features.Reports;

/// <summary>Reads the floor once a second while somebody watches, and gives the same reading to everybody.</summary>
public sealed class FloorBroadcast(LiveFloor floor, ILogger<FloorBroadcast> log) : BackgroundService
{
    private readonly ConcurrentDictionary<Channel<FloorView>, bool> _watchers = new();

    public IDisposable Watch(out ChannelReader<FloorView> reader)
    {
        var channel = Channel.CreateBounded<FloorView>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        _watchers[channel] = true;
        reader = channel.Reader;
        return new Watcher(() => _watchers.TryRemove(channel, out _));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (_watchers.IsEmpty)
                continue;
            try
            {
                var view = await floor.ReadAsync(stoppingToken);
                foreach (var watcher in _watchers.Keys)
                    watcher.Writer.TryWrite(view);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogWarning("The floor could not be read; screens will show that they are stale: {Reason}", failure.Message);
            }
        }
    }

    private sealed class Watcher(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
