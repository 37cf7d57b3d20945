using NodaTime;

namespace Dialer.Features.Routing;

/// <summary>A call that is to be given to an agent.</summary>
public sealed record RoutedCall(long AttemptId, Instant CreatedAt, string Direction);

/// <summary>TwiML that joins the caller to an agent's conference, and the agent's session as it is now.</summary>
public sealed record JoinedAgent(string Twiml, Agents.AgentSession Agent);

/// <summary>Gives a call to an agent at once, if one who fits is free: chosen atomically in Redis, decided in PostgreSQL.</summary>
public sealed partial class AgentHandoff;

/// <summary>What the line takes from pacing: the agents that will be free next belong to whoever waits already.</summary>
public static class QueueLoad
{
    public const string WaitingSql = "select count(*)::int from queue_entry where state in ('Waiting', 'CallBack')";

    /// <summary>The floor without one agent for each who waits: those nearest to being free, in wrap-up first and then the longest in their call.</summary>
    public static IReadOnlyList<Storage.Redis.AgentReading> Reduce(IReadOnlyList<Storage.Redis.AgentReading> agents, int waiting)
    {
        if (waiting == 0)
            return agents;
        var taken = agents.Where(agent => agent.Alive && agent.State is "WrapUp" or "OnCall" or "Available")
            .OrderBy(agent => agent.State switch { "WrapUp" => 0, "OnCall" => 1, _ => 2 }).ThenBy(agent => agent.SinceMs).Take(waiting).Select(agent => agent.Session).ToHashSet();
        return [.. agents.Where(agent => !taken.Contains(agent.Session))];
    }
}

/// <summary>The line of callers for whom nobody is free yet.</summary>
public sealed partial class CallQueue;
