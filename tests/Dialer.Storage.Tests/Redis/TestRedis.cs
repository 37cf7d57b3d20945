using Dialer.Storage.Redis;

namespace Dialer.Storage.Tests.Redis;

/// <summary>A key prefix of the test's own on the server that <c>ConnectionStrings__Redis</c> names, emptied at the end.</summary>
public sealed class TestRedis : IAsyncLifetime
{
    private const string Variable = "ConnectionStrings__Redis";
    private RedisConnection? _connection;

    public RedisConnection Connection => _connection ?? throw new InvalidOperationException("The fixture was not initialised.");

    public async Task InitializeAsync()
    {
        var server = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text
            ? text
            : throw new InvalidOperationException($"These tests need a real Redis: set {Variable} (for example \"127.0.0.1:6379\"), or run `./dialer test`.");
        _connection = await RedisConnection.OpenAsync(server, $"test-{Guid.NewGuid():N}");
    }

    public async Task DisposeAsync()
    {
        if (_connection is null)
            return;
        await _connection.Database.ScriptEvaluateAsync("for _, k in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', k) end", [], [(string)_connection.Key("*")!]);
        _connection.Dispose();
    }
}
