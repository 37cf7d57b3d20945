using Dialer.Storage.Postgres;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Dialer.Features;

/// <summary>Keeps daily partitions ready for what grows with every dial: yesterday to a week ahead on the service's clock. The series of pacing decisions is dropped after <see cref="SeriesDays"/>.</summary>
public sealed class PartitionKeeper(Database database, ServiceClock clock, ILogger<PartitionKeeper> log) : PeriodicWork(TimeSpan.FromMinutes(5), log)
{
    /// <summary>Days for which pacing can be replayed: longer than the longest common abandonment window. It holds no personal data.</summary>
    public const int SeriesDays = 45;

    /// <summary>Returns how many days of the pacing series were dropped.</summary>
    public static Task<int> PruneAsync(Database database, LocalDate today, CancellationToken cancel) =>
        database.FindAsync<int>("select drop_daily_partitions('pacing_tick', @before)", new { before = today.PlusDays(-SeriesDays) }, cancel);

    public static Task EnsureAsync(Database database, LocalDate today, CancellationToken cancel) => database.ExecuteAsync(
        """
        select ensure_daily_partitions(name::regclass, @from, @to)
        from unnest(array['decision', 'call_event', 'pacing_tick', 'audit']) as name
        """,
        new { from = today.PlusDays(-1), to = today.PlusDays(7) },
        cancel);

    protected override string Trouble => "Partitions could not be prepared, rows go to the default ones";

    protected override async Task RoundAsync(CancellationToken cancel)
    {
        var today = clock.Now.InUtc().Date;
        await EnsureAsync(database, today, cancel);
        await PruneAsync(database, today, cancel);
    }
}
