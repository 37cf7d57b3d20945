using Dialer.Features.Ivr;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>The IVR's way to an agent: the same reservation as for an answered outbound call.</summary>
public sealed class IvrHandoff(AgentHandoff handoff) : IAgentHandoff
{
    public async Task<string?> TryHandOffAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, CancellationToken cancel) =>
        await AttemptRow.LockAsync(connection, transaction, attemptId, cancel) is { EndedAt: null } row ? (await handoff.TryAsync(connection, transaction, row, cancel))?.Twiml : null;
}
