using Dapper;
using Dialer.Core.Routing;
using Dialer.Storage.Postgres;
using Dialer.Storage.Redis;
using Microsoft.Extensions.Logging;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Agents;

/// <summary>Moves agents through <see cref="AgentMachine"/>: PostgreSQL in the caller's transaction, then Redis and the desks, once that is committed.</summary>
/// <remarks>Lock order everywhere: the attempt's row first, then the session's.</remarks>
public sealed class AgentSessions(Database database, AgentIndex index, AgentSignals signals, ILogger<AgentSessions> log)
{
    /// <summary>Applies one event to an open session. Null when there is no such session or the event is not legal in its state.</summary>
    public static async Task<AgentSession?> ApplyAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid session, AgentEvent happened, Instant now, CancellationToken cancel)
    {
        var row = await LockAsync(connection, transaction, session, cancel);
        return row is not null && AgentMachine.Apply(row.ToAgent(), happened, now) is { } next ? await SaveAsync(connection, transaction, row, next, now, cancel) : null;
    }

    /// <summary>Confirms in PostgreSQL what Redis reserved. Null when the session has moved on since: choose another agent.</summary>
    public static async Task<AgentSession?> ConfirmAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, ReservedAgent reserved, AgentEvent.Reserve reserve, Instant now, CancellationToken cancel)
    {
        var row = await LockAsync(connection, transaction, reserved.Session, cancel);
        return row is not null && row.Epoch == reserved.Epoch && AgentMachine.Apply(row.ToAgent(), reserve, now) is { } next
            ? await SaveAsync(connection, transaction, row, next, now, cancel)
            : null;
    }

    public static async Task<AgentSession?> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid session, CancellationToken cancel) =>
        await connection.QuerySingleOrDefaultAsync<AgentSession>(new CommandDefinition(
            $"select {AgentSession.Columns} from agent_session s join agent a using (agent_id) join app_user u on u.user_id = s.agent_id where s.session_id = @session and s.ended_at is null for update of s",
            new { session },
            transaction,
            cancellationToken: cancel));

    /// <summary>Applies one event to an agent's open session; null also when the agent has none.</summary>
    public static async Task<AgentSession?> ApplyToAgentAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long agentId, AgentEvent happened, Instant now, CancellationToken cancel) =>
        await OpenOfAsync(connection, transaction, agentId, cancel) is { } session ? await ApplyAsync(connection, transaction, session, happened, now, cancel) : null;

    public static Task<Guid?> OpenOfAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long agentId, CancellationToken cancel) =>
        connection.ExecuteScalarAsync<Guid?>(new CommandDefinition(
            "select session_id from agent_session where agent_id = @agentId and ended_at is null", new { agentId }, transaction, cancellationToken: cancel));

    public Task<AgentSession?> FindOpenAsync(long agentId, CancellationToken cancel) => database.FindAsync<AgentSession>(
        $"select {AgentSession.Columns} from agent_session s join agent a using (agent_id) join app_user u on u.user_id = s.agent_id where s.agent_id = @agentId and s.ended_at is null",
        new { agentId },
        cancel);

    public Task<IReadOnlyList<AgentSession>> AllOpenAsync(CancellationToken cancel) => database.QueryAsync<AgentSession>(
        $"select {AgentSession.Columns} from agent_session s join agent a using (agent_id) join app_user u on u.user_id = s.agent_id where s.ended_at is null",
        null,
        cancel);

    /// <summary>Applies one event in a transaction of its own and announces it.</summary>
    public async Task<AgentSession?> ApplyAsync(Guid session, AgentEvent happened, Instant now, CancellationToken cancel)
    {
        var changed = await database.InTransactionAsync((connection, transaction) => ApplyAsync(connection, transaction, session, happened, now, cancel), cancel);
        await AnnounceAsync(changed);
        return changed;
    }

    /// <summary>Tells the desks and Redis, after the commit. A failure is healed by the keeper's next round, so it is only logged.</summary>
    public async Task AnnounceAsync(params IReadOnlyList<AgentSession?> changed)
    {
        var known = changed.OfType<AgentSession>().ToList();
        foreach (var session in known)
            signals.Wake(session.AgentId); // a desk on this node need not wait for Redis
        foreach (var session in known)
            await IndexAsync(session);
    }

    /// <summary>Something the agent's desk shows has changed that is no state of his: a supervisor came to his line or left it.</summary>
    public async Task RefreshAsync(Guid session, CancellationToken cancel)
    {
        if (await database.FindAsync<long?>("select agent_id from agent_session where session_id = @session and ended_at is null", new { session }, cancel) is { } agent)
            await AnnounceAsync(await FindOpenAsync(agent, cancel));
    }

    /// <summary>
    /// As <see cref="AnnounceAsync"/>, and then waits until the screen of whoever has just been reserved shows the call, at most <see cref="AgentSignals.ScreenFirst"/> of real time:
    /// for callers who then answer with the document that brings the voice.
    /// </summary>
    public async Task AnnounceScreenFirstAsync(IReadOnlyList<AgentSession?> changed, CancellationToken cancel)
    {
        var reserved = changed.FirstOrDefault(session => session is { State: AgentState.Reserved, Draws: true, AttemptId: not null });
        if (reserved is null)
        {
            await AnnounceAsync(changed);
            return;
        }

        using var screen = signals.Expect(reserved.AttemptId!.Value);
        await AnnounceAsync(changed);
        await screen.DrawnAsync(cancel);
    }

    /// <summary>
    /// The same for a reservation made in somebody else's transaction that is committed by now, or rolled back. The desk is woken before anything
    /// is read here: it reads for itself what is true.
    /// </summary>
    public async Task AnnounceScreenFirstAsync(long agentId, long attemptId, CancellationToken cancel)
    {
        using var screen = signals.Expect(attemptId);
        signals.Wake(agentId);
        if (await FindOpenAsync(agentId, cancel) is not { } session || session.AttemptId != attemptId)
            return;
        await IndexAsync(session);
        if (session is { State: AgentState.Reserved, Draws: true })
            await screen.DrawnAsync(cancel);
    }

    private async Task IndexAsync(AgentSession session)
    {
        try
        {
            await index.PutAsync(Indexed(session));
            await signals.TellOthersAsync(session.AgentId);
        }
        catch (Exception failure) when (failure is StackExchange.Redis.RedisException or TimeoutException)
        {
            log.LogWarning("Agent {AgentId} could not be announced: {Reason}", session.AgentId, failure.Message);
        }
    }

    public static IndexedAgent Indexed(AgentSession session) => new(
        session.SessionId.ToString("N"),
        session.AgentId,
        session.Epoch,
        session.State.ToString(),
        session.Since.ToUnixTimeMilliseconds(),
        session.Until?.ToUnixTimeMilliseconds(),
        session.Intent?.ToString(),
        [.. Skills.Satisfied(session.Skills), .. session.Work],
        session.Conference);

    private static async Task<AgentSession> SaveAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AgentSession row, Agent next, Instant now, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update agent_session set state = @State, since = @Since, until = @Until, intent = @Intent, reason = @Reason, attempt_id = @AttemptId,
                softphone_up = @Softphone, extended = @Extended, epoch = epoch + 1, ended_at = @EndedAt
            where session_id = @SessionId
            """,
            new
            {
                row.SessionId,
                State = next.State.ToString(),
                next.Since,
                next.Until,
                Intent = next.Intent?.ToString(),
                next.Reason,
                AttemptId = next.Attempt?.Value,
                Softphone = next.SoftphoneConnected,
                next.Extended,
                EndedAt = next.State == AgentState.Offline ? now : (Instant?)null,
            },
            transaction,
            cancellationToken: cancel));
        if (next.State != row.State)
            await connection.ExecuteAsync(new CommandDefinition(
                """
                update agent_state_log set to_at = @now where session_id = @SessionId and to_at is null;
                insert into agent_state_log (session_id, agent_id, state, reason, attempt_id, from_at, to_at)
                values (@SessionId, @AgentId, @State, @Reason, @AttemptId, @now, case when @State = 'Offline' then @now end)
                """,
                new { row.SessionId, row.AgentId, State = next.State.ToString(), next.Reason, AttemptId = next.Attempt?.Value, now },
                transaction,
                cancellationToken: cancel));
        return new AgentSession
        {
            SessionId = row.SessionId,
            AgentId = row.AgentId,
            State = next.State,
            Since = next.Since,
            Until = next.Until,
            Intent = next.Intent,
            Reason = next.Reason,
            AttemptId = next.Attempt?.Value,
            Epoch = row.Epoch + 1,
            SoftphoneSid = row.SoftphoneSid,
            SoftphoneUp = next.SoftphoneConnected,
            Extended = next.Extended,
            Draws = row.Draws,
            ConferenceSid = row.ConferenceSid,
            Skills = row.Skills,
            Work = row.Work,
            DisplayName = row.DisplayName,
        };
    }
}
