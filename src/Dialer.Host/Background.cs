using Dialer.Features;
using Dialer.Features.Compliance.Lists;
using Dialer.Features.Ivr;
using Dialer.Features.Payments;
using Dialer.Features.Promises;
using Dialer.Storage.Scheduling;
using NodaTime;
using Npgsql;

namespace Dialer.Host;

/// <summary>Gives the installation's own schedules to the scheduler at each start, so that a new build's times hold at once.</summary>
internal sealed class Background(Schedules schedules, ILogger<Background> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await schedules.PutAsync("promises-evaluate", "0 5 0 * * ?", "America/New_York", PromisesWork.WorkName, "", stoppingToken);
            await schedules.PutAsync("payments-sweep", "0 * * * * ?", "America/New_York", PaymentsWork.WorkName, "", stoppingToken);
            await schedules.PutAsync("lists-refresh", "0 17 * * * ?", "America/New_York", ListsWork.WorkName, "", stoppingToken);
            await schedules.PutAsync("payments-notices", "30 * * * * ?", "America/New_York", NoticesWork.WorkName, "", stoppingToken);
            await schedules.PutAsync("payments-reconcile", "0 20 * * * ?", "America/New_York", ReconcileWork.WorkName, "", stoppingToken);
            await schedules.PutAsync("ivr-call-backs", "15 * * * * ?", "America/New_York", CallBacksWork.WorkName, "", stoppingToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            log.LogError(failure, "The installation's schedules could not be stored");
        }
    }
}

/// <summary>Each night: which promises were kept. The work guards itself, so it needs nothing of the fire's transaction.</summary>
internal sealed class PromisesWork(EvaluatePromises evaluate) : IScheduledWork
{
    public const string WorkName = "promises.evaluate";

    public string Name => WorkName;

    public Task RunAsync(string argument, Instant fireTime, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel) =>
        evaluate.RunAsync(new EvaluatePromisesArgs(fireTime.InZone(DateTimeZoneProviders.Tzdb["America/New_York"]).Date), cancel);
}

/// <summary>Each minute: payment sessions that nobody ended become unknown.</summary>
internal sealed class PaymentsWork(SweepPayments sweep) : IScheduledWork
{
    public const string WorkName = "payments.sweep";

    public string Name => WorkName;

    public Task RunAsync(string argument, Instant fireTime, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel) =>
        sweep.RunAsync(SweepPaymentsArgs.Default, cancel);
}

/// <summary>Each hour: answers of outside lists that end soon are asked again.</summary>
internal sealed class ListsWork(RefreshLists refresh) : IScheduledWork
{
    public const string WorkName = "lists.refresh";

    public string Name => WorkName;

    public Task RunAsync(string argument, Instant fireTime, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel) => refresh.RunAsync(cancel);
}

/// <summary>Each minute: receipts and other notices leave. Each is guarded by its own row.</summary>
internal sealed class NoticesWork(SendNotices send) : IScheduledWork
{
    public const string WorkName = "payments.notices";

    public string Name => WorkName;

    public Task RunAsync(string argument, Instant fireTime, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel) => send.RunAsync(cancel);
}

/// <summary>Each hour: files of the payment processor that are new. A file's own hash keeps it from running twice.</summary>
internal sealed class ReconcileWork(ProcessorFiles files) : IScheduledWork
{
    public const string WorkName = "payments.reconcile";

    public string Name => WorkName;

    public Task RunAsync(string argument, Instant fireTime, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel) => files.RunFolderAsync(cancel);
}

/// <summary>Each minute: call-backs that were answered, not answered or missed.</summary>
internal sealed class CallBacksWork(CallBackKeeper keeper) : IScheduledWork
{
    public const string WorkName = "ivr.call-backs";

    public string Name => WorkName;

    public Task RunAsync(string argument, Instant fireTime, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel) => keeper.RunAsync(cancel);
}
