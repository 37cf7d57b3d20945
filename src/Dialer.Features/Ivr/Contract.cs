using Npgsql;

namespace Dialer.Features.Ivr;

/// <summary>What the IVR needs from the module that owns agents.</summary>
public interface IAgentHandoff
{
    /// <summary>
    /// Reserves a free agent for this attempt in the given transaction and returns the TwiML that joins the caller to them; null when nobody is free.
    /// </summary>
    Task<string?> TryHandOffAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, CancellationToken cancel);
}

/// <summary>An installation without agents: nobody is ever free.</summary>
public sealed class NoAgents : IAgentHandoff
{
    public Task<string?> TryHandOffAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, CancellationToken cancel) => Task.FromResult<string?>(null);
}
