using System.Threading.Channels;
using Dapper;
using Dialer.Core;
using Dialer.Core.Routing;
using Dialer.Features.Agents;
using Dialer.Features.Dialing;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Dialer.Twilio.Rest;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Dialer.Features.Routing;

/// <summary>
/// Brings waiting callers and free agents together, on the one node that holds the lease: at once when an agent changes, and every quarter of a second in any case.
/// A kept place (call-back) has its turn in the same line: its agent is reserved and the person is dialled through the gate.
/// </summary>
internal sealed class QueueMatcher(
    Database database, Leases leases, RedisConnection redis, AgentIndex index, AgentSessions sessions, AgentHandoff handoff, AgentDial dial, TwilioClient twilio, ServiceClock clock, ILogger<QueueMatcher> log)
    : BackgroundService
{
    private const int MostAtOnce = 200;
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(250);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ListenAsync();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WaitAsync(stoppingToken);
                await MatchAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("The line will be looked at again in a moment: {Reason}", failure.Message);
            }
        }
    }

    /// <summary>One look at the whole line; returns how many callers got an agent.</summary>
    public async Task<int> MatchAsync(CancellationToken cancel)
    {
        var line = await LineAsync(cancel);
        if (line.Count == 0 || await leases.TryHoldAsync("queue-matcher", TimeSpan.FromSeconds(5), cancel) is null)
            return 0;
        var now = clock.Now;
        var callers = line.Select(each => new IndexedCaller(each.Knows, RoutingJson.Read(each.Needs).Allowed(now - each.EnteredAt))).ToList();
        var matched = await index.MatchAsync(callers);
        var offered = 0;
        for (var i = 0; i < line.Count; i++)
        {
            if (matched[i] is { } agent && await OfferAsync(line[i], agent, callers[i].Needs, now, cancel))
                offered++;
        }

        return offered;
    }

    private async Task<IReadOnlyList<Caller>> LineAsync(CancellationToken cancel) => await database.QueryAsync<Caller>(
        """
        select q.attempt_id, t.created_at, t.direction, t.sid, q.state, q.needs::text as needs, q.entered_at, q.person_id, q.account_id, q.phone_id,
            (select x.session_id from agent_session x where x.ended_at is null and x.state = 'Available' and x.agent_id = (
                select y.agent_id from attempt y where y.person_id = q.person_id and y.attempt_id <> q.attempt_id and y.agent_id is not null and y.conversation_at > q.entered_at - interval '14 days'
                order by y.conversation_at desc limit 1)) as knows
        from queue_entry q join attempt t using (attempt_id)
        where q.state = 'Waiting' and t.state = 'Answered' or q.state = 'CallBack' and t.ended_at is not null
        order by q.rank_at, q.queue_entry_id limit @most
        """,
        new { most = MostAtOnce },
        cancel);

    /// <summary>False also when it fails, as for an agent whom another live call still names: those behind in the line have their agents reserved by now and must get them.</summary>
    private async Task<bool> OfferAsync(Caller caller, ReservedAgent agent, IReadOnlyList<IReadOnlyCollection<string>> needs, Instant now, CancellationToken cancel)
    {
        try
        {
            return await (caller.State == "CallBack" ? CallBackAsync(caller, agent, now, cancel) : ConnectAsync(caller, agent, needs, now, cancel));
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            log.LogWarning("Attempt {AttemptId} was not given to agent {AgentId} and is looked at again: {Reason}", caller.AttemptId, agent.AgentId, failure.Message);
            return false;
        }
    }

    private async Task<bool> ConnectAsync(Caller caller, ReservedAgent agent, IReadOnlyList<IReadOnlyCollection<string>> needs, Instant now, CancellationToken cancel)
    {
        var joined = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var waits = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                    "select q.state = 'Waiting' and t.state = 'Answered' from attempt t join queue_entry q using (attempt_id) where t.attempt_id = @AttemptId for update of t, q",
                    new { caller.AttemptId }, transaction, cancellationToken: cancel));
                if (!waits || await handoff.ConfirmAsync(connection, transaction, caller.Call, agent, needs, now - caller.EnteredAt, cancel) is not { } confirmed)
                    return null;
                await connection.ExecuteAsync(new CommandDefinition(
                    "update queue_entry set state = 'Offered', agent_id = @AgentId, offered_at = @now where attempt_id = @AttemptId", new { agent.AgentId, now, caller.AttemptId }, transaction, cancellationToken: cancel));
                return confirmed;
            },
            cancel);
        if (joined is null)
            return false; // the index forgets its reservation when its hold is over
        await sessions.AnnounceAsync(joined.Agent);
        var answer = await twilio.RunTwimlAsync(caller.Sid!, joined.Twiml, cancel);
        if (answer.Error is null)
            return true;
        await ReturnAsync(caller, agent, gone: answer.Error.CallIsNotInProgress || answer.Error.IsNotFound, cancel);
        return false;
    }

    /// <summary>The caller could not be brought to the agent: the agent is free again, and who is still there keeps the place.</summary>
    private async Task ReturnAsync(Caller caller, ReservedAgent agent, bool gone, CancellationToken cancel)
    {
        var freed = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync(new CommandDefinition(
                    """
                    select 1 from attempt where attempt_id = @AttemptId for update;
                    update attempt set agent_id = null, treatment = 'Queue', routing = null where attempt_id = @AttemptId and bridged_at is null and agent_id = @AgentId;
                    update queue_entry set state = case when @gone then 'Abandoned' else 'Waiting' end, agent_id = null, ended_at = case when @gone then @now end where attempt_id = @AttemptId and state = 'Offered';
                    """,
                    new { caller.AttemptId, agent.AgentId, gone, now = clock.Now }, transaction, cancellationToken: cancel));
                return await AgentSessions.ApplyAsync(connection, transaction, agent.Session, new AgentEvent.CallEnded(new AttemptId(caller.AttemptId), Duration.Zero), clock.Now, cancel);
            },
            cancel);
        await sessions.AnnounceAsync(freed);
    }

    private async Task<bool> CallBackAsync(Caller caller, ReservedAgent agent, Instant now, CancellationToken cancel)
    {
        var outcome = caller is { PersonId: { } person, AccountId: { } account, PhoneId: { } phone }
            ? await dial.DialAsync(new AgentDialRequest(agent.Session, agent.AgentId, person, account, phone, "Queue call-back", agent.Epoch) { Purpose = Core.Compliance.ContactPurpose.CallbackRequested }, cancel)
            : AgentDialOutcome.Refused("The caller's account is not known.", null);
        if (outcome.AttemptId is null)
            log.LogInformation("The call-back of attempt {AttemptId} was not dialled: {Why}", caller.AttemptId, outcome.Detail);
        if (outcome.AgentGone)
            return false;
        await database.ExecuteAsync(
            "update queue_entry set state = case when @made::bigint is null then 'Left' else 'Dialled' end, call_back_attempt_id = @made, agent_id = @AgentId, ended_at = @now where attempt_id = @AttemptId and state = 'CallBack'",
            new { made = outcome.AttemptId, agent.AgentId, now, caller.AttemptId },
            cancel);
        return outcome.AttemptId is not null;
    }

    private async Task ListenAsync()
    {
        try
        {
            await redis.SubscribeAsync("agents", _ => _wake.Writer.TryWrite(true));
        }
        catch (Exception failure) when (failure is StackExchange.Redis.RedisException or TimeoutException)
        {
            log.LogWarning("Changes of agents are not heard, the line is looked at every {Milliseconds} ms: {Reason}", Round.TotalMilliseconds, failure.Message);
        }
    }

    private async Task WaitAsync(CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Round);
        try
        {
            await _wake.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // the round is over: look in any case
        }
    }

    private sealed class Caller
    {
        public long AttemptId { get; init; }

        public Instant CreatedAt { get; init; }

        public string Direction { get; init; } = "";

        public string? Sid { get; init; }

        public string State { get; init; } = "";

        public string Needs { get; init; } = "";

        public Instant EnteredAt { get; init; }

        public long? PersonId { get; init; }

        public long? AccountId { get; init; }

        public long? PhoneId { get; init; }

        public Guid? Knows { get; init; }

        public RoutedCall Call => new(AttemptId, CreatedAt, Direction);
    }
}
