using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Pacing;
using Dialer.Core.Recycling;
using Dialer.Core.Routing;
using Dialer.Features.Campaigns;
using Dialer.Features.Compliance;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <remarks>
/// Leads that may not be called now are put back to when they may, as a batch of the dialler does; so the agent is never shown one whom the law forbids at that moment, and the gate is asked again when
/// he presses. A lead that is shown is away from the list until <c>until_at</c>: an agent who forgets it, or whose node dies, takes nothing with him.
/// </remarks>
public sealed partial class PreviewLeads(Database database, ContactGate gate, ServiceClock clock)
{
    private const int MostLooked = 25;

    /// <summary>In both a human being makes each call; what differs is the name under which the law and the figures know it.</summary>
    private static readonly string[] HandDialled = [nameof(PacingMode.Preview), nameof(PacingMode.Manual)];

    /// <summary>How long an agent may look at an account; real time on top, so that a fast clock leaves it to a person too.</summary>
    private static readonly Duration Look = Duration.FromMinutes(3);
    private static readonly TimeSpan LookReal = TimeSpan.FromSeconds(30);
    private static readonly Duration Permanent = Duration.FromHours(24);

    private const string ShownSql =
        """
        select v.account_preview_id, v.campaign_id, c.name as campaign, c.mode, v.account_id, v.person_id, v.phone_id, v.until_at from account_preview v join campaign c using (campaign_id)
        where v.agent_id = @agentId and v.state = 'Shown' and v.until_at > @now and c.state = 'Open'
        """;

    /// <summary>What this agent has before him now; null: nothing.</summary>
    public Task<PreviewedLead?> ShownAsync(long agentId, CancellationToken cancel) => database.FindAsync<PreviewedLead>(ShownSql, new { agentId, now = clock.Now }, cancel);

    /// <summary>Names of the open campaigns of preview and of calls by hand that this agent serves.</summary>
    public async Task<IReadOnlyList<string>> CampaignsAsync(long agentId, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        return [.. (await ServedAsync(connection, null, agentId, cancel)).Select(campaign => campaign.Name)];
    }

    /// <summary>What the agent has before him, or the next account of his campaigns, first the one of the highest priority; null: none may be called now.</summary>
    public Task<PreviewedLead?> NextAsync(long agentId, CancellationToken cancel) => database.InTransactionAsync<PreviewedLead?>(
        async (connection, transaction) =>
        {
            var now = clock.Now;
            // One at a time for one agent: two presses at once show the same account.
            await connection.ExecuteAsync(new CommandDefinition("select 1 from agent where agent_id = @agentId for update", new { agentId }, transaction, cancellationToken: cancel));
            if (await connection.QuerySingleOrDefaultAsync<PreviewedLead>(new CommandDefinition(ShownSql, new { agentId, now }, transaction, cancellationToken: cancel)) is { } shown)
                return shown;
            await connection.ExecuteAsync(new CommandDefinition(
                "update account_preview set state = 'Expired', closed_at = @now where agent_id = @agentId and state = 'Shown'", new { agentId, now }, transaction, cancellationToken: cancel));
            foreach (var campaign in await ServedAsync(connection, transaction, agentId, cancel))
            {
                if (await DayBudget.LeftAsync(connection, transaction, campaign, now, cancel) > 0 && await TakeAsync(connection, transaction, campaign, agentId, now, cancel) is { } taken)
                    return taken;
            }

            return null;
        },
        cancel);

    /// <summary>The agent does not call: the account comes again after the campaign's retry time. False: nothing is before him.</summary>
    public Task<bool> SkipAsync(long agentId, string reason, CancellationToken cancel) => database.InTransactionAsync(
        async (connection, transaction) => await connection.ExecuteAsync(new CommandDefinition(
            """
            with skipped as (
                update account_preview set state = 'Skipped', reason = @reason, closed_at = @now where agent_id = @agentId and state = 'Shown' and until_at > @now returning campaign_id, account_id)
            update ready_lead r set not_before = @now + make_interval(mins => c.retry_minutes) from skipped s join campaign c using (campaign_id)
            where r.campaign_id = s.campaign_id and r.account_id = s.account_id
            """,
            new { agentId, reason, now = clock.Now }, transaction, cancellationToken: cancel)) > 0,
        cancel);

    /// <summary>The agent has pressed and the call is made, in the transaction that makes it. The lead is taken only if nobody holds it: whoever does is about to put it back himself.</summary>
    internal static Task DialledAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AgentDialRequest request, long attemptId, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update account_preview set state = 'Dialled', attempt_id = @attemptId, closed_at = @now where agent_id = @AgentId and account_id = @Account and state = 'Shown';
            update ready_lead set not_before = @retry, attempts = attempts + 1
            where (campaign_id, account_id) in (select campaign_id, account_id from ready_lead where campaign_id = @campaign and account_id = @Account for update skip locked)
            """,
            new { request.AgentId, request.Account, campaign = request.Campaign!.Value.Value, attemptId, now, retry = now + Duration.FromHours(1) }, transaction, cancellationToken: cancel));

    /// <summary>The gate objects to what it did not object to a moment ago: the account goes back to the list until it will not.</summary>
    internal static Task RefusedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AgentDialRequest request, Instant? retryAt, Instant now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update account_preview set state = 'Refused', closed_at = @now where agent_id = @AgentId and account_id = @Account and state = 'Shown';
            update ready_lead set not_before = @retry
            where (campaign_id, account_id) in (select campaign_id, account_id from ready_lead where campaign_id = @campaign and account_id = @Account for update skip locked)
            """,
            new { request.AgentId, request.Account, campaign = request.Campaign!.Value.Value, now, retry = retryAt is { } at && at > now ? at : now + Permanent }, transaction, cancellationToken: cancel));

    private static async Task<List<Campaign>> ServedAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, long agentId, CancellationToken cancel)
    {
        var agent = await connection.QuerySingleOrDefaultAsync<Server>(new CommandDefinition(
            "select a.skills, w.words as work from agent a join agent_work w using (agent_id) where a.agent_id = @agentId", new { agentId }, transaction, cancellationToken: cancel));
        if (agent is null)
            return [];
        var words = Skills.Satisfied(agent.Skills).Concat(agent.Work).ToHashSet(StringComparer.Ordinal);
        var open = await connection.QueryAsync<Campaign>(new CommandDefinition(
            $"select {Campaign.Columns} from campaign where state = 'Open' and mode = any (@modes) order by priority desc, campaign_id", new { modes = HandDialled }, transaction, cancellationToken: cancel));
        return [.. open.Where(campaign => words.IsSupersetOf(campaign.Needs))];
    }

    private async Task<PreviewedLead?> TakeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Campaign campaign, long agentId, Instant now, CancellationToken cancel)
    {
        var leads = (await connection.QueryAsync<Candidate>(new CommandDefinition(
            """
            select r.account_id, r.person_id, r.parts, h.phone_id from ready_lead r
            left join lateral (
                select p.phone_id from phone p where p.person_id = r.person_id and p.status = 'Active'
                order by (select count(*) from attempt a where a.phone_id = p.phone_id and a.created_at > @week), p.rank, p.phone_id limit 1) h on true
            where r.campaign_id = @CampaignId and r.not_before <= @now order by r.not_before, r.rank, r.account_id limit @MostLooked for update of r skip locked
            """,
            new { campaign.CampaignId, now, week = now - Duration.FromDays(7), MostLooked }, transaction, cancellationToken: cancel))).AsList();
        var zones = await PersonZones.OfAsync(connection, transaction, [.. leads.Where(lead => lead.Parts != DayParts.Any).Select(lead => lead.PersonId).Distinct()], campaign.Zone, cancel);
        foreach (var lead in leads)
        {
            var turn = lead.Parts == DayParts.Any ? now : DayPartClock.Next(lead.Parts, now, zones[lead.PersonId]);
            var notBefore = lead.PhoneId is not { } phone ? now + Permanent : turn > now ? turn : await RefusedUntilAsync(campaign, lead, phone, now, cancel);
            if (notBefore is null)
                return await ShowAsync(connection, transaction, campaign, agentId, lead, now, cancel);
            await PutBackAsync(connection, transaction, campaign.CampaignId, lead.AccountId, notBefore.Value, cancel);
        }

        return null;
    }

    /// <summary>Null: the law has nothing against calling now.</summary>
    private async Task<Instant?> RefusedUntilAsync(Campaign campaign, Candidate lead, long phone, Instant now, CancellationToken cancel)
    {
        var decision = (await gate.PreviewAsync(
            [new GateRequest(new PersonId(lead.PersonId), new AccountId(lead.AccountId), new PhoneId(phone), new CampaignId(campaign.CampaignId), Enum.Parse<ContactMode>(campaign.Mode.ToString()), Director: CallDirector.Manual)], now, cancel))[0];
        return decision.Allowed ? null : decision.RetryAt is { } at && at > now ? at : now + Permanent;
    }

    private async Task<PreviewedLead> ShowAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Campaign campaign, long agentId, Candidate lead, Instant now, CancellationToken cancel)
    {
        var until = now + Look + clock.OfReal(LookReal);
        await PutBackAsync(connection, transaction, campaign.CampaignId, lead.AccountId, until, cancel);
        var id = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            insert into account_preview (agent_id, campaign_id, account_id, person_id, phone_id, given_at, until_at)
            values (@agentId, @CampaignId, @AccountId, @PersonId, @PhoneId, @now, @until) returning account_preview_id
            """,
            new { agentId, campaign.CampaignId, lead.AccountId, lead.PersonId, lead.PhoneId, now, until }, transaction, cancellationToken: cancel));
        return new PreviewedLead { AccountPreviewId = id, CampaignId = campaign.CampaignId, Campaign = campaign.Name, Mode = Enum.Parse<ContactMode>(campaign.Mode.ToString()), AccountId = lead.AccountId, PersonId = lead.PersonId, PhoneId = lead.PhoneId!.Value, UntilAt = until };
    }

    private static Task PutBackAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long campaignId, long accountId, Instant notBefore, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "update ready_lead set not_before = @notBefore where campaign_id = @campaignId and account_id = @accountId", new { notBefore, campaignId, accountId }, transaction, cancellationToken: cancel));

    private sealed class Server
    {
        public string[] Skills { get; init; } = [];

        public string[] Work { get; init; } = [];
    }

    private sealed class Candidate
    {
        public long AccountId { get; init; }

        public long PersonId { get; init; }

        public DayParts Parts { get; init; }

        public long? PhoneId { get; init; }
    }
}
