using Dialer.Core.Pacing;
using Dialer.Features.Campaigns;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Dialing;

/// <summary>A campaign's abandonment account, by hour and over its whole lineage: a campaign renamed or copied goes on with the account it had.</summary>
/// <remarks>The hours of the window are read once a minute, the last two at every look: verdicts and endings that come late are found within the minute. Nothing is counted up or down.</remarks>
internal sealed class AnswerAccount
{
    private static readonly Duration Whole = Duration.FromMinutes(1);
    private static readonly Duration Recent = Duration.FromHours(2);
    private IReadOnlyList<HourOfAnswers> _old = [];
    private Instant _readAt = Instant.MinValue;
    private Instant _oldUntil = Instant.MinValue;

    /// <param name="within">How soon after the answer an agent must be there: <see cref="Compliance.CallCaps.ConnectSeconds"/>. A change reaches the old hours within the minute.</param>
    /// <returns>The account now, and as it will stand when the hour turns.</returns>
    public async Task<(AbandonmentLedger Now, AbandonmentLedger Ahead)> ReadAsync(Database database, Campaign campaign, Duration within, Instant now, CancellationToken cancel)
    {
        var budget = campaign.Pacing().Budget;
        if (_readAt > now || now - _readAt >= Whole)
        {
            _readAt = now;
            _oldUntil = BudgetWindow.HourOf(now - Recent);
            _old = await HoursAsync(database, campaign, within, now, now - Duration.FromHours(budget.WindowHours) - Duration.FromHours(1), _oldUntil, cancel);
        }

        var recent = await HoursAsync(database, campaign, within, now, _oldUntil, Instant.MaxValue, cancel);
        HourOfAnswers[] hours = [.. _old, .. recent];
        return (BudgetWindow.Account(hours, budget, now), BudgetWindow.Ahead(hours, budget, now));
    }

    /// <summary>
    /// Answers a machine gave, and those whose verdict is still out, are no live answers; an abandoned call is one at once. Whom an agent joined too late, or not before they hung up after that
    /// time, was abandoned too, whatever was done about it then. A call that was handed on has its first joining in conversation_at.
    /// </summary>
    private static async Task<IReadOnlyList<HourOfAnswers>> HoursAsync(Database database, Campaign campaign, Duration within, Instant now, Instant from, Instant to, CancellationToken cancel) =>
        [.. (await database.QueryAsync<Hour>(
            """
            select date_trunc('hour', a.answered_at, 'UTC') as start, count(*) as answers,
                count(*) filter (where a.abandoned or a.treatment = 'Agent' and a.mode <> 'Agentless' and coalesce(least(a.bridged_at, a.conversation_at), a.ended_at, @now) - a.answered_at > @within) as abandoned
            from attempt a join campaign c on c.campaign_id = a.campaign_id
            where coalesce(c.lineage_id, c.campaign_id) = @lineage and a.answered_at >= @from and (@open or a.answered_at < @to)
                and coalesce(a.answered_by, '') !~ '^(machine|fax)' and (a.answered_by is not null or a.abandoned or a.state <> 'Answered')
            group by 1
            """,
            new { lineage = campaign.LineageId ?? campaign.CampaignId, within = within.ToTimeSpan(), now, from, to = to == Instant.MaxValue ? from : to, open = to == Instant.MaxValue },
            cancel)).Select(hour => new HourOfAnswers(hour.Start, hour.Answers, hour.Abandoned))];

    private sealed class Hour
    {
        public Instant Start { get; init; }

        public long Answers { get; init; }

        public long Abandoned { get; init; }
    }
}
