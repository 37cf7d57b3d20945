using NodaTime;
using Npgsql;

namespace Dialer.Storage.Scheduling;

/// <summary>Work that a schedule starts. It knows nothing of the scheduler: any host could call it.</summary>
public interface IScheduledWork
{
    /// <summary>The name schedules refer to, such as "campaign.open". Never changes once it is in a database.</summary>
    string Name { get; }

    /// <summary>
    /// Does the effect of one fire in the given transaction, which also holds the row that makes this (schedule, fire time) happen once.
    /// </summary>
    Task RunAsync(string argument, Instant fireTime, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel);
}
