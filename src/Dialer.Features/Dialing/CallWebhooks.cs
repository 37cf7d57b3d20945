using Dialer.Core.Calls;
using Dialer.Features.Agents;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Dialer.Features.Dialing;

/// <summary>Status callbacks and machine-detection verdicts: facts about a call, whose answers Twilio ignores.</summary>
public static class CallWebhooks
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/twilio/voice/status", StatusAsync).AllowAnonymous().RequireTwilioSignature();
        routes.MapPost("/twilio/voice/amd", DetectedAsync).AllowAnonymous().RequireTwilioSignature();
    }

    private static async Task<IResult> StatusAsync(
        TwilioForm form, HttpContext http, StatusInbox inbox, Database database, AttemptTokens tokens, AttemptEvents events, AgentSessions sessions, PacingSignals signals, ServiceClock clock, ILogger<AttemptEvents> log, CancellationToken cancel)
    {
        if (CallStatusChanged.From(form) is not { } callback || callback.Status.ToCore() is not { } status)
            return Results.NoContent();
        var token = tokens.TryRead(http.Request.Query["t"], out var read) ? read : (AttemptToken?)null;
        var happened = new AttemptEvent.Progress(callback.CallSid, status, Moment(callback.At, clock), callback.Sequence, callback.SipCode, callback.Duration, callback.AnsweredBy?.Wire());
        if (token is { } ours && await inbox.TakeAsync(ours, callback, status, happened))
            return Results.NoContent();
        var outcome = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var row = token is { } known
                    ? await AttemptRow.LockAsync(connection, transaction, known.Attempt.Value, cancel)
                    : await AttemptRow.LockBySidAsync(connection, transaction, callback.CallSid, cancel);
                if (row is null)
                {
                    log.LogWarning("A status callback for call {CallSid} names no attempt of ours", callback.CallSid);
                    return null;
                }

                var fresh = await Inbox.ReceiveAsync(
                    connection, transaction, token?.Day ?? row.CreatedAt.InUtc().Date, StatusInbox.KeyOf(callback, status), row.AttemptId, $"status.{status}", callback.Sequence, callback, clock.Now, cancel);
                return fresh ? await events.ApplyAsync(connection, transaction, row, happened, cancel) : null;
            },
            cancel);
        await sessions.AnnounceAsync(outcome?.Agent);
        if (outcome is not null)
            await signals.CallChangedAsync();
        return Results.NoContent();
    }

    private static async Task<IResult> DetectedAsync(
        TwilioForm form, HttpContext http, Database database, AttemptTokens tokens, AttemptEvents events, AgentSessions sessions, PacingSignals signals, ServiceClock clock, CancellationToken cancel)
    {
        if (AnsweredByKnown.From(form) is not { } verdict || !tokens.TryRead(http.Request.Query["t"], out var token))
            return Results.NoContent();
        var outcome = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var detected = new ReceivedEvent(token.Day, $"amd:{verdict.CallSid}", token.Attempt.Value, "amd", null, verdict);
                return await AttemptRow.ReceiveAsync(connection, transaction, detected, clock.Now, cancel) is ({ } row, true)
                    ? await events.ApplyAsync(connection, transaction, row, new AttemptEvent.Detected(verdict.CallSid, verdict.AnsweredBy.Wire()), cancel)
                    : null;
            },
            cancel);
        await sessions.AnnounceAsync(outcome?.Agent);
        if (outcome is not null)
            await signals.CallChangedAsync();
        return Results.NoContent();
    }

    /// <summary>The carrier's time for the event, unless it is missing or in our future: RFC 2822 has whole seconds only, and clocks differ.</summary>
    private static Instant Moment(Instant? carrier, ServiceClock clock) => carrier is { } at && clock.Now - at is var late && late > Duration.FromMinutes(2) ? at : clock.Now;
}
