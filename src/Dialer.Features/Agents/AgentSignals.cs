using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Dialer.Storage.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dialer.Features.Agents;

/// <summary>Wakes the event streams of this node's desks when their agent has changed on any node, and hears from any node that a desk has drawn its call.</summary>
public sealed class AgentSignals(RedisConnection redis, ILogger<AgentSignals> log) : IHostedService
{
    /// <summary>
    /// Real time for which a voice waits for its screen at most: a quarter of the two seconds within which a person who answers must be with an agent (16 CFR 310.4(b)(4)(iii)),
    /// and under what a greeting takes anyway.
    /// </summary>
    public static readonly TimeSpan ScreenFirst = TimeSpan.FromMilliseconds(500);

    private const string ChangedChannel = "agents";
    private const string ShownChannel = "shown";

    /// <summary>Goes with each word, so that the node that sent it does not wake its own desks twice: the second reading would stand in the way of the first.</summary>
    private readonly string _origin = Guid.NewGuid().ToString("N");

    private readonly ConcurrentDictionary<long, ConcurrentDictionary<Channel<bool>, bool>> _waiting = new();
    private readonly ConcurrentDictionary<long, ExpectedScreen> _expected = new();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await redis.SubscribeAsync(ChangedChannel, message =>
        {
            if (message.Split(' ') is [var id, var origin] && origin != _origin && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var agent))
                Wake(agent);
        });
        await redis.SubscribeAsync(ShownChannel, message =>
        {
            if (long.TryParse(message, NumberStyles.None, CultureInfo.InvariantCulture, out var attempt))
                Drawn(attempt);
        });
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Wakes the agent's desk on every other node.</summary>
    /// <exception cref="StackExchange.Redis.RedisException">Redis is away: other nodes' desks learn it at their next look.</exception>
    public Task TellOthersAsync(long agentId) => redis.PublishAsync(ChangedChannel, string.Create(CultureInfo.InvariantCulture, $"{agentId} {_origin}"));

    /// <summary>Wakes the agent's desk on this node.</summary>
    public void Wake(long agentId)
    {
        if (!_waiting.TryGetValue(agentId, out var channels))
            return;
        foreach (var channel in channels.Keys)
            channel.Writer.TryWrite(true);
    }

    /// <summary>To be asked for before the call is announced, and disposed.</summary>
    public ExpectedScreen Expect(long attemptId)
    {
        var screen = new ExpectedScreen(gone => _expected.TryRemove(new KeyValuePair<long, ExpectedScreen>(attemptId, gone)));
        _expected[attemptId] = screen;
        return screen;
    }

    /// <summary>The desk has drawn the call; whoever waits for that may be on another node.</summary>
    public async Task ShownAsync(long attemptId)
    {
        if (Drawn(attemptId))
            return;
        try
        {
            await redis.PublishAsync(ShownChannel, attemptId.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception failure) when (failure is StackExchange.Redis.RedisException or TimeoutException)
        {
            log.LogWarning("That a screen is drawn could not be told: {Reason}", failure.Message);
        }
    }

    private bool Drawn(long attemptId)
    {
        if (!_expected.TryGetValue(attemptId, out var waiting))
            return false;
        waiting.Draw();
        return true;
    }

    public IDisposable Listen(long agentId, out ChannelReader<bool> reader)
    {
        var channel = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        var mine = _waiting.GetOrAdd(agentId, _ => new());
        mine[channel] = true;
        reader = channel.Reader;
        return new Subscription(() => mine.TryRemove(channel, out _));
    }

    /// <summary>A screen that is to show a call.</summary>
    public sealed class ExpectedScreen(Action<ExpectedScreen> forget) : IDisposable
    {
        private readonly SemaphoreSlim _drawn = new(0);

        /// <summary>True when it is drawn; false when that took longer than <see cref="ScreenFirst"/>.</summary>
        public Task<bool> DrawnAsync(CancellationToken cancel) => _drawn.WaitAsync(ScreenFirst, cancel);

        /// <summary>Not disposed with the wait: a word that comes late must still find it.</summary>
        internal void Draw() => _drawn.Release();

        public void Dispose() => forget(this);
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
