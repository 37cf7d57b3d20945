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

    public static async Task<IResult> PaidAsync(TwilioForm form, string? t, int? n, int? p, AttemptTokens tokens, IvrSteps steps, CapturePrivacy privacy, TimeProvider time, CancellationToken cancel)
    {
        if (!tokens.TryRead(t, out var token) || n is not > 0 || PayResult.From(form) is not { } result)
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        IvrInput input = result.Kept is { } kept
            ? new IvrInput.Tokenized(kept.Token, kept.Profile, kept.LastDigits, kept.Brand, kept.ExpiresOn)
            : new IvrInput.PaymentEnded(PayOutcomes.Of(result), p);
        var answer = await AnswerAsync(token, n.Value, input, steps, NeverPrivate, time, cancel);
        await privacy.ReleaseAsync(token.Attempt.Value, result.CallSid, cancel);
        return answer;
    }

    /// <summary>The caller agreed to pay by what is saved: the processor is asked, once, and the step is taken with its answer. While another webhook is asking it the step repeats itself.</summary>
    public static async Task<IResult> ChargeAsync(TwilioForm form, string? t, int? n, int? p, AttemptTokens tokens, IvrSteps steps, ChargeSaved charges, TimeProvider time, CancellationToken cancel)
    {
        if (!tokens.TryRead(t, out var token) || n is not > 0 || p is not > 0 || form["CallSid"] is not { Length: > 0 } callSid)
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        var outcome = await charges.RunAsync(token.Attempt.Value, p.Value, callSid, Instant.FromDateTimeOffset(time.GetUtcNow()), cancel);
        IvrInput input = outcome is null ? new IvrInput.Silence() : new IvrInput.PaymentEnded(outcome, p);
        // What the processor said is stored even if Twilio waits no longer.
        return await AnswerAsync(token, n.Value, input, steps, NeverPrivate, time, CancellationToken.None);
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

    public static async Task<IResult> PayingAsync(TwilioForm form, string? t, int? p, AttemptTokens tokens, Database database, TimeProvider time, CancellationToken cancel)
    {
        if (!tokens.TryRead(t, out var token) || PayProgress.From(form) is not { } progress)
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        await using var connection = await database.OpenAsync(cancel);
        await PaymentStore.MarkPendingAsync(connection, null, token.Attempt.Value, Instant.FromDateTimeOffset(time.GetUtcNow()), cancel, progress.IsProcessing, p);
        return Results.NoContent();
    }

    private static async Task<IResult> AnswerAsync(AttemptToken token, int n, IvrInput input, IvrSteps steps, Func<Task<bool>> makePrivate, TimeProvider time, CancellationToken cancel) =>
        TwimlResult.Of(await steps.TakeAsync(token.Attempt, n, input, makePrivate, Instant.FromDateTimeOffset(time.GetUtcNow()), cancel) ?? Twiml.HangUp);

    /// <summary>No payment session begins where one has ended or a message was left.</summary>
    private static Task<bool> NeverPrivate() => Task.FromResult(false);

    private static string KeysOnly(string digits) => new([.. digits.Where(c => char.IsAsciiDigit(c) || c is '*' or '#').Take(32)]);
}
