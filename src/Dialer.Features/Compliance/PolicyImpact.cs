using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Compliance;

/// <summary>What a changed row would have done to yesterday.</summary>
public sealed class PolicyImpact(Database database)
{
    private const int Limit = 5_000;
    private const int Batch = 250;
    private const int MostExamples = 20;

    /// <param name="Decisions">Contacts decided yesterday that were decided again, of <paramref name="Of"/>.</param>
    /// <param name="DeniesMore">Allowed by the policy as it is, denied with the change.</param>
    /// <param name="AllowsMore">Denied by the policy as it is, allowed with the change.</param>
    /// <param name="Examples">The first twenty contacts whose verdict changes.</param>
    /// <param name="Note">What the figures do not say, for rows that deny no contact; null: nothing.</param>
    public sealed record Impact(Instant From, Instant To, int Decisions, long Of, int DeniesMore, int AllowsMore, IReadOnlyList<Example> Examples, string Sentence, string? Note);

    /// <param name="Reasons">The codes that would deny it with the change; none when the change would allow it.</param>
    public sealed record Example(Instant At, long AccountId, string Mode, bool AllowedNow, IReadOnlyList<string> Reasons);

    /// <summary>
    /// Decides yesterday's contacts (the 24 hours before <paramref name="now"/>, the newest 5,000) twice, by the policy as it is and with the row changed. Both use what the
    /// records hold today about the time of each decision: attempts, conversations and consents before it, holds and whereabouts as they stand.
    /// </summary>
    public async Task<Impact> OfYesterdayAsync(PolicySet current, PolicyRow changed, string pack, Instant now, CancellationToken cancel)
    {
        var from = now - Duration.FromDays(1);
        var proposed = current.WithRow(changed, pack, "proposed");
        var total = await database.FindAsync<long>("select count(*) from decision where at >= @from and at < @now", new { from, now }, cancel);
        var rows = await database.QueryAsync<Row>(
            """
             select at, person_id, account_id, phone_id, campaign_id, mode, channel, purpose, attempt_id, notice_id from decision
             where at >= @from and at < @now and account_id is not null and phone_id is not null order by at desc limit @Limit
             """,
            new { from, now, Limit },
            cancel);
        var (denies, allows) = (0, 0);
        var examples = new List<Example>();
        await using var connection = await database.OpenAsync(cancel);
        foreach (var chunk in rows.Chunk(Batch))
        {
            var requests = chunk.Select(r => new GateRequest(
                new PersonId(r.PersonId), new AccountId(r.AccountId), new PhoneId(r.PhoneId), r.CampaignId is { } c ? new CampaignId(c) : null, Enum.Parse<ContactMode>(r.Mode), Enum.Parse<ContactPurpose>(r.Purpose),
                Attempt: r.AttemptId is { } a ? new AttemptId(a) : null, Channel: Enum.Parse<Channel>(r.Channel), Notice: r.NoticeId)).ToList();
            var loaded = await FactsLoader.LoadAsync(connection, null, requests, chunk[^1].At, cancel);
            for (var i = 0; i < chunk.Length; i++)
            {
                var contact = loaded.Contacts[i];
                var facts = AsOf(contact.Facts, chunk[i].At);
                var before = ComplianceEngine.Allows(contact.Request, facts, current, chunk[i].At);
                var after = ComplianceEngine.Allows(contact.Request, facts, proposed, chunk[i].At);
                denies += before && !after ? 1 : 0;
                allows += !before && after ? 1 : 0;
                if (before != after && examples.Count < MostExamples)
                    examples.Add(new Example(chunk[i].At, chunk[i].AccountId, chunk[i].Mode, before, Codes(ComplianceEngine.Evaluate(contact.Request, facts, proposed, chunk[i].At))));
            }
        }

        var sentence = $"Yesterday this would have denied {denies} more contacts and allowed {allows} more.";
        if (rows.Count < total)
            sentence += $" Only the newest {rows.Count} of {total} decisions were asked again.";
        return new Impact(from, now, rows.Count, total, denies, allows, examples, sentence, NoteOf(changed.Kind));
    }

    private static string? NoteOf(RuleKind kind) => kind switch
    {
        RuleKind.Payment => "Rows of this kind are asked for payments, not for contacts: what it would have done to yesterday's payments is not worked out.",
        RuleKind.Abandon => "Rows of this kind bind the pacing, not a contact: what it would have done to yesterday's pace is not worked out.",
        RuleKind.Condition => "Rows of this kind deny nothing: they say what a contact owes.",
        _ => null,
    };

    private static IReadOnlyList<string> Codes(ContactDecision decision) => [.. decision.Reasons.Where(reason => reason.Severity != Severity.Warn).Select(reason => reason.Code).Distinct()];

    private static ContactFacts AsOf(ContactFacts facts, Instant at) => facts with
    {
        Attempts = [.. facts.Attempts.Where(a => a.At < at)],
        Conversations = [.. facts.Conversations.Where(c => c.At < at)],
        Consents = [.. facts.Consents.Where(c => c.At <= at)],
        Lists = [.. facts.Lists.Where(l => l.CheckedAt <= at)],
        FirstCommunicationAt = facts.FirstCommunicationAt < at ? facts.FirstCommunicationAt : null,
        FirstWrittenAt = facts.FirstWrittenAt < at ? facts.FirstWrittenAt : null,
    };

    private sealed record Row(Instant At, long PersonId, long AccountId, long PhoneId, long? CampaignId, string Mode, string Channel, string Purpose, long? AttemptId, long? NoticeId);
}
