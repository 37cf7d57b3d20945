using Dialer.Core.Calls;
using Dialer.Core.Numbers;
using Dialer.Features.Agents;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Rest;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Dialer.Features.Dialing;

/// <summary>
/// Looks at every attempt past its deadline, so that none is stuck: an intent never sent is dropped, a submission nobody reported becomes unknown,
/// an unknown one is looked for in Twilio's call list, and a call that has gone quiet is asked about.
/// </summary>
public sealed class AttemptSweeper(
    Database database, Leases leases, TwilioClient twilio, AttemptEvents events, AgentSessions sessions, ServiceClock clock, ILogger<AttemptSweeper> log) : PeriodicWork(Round, log)
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    /// <summary>Real time after which an intent that was not sent is dropped.</summary>
    private static readonly TimeSpan Unsent = TimeSpan.FromSeconds(10);

    /// <summary>Real time for which Twilio's list may lag behind (it is eventually consistent), and so for which an unknown call is looked for.</summary>
    private static readonly TimeSpan ListLag = TimeSpan.FromSeconds(60);

    /// <summary>Real time between two looks at the same attempt.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    protected override string Trouble => "Overdue attempts could not be swept";

    protected override async Task RoundAsync(CancellationToken cancel)
    {
        if (await leases.TryHoldAsync("sweeper", TimeSpan.FromSeconds(5), cancel) is not null)
            await SweepAsync(cancel);
    }

    /// <summary>One round; returns how many attempts it looked at.</summary>
    public async Task<int> SweepAsync(CancellationToken cancel)
    {
        var now = clock.Now;
        var overdue = await database.QueryAsync<Overdue>(
            """
            select attempt_id, state, sid, to_e164, from_e164, submitted_at from attempt
            where state in ('Submitting', 'Unknown', 'Placed', 'Ringing', 'Answered') and deadline < @now
            union all
            select attempt_id, state, sid, to_e164, from_e164, submitted_at from attempt where state = 'Intent' and created_at < @unsent
            limit 200
            """,
            new { now, unsent = now - clock.OfReal(Unsent) },
            cancel);
        foreach (var row in overdue)
            await SettleAsync(row, now, cancel);
        return overdue.Count;
    }

    /// <summary>One attempt by itself: whatever is wrong with it, those after it in the round have their turn.</summary>
    private async Task SettleAsync(Overdue row, Instant now, CancellationToken cancel)
    {
        try
        {
            if (await EventAsync(row, now, cancel) is { } happened)
            {
                await ApplyAsync(row, happened, cancel);
                return;
            }
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            Log.LogWarning("Attempt {AttemptId} could not be swept and is put off: {Reason}", row.AttemptId, failure.Message);
        }

        await PostponeAsync(row.AttemptId, cancel);
    }

    private async Task<AttemptEvent?> EventAsync(Overdue row, Instant now, CancellationToken cancel) => row.State switch
    {
        AttemptState.Intent => new AttemptEvent.Rejected(null, Sent: false),
        AttemptState.Submitting => new AttemptEvent.Lost(now + clock.OfReal(Again)),
        AttemptState.Unknown => await FindAsync(row, now, cancel),
        _ => await AskAsync(row.Sid!, now, cancel),
    };

    /// <summary>Exactly one call that no attempt has claimed, to this number, from ours, since the request: that is it.</summary>
    private async Task<AttemptEvent?> FindAsync(Overdue row, Instant now, CancellationToken cancel)
    {
        if (!PhoneNumber.TryParse(row.ToE164, out var to) || !PhoneNumber.TryParse(row.FromE164, out var from))
            return new AttemptEvent.NotFound(); // no request can have been made of it
        var since = (row.SubmittedAt ?? now) - Duration.FromSeconds(5) - clock.OfReal(TimeSpan.FromSeconds(2));
        var found = new List<CallResource>();
        await foreach (var call in twilio.ListCallsAsync(new CallFilter { To = to, From = from }, cancel))
        {
            if ((call.DateCreated ?? call.StartTime) is not { } at || at >= since)
                found.Add(call);
        }

        var claimed = await database.QueryAsync<string>("select sid from attempt where sid = any (@sids)", new { sids = found.Select(call => call.Sid).ToArray() }, cancel);
        var free = found.Where(call => !claimed.Contains(call.Sid)).ToList();
        if (free is [var only] && WireNames.StatusOf(only.Status) is { } status)
            return new AttemptEvent.Progress(only.Sid, status, now, DurationSeconds: only.Duration, AnsweredBy: only.AnsweredBy);
        if (free.Count > 1)
            Log.LogError("Attempt {AttemptId} matches {Count} calls in Twilio's list: a person may have been called twice", row.AttemptId, free.Count);
        return free.Count == 0 && now > (row.SubmittedAt ?? now) + clock.OfReal(ListLag) ? new AttemptEvent.NotFound() : null;
    }

    private async Task<AttemptEvent?> AskAsync(string sid, Instant now, CancellationToken cancel)
    {
        var answer = await twilio.GetCallAsync(sid, cancel);
        if (answer.Error is { IsNotFound: true })
            return new AttemptEvent.Progress(sid, CallStatus.Failed, now);
        return answer.Succeeded(out var call) && WireNames.StatusOf(call.Status) is { } status && status is not (CallStatus.Queued or CallStatus.Ringing or CallStatus.InProgress)
            ? new AttemptEvent.Progress(sid, status, now, DurationSeconds: call.Duration, AnsweredBy: call.AnsweredBy)
            : null;
    }

    /// <summary>Only while the attempt is as it was read: an intent that its sender has submitted since is on its way, and may not be given back as one that nobody sent.</summary>
    private async Task ApplyAsync(Overdue overdue, AttemptEvent happened, CancellationToken cancel)
    {
        var outcome = await database.InTransactionAsync(
            async (connection, transaction) => await AttemptRow.LockAsync(connection, transaction, overdue.AttemptId, cancel) is { } row && row.State == overdue.State
                ? await events.ApplyAsync(connection, transaction, row, happened, cancel)
                : null,
            cancel);
        await sessions.AnnounceAsync(outcome?.Agent);
    }

    private Task PostponeAsync(long attemptId, CancellationToken cancel) => database.ExecuteAsync(
        "update attempt set deadline = @deadline where attempt_id = @attemptId", new { attemptId, deadline = clock.Now + Duration.FromSeconds(30) + clock.OfReal(Again) }, cancel);

    private sealed class Overdue
    {
        public long AttemptId { get; init; }

        public AttemptState State { get; init; }

        public string? Sid { get; init; }

        public string ToE164 { get; init; } = "";

        public string FromE164 { get; init; } = "";

        public Instant? SubmittedAt { get; init; }
    }
}
