using System.Reflection;

namespace Dialer.Storage.Redis;

/// <summary>The Lua texts beside this file.</summary>
internal static class RedisScripts
{
    public static readonly string PutAgent = Load("put_agent");
    public static readonly string MatchAgents = Load("match_agents");
    public static readonly string Heartbeat = Load("heartbeat");
    public static readonly string Snapshot = Load("snapshot");
    public static readonly string TakeStarts = Load("take_starts");

    private static string Load(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Dialer.Storage.Redis.{name}.lua")
            ?? throw new InvalidOperationException($"The script {name}.lua is not part of this build.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
