using Dapper;
using Dialer.Storage.Postgres;
using Microsoft.Extensions.Logging;
using NodaTime;
using Quartz;

namespace Dialer.Storage.Scheduling;

/// <summary>
/// The one Quartz job: runs the named work once for each (schedule, fire time), whatever the scheduler does. Two nodes that fire together,
/// a node that dies after the effect, and a recovery that fires again all meet the same unique row.
/// </summary>
internal sealed class FireOnceJob(Database database, IEnumerable<IScheduledWork> works, NodeIdentity node, TimeProvider time, ILogger<FireOnceJob> log) : IJob
{
    public const string Work = "work";
    public const string Argument = "argument";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var name = context.MergedJobDataMap.GetString(Work);
        var argument = context.MergedJobDataMap.GetString(Argument) ?? "";
        var work = works.FirstOrDefault(candidate => candidate.Name == name);
        if (work is null)
        {
            log.LogError("Schedule {Schedule} asks for work {Work}, which this build does not have", context.JobDetail.Key.Name, name);
            return;
        }

        var fireTime = Instant.FromDateTimeOffset(context.ScheduledFireTimeUtc ?? context.FireTimeUtc);
        await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var first = await connection.ExecuteAsync(new CommandDefinition(
                    "insert into schedule_fire (schedule, fire_time, at, node) values (@schedule, @fireTime, @at, @node) on conflict do nothing",
                    new { schedule = context.JobDetail.Key.Name, fireTime, at = Instant.FromDateTimeOffset(time.GetUtcNow()), node = node.Name },
                    transaction,
                    cancellationToken: cancellationToken));
                if (first == 1)
                    await work.RunAsync(argument, fireTime, connection, transaction, cancellationToken);
            },
            cancellationToken);
    }
}
