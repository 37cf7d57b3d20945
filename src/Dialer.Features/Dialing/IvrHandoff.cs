using System.Collections.Concurrent;
using Dialer.Features.Agents;
using Dialer.Features.Ivr;
using Dialer.Features.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>The IVR's way to an agent: the same reservation as for an answered outbound call, else the line.</summary>
public sealed class IvrHandoff(AgentHandoff handoff, CallQueue queue, AgentSessions sessions) : IAgentHandoff
{
    /// <summary>Agents reserved in transactions of this node that are not known to be committed, by attempt.</summary>
    private readonly ConcurrentDictionary<long, long> _reserved = new();

    public async Task<string?> TryHandOffAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, CancellationToken cancel)
    {
        if (await AttemptRow.LockAsync(connection, transaction, attemptId, cancel) is not { EndedAt: null } row)
            return null;
        if (await handoff.TryAsync(connection, transaction, row.Routed, cancel) is not { } joined)
            return await queue.HasRoomAsync(connection, transaction, cancel) ? await queue.EnterAsync(connection, transaction, row.Routed, priority: 0, cancel) : null; // the IVR has more to offer than to call again later
        await queue.ServedAtOnceAsync(connection, transaction, row.Routed, joined.Agent.AgentId, cancel);
        _reserved[attemptId] = joined.Agent.AgentId;
        return joined.Twiml;
    }

    public bool IsOpen(Instant now) => queue.IsOpen(now);

    /// <remarks>A reservation that was rolled back is not told, and a crash before this is made up for by the keeper's next round.</remarks>
    public async Task CommittedAsync(long attemptId, CancellationToken cancel)
    {
        if (_reserved.TryRemove(attemptId, out var agent))
            await sessions.AnnounceScreenFirstAsync(agent, attemptId, cancel);
    }
}
