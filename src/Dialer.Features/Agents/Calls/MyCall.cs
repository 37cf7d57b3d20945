using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Agents.Calls;

/// <summary>The live call of the agent who asks, with what is needed to act on its legs.</summary>
internal sealed class MyCall
{
    public long AttemptId { get; init; }

    public string Sid { get; init; } = "";

    public Instant CreatedAt { get; init; }

    public string Direction { get; init; } = "";

    public long? PersonId { get; init; }

    public long? AccountId { get; init; }

    public Guid SessionId { get; init; }

    public string ConferenceSid { get; init; } = "";

    public string? SoftphoneSid { get; init; }

    /// <summary>Null when the caller is not in a conversation of this agent's.</summary>
    public static Task<MyCall?> FindAsync(Database database, long attemptId, long agentId, CancellationToken cancel) => database.FindAsync<MyCall>(
        """
        select t.attempt_id, t.sid, t.created_at, t.direction, t.person_id, t.account_id, s.session_id, s.conference_sid, s.softphone_sid
        from attempt t join agent_session s on s.agent_id = t.agent_id and s.ended_at is null and s.attempt_id = t.attempt_id
        where t.attempt_id = @attemptId and t.agent_id = @agentId and t.state = 'Answered' and t.bridged_at is not null and s.conference_sid is not null
        """,
        new { attemptId, agentId },
        cancel);
}
