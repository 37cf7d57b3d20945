using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Dialer.Features.Reports;

/// <summary>Reads the floor once a second while somebody watches, and gives the same reading to everybody.</summary>
public sealed class FloorBroadcast(LiveFloor floor, ILogger<FloorBroadcast> log) : PeriodicWork(TimeSpan.FromSeconds(1), log)
{
    private readonly ConcurrentDictionary<Channel<FloorView>, bool> _watchers = new();

    public IDisposable Watch(out ChannelReader<FloorView> reader)
    {
        var channel = Channel.CreateBounded<FloorView>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        _watchers[channel] = true;
        reader = channel.Reader;
        return new Watcher(() => _watchers.TryRemove(channel, out _));
    }

    protected override string Trouble => "The floor could not be read; screens will show that they are stale";

    protected override async Task RoundAsync(CancellationToken cancel)
    {
        if (_watchers.IsEmpty)
            return;
        var view = await floor.ReadAsync(cancel);
        foreach (var watcher in _watchers.Keys)
            watcher.Writer.TryWrite(view);
    }

    private sealed class Watcher(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
