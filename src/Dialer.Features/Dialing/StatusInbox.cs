using Dialer.Core.Calls;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.Logging;
using NodaTime;
using CallStatus = Dialer.Core.Calls.CallStatus;

namespace Dialer.Features.Dialing;

/// <summary>Takes the status callbacks of every call on this node: those that come at the same moment are one transaction.</summary>
/// <remarks>
/// A group takes what needs nothing but the attempt's own row: progress, and the end of a call that no agent and no campaign's lead depends on. It waits for no call that somebody else holds.
/// All the rest is applied alone, as it would be without a group.
/// </remarks>
public sealed class StatusInbox
{
    private readonly Database _database;
    private readonly AttemptEvents _events;
    private readonly PacingSignals _signals;
    private readonly ServiceClock _clock;
    private readonly Grouped<Callback, bool> _grouped;

    public StatusInbox(Database database, AttemptEvents events, PacingSignals signals, ServiceClock clock, ILogger<StatusInbox> log)
    {
        (_database, _events, _signals, _clock) = (database, events, signals, clock);
        _grouped = new Grouped<Callback, bool>(
            TakeAsync, callback => callback.Attempt, (members, failure) => log.LogWarning(failure, "The status callbacks of {Members} calls could not be stored together; each is stored alone", members));
    }

    /// <summary>True: the callback is stored, with what follows from it. False: nothing was done, and it has to be applied alone.</summary>
    public Task<bool> TakeAsync(AttemptToken token, CallStatusChanged callback, CallStatus status, AttemptEvent.Progress happened) =>
        _grouped.AskAsync(new Callback(token.Attempt.Value, token.Day, KeyOf(callback, status), $"status.{status}", callback, happened));

    /// <summary>What makes a callback the same one when it comes again.</summary>
    public static string KeyOf(CallStatusChanged callback, CallStatus status) => $"status:{callback.CallSid}:{callback.Sequence?.ToString() ?? status.ToString()}";

    private async Task<IReadOnlyList<bool>> TakeAsync(IReadOnlyList<Callback> callbacks)
    {
        var (stored, changed) = await _database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var now = _clock.Now;
                var rows = (await AttemptRow.LockFreeAsync(connection, transaction, [.. callbacks.Select(callback => callback.Attempt)], CancellationToken.None)).ToDictionary(row => row.AttemptId);
                var taken = callbacks
                    .Select(callback => rows.GetValueOrDefault(callback.Attempt) is { } row ? new Taken(callback, row, AttemptMachine.Apply(row.ToAttempt(), callback.Happened, now)) : null)
                    .OfType<Taken>().Where(one => one.IsOwnAffair).ToList();
                var fresh = await Inbox.ReceiveAsync(connection, transaction, [.. taken.Select(one => one.Callback.ToReceived())], now, CancellationToken.None);
                var changes = taken.Where(one => one.Change.Applied && fresh.Contains(one.Row.AttemptId)).Select(one => (one.Row, one.Change)).ToList();
                await _events.StoreAsync(connection, transaction, changes, now, CancellationToken.None);
                return (taken.Select(one => one.Row.AttemptId).ToHashSet(), changes.Count > 0);
            },
            CancellationToken.None);
        if (changed)
            await _signals.CallChangedAsync();
        return [.. callbacks.Select(callback => stored.Contains(callback.Attempt))];
    }

    private sealed record Callback(long Attempt, LocalDate Day, string Key, string Kind, CallStatusChanged Detail, AttemptEvent.Progress Happened)
    {
        public ReceivedEvent ToReceived() => new(Day, Key, Attempt, Kind, Detail.Sequence, Detail);
    }

    private sealed record Taken(Callback Callback, AttemptRow Row, AttemptChange Change)
    {
        public bool IsOwnAffair => !Change.Conflict && Change.Effect switch
        {
            AttemptEffect.None => true,
            AttemptEffect.Ended => Row.AgentId is null && Row.CampaignId is null,
            _ => false,
        };
    }
}
