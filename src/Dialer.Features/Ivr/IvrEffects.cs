using Dapper;
using Dialer.Core.Compliance;
using Dialer.Core.Ivr;
using Dialer.Features.Payments;
using Dialer.Features.Promises;
using Dialer.Twilio.Webhooks;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Ivr;

/// <summary>What doing a step's effects led to.</summary>
/// <param name="Position">The position, with what the effects found out.</param>
/// <param name="FollowUp">An input the effects themselves caused, to be stepped at once; null when there is none.</param>
/// <param name="Twiml">The whole answer, when an agent takes over.</param>
internal sealed record EffectResult(IvrPosition Position, IvrInput? FollowUp, string? Twiml);

/// <summary>Does the effects of one step in the step's own transaction.</summary>
internal sealed class IvrEffects(IAgentHandoff handoff, PaymentGate gate, AttemptTokens tokens, IvrOptions options)
{
    public async Task<EffectResult> DoAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IvrCall call, IvrStep step, IvrPolicy policy, Instant now, CancellationToken cancel)
    {
        var result = new EffectResult(step.Next, null, null);
        foreach (var effect in step.Effects)
            result = await DoAsync(connection, transaction, call, effect, result, policy, now, cancel);
        return result;
    }

    private async Task<EffectResult> DoAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IvrCall call, IvrEffect effect, EffectResult result, IvrPolicy policy, Instant now, CancellationToken cancel)
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
                await FailAsync(connection, transaction, call, position.PersonId, position.Claim, now, cancel);
                return result;
            case IvrEffect.ConversationStarted or IvrEffect.HangUp:
                return result; // stored with the step itself
            case IvrEffect.CreatePromise promise:
                await PromiseStore.CreateAsync(
                    connection, transaction, new NewPromise(promise.AccountId, position.PersonId!.Value, call.AttemptId, promise.Amount, promise.DueOn, "Ivr", promise.Method), now, cancel);
                return result;
            case IvrEffect.StartPayment start:
                var started = await PaymentStore.StartAsync(connection, transaction, gate, PaymentOf(start, position.PersonId!.Value, call.AttemptId, policy), now, cancel);
                return started.Started ? result with { Position = position with { PaymentId = started.PaymentId } }
                    : result with { FollowUp = started.Reasons is [var gravest, ..] ? new IvrInput.PaymentRefused(gravest.Code) : new IvrInput.PaymentBlocked() };
            case IvrEffect.KeepMethod keep:
                await SavedMethods.KeepAsync(connection, transaction, call.AttemptId, keep.Number, position.PersonId!.Value, keep.Method, keep.Instrument, now, cancel);
                return result;
            case IvrEffect.RemoveMethod remove:
                await SavedMethods.RemoveAsync(connection, transaction, remove.SavedMethodId, position.PersonId!.Value, "ivr", now, cancel);
                return result;
            case IvrEffect.CompletePayment complete:
                await PaymentStore.CompleteAsync(connection, transaction, call.AttemptId, complete.Number, complete.Outcome, now, cancel);
                return result;
            case IvrEffect.CreatePlan plan:
                return await PlanStore.CreateAsync(connection, transaction, gate, plan.AccountId, plan.PlanOfferId, plan.FirstOn, call.AttemptId, now, cancel) is not null
                    ? result
                    : result with { FollowUp = new IvrInput.PaymentRefused("PLAN_NOT_POSSIBLE") };
            case IvrEffect.OpenHardship hardship:
                await Protections.OpenHardshipAsync(connection, transaction, position.PersonId!.Value, hardship.AccountId, now, cancel);
                return result;
            case IvrEffect.RequestCallBack request:
                await CallBackQueue.AddAsync(
                    connection, transaction, call, position.PersonId, request.AccountId, position.Verified, request.At.InZoneLeniently(ZoneOf(call)).ToInstant(), now, cancel);
                return result;
            case IvrEffect.KeepVoicemail message:
                await connection.ExecuteAsync(new CommandDefinition(
                    "insert into voicemail (attempt_id, recording_sid, seconds, at) values (@AttemptId, @RecordingSid, @Seconds, @now) on conflict do nothing",
                    new { call.AttemptId, message.RecordingSid, message.Seconds, now }, transaction, cancellationToken: cancel));
                return result;
            case IvrEffect.RecordSurvey survey:
                await connection.ExecuteAsync(new CommandDefinition(
                    "insert into survey_answer (attempt_id, score, at) values (@AttemptId, @Score, @now) on conflict do nothing",
                    new { call.AttemptId, survey.Score, now }, transaction, cancellationToken: cancel));
                return result;
            case IvrEffect.TransferToAgent:
                return await handoff.TryHandOffAsync(connection, transaction, call.AttemptId, cancel) is { } twiml
                    ? result with { Position = position with { HandedOver = true, Outcome = IvrOutcome.Stronger(position.Outcome, IvrOutcome.Transferred) }, Twiml = twiml }
                    : result with { FollowUp = new IvrInput.NobodyFree() };
            default:
                throw new InvalidOperationException($"No way to do {effect.GetType().Name}.");
        }
    }

    /// <summary>
    /// The caller has just agreed to what the step before read out (the amount, today, the account and the means), and for a bank account to every part of a telephone
    /// authorisation: those are the words of the prompt "pay-confirm".
    /// </summary>
    private static NewPayment PaymentOf(IvrEffect.StartPayment start, long person, long attempt, IvrPolicy policy) =>
        new(start.AccountId, person, attempt, start.Number, start.Amount, start.Method, "Ivr", start.SettlementId)
        {
            Confirmed = true,
            Again = start.Again,
            Said = start.Method == PaymentMethod.AchDebit ? TelPart.All : TelPart.None,
            Minimum = start.SettlementId is null ? policy.MinimumAmount : 0,
            SavedMethodId = start.SavedMethodId,
            Keeps = start.Keep,
        };

    /// <summary>One more failed round. When those of an hour about one person, from one number or in all pass a limit, that is where verification stops, and somebody must know.</summary>
    private Task FailAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IvrCall call, long? personId, string? claim, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into verification_failure (at, attempt_id, person_id, e164, claim) values (@now, @AttemptId, @personId, @CallerE164, @claim);
            insert into alarm (code, subject, raised_at, text)
            select x.code, x.subject, @now, x.text
            from (values ('VERIFICATION_STOPPED', 'ivr', 'Failed verifications passed the hourly limit of the house: the automated service verifies nobody for now. Somebody may be guessing.',
                          (select count(*) from verification_failure where at > @hourAgo) >= @MaxFailuresPerHour),
                         ('VERIFICATION_GUESSING', 'attempt/' || @AttemptId, 'One telephone number failed the identity questions too often, or as too many people: it is locked out for now.',
                          @CallerE164 like '+%' and ((select count(*) from verification_failure where e164 = @CallerE164 and at > @hourAgo) >= @MaxFailuresPerNumberHour
                              or (select count(distinct coalesce(person_id::text, claim)) from verification_failure where e164 = @CallerE164 and at > @dayAgo) >= @MaxPeoplePerNumberDay)),
                         ('VERIFICATION_GUESSING', 'withheld', 'Callers who withhold their numbers failed the identity questions too often, taken together: none of them is verified for now.',
                          @CallerE164 not like '+%' and (select count(*) from verification_failure where e164 = @CallerE164 and at > @hourAgo) >= @MaxWithheldFailuresPerHour),
                         ('VERIFICATION_GUESSING', 'person/' || @personId, 'The identity questions about one person were failed too often in an hour, from whatever numbers: nobody may try for now.',
                          (select count(*) from verification_failure where person_id = @personId and at > @hourAgo) >= @MaxFailuresPerPersonHour)) as x (code, subject, text, holds)
            where x.holds and not exists (select 1 from alarm o where o.code = x.code and o.closed_at is null and (x.code = 'VERIFICATION_STOPPED' or o.subject = x.subject))
            """,
            new
            {
                now, call.AttemptId, personId, claim, call.CallerE164, hourAgo = now - Duration.FromHours(1), dayAgo = now - Duration.FromDays(1),
                options.MaxFailuresPerHour, options.MaxFailuresPerNumberHour, options.MaxPeoplePerNumberDay, options.MaxFailuresPerPersonHour, options.MaxWithheldFailuresPerHour,
            },
            transaction, cancellationToken: cancel));

    private static DateTimeZone ZoneOf(IvrCall call) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(call.Zone) ?? DateTimeZone.Utc;

    /// <summary>Finds whose account number was entered, among the business's own accounts. Whether there is one is not told: the same questions follow.</summary>
    private async Task<IvrPosition> IdentifyAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IvrCall call, string digits, IvrPosition position, CancellationToken cancel)
    {
        var found = (await connection.QueryAsync<(long AccountId, long PersonId)>(new CommandDefinition(
            """
            select account_id, person_id from account
            where regexp_replace(client_account_no, '\D', '', 'g') = @digits and status = 'Open'
              and client_id = coalesce((select client_id from campaign where campaign_id = campaign_of_number(@OurE164)), (select min(client_id) from client))
            limit 2
            """,
            new { digits, call.OurE164 }, transaction, cancellationToken: cancel))).AsList();
        position = position with { Claim = tokens.DigestOf(digits) }; // not the number itself: whoever types one that is wrong may have typed something else of theirs
        return found is [var only] ? position with { PersonId = only.PersonId, AccountId = only.AccountId } : position with { PersonId = null, AccountId = null };
    }
}
