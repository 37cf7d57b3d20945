using Dialer.Storage.Postgres;
using Dialer.Twilio.Rest;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Recordings;

/// <summary>
/// Brings ended recordings home: fetches each from the carrier, stores it encrypted, reads it back, and only then deletes it there. Whoever claims a row has it for some minutes;
/// a node that dies leaves it to the next. What cannot be fetched is tried again, ever more slowly, and after a day is called missing, with an alarm.
/// </summary>
public sealed class FetchRecordings(Database database, TwilioClient twilio, RecordingStore store, IOptions<RecordingsOptions> options, ServiceClock clock, ILogger<FetchRecordings> log) : PeriodicWork(Round, log)
{
    private const int GiveUpAfter = 14; // 5 s doubled to an hour: some eight hours
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(10);

    /// <summary>How long after a call's end the carrier's word that its recording is complete is waited for.</summary>
    private static readonly Duration WordLost = Duration.FromHours(1);

    protected override string Trouble => "Recordings could not be fetched";

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.Value.Keep ? base.ExecuteAsync(stoppingToken) : Task.CompletedTask;

    protected override async Task RoundAsync(CancellationToken cancel)
    {
        while (await OneAsync(cancel))
        {
            // as long as there is work
        }
    }

    /// <summary>Takes one step for one recording that is due; false when none is.</summary>
    public async Task<bool> OneAsync(CancellationToken cancel)
    {
        await NoticeAsync(cancel);
        var now = clock.Now;
        var due = await database.FindAsync<Due>(
            """
            update recording_media set tries = tries + 1, next_at = @later
            where recording_sid = (select recording_sid from recording_media where next_at <= @now order by next_at limit 1 for update skip locked)
            returning recording_sid, attempt_id, state, tries
            """,
            new { now, later = now + clock.OfReal(Claim) },
            cancel);
        if (due is null)
            return false;
        var error = due.State == "Waiting" ? await FetchAsync(due, cancel) : await DeleteAsync(due, cancel);
        if (error is not null)
            await PostponeAsync(due, error, cancel);
        return true;
    }

    /// <summary>Recordings that have ended, and messages that callers left, get a row here. No recording outlives its call: where the carrier's word of its end was lost, it is fetched all the same.</summary>
    private Task NoticeAsync(CancellationToken cancel) => database.ExecuteAsync(
        """
        update recording r set state = 'Stopped', ended_at = t.ended_at from attempt t
        where r.state <> 'Stopped' and r.started_at > @since and t.attempt_id = r.attempt_id and t.ended_at < @wordLost;
        insert into recording_media (recording_sid, attempt_id, state, next_at)
        select r.recording_sid, r.attempt_id, 'Waiting', @now from recording r
        where r.state = 'Stopped' and r.seconds is distinct from 0 and r.started_at > @since and not exists (select 1 from recording_media m where m.recording_sid = r.recording_sid)
        union all
        select v.recording_sid, v.attempt_id, 'Waiting', @now from voicemail v
        where v.at > @since and not exists (select 1 from recording_media m where m.recording_sid = v.recording_sid)
        on conflict do nothing
        """,
        new { now = clock.Now, since = clock.Now - Duration.FromDays(7), wordLost = clock.Now - WordLost },
        cancel);

    private async Task<string?> FetchAsync(Due due, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Claim / 2); // before another node may claim it
        try
        {
            var (media, error) = await twilio.OpenRecordingAsync(due.RecordingSid, deadline.Token);
            if (media is null)
                return error!.Message;
            await using (media)
                return await store.WriteAsync(due.RecordingSid, media.Content, media.MediaType, options.Value.MaxBytes, clock.Now, deadline.Token) ? null : $"It is longer than {options.Value.MaxBytes} bytes.";
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return $"The download broke off ({failure.GetType().Name}).";
        }
    }

    private async Task<string?> DeleteAsync(Due due, CancellationToken cancel)
    {
        if (options.Value.DeleteAtCarrier && await twilio.DeleteRecordingAsync(due.RecordingSid, cancel) is { } error)
            return error.Message;
        await database.ExecuteAsync(
            "update recording_media set next_at = null, carrier_deleted_at = case when @deleted then @now end where recording_sid = @RecordingSid",
            new { due.RecordingSid, deleted = options.Value.DeleteAtCarrier, now = clock.Now }, cancel);
        return null;
    }

    private Task PostponeAsync(Due due, string error, CancellationToken cancel)
    {
        var lost = due.State == "Waiting" && due.Tries >= GiveUpAfter;
        if (lost)
            Log.LogError("Recording {RecordingSid} of attempt {AttemptId} could not be fetched and is given up: {Reason}", due.RecordingSid, due.AttemptId, error);
        return database.ExecuteAsync(
            """
            with given_up as (
                update recording_media set last_error = @error, next_at = case when @lost then null else @next end, state = case when @lost then 'Missing' else state end
                where recording_sid = @RecordingSid returning state)
            insert into alarm (code, subject, raised_at, text)
            select 'RECORDING_MISSING', 'attempt/' || @AttemptId, @now, 'A recording could not be fetched from the carrier: ' || @error from given_up where state = 'Missing'
            """,
            new { due.RecordingSid, due.AttemptId, error, lost, now = clock.Now, next = clock.Now + clock.OfReal(TimeSpan.FromSeconds(Math.Min(3600, 5 * Math.Pow(2, due.Tries - 1)))) },
            cancel);
    }

    private sealed record Due(string RecordingSid, long AttemptId, string State, int Tries);
}
