using Dialer.Core.Calls;
using Dialer.Core.Numbers;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Dialing;

/// <summary>One live attempt as pacing sees it.</summary>
public sealed class LiveCall
{
    public const string Columns =
        """
        a.attempt_id, a.campaign_id, a.state, a.mode, a.agent_id, a.created_at, a.submitted_at, a.answered_at, a.ended_at, a.answered_by, a.treatment, a.abandoned,
        coalesce(p.line_type, 'Unknown') as line_type, coalesce(r.attempts, 1) as tries, c.needs as skills
        """;

    public const string Tables = "attempt a left join campaign c on c.campaign_id = a.campaign_id left join phone p on p.phone_id = a.phone_id left join ready_lead r on r.campaign_id = a.campaign_id and r.account_id = a.account_id";

    public long AttemptId { get; init; }

    public long? CampaignId { get; init; }

    public AttemptState State { get; init; }

    public string Mode { get; init; } = "";

    public long? AgentId { get; init; }

    public Instant CreatedAt { get; init; }

    public Instant? SubmittedAt { get; init; }

    public Instant? AnsweredAt { get; init; }

    public Instant? EndedAt { get; init; }

    public string? AnsweredBy { get; init; }

    public string? Treatment { get; init; }

    public bool Abandoned { get; init; }

    public LineType LineType { get; init; }

    public int Tries { get; init; }

    /// <summary>What an agent must have to be given this call; null outside campaigns.</summary>
    public string[]? Skills { get; init; }

    public Instant LaunchedAt => SubmittedAt ?? CreatedAt;

    public bool InFlight => AnsweredAt is null && State.IsLive();

    /// <summary>The call as a look at that instant would have shown it, as far as the row still says: a later answer, verdict or ending had not happened yet.</summary>
    public LiveCall AsOf(Instant at)
    {
        var answered = AnsweredAt <= at;
        var ended = EndedAt <= at;
        return new LiveCall
        {
            AttemptId = AttemptId,
            CampaignId = CampaignId,
            State = ended ? State : answered ? AttemptState.Answered : AttemptState.Ringing,
            Mode = Mode,
            AgentId = AgentId,
            CreatedAt = CreatedAt,
            SubmittedAt = SubmittedAt,
            AnsweredAt = answered ? AnsweredAt : null,
            EndedAt = ended ? EndedAt : null,
            AnsweredBy = answered ? AnsweredBy : null,
            Treatment = Treatment,
            Abandoned = Abandoned && answered,
            LineType = LineType,
            Tries = Tries,
            Skills = Skills,
        };
    }
}

/// <summary>Reads live attempts. Counts are derived from these rows at each look; nothing is counted up and down.</summary>
public sealed class LiveCalls(Database database)
{
    public Task<IReadOnlyList<LiveCall>> AllAsync(CancellationToken cancel) => database.QueryAsync<LiveCall>(
        $"select {LiveCall.Columns} from {LiveCall.Tables} where a.state in ('Intent', 'Submitting', 'Placed', 'Ringing', 'Answered', 'Unknown')", null, cancel);

    /// <summary>A campaign's calls that were under way at an instant or have begun since.</summary>
    public Task<IReadOnlyList<LiveCall>> SinceAsync(long campaignId, Instant at, CancellationToken cancel) => database.QueryAsync<LiveCall>(
        $"""
        select {LiveCall.Columns} from {LiveCall.Tables}
        where a.campaign_id = @campaignId and a.created_at > @from and (a.ended_at > @at or a.state in ('Intent', 'Submitting', 'Placed', 'Ringing', 'Answered', 'Unknown'))
        """,
        new { campaignId, at, from = at - Duration.FromHours(6) },
        cancel);

    public Task<IReadOnlyList<LiveCall>> ByIdAsync(IReadOnlyCollection<long> ids, CancellationToken cancel) => database.QueryAsync<LiveCall>(
        $"select {LiveCall.Columns} from {LiveCall.Tables} where a.attempt_id = any (@ids)", new { ids = ids.ToArray() }, cancel);
}
