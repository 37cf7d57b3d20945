using Dapper;
using Npgsql;

namespace Dialer.Storage.Postgres;

/// <summary>Fenced leases. The holder's epoch is higher than every earlier holder's; work done under a lease proves its epoch in the same transaction.</summary>
/// <remarks>Lease times are PostgreSQL's own clock, in real seconds, whatever clock the service runs on: a lease is about a living process.</remarks>
public sealed class Leases(Database database, NodeIdentity node)
{
    /// <summary>Takes or renews the lease; null when another living node holds it.</summary>
    public Task<long?> TryHoldAsync(string name, TimeSpan duration, CancellationToken cancel) =>
        database.FindAsync<long?>(
            """
            insert into lease as l (name, owner, epoch, expires_at)
            values (@name, @owner, 1, clock_timestamp() + @duration)
            on conflict (name) do update
                set owner = excluded.owner,
                    epoch = l.epoch + case when l.owner = excluded.owner and l.expires_at > clock_timestamp() then 0 else 1 end,
                    expires_at = excluded.expires_at
                where l.owner = excluded.owner or l.expires_at < clock_timestamp()
            returning epoch
            """,
            new { name, owner = node.Name, duration },
            cancel);

    /// <summary>Gives the lease up at once, so that a peer takes over without waiting for it to run out.</summary>
    public Task ReleaseAsync(string name, CancellationToken cancel) =>
        database.ExecuteAsync(
            "update lease set expires_at = '-infinity' where name = @name and owner = @owner",
            new { name, owner = node.Name },
            cancel);

    /// <summary>True while the epoch is the newest; locks the lease row so that nobody takes over before this transaction ends.</summary>
    public static async Task<bool> ProveAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string name, long epoch, CancellationToken cancel) =>
        await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            "select epoch from lease where name = @name and epoch = @epoch and expires_at > clock_timestamp() for share",
            new { name, epoch },
            transaction,
            cancellationToken: cancel)) is not null;
}

/// <summary>This process among its peers: a name no other process ever had.</summary>
public sealed record NodeIdentity(string Name)
{
    public static NodeIdentity OfThisProcess() => new($"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}");
}
