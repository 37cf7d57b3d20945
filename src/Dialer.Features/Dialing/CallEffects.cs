using Dialer.Features.Agents;
using Dialer.Features.Ivr;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Rest;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Dialer.Features.Dialing;

/// <summary>Performs what the outbox holds for calls: end one, or treat a machine as its campaign says.</summary>
public sealed class CallEffects(Database database, TwilioClient twilio, IvrFlow ivr, AgentSessions sessions, ServiceClock clock, ILogger<CallEffects> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await Outbox.PumpAsync(database, 50, PerformAsync, () => clock.Now, stoppingToken) == 0)
                    await Task.Delay(Pause, stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(failure, "The outbox could not be pumped; trying again");
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            }
        }
    }

    private Task PerformAsync(OutboxItem item, CancellationToken cancel) => item.Kind switch
    {
        AttemptEvents.CompleteCall => CompleteAsync(item.Read<CallCommand>(), cancel),
        AttemptEvents.MachineTreatment => TreatMachineAsync(item.Read<CallCommand>(), cancel),
        CallMove.Kind => MoveAsync(item.Read<CallMove>(), cancel),
        _ => throw new InvalidOperationException($"This build knows no effect '{item.Kind}'."),
    };

    private async Task CompleteAsync(CallCommand command, CancellationToken cancel) => Require(await twilio.CompleteCallAsync(command.Sid, cancel));

    private async Task MoveAsync(CallMove move, CancellationToken cancel) => Require(await twilio.RunTwimlAsync(move.Sid, move.Twiml, cancel));

    private async Task TreatMachineAsync(CallCommand command, CancellationToken cancel)
    {
        var twiml = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var row = await AttemptRow.LockAsync(connection, transaction, command.AttemptId, cancel);
                if (row is not { EndedAt: null, MachineTreatment: "LimitedContentMessage" })
                    return null;
                await Dapper.SqlMapper.ExecuteAsync(
                    connection, "update attempt set treatment = 'LimitedContentMessage', artificial_voice = true where attempt_id = @AttemptId", new { command.AttemptId }, transaction);
                return await ivr.StartAsync(connection, transaction, command.AttemptId, AnswerCall.MachineFlow, clock.Now, cancel);
            },
            cancel);
        Require(twiml is null ? await twilio.CompleteCallAsync(command.Sid, cancel) : await twilio.RunTwimlAsync(command.Sid, twiml, cancel));
        await sessions.AnnounceAsync(await database.InTransactionAsync(
            async (connection, transaction) => await AttemptRow.LockAsync(connection, transaction, command.AttemptId, cancel) is { } row
                ? await AttemptEvents.FreeFromMachineAsync(connection, transaction, row, clock.Now, cancel)
                : null,
            cancel));
    }

    /// <summary>A call that is already over needs nothing more.</summary>
    private static void Require(TwilioAnswer<CallResource> answer)
    {
        if (answer.Error is { CallIsNotInProgress: false, IsNotFound: false } error)
            throw new InvalidOperationException($"Twilio: {error.Status} {error.Code} {error.Message}");
    }
}
