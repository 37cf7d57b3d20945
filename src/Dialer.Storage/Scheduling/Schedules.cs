using Quartz;

namespace Dialer.Storage.Scheduling;

/// <summary>Cron schedules, kept by Quartz in PostgreSQL and fired by whichever node is alive.</summary>
public sealed class Schedules(ISchedulerFactory factory)
{
    /// <summary>Creates or replaces a schedule. A fire that was missed while no node ran happens once, at once.</summary>
    /// <param name="cron">Quartz cron, with seconds, in the zone <paramref name="zone"/> (IANA).</param>
    /// <exception cref="FormatException">The cron expression is not one.</exception>
    public async Task PutAsync(string schedule, string cron, string zone, string work, string argument, CancellationToken cancel)
    {
        CronExpression.Parse(cron);
        var scheduler = await factory.GetScheduler(cancel);
        var job = JobBuilder.Create<FireOnceJob>()
            .WithIdentity(schedule)
            .UsingJobData(FireOnceJob.Work, work)
            .UsingJobData(FireOnceJob.Argument, argument)
            .StoreDurably()
            .RequestRecovery()
            .Build();
        var trigger = TriggerBuilder.Create(scheduler.TimeProvider)
            .WithIdentity(schedule)
            .ForJob(schedule)
            .WithCronSchedule(cron, x => x.InTimeZone(TimeZoneInfo.FindSystemTimeZoneById(zone)).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed))
            .Build();
        await scheduler.ScheduleJob(job, (IReadOnlyCollection<ITrigger>)[trigger], new ScheduleJobOptions { Replace = true }, cancel);
    }

    /// <summary>True when, of the two cron expressions, <paramref name="opens"/> fired last: the period they bound is running at <paramref name="now"/>.</summary>
    public static bool IsBetween(string opens, string closes, string zone, DateTimeOffset now)
    {
        var local = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var opened = CronExpression.Parse(opens).WithTimeZone(local).GetPreviousValidTimeBefore(now);
        var closed = CronExpression.Parse(closes).WithTimeZone(local).GetPreviousValidTimeBefore(now);
        return opened is not null && (closed is null || opened > closed);
    }

    public async Task RemoveAsync(string schedule, CancellationToken cancel) =>
        await (await factory.GetScheduler(cancel)).DeleteJob(new JobKey(schedule), cancel);
}
