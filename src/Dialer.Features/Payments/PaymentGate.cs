using System.Text.Json;
using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Payments;
using Dialer.Features.Compliance;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Payments;

/// <remarks>
/// The account's row is locked before its facts are read, so two questions about one account are answered one after the other. What is not known is left as
/// <see cref="PaymentRequest"/> has it, and so denies. Facts that nobody types: who placed the call, the collector's role, the payer's state, holds, earlier payments,
/// and whether a telephone authorisation is recorded or can be confirmed in writing.
/// </remarks>
public sealed partial class PaymentGate(PolicyBook book, IEnumerable<INoticeSender> senders)
{
    private const string FactsSql =
        """
        select c.collector_role as role, p.state, a.balance, a.currency, (select revision from policy_revision) as revision,
               coalesce(t.direction = 'Inbound' or t.purpose = 'CallbackRequested', false) as their_call,
               c.collector_role = 'FirstParty' or exists (select 1 from payment_plan g where g.person_id = p.person_id and g.authorized_at is not null) as related,
               exists (select 1 from recording r where r.attempt_id = t.attempt_id and r.state <> 'Stopped') as recorded, wants_email(p.person_id) as by_email,
               coalesce(bool_or(h.kind = 'Bankruptcy'), false) as bankruptcy, coalesce(bool_or(h.kind = 'Dispute'), false) as disputed,
               (select count(*) from payment y where y.attempt_id = t.attempt_id and y.state = 'Declined')::int as declined,
               (select max(y.updated_at) from payment y where y.account_id = a.account_id and y.amount = @amount and y.state = 'Captured') as same_at,
               (select y.return_code from payment y where y.person_id = p.person_id and y.return_code = any (@ending) and y.state = 'Reversed'
                  and y.returned_at > coalesce((select max(g.authorized_at) from payment_plan g where g.person_id = p.person_id), '-infinity') order by y.returned_at desc limit 1) as ended_by
        from account a
        join person p on p.person_id = a.person_id
        join client c on c.client_id = a.client_id
        left join attempt t on t.attempt_id = @AttemptId
        left join hold h on h.person_id = p.person_id and (h.account_id is null or h.account_id = a.account_id) and h.closed_at is null and (h.expires_at is null or h.expires_at > @now)
        where a.account_id = @AccountId and a.person_id = @PersonId
        group by c.client_id, p.person_id, a.account_id, t.attempt_id
        """;

    /// <summary>Decides, and writes the decision, in the caller's transaction.</summary>
    /// <exception cref="InvalidOperationException">The account is not the person's.</exception>
    public async Task<PaymentVerdict> DecideAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, PaymentQuestion asked, Instant now, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition("select 1 from account where account_id = @AccountId for update", asked, transaction, cancellationToken: cancel));
        var facts = await connection.QuerySingleOrDefaultAsync<Facts>(new CommandDefinition(
            FactsSql, new { asked.AccountId, asked.PersonId, asked.AttemptId, amount = asked.Amount.Amount, now, ending = AchReturn.Ending }, transaction, cancellationToken: cancel))
            ?? throw new InvalidOperationException($"Account {asked.AccountId} is not person {asked.PersonId}'s.");
        var policy = await book.ForAsync(connection, transaction, facts.Revision, now.ToDateTimeUtc(), cancel);
        var today = now.InUtc().Date;
        var request = RequestOf(asked, facts, now, today);
        var decision = PaymentEngine.Evaluate(request, policy, today);
        return new PaymentVerdict(await WriteAsync(connection, transaction, asked, request, decision, policy.Version, now, cancel), decision);
    }

    /// <summary>May a returned debit be presented again? The codes that object; none: it may.</summary>
    internal async Task<IReadOnlyList<string>> RetryObjectionsAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string returnCode, int retries, Instant now, CancellationToken cancel)
    {
        var revision = await connection.ExecuteScalarAsync<long>(new CommandDefinition("select revision from policy_revision", transaction: transaction, cancellationToken: cancel));
        var policy = await book.ForAsync(connection, transaction, revision, now.ToDateTimeUtc(), cancel);
        var today = now.InUtc().Date;
        var again = new PaymentRequest
        {
            Role = CollectorRole.Unknown, Means = PaymentMeans.AchDebit, Amount = Money.Usd(1), Balance = Money.Usd(1), AcceptedOn = today, ScheduledOn = today,
            AchReturn = returnCode, AchRetries = retries, PresentedAgain = true,
        };
        return [.. PaymentEngine.Evaluate(again, policy, today).Reasons.Select(reason => reason.Code).Where(code => code.StartsWith("ACH_", StringComparison.Ordinal)).Distinct()];
    }

    private PaymentRequest RequestOf(PaymentQuestion asked, Facts facts, Instant now, LocalDate today) => new()
    {
        Step = asked.Step,
        Role = Enum.TryParse<CollectorRole>(facts.Role, out var role) ? role : CollectorRole.Unknown,
        State = facts.State,
        Means = asked.Means,
        AuthorizedBy = asked.AuthorizedBy,
        ConsumerPlacedCall = facts.TheirCall,
        ExistingRelationship = facts.Related,
        Said = asked.Said,
        RecordedOrNotified = facts.Recorded || senders.Any(sender => sender.Takes(facts.ByEmail ? "Email" : "Letter")),
        Recurring = asked.Recurring,
        Signed = asked.Signed,
        Amount = asked.Amount,
        Fee = asked.Fee,
        FeeBasis = asked.FeeBasis,
        Surcharge = asked.Surcharge,
        CardCost = asked.CardCost,
        Balance = new Money(facts.Balance, facts.Currency),
        Minimum = new Money(asked.Minimum, facts.Currency),
        AcceptedOn = today,
        ScheduledOn = asked.ScheduledOn ?? today,
        Confirmed = asked.Confirmed,
        Bankruptcy = facts.Bankruptcy,
        Disputed = facts.Disputed,
        ConsumerInsists = asked.Insists,
        FailedTries = facts.Declined,
        HoursSinceSame = facts.SameAt is { } at ? (int)Math.Max(0, (now - at).TotalHours) : null,
        DuplicateConfirmed = asked.Again,
        AchReturn = asked is { Means: PaymentMeans.AchDebit, Signed: false } ? facts.EndedBy : null,
    };

    private static Task<long> WriteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PaymentQuestion asked, PaymentRequest request, PaymentDecision decision, string packVersion, Instant now, CancellationToken cancel) =>
        connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            insert into payment_decision (at, account_id, person_id, attempt_id, source, amount, currency, means, allowed, reasons, citations, policy_rows, notice_from, notice_until, facts, pack_version)
            values (@now, @AccountId, @PersonId, @AttemptId, @Source, @Amount, @Currency, @means, @Allowed, @reasons, @citations, @rows, @from, @until, cast(@facts as jsonb), @packVersion)
            returning payment_decision_id
            """,
            new
            {
                now, asked.AccountId, asked.PersonId, asked.AttemptId, asked.Source, asked.Amount.Amount, asked.Amount.Currency, means = asked.Means.ToString(), decision.Allowed,
                reasons = decision.Reasons.Select(reason => reason.Code).ToArray(), citations = decision.Reasons.Select(reason => reason.Citation).ToArray(),
                rows = decision.Reasons.Select(reason => reason.PolicyRow).ToArray(), from = decision.Notice?.From, until = decision.Notice?.Until,
                facts = JsonSerializer.Serialize(request, ApiJson.Options), packVersion,
            },
            transaction, cancellationToken: cancel));

    private sealed class Facts
    {
        public string Role { get; init; } = "";

        public string? State { get; init; }

        public decimal Balance { get; init; }

        public string Currency { get; init; } = "";

        public long Revision { get; init; }

        public bool TheirCall { get; init; }

        public bool Related { get; init; }

        public bool Recorded { get; init; }

        public bool ByEmail { get; init; }

        public bool Bankruptcy { get; init; }

        public bool Disputed { get; init; }

        public int Declined { get; init; }

        public Instant? SameAt { get; init; }

        /// <summary>The newest return that ended the person's authorization, with no signature since.</summary>
        public string? EndedBy { get; init; }
    }
}
