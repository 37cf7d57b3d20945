using Dapper;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Payments;

/// <param name="Patience">How long after its last news a session may stay open once its call has ended.</param>
/// <param name="LongestSession">After this an open session is over even if the call's end was never heard.</param>
public sealed record SweepPaymentsArgs(Duration Patience, Duration LongestSession)
{
    public static readonly SweepPaymentsArgs Default = new(Duration.FromMinutes(2), Duration.FromMinutes(15));
}

/// <summary>Sessions whose end was never told become Unknown: they block a second try and wait for the processor's word. Where the processor was certainly never asked for money they are cancelled.</summary>
public sealed class SweepPayments(Database database, TimeProvider time)
{
    /// <summary>Returns how many were ended.</summary>
    public Task<int> RunAsync(SweepPaymentsArgs args, CancellationToken cancel)
    {
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        return database.ExecuteAsync(
            """
            update payment p set updated_at = @now, state = case when (p.keeps or p.saved_method_id is not null) and p.charge_sent_at is null then 'Cancelled' else 'Unknown' end
            where p.state in ('Created', 'Pending')
              and ((p.updated_at < @quiet and exists (select 1 from attempt a where a.attempt_id = p.attempt_id and a.ended_at < @quiet)) or p.updated_at < @old)
            """,
            new { now, quiet = now - args.Patience, old = now - args.LongestSession },
            cancel);
    }
}
