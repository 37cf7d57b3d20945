using Dialer.Core.Ivr;
using Dialer.Features.Payments;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Dialer.Features.Ivr;

/// <summary>The webhooks of a call in the IVR. Each is stored before it is answered; an error answers 5xx, and Twilio turns to the fallback document.</summary>
internal static class IvrWebhooks
{
    public static Task<IResult> StepAsync(TwilioForm form, string? t, int? n, AttemptTokens tokens, IvrSteps steps, CapturePrivacy privacy, TimeProvider time, CancellationToken cancel)
    {
        if (!tokens.TryRead(t, out var token) || n is not > 0 || GatherResult.From(form) is not { } gathered)
            return Task.FromResult(Results.StatusCode(StatusCodes.Status403Forbidden));
        IvrInput input = gathered.Digits.Length == 0 ? new IvrInput.Silence() : new IvrInput.Keys(KeysOnly(gathered.Digits));
        return AnswerAsync(token, n.Value, input, steps, () => privacy.EnsureAsync(token.Attempt.Value, gathered.CallSid, cancel), time, cancel);
    }

    public static async Task<IResult> PaidAsync(TwilioForm form, string? t, int? n, AttemptTokens tokens, IvrSteps steps, CapturePrivacy privacy, TimeProvider time, CancellationToken cancel)
    {
        if (!tokens.TryRead(t, out var token) || n is not > 0 || PayResult.From(form) is not { } result)
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        var answer = await AnswerAsync(token, n.Value, new IvrInput.PaymentEnded(PayOutcomes.Of(result)), steps, NeverPrivate, time, cancel);
        await privacy.ReleaseAsync(token.Attempt.Value, result.CallSid, cancel);
        return answer;
    }

    /// <summary>A message was recorded, or nothing was said after the tone.</summary>
    public static Task<IResult> RecordedAsync(TwilioForm form, string? t, int? n, AttemptTokens tokens, IvrSteps steps, TimeProvider time, CancellationToken cancel)
    {
        if (!tokens.TryRead(t, out var token) || n is not > 0 || form["CallSid"] is null)
            return Task.FromResult(Results.StatusCode(StatusCodes.Status403Forbidden));
        IvrInput input = form["RecordingSid"] is { Length: > 0 and <= 40 } sid && int.TryParse(form["RecordingDuration"], System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? new IvrInput.Recorded(sid, seconds)
            : new IvrInput.Silence();
        return AnswerAsync(token, n.Value, input, steps, NeverPrivate, time, cancel);
    }

    public static async Task<IResult> PayingAsync(TwilioForm form, string? t, AttemptTokens tokens, Database database, TimeProvider time, CancellationToken cancel)
    {
        if (!tokens.TryRead(t, out var token) || PayProgress.From(form) is not { } progress)
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        await using var connection = await database.OpenAsync(cancel);
        await PaymentStore.MarkPendingAsync(connection, null, token.Attempt.Value, Instant.FromDateTimeOffset(time.GetUtcNow()), cancel, progress.IsProcessing);
        return Results.NoContent();
    }

    private static async Task<IResult> AnswerAsync(AttemptToken token, int n, IvrInput input, IvrSteps steps, Func<Task<bool>> makePrivate, TimeProvider time, CancellationToken cancel) =>
        Results.Text(await steps.TakeAsync(token.Attempt, n, input, makePrivate, Instant.FromDateTimeOffset(time.GetUtcNow()), cancel) ?? Twiml.HangUp, Twiml.ContentType);

    /// <summary>No payment session begins where one has ended or a message was left.</summary>
    private static Task<bool> NeverPrivate() => Task.FromResult(false);

    private static string KeysOnly(string digits) => new([.. digits.Where(c => char.IsAsciiDigit(c) || c is '*' or '#').Take(32)]);
}
