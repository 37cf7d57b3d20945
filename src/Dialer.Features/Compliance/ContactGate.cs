using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Compliance;

/// <summary>The one door to every outbound call, text and e-mail. Decides on fresh facts and leaves a row in the decision ledger for each answer, allow and deny alike.</summary>
public sealed class ContactGate(PolicyBook book, Database database)
{
    /// <summary>
    /// Decides a batch. The caller's transaction must already hold the lock of every person (<see cref="PersonLocks.TakeAsync"/>) and must insert the attempts it
    /// allows before it commits: then nobody else can use the same room. Several requests for one person in one batch are decided as if none of the others were placed;
    /// ask for one at a time.
    /// </summary>
    /// <returns>One result for each request, in the same order.</returns>
    /// <exception cref="ArgumentException">A person appears twice.</exception>
    public async Task<IReadOnlyList<GateResult>> DecideAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<GateRequest> requests, Instant now, CancellationToken cancel)
    {
        if (requests.Count == 0)
            return [];
        if (requests.DistinctBy(r => r.Person).Count() != requests.Count)
            throw new ArgumentException("A batch may name each person once: the second request could not know of the first.", nameof(requests));
        var contacts = await EvaluateAsync(connection, transaction, requests, now, cancel);
        var ids = await DecisionLedger.WriteAsync(connection, transaction, contacts, now, cancel);
        return [.. contacts.Select((c, i) => new GateResult(
            c.Contact.Asked, ids[i], c.Decision, c.Contact.Request.UsesArtificialVoice, Counted: c.Decision.Exclusion is null, c.Decision.Exclusion))];
    }

    /// <summary>The same decisions, written nowhere. For explanations and previews: it reserves nothing and may be out of date at once.</summary>
    public async Task<IReadOnlyList<ContactDecision>> PreviewAsync(IReadOnlyList<GateRequest> requests, Instant now, CancellationToken cancel)
    {
        if (requests.Count == 0)
            return [];
        await using var connection = await database.OpenAsync(cancel);
        return [.. (await EvaluateAsync(connection, null, requests, now, cancel)).Select(c => c.Decision)];
    }

    /// <summary>
    /// Asks again, when the called person has answered, what may have changed since the dial: a revocation, a hold, a number gone bad, the lawful hours, the campaign.
    /// Caps are not asked: this call is already in them. What may not be connected any more has its row in the ledger; what may is answered for by the row of its dial.
    /// </summary>
    public async Task<AnswerVerdict> StillLawfulAsync(AttemptId attempt, Instant now, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(
            """
            select a.person_id, a.account_id, a.phone_id, a.campaign_id, a.mode, a.purpose, a.artificial_voice, c.state
            from attempt a left join campaign c using (campaign_id) where a.attempt_id = $1
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = attempt.Value });
        GateRequest request;
        bool over;
        await using (var r = await command.ExecuteReaderAsync(cancel))
        {
            if (!await r.ReadAsync(cancel))
                return new AnswerVerdict(false, ["ATTEMPT_UNKNOWN"]);
            if (FactsLoader.Long(r, 0) is not { } person || FactsLoader.Long(r, 1) is not { } account || FactsLoader.Long(r, 2) is not { } phone)
                return new AnswerVerdict(false, ["DATA_MISSING_ACCOUNT"]);
            over = FactsLoader.Text(r, 7) is "Closed" or "Draft";
            request = new GateRequest(
                new PersonId(person), new AccountId(account), new PhoneId(phone), FactsLoader.Long(r, 3) is { } campaign ? new CampaignId(campaign) : null,
                Enum.Parse<ContactMode>(r.GetString(4)), Enum.Parse<ContactPurpose>(r.GetString(5)), r.GetBoolean(6), Attempt: attempt);
        }

        var evaluated = await EvaluateAsync(connection, null, [request], now, cancel);
        var codes = AnswerCheck.Objections(evaluated[0].Decision, book.Latest);
        if (codes.Count > 0)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await DecisionLedger.WriteAsync(connection, transaction, evaluated, now, cancel);
            await transaction.CommitAsync(cancel);
        }

        return over && codes.Count == 0 ? new AnswerVerdict(false, ["CAMPAIGN_NOT_OPEN"]) : new AnswerVerdict(codes.Count == 0, codes);
    }

    private async Task<IReadOnlyList<(LoadedContact Contact, ContactDecision Decision)>> EvaluateAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<GateRequest> requests, Instant now, CancellationToken cancel)
    {
        var loaded = await FactsLoader.LoadAsync(connection, transaction, requests, now, cancel);
        var policy = await book.ForAsync(connection, transaction, loaded.PolicyRevision, now.ToDateTimeUtc(), cancel);
        return [.. loaded.Contacts.Select(c => (c, ComplianceEngine.Evaluate(c.Request, c.Facts, policy, now)))];
    }
}
