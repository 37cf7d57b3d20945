using Dapper;
using Dialer.Core.Calls;
using Dialer.Features.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>A row of <c>attempt</c> with what its campaign says about it.</summary>
public sealed class AttemptRow
{
    private const string Columns =
        """
        t.attempt_id, t.campaign_id, t.account_id, t.person_id, t.phone_id, t.direction, t.mode, t.to_e164, t.from_e164, t.state, t.sid, t.sequence, t.epoch, t.deadline,
        t.created_at, t.submitted_at, t.placed_at, t.ringing_at, t.answered_at, t.bridged_at, t.ended_at, t.answered_by, t.agent_id, t.treatment, t.abandoned, t.counted,
        t.exclusion, t.error_code, t.sip_code, t.duration_s, t.disposition, c.state as campaign_state, c.machine_treatment, c.no_agent_treatment, coalesce(c.wrap_up_seconds, 60) as wrap_up_seconds,
        c.retry_minutes, c.max_attempts, c.skills, p.language
        """;

    private const string Tables = "attempt t left join campaign c using (campaign_id) left join person p on p.person_id = t.person_id";

    public long AttemptId { get; init; }

    public long? CampaignId { get; init; }

    public long? AccountId { get; init; }

    public long? PersonId { get; init; }

    public long? PhoneId { get; init; }

    public string Direction { get; init; } = "";

    public string Mode { get; init; } = "";

    public string ToE164 { get; init; } = "";

    public string FromE164 { get; init; } = "";

    public AttemptState State { get; init; }

    public string? Sid { get; init; }

    public int Sequence { get; init; }

    public long Epoch { get; init; }

    public Instant? Deadline { get; init; }

    public Instant CreatedAt { get; init; }

    public Instant? SubmittedAt { get; init; }

    public Instant? PlacedAt { get; init; }

    public Instant? RingingAt { get; init; }

    public Instant? AnsweredAt { get; init; }

    public Instant? BridgedAt { get; init; }

    public Instant? EndedAt { get; init; }

    public string? AnsweredBy { get; init; }

    public long? AgentId { get; init; }

    public string? Treatment { get; init; }

    public bool Abandoned { get; init; }

    public bool Counted { get; init; }

    public string? Exclusion { get; init; }

    public int? ErrorCode { get; init; }

    public int? SipCode { get; init; }

    public int? DurationS { get; init; }

    public string? Disposition { get; init; }

    public string? CampaignState { get; init; }

    public string? MachineTreatment { get; init; }

    public string? NoAgentTreatment { get; init; }

    public int WrapUpSeconds { get; init; }

    public int RetryMinutes { get; init; }

    public int MaxAttempts { get; init; }

    public string[]? Skills { get; init; }

    public string? Language { get; init; }

    public RoutedCall Routed => new(AttemptId, CreatedAt, Direction);

    public Attempt ToAttempt() => new(
        State, Sid, Sequence, Epoch, Deadline, SubmittedAt, PlacedAt, RingingAt, AnsweredAt, EndedAt, AnsweredBy, SipCode, DurationS, ErrorCode, Counted, Exclusion);

    public static async Task<AttemptRow?> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, CancellationToken cancel) =>
        await connection.QuerySingleOrDefaultAsync<AttemptRow>(new CommandDefinition(
            $"select {Columns} from {Tables} where t.attempt_id = @attemptId for update of t", new { attemptId }, transaction, cancellationToken: cancel));

    public static async Task<AttemptRow?> LockBySidAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sid, CancellationToken cancel) =>
        await connection.QuerySingleOrDefaultAsync<AttemptRow>(new CommandDefinition(
            $"select {Columns} from {Tables} where t.sid = @sid for update of t", new { sid }, transaction, cancellationToken: cancel));

    public static Task SaveAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, Attempt next, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update attempt set state = @State, sid = @Sid, sequence = @Sequence, epoch = @Epoch, deadline = @Deadline, submitted_at = @SubmittedAt, placed_at = @PlacedAt,
                ringing_at = @RingingAt, answered_at = @AnsweredAt, ended_at = @EndedAt, answered_by = @AnsweredBy, sip_code = @SipCode, duration_s = @DurationSeconds,
                error_code = @ErrorCode, counted = @Counted, exclusion = @Exclusion
            where attempt_id = @attemptId
            """,
            new
            {
                attemptId,
                State = next.State.ToString(),
                next.Sid,
                next.Sequence,
                next.Epoch,
                next.Deadline,
                next.SubmittedAt,
                next.PlacedAt,
                next.RingingAt,
                next.AnsweredAt,
                next.EndedAt,
                next.AnsweredBy,
                next.SipCode,
                next.DurationSeconds,
                next.ErrorCode,
                next.Counted,
                next.Exclusion,
            },
            transaction,
            cancellationToken: cancel));
}
