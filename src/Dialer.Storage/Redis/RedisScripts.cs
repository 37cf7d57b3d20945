using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Dialer.Storage.Redis;

/// <summary>A Lua text, and the name under which a server keeps it. The client library would look the text up by itself at each call, which takes longer the longer the text is.</summary>
internal sealed class RedisScript(string text)
{
    public string Text { get; } = text;

    public byte[] Name { get; } = NameOf(text);

    [SuppressMessage("Security", "CA5350", Justification = "Redis names scripts by their SHA-1; nothing is kept secret or proven by it.")]
    [SuppressMessage("Security", "S4790", Justification = "The same.")]
    private static byte[] NameOf(string text) => SHA1.HashData(Encoding.UTF8.GetBytes(text));
}

/// <summary>The Lua texts beside this file.</summary>
internal static class RedisScripts
{
    public static readonly RedisScript PutAgent = Load("put_agent");
    public static readonly RedisScript MatchAgents = Load("match_agents");
    public static readonly RedisScript Heartbeat = Load("heartbeat");
    public static readonly RedisScript Snapshot = Load("snapshot");
    public static readonly RedisScript TakeStarts = Load("take_starts");

    private static RedisScript Load(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Dialer.Storage.Redis.{name}.lua")
            ?? throw new InvalidOperationException($"The script {name}.lua is not part of this build.");
        using var reader = new StreamReader(stream);
        return new RedisScript(reader.ReadToEnd());
    }
}
