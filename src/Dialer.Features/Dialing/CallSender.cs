using System.Threading.Channels;
using Dapper;
using Dialer.Core.Calls;
using Dialer.Core.Numbers;
using Dialer.Core.Pacing;
using Dialer.Features.Agents;
using Dialer.Features.Campaigns;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Rest;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Dialer.Features.Dialing;

/// <summary>
/// Sends attempts to Twilio, each at most once: <c>Submitting</c> is committed before the first byte of <c>POST Calls</c>, and whatever is not a clear yes or no
/// is <c>Unknown</c>, never sent again. Only the number that the gate allowed, the one of the attempt's row, is sent. The only caller of <see cref="TwilioClient.CreateCallAsync"/>.
/// </summary>
public sealed class CallSender(
    Database database, TwilioClient twilio, AttemptTokens tokens, WebhookUrls urls, AttemptEvents events, AgentSessions sessions, ServiceClock clock, ILogger<CallSender> log) : BackgroundService
{
    private const int AtOnce = 16;

    /// <summary>Real time after which a submission whose sender never reported is taken to be lost; longer than any request may take.</summary>
    private static readonly TimeSpan Reports = TimeSpan.FromSeconds(20);

    private readonly Channel<Batch> _batches = Channel.CreateBounded<Batch>(64);

    public ValueTask SendAsync(Campaign campaign, long epoch, IReadOnlyList<DialBatch.Intent> intents, CancellationToken cancel) =>
        _batches.Writer.WriteAsync(new Batch(campaign, epoch, intents), cancel);

    /// <summary>Sends one attempt that an agent waits for. The same rule: committed before the first byte, never sent twice; what is begun is finished.</summary>
    public async Task PlaceOneAsync(long attemptId, Instant createdAt, string toE164, string fromE164, int ringSeconds)
    {
        var now = clock.Now;
        var mine = await database.ExecuteAsync(
            """
            update attempt set state = 'Submitting', submitted_at = @now, deadline = @deadline
            where attempt_id = @attemptId and to_e164 = @toE164 and state = 'Intent'
                and not exists (select from account a where a.account_id = attempt.account_id and a.status in ('Recalled', 'Closed'))
                and not exists (select from hold h where h.person_id = attempt.person_id and h.closed_at is null and h.opened_at > attempt.created_at
                    and (h.account_id is null or h.account_id = attempt.account_id))
            """,
            new { now, deadline = now + clock.OfReal(Reports), attemptId, toE164 },
            CancellationToken.None);
        if (mine == 1)
            await PlaceAsync(attemptId, NewCall(attemptId, createdAt, toE164, fromE164, ringSeconds), ringSeconds);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var batch in _batches.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                var submitted = await SubmitAsync(batch, stoppingToken);
                await Parallel.ForEachAsync(
                    batch.Intents.Where(intent => submitted.Contains(intent.AttemptId)),
                    new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = CancellationToken.None }, // what is submitted is sent and recorded, also while the node stops
                    async (intent, _) => await PlaceAsync(intent.AttemptId, Request(batch.Campaign, intent), batch.Campaign.RingSeconds));
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(failure, "A batch of {Count} calls was not sent; the sweeper will settle what was submitted", batch.Intents.Count);
            }
        }
    }

    /// <summary>
    /// Commits that these requests are about to be made, by a sender whose lease is the newest. An account that was closed, or a stop that was opened, after the decision keeps
    /// the request from being made; the sweeper gives the lead back.
    /// </summary>
    private async Task<HashSet<long>> SubmitAsync(Batch batch, CancellationToken cancel)
    {
        var now = clock.Now;
        return [.. await database.QueryAsync<long>(
            """
            update attempt set state = 'Submitting', epoch = @Epoch, submitted_at = @now, deadline = @deadline
            from unnest(@ids, @numbers) as x (id, number)
            where attempt_id = x.id and to_e164 = x.number and state = 'Intent'
                and exists (select from lease where name = @lease and epoch = @Epoch and expires_at > clock_timestamp())
                and not exists (select from account a where a.account_id = attempt.account_id and a.status in ('Recalled', 'Closed'))
                and not exists (select from hold h where h.person_id = attempt.person_id and h.closed_at is null and h.opened_at > attempt.created_at
                    and (h.account_id is null or h.account_id = attempt.account_id))
            returning attempt_id
            """,
            new { batch.Epoch, now, deadline = now + clock.OfReal(Reports), ids = batch.Intents.Select(intent => intent.AttemptId).ToArray(), numbers = batch.Intents.Select(intent => intent.ToE164).ToArray(), lease = DialBatch.LeaseOf(batch.Campaign.CampaignId) },
            cancel)];
    }

    private async Task PlaceAsync(long attemptId, CreateCall call, int ringSeconds)
    {
        try
        {
            var placement = await twilio.CreateCallAsync(call, CancellationToken.None);
            var now = clock.Now;
            AttemptEvent happened = placement switch
            {
                CallPlacement.Placed placed => new AttemptEvent.Accepted(placed.Sid, now + Duration.FromSeconds(ringSeconds + 30) + clock.OfReal(TimeSpan.FromSeconds(5))),
                CallPlacement.Refused refused => new AttemptEvent.Rejected(refused.Code),
                _ => new AttemptEvent.Lost(now + clock.OfReal(TimeSpan.FromSeconds(5))),
            };
            if (placement is CallPlacement.Refused { Retryable: false } no)
                log.LogWarning("Twilio refused attempt {AttemptId}: {Code} {Message}", attemptId, no.Code, no.Message);
            if (placement is CallPlacement.Unknown unknown)
                log.LogWarning("The outcome of attempt {AttemptId} is unknown and it will not be sent again: {Why}", attemptId, unknown.Why);
            await RecordAsync(attemptId, happened);
        }
        catch (Exception failure)
        {
            log.LogError(failure, "The outcome of attempt {AttemptId} could not be recorded; it will become unknown", attemptId);
        }
    }

    private async Task RecordAsync(long attemptId, AttemptEvent happened)
    {
        var outcome = await database.InTransactionAsync(
            async (connection, transaction) => await AttemptRow.LockAsync(connection, transaction, attemptId, CancellationToken.None) is { } row
                ? await events.ApplyAsync(connection, transaction, row, happened, CancellationToken.None)
                : null,
            CancellationToken.None);
        await sessions.AnnounceAsync(outcome?.Agent);
    }

    private CreateCall Request(Campaign campaign, DialBatch.Intent intent)
    {
        var call = NewCall(intent.AttemptId, intent.CreatedAt, intent.ToE164, intent.FromE164 ?? campaign.FromE164, campaign.RingSeconds);
        var sync = campaign.MachineDetection == AmdMode.Sync;
        return call with
        {
            MachineDetection = campaign.MachineDetection == AmdMode.None
                ? MachineDetection.None
                : campaign.MachineTreatment == "LimitedContentMessage" ? MachineDetection.DetectMessageEnd : MachineDetection.Enable,
            AsyncAmd = !sync,
            AsyncAmdStatusCallback = sync || campaign.MachineDetection == AmdMode.None ? null : urls.MachineDetection(tokens.Issue(new Core.AttemptId(intent.AttemptId), intent.CreatedAt)),
            MachineDetectionTimeout = 30,
        };
    }

    /// <summary>An outbound call with every webhook it needs; nothing listens for machines.</summary>
    private CreateCall NewCall(long attemptId, Instant createdAt, string toE164, string fromE164, int ringSeconds)
    {
        var token = tokens.Issue(new Core.AttemptId(attemptId), createdAt);
        return new CreateCall
        {
            To = PhoneNumber.Parse(toE164),
            From = PhoneNumber.Parse(fromE164),
            Url = urls.Answer(token),
            FallbackUrl = urls.Fallback(token),
            StatusCallback = urls.Status(token),
            StatusCallbackEvents = [CallEventName.Initiated, CallEventName.Ringing, CallEventName.Answered, CallEventName.Completed],
            TimeoutSeconds = ringSeconds,
            TimeLimitSeconds = 7200,
        };
    }

    private sealed record Batch(Campaign Campaign, long Epoch, IReadOnlyList<DialBatch.Intent> Intents);
}
