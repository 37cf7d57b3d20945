using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dialer.Features;

/// <summary>
/// Work that a node does again and again from its start to its stop. A round that fails is told in the log and followed by the next:
/// only the node's own stop ends the work, not a time-out or a cancellation of something the round waited for.
/// </summary>
public abstract class PeriodicWork(TimeSpan every, ILogger log) : BackgroundService
{
    protected ILogger Log => log;

    /// <summary>What did not happen when a round fails, for the log: "Alerts could not be looked at".</summary>
    protected abstract string Trouble { get; }

    /// <summary>One round; the next begins no sooner than it ends.</summary>
    protected abstract Task RoundAsync(CancellationToken cancel);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every);
        do
        {
            try
            {
                await RoundAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("{Trouble}; again in {Seconds} s: {Reason}", Trouble, every.TotalSeconds, failure.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
