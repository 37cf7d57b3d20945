using Dialer.Features;
using Dialer.Features.Access;
using Dialer.Features.Compliance;
using Dialer.Features.Compliance.Lists;
using Dialer.Features.Integrations;
using Dialer.Features.Ivr;
using Dialer.Features.Payments;
using Dialer.Features.Promises;
using Dialer.Features.Recordings;
using Dialer.Storage.Scheduling;
using NodaTime;
using Npgsql;

namespace Dialer.Host;

/// <summary>Gives the installation's own schedules to the scheduler at each start, so that a new build's times hold at once.</summary>
internal sealed class Background(Schedules schedules, IEnumerable<IScheduledWork> works, ILogger<Background> log) : BackgroundService
{
    private const string Zone = "America/New_York";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var routine in works.OfType<Routine>())
                await schedules.PutAsync(routine.Schedule, routine.Cron, Zone, routine.Name, "", stoppingToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            log.LogError(failure, "The installation's schedules could not be stored");
        }
    }

    /// <summary>What runs by the clock in every installation. Each piece of work guards itself, so none needs the fire's transaction.</summary>
    public static void AddRoutines(IServiceCollection services)
    {
        // Each night: which promises were kept. At six in New York the day before is over in Hawaii too.
        Add<EvaluatePromises>("promises-evaluate", "0 5 6 * * ?", "promises.evaluate", (evaluate, fireTime, cancel) => evaluate.RunAsync(new EvaluatePromisesArgs(fireTime.InZone(DateTimeZoneProviders.Tzdb[Zone]).Date), cancel));

        // Each night: recordings whose time has run are destroyed.
        Add<PurgeRecordings>("recordings-purge", "0 35 3 * * ?", "recordings.purge", (purge, _, cancel) => purge.RunAsync(cancel));

        // Each minute: payment sessions that nobody ended become unknown; receipts and other notices leave; call-backs that were answered, not answered or missed.
        Add<SweepPayments>("payments-sweep", "0 * * * * ?", "payments.sweep", (sweep, _, cancel) => sweep.RunAsync(SweepPaymentsArgs.Default, cancel));
        Add<SendNotices>("payments-notices", "30 * * * * ?", "payments.notices", (send, _, cancel) => send.RunAsync(cancel));
        Add<CallBackKeeper>("ivr-call-backs", "15 * * * * ?", "ivr.call-backs", (keeper, _, cancel) => keeper.RunAsync(cancel));

        // Each hour: answers of outside lists that end soon are asked again; notices of debts that are due or late; what must never have happened; new files of the payment processor (a file's own hash keeps it from running twice); kept answers older than a day go.
        Add<RefreshLists>("lists-refresh", "0 17 * * * ?", "lists.refresh", (refresh, _, cancel) => refresh.RunAsync(cancel));
        Add<ValidationNotices>("compliance-validation", "0 10 * * * ?", "compliance.validation", (notices, _, cancel) => notices.RunAsync(cancel));
        Add<WatchBreaches>("compliance-breaches", "0 12 * * * ?", "compliance.breaches", (watch, _, cancel) => watch.RunAsync(cancel));
        Add<ProcessorFiles>("payments-reconcile", "0 20 * * * ?", "payments.reconcile", (files, _, cancel) => files.RunFolderAsync(cancel));
        Add<IdempotentAnswers>("access-forget-answers", "0 40 * * * ?", "access.forget-answers", (answers, _, cancel) => answers.ForgetOldAsync(cancel));

        // Each night: events and deliveries that nobody asks for any more.
        Add<EventFeed>("integrations-forget", "0 25 3 * * ?", "integrations.forget", (feed, fireTime, cancel) => feed.ForgetOldAsync(fireTime, cancel));

        void Add<T>(string schedule, string cron, string name, Func<T, Instant, CancellationToken, Task> run)
            where T : notnull =>
            services.AddSingleton<IScheduledWork>(provider => new Routine(schedule, cron, name, (fireTime, cancel) => run(provider.GetRequiredService<T>(), fireTime, cancel)));
    }

    private sealed class Routine(string schedule, string cron, string name, Func<Instant, CancellationToken, Task> run) : IScheduledWork
    {
        public string Schedule => schedule;

        public string Cron => cron;

        public string Name => name;

        public Task RunAsync(string argument, Instant fireTime, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel) => run(fireTime, cancel);
    }
}
