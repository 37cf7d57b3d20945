using System.Globalization;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Agents;

/// <summary>What the desk shows: the agent's state and, before the voice, whose call it is.</summary>
public sealed record AgentSnapshot(
    long Seq,
    Guid SessionId,
    string State,
    Instant Since,
    Instant? Until,
    string? Intent,
    string? Reason,
    bool SoftphoneConnected,
    CallView? Call,
    DeskClock Clock);

/// <summary>The service's clock, by which the desk counts; a simulation says so.</summary>
public sealed record DeskClock(Instant Now, double Speed, bool Simulated);

public sealed record CallView(
    long AttemptId,
    string? CallSid,
    string? Campaign,
    string Direction,
    Instant StartedAt,
    PersonView? Person,
    AccountView? Account,
    string[] Disclosures,
    string Phase);

public sealed record PersonView(long Id, string FirstName, string LastName, string Language, string? State);

public sealed record AccountView(long Id, string Creditor, string ClientAccountNumber, decimal Balance, string Currency, decimal PastDue);

/// <summary>Reads the snapshot of one session and its call.</summary>
public sealed class AgentDesk(Database database, ServiceClock clock)
{
    public async Task<AgentSnapshot> ReadAsync(AgentSession session, CancellationToken cancel) => new(
        session.Epoch,
        session.SessionId,
        session.State.ToString(),
        session.Since,
        session.Until,
        session.Intent?.ToString(),
        session.Reason,
        session.SoftphoneUp,
        session.AttemptId is { } attempt ? await CallAsync(attempt, cancel) : null,
        new DeskClock(clock.Now, clock.Speed, clock.IsSimulated));

    private async Task<CallView?> CallAsync(long attemptId, CancellationToken cancel)
    {
        var row = await database.FindAsync<CallRow>(
            """
            select t.attempt_id, t.sid, c.name as campaign, t.direction, coalesce(t.answered_at, t.created_at) as started_at, t.state, t.bridged_at,
                p.person_id, p.first_name, p.last_name, p.language, p.state as region,
                a.account_id, a.creditor, a.client_account_no, a.balance, a.currency, a.balance - a.bucket_current as past_due,
                (select d.conditions from decision d where d.account_id = t.account_id and d.attempt_id = t.attempt_id and d.at >= t.created_at - interval '1 hour' order by d.at desc limit 1) as disclosures
            from attempt t
            left join campaign c using (campaign_id)
            left join person p on p.person_id = t.person_id
            left join account a on a.account_id = t.account_id
            where t.attempt_id = @attemptId
            """,
            new { attemptId },
            cancel);
        if (row is null)
            return null;
        var phase = row.State == "Answered" ? row.BridgedAt is null ? "connecting" : "talking" : "ended";
        return new CallView(
            row.AttemptId,
            row.Sid,
            row.Campaign,
            row.Direction.ToLower(CultureInfo.InvariantCulture),
            row.StartedAt,
            row.PersonId is { } person ? new PersonView(person, row.FirstName!, row.LastName!, row.Language!, row.Region) : null,
            row.AccountId is { } account ? new AccountView(account, row.Creditor!, row.ClientAccountNo!, row.Balance, row.Currency!, row.PastDue) : null,
            row.Disclosures ?? [],
            phase);
    }

    private sealed class CallRow
    {
        public long AttemptId { get; init; }

        public string? Sid { get; init; }

        public string? Campaign { get; init; }

        public string Direction { get; init; } = "";

        public Instant StartedAt { get; init; }

        public string State { get; init; } = "";

        public Instant? BridgedAt { get; init; }

        public long? PersonId { get; init; }

        public string? FirstName { get; init; }

        public string? LastName { get; init; }

        public string? Language { get; init; }

        public string? Region { get; init; }

        public long? AccountId { get; init; }

        public string? Creditor { get; init; }

        public string? ClientAccountNo { get; init; }

        public decimal Balance { get; init; }

        public string? Currency { get; init; }

        public decimal PastDue { get; init; }

        public string[]? Disclosures { get; init; }
    }
}
