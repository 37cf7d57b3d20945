using StackExchange.Redis;

namespace Dialer.Storage.Redis;

/// <summary>The one multiplexer. It reconnects by itself; while Redis is away every call fails fast and the caller takes its safe side.</summary>
public sealed class RedisConnection(ConnectionMultiplexer multiplexer, string prefix) : IDisposable
{
    public IDatabase Database => multiplexer.GetDatabase();

    public bool IsConnected => multiplexer.IsConnected;

    public RedisKey Key(string name) => $"{prefix}:{name}";

    public Task PublishAsync(string channel, string message) => multiplexer.GetSubscriber().PublishAsync($"{prefix}:{channel}", message);

    public Task SubscribeAsync(string channel, Action<string> handle) =>
        multiplexer.GetSubscriber().SubscribeAsync($"{prefix}:{channel}", (_, message) => handle(message!));

    /// <summary>Runs a script by its name; a server that does not know it yet, or no more, is sent its text.</summary>
    internal async Task<RedisResult> EvaluateAsync(RedisScript script, RedisKey[] keys, RedisValue[] values)
    {
        try
        {
            return await Database.ScriptEvaluateAsync(script.Name, keys, values);
        }
        catch (RedisServerException unknown) when (unknown.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            return await Database.ScriptEvaluateAsync(script.Text, keys, values, CommandFlags.NoScriptCache);
        }
    }

    /// <summary>Opens the multiplexer without waiting for a server: a node starts, and fails closed, while Redis is away.</summary>
    public static async Task<RedisConnection> OpenAsync(string connectionString, string prefix)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = 2000;
        options.SyncTimeout = 2000;
        options.ClientName = "dialer";
        return new RedisConnection(await ConnectionMultiplexer.ConnectAsync(options), prefix);
    }

    public void Dispose() => multiplexer.Dispose();
}
