using Dapper;
using Dialer.Core.Ivr;
using Dialer.Features.Payments;
using Dialer.Features.Promises;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Ivr;

/// <summary>What doing a step's effects led to.</summary>
/// <param name="Position">The position, with what the effects found out.</param>
/// <param name="FollowUp">An input the effects themselves caused, to be stepped at once; null when there is none.</param>
/// <param name="Twiml">The whole answer, when an agent takes over.</param>
internal sealed record EffectResult(IvrPosition Position, IvrInput? FollowUp, string? Twiml);

/// <summary>Does the effects of one step in the step's own transaction.</summary>
internal sealed class IvrEffects(IAgentHandoff handoff)
{
    public async Task<EffectResult> DoAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IvrCall call, IvrStep step, Instant now, CancellationToken cancel)
    {
        var result = new EffectResult(step.Next, null, null);
        foreach (var effect in step.Effects)
            result = await DoAsync(connection, transaction, call, effect, result, now, cancel);
        return result;
    }

    private async Task<EffectResult> DoAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IvrCall call, IvrEffect effect, EffectResult result, Instant now, CancellationToken cancel)
    {
        var position = result.Position;
        switch (effect)
        {
            case IvrEffect.RecordConsentRevoked:
                await Protections.RevokeAsync(connection, transaction, call, position.Verified, now, cancel);
                return result;
            case IvrEffect.MarkWrongNumber:
                await Protections.MarkWrongNumberAsync(connection, transaction, call.PersonId, call.CallerE164, now, cancel);
                return result;
            case IvrEffect.OpenDispute dispute:
                await Protections.OpenDisputeAsync(connection, transaction, position.PersonId!.Value, dispute.AccountId, now, cancel);
                return result;
            case IvrEffect.RecordCallBackConsent consent:
                await Protections.GrantCallBackAsync(connection, transaction, position.PersonId!.Value, call, consent, now, cancel);
                return result;
            case IvrEffect.IdentifyCaller identify:
                return result with { Position = await IdentifyAsync(connection, transaction, call, identify.AccountNumber, position, cancel) };
            case IvrEffect.VerificationFailed:
                await connection.ExecuteAsync(new CommandDefinition(
                    "insert into verification_failure (at, attempt_id, person_id, e164) values (@now, @AttemptId, @PersonId, @CallerE164)",
                    new { now, call.AttemptId, position.PersonId, call.CallerE164 }, transaction, cancellationToken: cancel));
                return result;
            case IvrEffect.ConversationStarted conversation:
                await connection.ExecuteAsync(new CommandDefinition(
                    """
                    update attempt set conversation_at = coalesce(conversation_at, @now), person_id = coalesce(person_id, @PersonId), account_id = coalesce(account_id, @AccountId)
                    where attempt_id = @attempt
                    """,
                    new { now, conversation.PersonId, conversation.AccountId, attempt = call.AttemptId }, transaction, cancellationToken: cancel));
                return result;
            case IvrEffect.CreatePromise promise:
                await PromiseStore.CreateAsync(
                    connection, transaction, new NewPromise(promise.AccountId, position.PersonId!.Value, call.AttemptId, promise.Amount, promise.DueOn, "Ivr", promise.Method), now, cancel);
                return result;
            case IvrEffect.StartPayment start:
                var started = await PaymentStore.StartAsync(
                    connection, transaction, new NewPayment(start.AccountId, position.PersonId!.Value, call.AttemptId, start.Number, start.Amount, start.Method, "Ivr"), now, cancel);
                return started ? result : result with { FollowUp = new IvrInput.PaymentBlocked() };
            case IvrEffect.CompletePayment complete:
                await PaymentStore.CompleteAsync(connection, transaction, call.AttemptId, complete.Number, complete.Outcome, now, cancel);
                return result;
            case IvrEffect.TransferToAgent:
                return await handoff.TryHandOffAsync(connection, transaction, call.AttemptId, cancel) is { } twiml
                    ? result with { Position = position with { HandedOver = true, Outcome = IvrOutcome.Stronger(position.Outcome, IvrOutcome.Transferred) }, Twiml = twiml }
                    : result with { FollowUp = new IvrInput.NobodyFree() };
            case IvrEffect.HangUp:
                return result;
            default:
                throw new InvalidOperationException($"No way to do {effect.GetType().Name}.");
        }
    }

    /// <summary>Finds whose account number was entered, among the business's own accounts. Whether there is one is not told: the same questions follow.</summary>
    private static async Task<IvrPosition> IdentifyAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IvrCall call, string digits, IvrPosition position, CancellationToken cancel)
    {
        var found = (await connection.QueryAsync<(long AccountId, long PersonId)>(new CommandDefinition(
            """
            select account_id, person_id from account
            where regexp_replace(client_account_no, '\D', '', 'g') = @digits and status = 'Open'
              and client_id = coalesce((select client_id from campaign where from_e164 = @OurE164 order by campaign_id desc limit 1), (select min(client_id) from client))
            limit 2
            """,
            new { digits, call.OurE164 }, transaction, cancellationToken: cancel))).AsList();
        return found is [var only] ? position with { PersonId = only.PersonId, AccountId = only.AccountId } : position with { PersonId = null, AccountId = null };
    }
}
