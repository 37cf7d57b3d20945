using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Routing;
using Dialer.Features.Agents;
using Dialer.Features.Campaigns;
using Dialer.Features.Compliance;
using Dialer.Features.Ivr;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <remarks>Lock order: the person, the agent's session, the call-back (without waiting: a batch that holds it waits for the person), then the attempt that is only now inserted and that nobody else can hold.</remarks>
public sealed partial class AgentDial(Database database, ContactGate gate, CallSender sender, AgentSessions sessions, AgentIndex index, ServiceClock clock, IOptions<DialingOptions> options)
{
    private const int RingSeconds = 30;

    /// <remarks>An agent's call has its start even when campaigns have taken those of the next second: it waits for its turn, and they get fewer.</remarks>
    public async Task<AgentDialOutcome> DialAsync(AgentDialRequest request, CancellationToken cancel)
    {
        var start = await index.TakeStartsAsync(CallPace.Bucket, clock.Now.UnixMicroseconds(), 1, options.Value.CallsPerSecond, atLeast: 1);
        var (outcome, line, session) = await database.InTransactionAsync((connection, transaction) => PrepareAsync(connection, transaction, request, clock.Now, cancel), cancel);
        await sessions.AnnounceAsync(session);
        if (outcome.AttemptId is { } attempt && line is not null)
            await sender.PlaceOneAsync(attempt, line.CreatedAt, line.ToE164, line.FromE164, RingSeconds, start);
        return outcome;
    }

    /// <summary>Whether it would be allowed now; reserves nothing.</summary>
    public async Task<AgentDialOutcome> PreviewAsync(long person, long account, long phone, CancellationToken cancel)
    {
        var decision = (await gate.PreviewAsync([Ask(new AgentDialRequest(Guid.Empty, 0, person, account, phone, ""), null)], clock.Now, cancel))[0];
        return decision.Allowed ? new AgentDialOutcome(null, [], null, null, false) : Denied(decision);
    }

    private async Task<(AgentDialOutcome Outcome, Line? Line, AgentSession? Session)> PrepareAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AgentDialRequest request, Instant now, CancellationToken cancel)
    {
        await PersonLocks.TakeAsync(connection, transaction, [new PersonId(request.Person)], cancel);
        var agent = await AgentSessions.LockAsync(connection, transaction, request.Session, cancel);
        if (agent is not { State: AgentState.Available } || (request.Epoch is { } epoch && epoch != agent.Epoch))
            return (AgentDialOutcome.Gone(), null, null);
        var line = await connection.QuerySingleOrDefaultAsync<Line>(new CommandDefinition(
            """
            select p.e164 as to_e164, coalesce(
                (select c.from_e164 from campaign c join ready_lead r using (campaign_id) where r.account_id = a.account_id order by (c.state = 'Open') desc, c.campaign_id desc limit 1),
                (select c.from_e164 from campaign c where c.client_id = a.client_id order by (c.state = 'Open') desc, c.campaign_id desc limit 1), n.callback_e164) as from_e164,
                nextval(pg_get_serial_sequence('attempt', 'attempt_id')) as attempt_id, @now as created_at
            from phone p join account a on a.person_id = p.person_id join client n on n.client_id = a.client_id
            where p.phone_id = @Phone and p.person_id = @Person and a.account_id = @Account and p.status = 'Active'
            """,
            new { request.Phone, request.Person, request.Account, now },
            transaction,
            cancellationToken: cancel));
        if (line is null)
            return (AgentDialOutcome.Refused("This number is not an active one of the account's person.", null), null, null);
        if (request.CallBack is { } asked && !await CallBackQueue.TakeAsync(connection, transaction, asked, request.Person, cancel))
            return (AgentDialOutcome.Refused("This call-back was made already, or is being made.", null), null, null);
        if (request.Campaign is { } spends && await DayBudget.SpentUntilAsync(connection, transaction, spends.Value, now, cancel) is { } tomorrow)
        {
            await PreviewLeads.RefusedAsync(connection, transaction, request, tomorrow, now, cancel);
            return (AgentDialOutcome.Refused("This campaign has made all the calls of its day. It goes on tomorrow.", tomorrow), null, null);
        }

        var result = (await gate.DecideAsync(connection, transaction, [Ask(request, line.AttemptId)], now, cancel))[0];
        if (!result.Allowed)
        {
            if (request.Campaign is not null)
                await PreviewLeads.RefusedAsync(connection, transaction, request, result.Decision.RetryAt, now, cancel);
            return (Denied(result.Decision), null, null);
        }

        if (request.Campaign is { } shows)
            line.FromE164 = await NumberOfAsync(connection, transaction, shows, request.Person, cancel);
        if (await InsertAsync(connection, transaction, request, line, result, now, cancel) == 0)
            return (AgentDialOutcome.Refused("A call to this person or number is live already.", null), null, null);
        if (request.CallBack is { } made)
            await CallBackQueue.DialedAsync(connection, transaction, made, line.AttemptId, now, cancel);
        if (request.Campaign is not null)
            await PreviewLeads.DialledAsync(connection, transaction, request, line.AttemptId, now, cancel);
        var until = now + Duration.FromSeconds(RingSeconds + 60) + clock.OfReal(TimeSpan.FromSeconds(20));
        var reserved = await AgentSessions.ApplyAsync(connection, transaction, request.Session, new AgentEvent.Reserve(new AttemptId(line.AttemptId), until), now, cancel);
        return (AgentDialOutcome.Made(line.AttemptId), line, reserved);
    }

    private static Task<int> InsertAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AgentDialRequest request, Line line, GateResult gate, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into attempt (attempt_id, campaign_id, account_id, person_id, phone_id, mode, purpose, to_e164, from_e164, state, created_at, artificial_voice, counted, exclusion, agent_id, routing)
            overriding system value
            values (@AttemptId, @campaign, @Account, @Person, @Phone, @mode, @purpose, @ToE164, @FromE164, 'Intent', @now, @ArtificialVoice, @Counted, @Exclusion, @AgentId, jsonb_build_object('reason', 'Asked', 'why', @Why))
            on conflict do nothing
            """,
            new
            {
                line.AttemptId, campaign = request.Campaign?.Value, request.Account, request.Person, request.Phone, mode = request.Mode.ToString(), line.ToE164, line.FromE164, now, gate.ArtificialVoice, gate.Counted, gate.Exclusion,
                request.AgentId, request.Why, purpose = request.Purpose.ToString(),
            },
            transaction,
            cancellationToken: cancel));

    /// <summary>The number of ours that this person is shown by the campaign, the same as by its other modes.</summary>
    private static async Task<string> NumberOfAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CampaignId campaignId, long person, CancellationToken cancel)
    {
        var campaign = await connection.QuerySingleAsync<Campaign>(new CommandDefinition(
            $"select {Campaign.Columns} from campaign where campaign_id = @id", new { id = campaignId.Value }, transaction, cancellationToken: cancel));
        return (await CallerIds.ForAsync(connection, transaction, campaign, [person], cancel))[person];
    }

    private static GateRequest Ask(AgentDialRequest request, long? attempt) => new(
        new PersonId(request.Person), new AccountId(request.Account), new PhoneId(request.Phone), request.Campaign, request.Mode, request.Purpose, Director: CallDirector.Manual,
        Attempt: attempt is { } id ? new AttemptId(id) : null);

    private static AgentDialOutcome Denied(ContactDecision decision) => AgentDialOutcome.Denied([.. decision.Reasons.Select(reason => reason.Code)], decision.RetryAt);

    private sealed class Line
    {
        public long AttemptId { get; init; }

        public string ToE164 { get; init; } = "";

        public string FromE164 { get; set; } = "";

        public Instant CreatedAt { get; init; }
    }
}
