using Dapper;
using Dialer.Core;
using Dialer.Core.Routing;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Dialer.Twilio.Webhooks;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Dialer.Features.Agents;

/// <summary>
/// Heals agents: ends states whose time is up, notices silent desks, and keeps Redis equal to PostgreSQL, wholly rebuilding it when its boot marker is gone.
/// </summary>
public sealed class AgentKeeper(Database database, Leases leases, AgentIndex index, AgentSessions sessions, WebhookUrls urls, NodeIdentity node, ServiceClock clock, ILogger<AgentKeeper> log) : PeriodicWork(Round, log)
{
    /// <summary>Note of a wrap-up that ran out: the agent's draft stays in the browser, the call is not left without a result.</summary>
    public const string WrapTimeout = "WRAP-TIMEOUT";

    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongGone = TimeSpan.FromMinutes(10);

    /// <summary>Longest break, and longest time of a desk that beats and has no telephone: then the agent is signed off.</summary>
    private static readonly Duration LongestRest = Duration.FromHours(4);

    private int _round;

    protected override string Trouble => "Agents could not be looked after";

    protected override async Task RoundAsync(CancellationToken cancel)
    {
        var round = _round++;
        if (await leases.TryHoldAsync("agent-keeper", TimeSpan.FromSeconds(5), cancel) is not null)
        {
            await EndStatesAsync(cancel);
            await NoticeSilenceAsync(cancel);
            if (round % 4 == 0)
                await FreeForgottenAsync(cancel);
        }

        await KeepIndexAsync(everything: round % 8 == 0, cancel);
    }

    /// <summary>Rebuilds Redis from PostgreSQL when it is not whole; otherwise, now and then, puts what a crash between commit and announcement left behind.</summary>
    public async Task KeepIndexAsync(bool everything, CancellationToken cancel)
    {
        var whole = await index.IsWholeAsync();
        if (whole && !everything)
            return;
        foreach (var session in await sessions.AllOpenAsync(cancel))
            await index.PutAsync(AgentSessions.Indexed(session));
        if (!whole)
        {
            await index.MarkWholeAsync(node.Name);
            Log.LogInformation("Redis holds the live state again, rebuilt from PostgreSQL");
        }
    }

    private async Task EndStatesAsync(CancellationToken cancel)
    {
        var now = clock.Now;
        var due = await database.QueryAsync<Due>(
            """
            select s.session_id, s.state, s.attempt_id, a.state = 'Answered' as talking
            from agent_session s left join attempt a using (attempt_id)
            where s.ended_at is null and s.until <= @now
            """,
            new { now },
            cancel);
        foreach (var session in due)
        {
            // A reserved agent whose customer is on the line may be talking to him although the callback that says so was lost: never give him a second call.
            AgentEvent happened = session is { State: AgentState.Reserved, Talking: true } ? new AgentEvent.Joined(new AttemptId(session.AttemptId!.Value)) : new AgentEvent.TimedOut();
            await sessions.AnnounceAsync(await database.InTransactionAsync(
                async (connection, transaction) =>
                {
                    if (session is { State: AgentState.WrapUp, AttemptId: { } attempt })
                        await connection.ExecuteAsync(new CommandDefinition(
                            "insert into disposition (attempt_id, code, source, at) values (@attempt, @WrapTimeout, 'System', @now) on conflict (attempt_id) do nothing",
                            new { attempt, WrapTimeout, now },
                            transaction,
                            cancellationToken: cancel));
                    return await AgentSessions.ApplyAsync(connection, transaction, session.SessionId, happened, now, cancel);
                },
                cancel));
        }
    }

    /// <summary>An agent whose call has been over for a while is freed, whatever word was lost; a colleague who visited it goes home.</summary>
    private async Task FreeForgottenAsync(CancellationToken cancel)
    {
        var forgotten = await database.QueryAsync<Due>(
            """
            select s.session_id, s.state, s.attempt_id from agent_session s join attempt a using (attempt_id)
            where s.ended_at is null and s.state in ('Reserved', 'OnCall') and a.ended_at < @since
            """,
            new { since = clock.Now - Duration.FromSeconds(3) - clock.OfReal(TimeSpan.FromSeconds(1)) },
            cancel);
        foreach (var session in forgotten)
            await sessions.AnnounceAsync(await database.InTransactionAsync(
                async (connection, transaction) =>
                    await Calls.ConsultColleague.SendHomeAsync(connection, transaction, session.AttemptId!.Value, urls, clock.Now, cancel)
                    ?? await AgentSessions.ApplyAsync(connection, transaction, session.SessionId, new AgentEvent.CallEnded(new AttemptId(session.AttemptId!.Value), Duration.Zero), clock.Now, cancel),
                cancel));
    }

    private async Task NoticeSilenceAsync(CancellationToken cancel)
    {
        var silent = await database.QueryAsync<Silent>(
            """
            select session_id, heartbeat_at < clock_timestamp() - @gone as gone from agent_session
            where ended_at is null and heartbeat_at < clock_timestamp() - @lease and (state in ('Available', 'Break') or heartbeat_at < clock_timestamp() - @gone)
            union all
            select session_id, true from agent_session where ended_at is null and state in ('Break', 'NotResponding') and since < @forgotten
            """,
            new { lease = AgentIndex.Lease, gone = LongGone, forgotten = clock.Now - LongestRest },
            cancel);
        foreach (var session in silent)
        {
            AgentEvent happened = session.Gone ? new AgentEvent.Requested(AgentState.Offline, "gone") : new AgentEvent.HeartbeatLost();
            await sessions.AnnounceAsync(await sessions.ApplyAsync(session.SessionId, happened, clock.Now, cancel));
        }
    }

    private sealed class Due
    {
        public Guid SessionId { get; init; }

        public AgentState State { get; init; }

        public long? AttemptId { get; init; }

        public bool Talking { get; init; }
    }

    private sealed class Silent
    {
        public Guid SessionId { get; init; }

        public bool Gone { get; init; }
    }
}
