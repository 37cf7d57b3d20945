using System.Threading.Channels;
using Dapper;
using Dialer.Core.Calls;
using Dialer.Core.Numbers;
using Dialer.Core.Pacing;
using Dialer.Features.Agents;
using Dialer.Features.Campaigns;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Dialer.Twilio.Rest;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Dialing;

/// <summary>
/// Sends attempts to Twilio, each at most once: <c>Submitting</c> is committed before the first byte of <c>POST Calls</c>, and whatever is not a clear yes or no
/// is <c>Unknown</c>, never sent again. Only the number that the gate allowed, the one of the attempt's row, is sent. The only caller of <see cref="TwilioClient.CreateCallAsync"/>.
/// </summary>
/// <remarks>
/// Each call leaves at the start it was given, so that the carrier gets them evenly; it is committed to only shortly before, so that a stop opened meanwhile still holds it back.
/// A start that was missed is given up for the next free one: calls that were held up together would else leave together.
/// </remarks>
public sealed class CallSender(
    Database database, TwilioClient twilio, AttemptTokens tokens, WebhookUrls urls, AttemptEvents events, AgentSessions sessions, AgentIndex index, IOptions<DialingOptions> options, ServiceClock clock,
    ILogger<CallSender> log) : BackgroundService
{
    private const int AtOnce = 64;

    /// <summary>Time on the service's clock between the commitment to a call and its start, at most.</summary>
    private const double AheadUs = 200_000;

    private const long MostAheadUs = 2_000_000;

    /// <summary>A start is kept when the call leaves within half a gap of it, or within this real time: timers do no better on a busy machine.</summary>
    private static readonly TimeSpan Punctual = TimeSpan.FromMilliseconds(15);

    /// <summary>Starts that a call may miss; then it leaves as it is, for a machine that can keep no time would hold it for ever.</summary>
    private const int MostMissed = 5;

    /// <summary>Real time after which a submission whose sender never reported is taken to be lost; longer than any request may take.</summary>
    private static readonly TimeSpan Reports = TimeSpan.FromSeconds(20);

    private readonly Channel<Batch> _batches = Channel.CreateBounded<Batch>(64);
    private readonly Channel<Start> _starts = Channel.CreateBounded<Start>(1024);

    /// <param name="starts">One for each intent; by default they leave at once.</param>
    public ValueTask SendAsync(Campaign campaign, long epoch, IReadOnlyList<DialBatch.Intent> intents, CancellationToken cancel, CallStarts starts = default) =>
        _batches.Writer.WriteAsync(new Batch(campaign, epoch, intents, starts), cancel);

    /// <summary>Sends one attempt that an agent waits for. The same rule: committed before the first byte, never sent twice; what is begun is finished.</summary>
    public async Task PlaceOneAsync(long attemptId, Instant createdAt, string toE164, string fromE164, int ringSeconds, CallStarts start)
    {
        await UntilAsync(start.Us(0), CancellationToken.None);
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
            await PlaceAsync(attemptId, () => NewCall(attemptId, createdAt, toE164, fromE164, ringSeconds), ringSeconds);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        SubmitAllAsync(stoppingToken),
        Parallel.ForEachAsync(
            _starts.Reader.ReadAllAsync(CancellationToken.None),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = CancellationToken.None }, // what is submitted is sent and recorded, also while the node stops
            async (start, _) =>
            {
                await OnTimeAsync(start);
                await PlaceAsync(start.Intent.AttemptId, () => Request(start.Campaign, start.Intent), start.Campaign.RingSeconds);
            }));

    private async Task SubmitAllAsync(CancellationToken cancel)
    {
        try
        {
            await foreach (var batch in _batches.Reader.ReadAllAsync(cancel))
                await SubmitInTimeAsync(batch, cancel);
        }
        finally
        {
            _starts.Writer.Complete();
        }
    }

    private async Task SubmitInTimeAsync(Batch batch, CancellationToken cancel)
    {
        try
        {
            // A batch has the starts of the second in which it was decided; other ones are of a clock that was set meanwhile, and nobody waits for them.
            var starts = batch.Starts.FirstUs - clock.Now.UnixMicroseconds() < MostAheadUs ? batch.Starts : default;
            var together = starts.GapUs > 0 ? Math.Max(1, (int)(AheadUs / starts.GapUs)) : batch.Intents.Count;
            for (var from = 0; from < batch.Intents.Count; from += together)
            {
                var part = batch.Intents.Skip(from).Take(together).ToList();
                await UntilAsync(starts.Us(from), cancel);
                var submitted = await SubmitAsync(batch, part, cancel);
                for (var i = 0; i < part.Count; i++)
                {
                    if (submitted.Contains(part[i].AttemptId))
                        await _starts.Writer.WriteAsync(new Start(batch.Campaign, part[i], starts.Us(from + i), starts.GapUs), CancellationToken.None);
                }
            }
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            log.LogError(failure, "A batch of {Count} calls was not sent whole; the sweeper will settle what was submitted", batch.Intents.Count);
        }
    }

    private async Task OnTimeAsync(Start start)
    {
        await UntilAsync(start.AtUs, CancellationToken.None);
        try
        {
            var late = Math.Max(start.GapUs / 2, clock.OfReal(Punctual).TotalNanoseconds / 1000);
            var us = start.AtUs;
            for (var missed = 0; start.GapUs > 0 && missed < MostMissed && clock.Now.UnixMicroseconds() - us > late; missed++)
            {
                us = (await index.TakeStartsAsync(CallPace.Bucket, clock.Now.UnixMicroseconds(), 1, options.Value.CallsPerSecond, atLeast: 1)).FirstUs;
                await UntilAsync(us, CancellationToken.None);
            }
        }
        catch (Exception failure)
        {
            log.LogWarning(failure, "No other start could be taken for attempt {AttemptId}, which missed its own; it leaves at once", start.Intent.AttemptId);
        }
    }

    private async Task UntilAsync(long us, CancellationToken cancel)
    {
        var wait = TimeSpan.FromMicroseconds(us - clock.Now.UnixMicroseconds());
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, clock, cancel);
    }

    /// <summary>
    /// Commits that these requests are about to be made, by a sender whose lease is the newest. An account that was closed, or a stop that was opened, after the decision keeps
    /// the request from being made; the sweeper gives the lead back.
    /// </summary>
    private async Task<HashSet<long>> SubmitAsync(Batch batch, IReadOnlyList<DialBatch.Intent> intents, CancellationToken cancel)
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
            new { batch.Epoch, now, deadline = now + clock.OfReal(Reports), ids = intents.Select(intent => intent.AttemptId).ToArray(), numbers = intents.Select(intent => intent.ToE164).ToArray(), lease = DialBatch.LeaseOf(batch.Campaign.CampaignId) },
            cancel)];
    }

    /// <param name="call">Made here, so that one that cannot be made stops no other.</param>
    private async Task PlaceAsync(long attemptId, Func<CreateCall> call, int ringSeconds)
    {
        try
        {
            var placement = await twilio.CreateCallAsync(call(), CancellationToken.None);
            var now = clock.Now;
            AttemptEvent happened = placement switch
            {
                CallPlacement.Placed placed => new AttemptEvent.Accepted(placed.Sid, now + Duration.FromSeconds(ringSeconds + 30) + clock.OfReal(TimeSpan.FromSeconds(5))),
                CallPlacement.Refused refused => new AttemptEvent.Rejected(refused.Code, Sent: refused.Status != 0),
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

    private sealed record Batch(Campaign Campaign, long Epoch, IReadOnlyList<DialBatch.Intent> Intents, CallStarts Starts);

    private sealed record Start(Campaign Campaign, DialBatch.Intent Intent, long AtUs, double GapUs);
}
