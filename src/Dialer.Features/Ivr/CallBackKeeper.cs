using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Ivr;

/// <summary>Each minute: what became of the call-backs that were dialled, and which were missed.</summary>
public sealed class CallBackKeeper(Database database, TimeProvider time)
{
    /// <summary>Returns how many were moved on.</summary>
    public Task<int> RunAsync(CancellationToken cancel) => database.InTransactionAsync(
        (connection, transaction) => CallBackQueue.KeepAsync(connection, transaction, Instant.FromDateTimeOffset(time.GetUtcNow()), cancel), cancel);
}
