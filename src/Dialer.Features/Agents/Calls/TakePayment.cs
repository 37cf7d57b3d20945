using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Dialer.Core;
using Dialer.Core.Ivr;
using Dialer.Features.Access;
using Dialer.Features.Dialing;
using Dialer.Features.Payments;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Rest;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Agents.Calls;

/// <summary>
/// The caller keys a card while talking to the agent; the carrier masks every digit, the recording is verified to be paused first, and neither this service nor the agent learns one.
/// Source: Twilio, "Payment resource" (agent-assisted payments).
/// </summary>
public sealed class TakePayment(Database database, TwilioClient twilio, RecordCall recording, AgentSessions sessions, PaymentGate gate, AttemptTokens tokens, WebhookUrls urls, ServiceClock clock)
{
    private const int FirstNumber = 101;
    private static readonly string[] Fields = ["payment-card-number", "expiration-date", "security-code", "postal-code"];

    /// <param name="Confirmed">The amount, the date, the account and the card were read back and the caller said yes.</param>
    /// <param name="Again">Told that the same amount was paid within a day, the caller wants to pay it again.</param>
    /// <param name="Insists">Told of the dispute or the bankruptcy, the caller asks for this payment nevertheless.</param>
    public sealed record StartRequest(decimal Amount, bool Confirmed = false, bool Again = false, bool Insists = false);

    public sealed record StepRequest(string? Capture, string? Status);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/agent/calls/{attemptId:long}/payment", (long attemptId, StartRequest request, ClaimsPrincipal caller, TakePayment take, CancellationToken cancel) =>
            take.StartAsync(attemptId, request, caller.UserId(), cancel)).RequireAuthorization(Scopes.CallsTake);
        routes.MapPut("/api/v1/agent/calls/{attemptId:long}/payment", (long attemptId, StepRequest request, ClaimsPrincipal caller, TakePayment take, CancellationToken cancel) =>
            take.StepAsync(attemptId, request, caller.UserId(), cancel)).RequireAuthorization(Scopes.CallsTake);
        routes.MapPost("/twilio/payment", (TwilioForm form, HttpContext http, TakePayment take, CancellationToken cancel) => take.ChangedAsync(form, http, cancel)).AllowAnonymous().RequireTwilioSignature();
    }

    private async Task<IResult> StartAsync(long attemptId, StartRequest request, long agent, CancellationToken cancel)
    {
        if (await MyCall.FindAsync(database, attemptId, agent, cancel) is not { } call)
            return Problem.Conflict("You are not talking in this call.");
        if (call is not { AccountId: { } account, PersonId: { } person })
            return Problem.Conflict("A payment needs the account of the call; this call has none.");
        var balance = await database.FindAsync<decimal>("select balance from account where account_id = @account", new { account }, cancel);
        var settlement = await database.FindAsync<long?>(
            """
            select settlement_offer_id from settlement_offer where account_id = @account and state = 'Offered' and amount = @Amount
              and last_day >= (@now at time zone coalesce((select k.zone from attempt t join campaign k using (campaign_id) where t.attempt_id = @attemptId), 'America/New_York'))::date
            """,
            new { account, request.Amount, attemptId, now = clock.Now }, cancel); // an offer holds to the end of its last day where the person is
        if (request.Amount <= 0 || request.Amount > balance || decimal.Round(request.Amount, 2) != request.Amount)
            return Problem.Invalid($"The amount must be above 0 and at most the balance of {balance:0.00}, in whole cents.");
        if (!await recording.PauseAsync(attemptId, call.Sid, cancel))
            return Results.Problem("The recording could not be paused, so no card may be asked for. Try again.", statusCode: 502, title: "Not paused");
        // Counted by payments, not by sessions: one that the carrier refused has used its number up.
        var number = FirstNumber + await database.FindAsync<int>("select count(*)::int from payment where attempt_id = @attemptId and source = 'Agent'", new { attemptId }, cancel);
        var payment = new NewPayment(account, person, attemptId, number, Money.Usd(request.Amount), PaymentMethod.CreditCard, "Agent", settlement)
        {
            Confirmed = request.Confirmed, Again = request.Again, Insists = request.Insists,
        };
        var start = await database.InTransactionAsync((connection, transaction) => PaymentStore.StartAsync(connection, transaction, gate, payment, clock.Now, cancel), cancel);
        if (!start.Started)
        {
            return await EndAsync(
                call, start.Reasons.Count > 0 ? PaymentRemedies.Refuse(start.Reasons) : Problem.Conflict("Another payment on this account is still open. It must end first."), cancel);
        }

        var answer = await twilio.StartPaymentAsync(
            call.Sid, PaymentStore.KeyOf(attemptId, number), urls.Payment(TokenOf(call), number), request.Amount, PaymentStore.ReferenceOf(attemptId, number), cancel);
        if (!answer.Succeeded(out var session))
        {
            await database.InTransactionAsync(
                (connection, transaction) => PaymentStore.CompleteAsync(connection, transaction, attemptId, number, new PaymentOutcome(PaymentResult.Cancelled, null, null, null, answer.Error!.Code), clock.Now, cancel), cancel);
            return await EndAsync(call, Carrier.Refused("The payment was not begun.", answer.Error!), cancel);
        }

        await database.ExecuteAsync(
            "insert into assisted_payment (attempt_id, number, payment_sid, state, amount, required, started_at) values (@attemptId, @number, @Sid, 'Open', @Amount, @Fields, @now)",
            new { attemptId, number, session.Sid, request.Amount, Fields, now = clock.Now },
            cancel);
        await TellAsync(agent, cancel);
        return Results.NoContent();
    }

    private async Task<IResult> StepAsync(long attemptId, StepRequest request, long agent, CancellationToken cancel)
    {
        if (await MyCall.FindAsync(database, attemptId, agent, cancel) is not { } call)
            return Problem.Conflict("You are not talking in this call.");
        if (await OpenAsync(attemptId, cancel) is not { } open)
            return Problem.Conflict("There is no payment to go on with.");
        if (request.Capture is { } field && !Fields.Contains(field))
            return Problem.Invalid($"Ask for one of: {string.Join(", ", Fields)}.");
        if ((request.Capture is null) == (request.Status is null) || request.Status is not (null or "complete" or "cancel"))
            return Problem.Invalid("Give either capture, or status with 'complete' or 'cancel'.");
        if (request.Capture is not null && !await recording.PauseAsync(attemptId, call.Sid, cancel))
            return Results.Problem("The recording runs again and could not be paused; nothing was asked for.", statusCode: 502, title: "Not paused");
        var answer = await twilio.UpdatePaymentAsync(
            call.Sid, open.PaymentSid, Guid.NewGuid().ToString("N"), urls.Payment(TokenOf(call), open.Number), request.Capture, request.Status, cancel);
        if (answer.Error is { } error)
            return Carrier.Refused("The payment did not go on.", error);
        await database.ExecuteAsync(
            "update assisted_payment set capturing = @Capture, error = null, state = case when @Status = 'complete' then 'Completing' else state end where payment_sid = @PaymentSid",
            new { request.Capture, request.Status, open.PaymentSid },
            cancel);
        await TellAsync(agent, cancel);
        return Results.NoContent();
    }

    private async Task<IResult> ChangedAsync(TwilioForm form, HttpContext http, CancellationToken cancel)
    {
        if (!tokens.TryRead(http.Request.Query["t"], out var token) || !int.TryParse(http.Request.Query["n"], out var number) || PaymentChanged.From(form) is not { } change)
            return Results.NoContent();
        var attemptId = token.Attempt.Value;
        var over = await database.InTransactionAsync((connection, transaction) => StoreAsync(connection, transaction, attemptId, number, change, form, cancel), cancel);
        var call = await database.FindAsync<CallOf>("select sid, agent_id from attempt where attempt_id = @attemptId", new { attemptId }, cancel);
        if (over && call?.Sid is { } sid)
            await recording.ResumeAsync(attemptId, sid, cancel);
        if (call?.AgentId is { } owner)
            await TellAsync(owner, cancel);
        return Results.NoContent();
    }

    /// <summary>True when the session has ended with this word.</summary>
    private async Task<bool> StoreAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, int number, PaymentChanged change, TwilioForm form, CancellationToken cancel)
    {
        var now = clock.Now;
        if (change.Result is null)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                """
                update assisted_payment set required = @required, masked = masked || cast(@masked as jsonb), error = @ErrorType, capturing = case when @done then null else capturing end
                where attempt_id = @attemptId and number = @number and ended_at is null
                """,
                new { attemptId, number, required = change.Required.ToArray(), masked = JsonSerializer.Serialize(change.Masked), change.ErrorType, done = change is { Capture: not null, Partial: false } && change.Masked.Count > 0 },
                transaction,
                cancellationToken: cancel));
            await PaymentStore.MarkPendingAsync(connection, transaction, attemptId, now, cancel);
            return false;
        }

        var outcome = PayResult.From(form) is { } result ? PayOutcomes.Of(result) : new PaymentOutcome(PaymentResult.Unknown, null, null, null, null);
        await connection.ExecuteAsync(new CommandDefinition(
            "update assisted_payment set state = @state, capturing = null, required = '{}', ended_at = @now where attempt_id = @attemptId and number = @number and ended_at is null",
            new { attemptId, number, state = outcome.Result.ToString(), now },
            transaction,
            cancellationToken: cancel));
        await PaymentStore.CompleteAsync(connection, transaction, attemptId, number, outcome, now, cancel);
        return true;
    }

    private async Task<IResult> EndAsync(MyCall call, IResult answer, CancellationToken cancel)
    {
        await recording.ResumeAsync(call.AttemptId, call.Sid, cancel);
        return answer;
    }

    private async Task TellAsync(long agentId, CancellationToken cancel) => await sessions.AnnounceAsync(await sessions.FindOpenAsync(agentId, cancel));

    private string TokenOf(MyCall call) => tokens.Issue(new AttemptId(call.AttemptId), call.CreatedAt);

    private Task<Open?> OpenAsync(long attemptId, CancellationToken cancel) => database.FindAsync<Open>(
        "select number, payment_sid from assisted_payment where attempt_id = @attemptId and ended_at is null order by number desc limit 1", new { attemptId }, cancel);

    private sealed class Open
    {
        public int Number { get; init; }

        public string PaymentSid { get; init; } = "";
    }

    private sealed class CallOf
    {
        public string? Sid { get; init; }

        public long? AgentId { get; init; }
    }
}
