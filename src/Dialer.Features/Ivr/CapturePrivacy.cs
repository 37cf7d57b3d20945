using Dialer.Features.Recordings;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Rest;
using Microsoft.Extensions.Logging;

namespace Dialer.Features.Ivr;

/// <summary>No digit of a card is asked for while the call is being recorded: the recording is paused, and Twilio's own answer must say that it is, before a session begins.</summary>
/// <remarks>Fails closed: when Twilio cannot be asked, no session begins and the caller is told kindly. A call without a recording has nothing to pause (404).</remarks>
public sealed class CapturePrivacy(TwilioClient twilio, Database database, ServiceClock clock, ILogger<CapturePrivacy> log)
{
    /// <summary>True when it is certain that nothing of the call is being recorded now.</summary>
    public async Task<bool> EnsureAsync(long attemptId, string callSid, CancellationToken cancel)
    {
        var answer = await twilio.PauseRecordingAsync(callSid, cancel);
        if (answer.Succeeded(out var recording) && recording.Status == "paused")
        {
            await database.ExecuteAsync("update ivr_session set recording_paused = true where attempt_id = @attemptId", new { attemptId }, cancel);
            await RecordingPauses.BeginAsync(database, attemptId, clock.Now, cancel);
            return true;
        }

        if (answer.Error is { IsNotFound: true })
            return true;
        log.LogWarning("Attempt {AttemptId}: the recording could not be seen to pause ({Code}); no payment session begins", attemptId, answer.Error?.Code);
        return false;
    }

    /// <summary>The session is over: the recording goes on, if there was one. Should that fail the rest is not recorded, which harms nobody.</summary>
    public async Task ReleaseAsync(long attemptId, string callSid, CancellationToken cancel)
    {
        if (await database.ExecuteAsync("update ivr_session set recording_paused = false where attempt_id = @attemptId and recording_paused", new { attemptId }, cancel) == 0)
            return;
        if ((await twilio.ResumeRecordingAsync(callSid, cancel)).Error is { } error)
        {
            log.LogWarning("Attempt {AttemptId}: the recording did not go on after the payment ({Code})", attemptId, error.Code);
            return;
        }

        await RecordingPauses.EndAsync(database, attemptId, clock.Now, cancel);
    }
}
