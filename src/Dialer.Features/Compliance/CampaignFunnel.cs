using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Compliance;

/// <summary>From loaded to callable now, every exclusion counted once: <c>GET /api/v1/campaigns/{id}/funnel</c>, and the accounts behind one of its steps.</summary>
public sealed class CampaignFunnel(ContactGate gate, Database database)
{
    private const int MostChecked = 10_000;
    private const int Batch = 500;

    /// <param name="Code">What excluded them; the first of the list that applies, so that the steps add up to <see cref="Funnel.Loaded"/>.</param>
    /// <param name="Href">Lists the accounts.</param>
    public sealed record Step(string Code, long Leads, string Href);

    /// <param name="Evaluated">How many of the due leads were put to the engine, from the top of the list: all of them up to 10,000.</param>
    /// <param name="Callable">How many of those may be called now.</param>
    /// <param name="Denied">The others, each under its most severe reason.</param>
    public sealed record Check(int Evaluated, int Callable, IReadOnlyList<Step> Denied);

    /// <param name="Due">Leads that no step excludes.</param>
    public sealed record Funnel(long CampaignId, Instant At, long Loaded, IReadOnlyList<Step> Excluded, long Due, Check CheckedNow);

    // One pass over the campaign's leads: each gets the first exclusion that applies to it.
    private const string Classified =
        """
        select l.account_id, l.person_id, case
            when a.status <> 'Open' then 'ACCOUNT_NOT_OPEN'
            when l.attempts >= c.max_attempts then 'MAX_ATTEMPTS'
            when h.kind is not null then 'HOLD_' || upper(h.kind)
            when ph.phone_id is null then 'NO_USABLE_NUMBER'
            when pr.promise_id is not null then 'PTP_ACTIVE'
            when l.not_before > @now then 'LATER'
            else 'DUE' end as step, l.not_before, l.rank, ph.phone_id
        from ready_lead l
        join campaign c using (campaign_id)
        join account a on a.account_id = l.account_id
        left join lateral (select kind from hold h where h.person_id = l.person_id and h.closed_at is null and (h.account_id is null or h.account_id = l.account_id)
            and (h.expires_at is null or h.expires_at > @now) order by h.hold_id limit 1) h on true
        left join lateral (select phone_id from phone p where p.person_id = l.person_id and p.status = 'Active' order by p.rank, p.phone_id limit 1) ph on true
        left join promise pr on pr.account_id = l.account_id and pr.state = 'Active'
        where l.campaign_id = @id
        """;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/campaigns/{id:long}/funnel", async (long id, CampaignFunnel funnel, TimeProvider clock, CancellationToken cancel) =>
            await funnel.ReadAsync(new CampaignId(id), RecordStatements.Now(clock), cancel) is { } answer ? Results.Ok(answer) : Problem.NotFound("There is no such campaign.")).RequireAuthorization(Scopes.FunnelRead);
        routes.MapGet("/api/v1/campaigns/{id:long}/funnel/{code}", (long id, string code, long? after, CampaignFunnel funnel, TimeProvider clock, CancellationToken cancel) =>
            funnel.LeadsAsync(new CampaignId(id), code, after ?? 0, RecordStatements.Now(clock), cancel)).RequireAuthorization(Scopes.FunnelRead);
    }

    public async Task<Funnel?> ReadAsync(CampaignId campaign, Instant now, CancellationToken cancel)
    {
        var mode = await database.FindAsync<string>("select mode from campaign where campaign_id = @id", new { id = campaign.Value }, cancel);
        if (mode is null)
            return null;
        var steps = await database.QueryAsync<(string Step, long Leads)>(
            $"select step, count(*) as leads from ({Classified}) s group by step order by count(*) desc, step", new { id = campaign.Value, now }, cancel);
        var decided = await DecideDueAsync(campaign, mode, now, cancel);
        var denied = decided.Where(d => !d.Decision.Allowed).GroupBy(d => d.Decision.Reasons[0].Code).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal);
        return new Funnel(
            campaign.Value, now, steps.Sum(s => s.Leads), [.. steps.Where(s => s.Step != "DUE").Select(s => ToStep(s.Step, s.Leads))], steps.Where(s => s.Step == "DUE").Sum(s => s.Leads),
            new Check(decided.Count, decided.Count(d => d.Decision.Allowed), [.. denied.Select(group => ToStep(group.Key, group.Count()))]));

        Step ToStep(string code, long leads) => new(code, leads, $"/api/v1/campaigns/{campaign.Value}/funnel/{code}");
    }

    /// <summary>The accounts of one step, by id, 100 at a time: of an exclusion, of "CALLABLE", or of a reason the engine gave for due leads.</summary>
    public async Task<IReadOnlyList<LeadRow>> LeadsAsync(CampaignId campaign, string code, long after, Instant now, CancellationToken cancel)
    {
        var rows = await database.QueryAsync<LeadRow>(
            $"select account_id, person_id, not_before from ({Classified}) s where step = @code and account_id > @after order by account_id limit 100", new { id = campaign.Value, now, code, after }, cancel);
        if (rows.Count > 0 || await database.FindAsync<string>("select mode from campaign where campaign_id = @id", new { id = campaign.Value }, cancel) is not { } mode)
            return rows;
        return [.. (await DecideDueAsync(campaign, mode, now, cancel))
            .Where(d => d.Lead.AccountId > after && (d.Decision.Allowed ? code == "CALLABLE" : d.Decision.Reasons[0].Code == code))
            .OrderBy(d => d.Lead.AccountId).Take(100).Select(d => new LeadRow(d.Lead.AccountId, d.Lead.PersonId, d.Lead.NotBefore))];
    }

    private async Task<IReadOnlyList<(Lead Lead, ContactDecision Decision)>> DecideDueAsync(CampaignId campaign, string mode, Instant now, CancellationToken cancel)
    {
        var due = await database.QueryAsync<Lead>(
            $"select account_id, person_id, phone_id, not_before from ({Classified}) s where step = 'DUE' order by rank, not_before limit @MostChecked", new { id = campaign.Value, now, MostChecked }, cancel);
        var decided = new List<(Lead, ContactDecision)>(due.Count);
        foreach (var chunk in due.Chunk(Batch))
        {
            var decisions = await gate.PreviewAsync(
                [.. chunk.Select(l => new GateRequest(new PersonId(l.PersonId), new AccountId(l.AccountId), new PhoneId(l.PhoneId), campaign, Enum.Parse<ContactMode>(mode)))], now, cancel);
            decided.AddRange(chunk.Zip(decisions));
        }

        return decided;
    }

    public sealed record LeadRow(long AccountId, long PersonId, Instant NotBefore);

    private sealed record Lead(long AccountId, long PersonId, long PhoneId, Instant NotBefore);
}
