using System.Text.Json;
using Dapper;
using Dialer.Core.Calls;
using Dialer.Features.Routing;
using Dialer.Storage.Postgres;
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

    /// <summary>Locks an attempt and stores an event of it, in one round trip; the event is new or a repeat. Null when there is no such attempt: then nothing is stored.</summary>
    public static async Task<(AttemptRow Row, bool IsNew)?> ReceiveAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, ReceivedEvent received, Instant now, CancellationToken cancel)
    {
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            $"""
            select {Columns} from {Tables} where t.attempt_id = @AttemptId for update of t;
            insert into call_event (day, event_key, attempt_id, kind, sequence, at, detail)
                select @day, @Key, t.attempt_id, @Kind, @Sequence, @now, cast(@detail as jsonb) from attempt t where t.attempt_id = @AttemptId on conflict do nothing returning true
            """,
            new
            {
                received.AttemptId, received.Key, received.Kind, received.Sequence, now,
                day = received.Day.AtMidnight().InUtc().ToInstant(), detail = JsonSerializer.Serialize(received.Detail, Outbox.Json),
            },
            transaction,
            cancellationToken: cancel));
        var row = await results.ReadSingleOrDefaultAsync<AttemptRow>();
        var isNew = (await results.ReadAsync<bool>()).Any();
        return row is null ? null : (row, isNew);
    }

    /// <summary>Those of the attempts that nobody else holds, locked.</summary>
    public static async Task<IReadOnlyList<AttemptRow>> LockFreeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long[] attempts, CancellationToken cancel) =>
        (await connection.QueryAsync<AttemptRow>(new CommandDefinition(
            $"select {Columns} from {Tables} where t.attempt_id = any (@attempts) for update of t skip locked", new { attempts }, transaction, cancellationToken: cancel))).AsList();

    public static async Task<AttemptRow?> LockBySidAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sid, CancellationToken cancel) =>
        await connection.QuerySingleOrDefaultAsync<AttemptRow>(new CommandDefinition(
            $"select {Columns} from {Tables} where t.sid = @sid for update of t", new { sid }, transaction, cancellationToken: cancel));

    public static Task SaveAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long attemptId, Attempt next, CancellationToken cancel) =>
        SaveAsync(connection, transaction, [(attemptId, next, false)], cancel);

    /// <summary>Stores attempts whose rows the transaction holds. One that is over has no deadline any more.</summary>
    public static Task SaveAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<(long AttemptId, Attempt Next, bool Over)> attempts, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update attempt a set state = g.state, sid = g.sid, sequence = g.sequence, epoch = g.epoch, deadline = g.deadline, submitted_at = g.submitted_at, placed_at = g.placed_at,
                ringing_at = g.ringing_at, answered_at = g.answered_at, ended_at = g.ended_at, answered_by = g.answered_by, sip_code = g.sip_code, duration_s = g.duration_s,
                error_code = g.error_code, counted = g.counted, exclusion = g.exclusion
            from unnest(@ids, @states, @sids, @sequences, @epochs, @deadlines, @submitted, @placed, @ringing, @answered, @ended,
                @answeredBy, @sipCodes, @durations, @errors, @counted, @exclusions)
                as g (attempt_id, state, sid, sequence, epoch, deadline, submitted_at, placed_at, ringing_at, answered_at, ended_at, answered_by, sip_code, duration_s, error_code, counted, exclusion)
            where a.attempt_id = g.attempt_id
            """,
            new
            {
                ids = Of(attempts, one => one.AttemptId),
                states = Of(attempts, one => one.Next.State.ToString()),
                sids = Of(attempts, one => one.Next.Sid),
                sequences = Of(attempts, one => one.Next.Sequence),
                epochs = Of(attempts, one => one.Next.Epoch),
                deadlines = Of(attempts, one => one.Over ? null : one.Next.Deadline),
                submitted = Of(attempts, one => one.Next.SubmittedAt),
                placed = Of(attempts, one => one.Next.PlacedAt),
                ringing = Of(attempts, one => one.Next.RingingAt),
                answered = Of(attempts, one => one.Next.AnsweredAt),
                ended = Of(attempts, one => one.Next.EndedAt),
                answeredBy = Of(attempts, one => one.Next.AnsweredBy),
                sipCodes = Of(attempts, one => one.Next.SipCode),
                durations = Of(attempts, one => one.Next.DurationSeconds),
                errors = Of(attempts, one => one.Next.ErrorCode),
                counted = Of(attempts, one => one.Next.Counted),
                exclusions = Of(attempts, one => one.Next.Exclusion),
            },
            transaction,
            cancellationToken: cancel));

    private static T[] Of<T>(IReadOnlyList<(long AttemptId, Attempt Next, bool Over)> attempts, Func<(long AttemptId, Attempt Next, bool Over), T> part) => [.. attempts.Select(part)];
}
