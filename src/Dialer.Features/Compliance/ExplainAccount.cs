using System.Security.Claims;
using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Numbers;
using Dialer.Features.Access;
using Dialer.Features.Accounts;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Compliance;

/// <summary>"Why (not) this account, what would make it callable, and when?": <c>GET /api/v1/accounts/{id}/why</c>. Writes nothing.</summary>
public sealed class ExplainAccount(ContactGate gate, Database database)
{
    public sealed record Objection(string Code, string Severity, string Basis, string Citation, string PolicyRow, Instant? ClearsAt, string Remedy);

    public sealed record Way(long PhoneId, string Number, string LineType, long? CampaignId, string? Campaign, string Mode, string Verdict, IReadOnlyList<Objection> Reasons, IReadOnlyList<Condition> Conditions, Instant? RetryAt, string PackVersion);

    /// <remarks>Not positional: PostgreSQL's arrays reach a constructor without their element type.</remarks>
    public sealed record PastDecision
    {
        public long DecisionId { get; init; }

        public Instant At { get; init; }

        public Instant LastAt { get; init; }

        public int Repeats { get; init; }

        public string Verdict { get; init; } = "";

        public string Mode { get; init; } = "";

        /// <summary>"Voice", "Email", ...</summary>
        public string Channel { get; init; } = "";

        public string[] Reasons { get; init; } = [];

        /// <summary>The rows of policy that gave the reasons, in their order; none in rows written before they were kept.</summary>
        public string[] PolicyRows { get; init; } = [];

        public string[] Citations { get; init; } = [];

        public Instant? RetryAt { get; init; }

        public string PackVersion { get; init; } = "";

        public string FactsHash { get; init; } = "";

        public long? CampaignId { get; init; }

        public long? AttemptId { get; init; }
    }

    /// <param name="Callable">By at least one of the ways, now.</param>
    /// <param name="RetryAt">The earliest instant at which one of the ways opens by itself; null when none does.</param>
    /// <param name="Status">Of the account: Open, Paid, Recalled or Closed.</param>
    /// <param name="StatusReason">Why it is not open, where somebody closed it: "Recalled by the client, import 12."</param>
    public sealed record Answer(
        long AccountId, long PersonId, Instant At, bool Callable, Instant? RetryAt, IReadOnlyList<Way> Ways, IReadOnlyList<PastDecision> History, string Status, string? StatusReason);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/accounts/{id:long}/why", async (long id, ClaimsPrincipal caller, ExplainAccount explain, Database database, TimeProvider clock, CancellationToken cancel) =>
            {
                if (await explain.ExplainAsync(new AccountId(id), RecordStatements.Now(clock), cancel) is not { } answer)
                    return Problem.NotFound("There is no such account.");
                await AccountLooks.WriteOnceAsync(database, caller, id, RecordStatements.Now(clock), cancel);
                return Microsoft.AspNetCore.Http.Results.Ok(answer);
            })
            .RequireAuthorization(Scopes.ContactsExplain);

    /// <summary>Decides every number of the person in every campaign that holds the account, and as an agent's own call. Null: no such account.</summary>
    public async Task<Answer?> ExplainAsync(AccountId account, Instant now, CancellationToken cancel)
    {
        var subject = await database.FindAsync<Subject>("select person_id, status, status_reason from account where account_id = @id", new { id = account.Value }, cancel);
        if (subject is null)
            return null;
        var personId = subject.PersonId;
        var phones = await database.QueryAsync<PhoneRow>("select phone_id, e164, line_type from phone where person_id = @personId order by rank, phone_id limit 20", new { personId }, cancel);
        var campaigns = await database.QueryAsync<CampaignRow>(
            "select c.campaign_id, c.name, c.mode from ready_lead l join campaign c using (campaign_id) where l.account_id = @id and c.state <> 'Closed' order by c.campaign_id limit 5", new { id = account.Value }, cancel);
        var ways = phones.SelectMany(phone => campaigns.Select(c => (Phone: phone, Campaign: (CampaignRow?)c, Mode: Enum.Parse<ContactMode>(c.Mode))).Append((phone, null, ContactMode.Preview))).ToList();
        var decisions = await gate.PreviewAsync(
            [.. ways.Select(w => new GateRequest(new PersonId(personId), account, new PhoneId(w.Phone.PhoneId), w.Campaign is { } c ? new CampaignId(c.CampaignId) : null, w.Mode))], now, cancel);
        var history = await database.QueryAsync<PastDecision>(
            """
            select decision_id, at, last_at, repeats, verdict, mode, channel, reasons, policy_rows, citations, retry_at, pack_version, facts_hash, campaign_id, attempt_id
            from decision where account_id = @id and at > @since order by at desc limit 50
            """,
            new { id = account.Value, since = now - Duration.FromDays(31) },
            cancel);
        return new Answer(
            account.Value, personId, now, decisions.Any(d => d.Allowed), decisions.Any(d => d.Allowed) ? now : decisions.Min(d => d.RetryAt),
            [.. ways.Select((way, i) => ToWay(way.Phone, way.Campaign, way.Mode, decisions[i]))], history, subject.Status, subject.StatusReason);
    }

    private static Way ToWay(PhoneRow phone, CampaignRow? campaign, ContactMode mode, ContactDecision decision) => new(
        phone.PhoneId, PhoneNumber.TryParse(phone.E164, out var number) ? number.ToString() : "(no number)", phone.LineType, campaign?.CampaignId, campaign?.Name, mode.ToString(), decision.Verdict.ToString(),
        [.. decision.Reasons.Select(r => new Objection(r.Code, r.Severity.ToString(), r.Basis.ToString(), r.Citation, r.PolicyRow, r.ClearsAt, Remedies.For(r)))],
        decision.Conditions, decision.RetryAt, decision.PackVersion);

    private sealed record Subject(long PersonId, string Status, string? StatusReason);

    private sealed record PhoneRow(long PhoneId, string E164, string LineType);

    private sealed record CampaignRow(long CampaignId, string Name, string Mode);
}
