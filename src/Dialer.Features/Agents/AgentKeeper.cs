using Dapper;
using Dialer.Core;
using Dialer.Core.Routing;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Dialer.Features.Agents;

/// <summary>
/// Heals agents: ends states whose time is up, notices silent desks, and keeps Redis equal to PostgreSQL, wholly rebuilding it when its boot marker is gone.
/// </summary>
public sealed class AgentKeeper(Database database, Leases leases, AgentIndex index, AgentSessions sessions, NodeIdentity node, ServiceClock clock, ILogger<AgentKeeper> log) : BackgroundService
{
    /// <summary>Note of a wrap-up that ran out: the agent's draft stays in the browser, the call is not left without a result.</summary>
    public const string WrapTimeout = "WRAP-TIMEOUT";

    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongGone = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Round);
        for (var round = 0; await timer.WaitForNextTickAsync(stoppingToken); round++)
        {
            try
            {
                if (await leases.TryHoldAsync("agent-keeper", TimeSpan.FromSeconds(5), stoppingToken) is not null)
                {
                    await EndStatesAsync(stoppingToken);
                    await NoticeSilenceAsync(stoppingToken);
                }

                await KeepIndexAsync(everything: round % 8 == 0, stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogWarning("Agents will be looked after again in a moment: {Reason}", failure.Message);
            }
        }
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
            log.LogInformation("Redis holds the live state again, rebuilt from PostgreSQL");
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

    private async Task NoticeSilenceAsync(CancellationToken cancel)
    {
        var silent = await database.QueryAsync<Silent>(
            """
            select session_id, heartbeat_at < clock_timestamp() - @gone as gone from agent_session
            where ended_at is null and heartbeat_at < clock_timestamp() - @lease and (state in ('Available', 'Break') or heartbeat_at < clock_timestamp() - @gone)
            """,
            new { lease = AgentIndex.Lease, gone = LongGone },
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
