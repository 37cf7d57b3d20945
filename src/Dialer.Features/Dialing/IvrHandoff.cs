using Dialer.Features.Ivr;
using Dialer.Features.Routing;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>The IVR's way to an agent: the same reservation as for an answered outbound call, else the line.</summary>
public sealed class IvrHandoff(AgentHandoff handoff, CallQueue queue) : IAgentHandoff
{
    public async Task<string?> TryHandOffAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, CancellationToken cancel) =>
        await AttemptRow.LockAsync(connection, transaction, attemptId, cancel) is { EndedAt: null } row
            ? (await handoff.TryAsync(connection, transaction, row.Routed, cancel))?.Twiml ?? await queue.EnterAsync(connection, transaction, row.Routed, priority: 0, cancel)
            : null;
}
