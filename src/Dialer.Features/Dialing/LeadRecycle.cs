using Dapper;
using Dialer.Core.Calls;
using Dialer.Core.Recycling;
using Dialer.Features.Campaigns;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Dialing;

/// <summary>Gives a lead its next turn by its campaign's cadence once its call has ended, or takes it off the list. The law is asked anew when that turn comes.</summary>
internal static class LeadRecycle
{
    /// <summary>How far back today's calls are looked for: a day of any zone, and an hour for a change of clocks.</summary>
    private static readonly Duration Look = Duration.FromHours(25);

    public static async Task ApplyAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, Attempt ended, Instant now, CancellationToken cancel)
    {
        if (row.CampaignId is not { } campaignId || row.AccountId is not { } accountId || row.PersonId is not { } personId)
            return;
        var lead = await connection.QuerySingleOrDefaultAsync<Lead>(new CommandDefinition(
            """
            select r.attempts, array(select a.created_at from attempt a where a.account_id = r.account_id and a.campaign_id = r.campaign_id and a.direction = 'Outbound' and a.created_at > @since) as calls
            from ready_lead r where r.campaign_id = @campaignId and r.account_id = @accountId
            """,
            new { campaignId, accountId, since = now - Look },
            transaction,
            cancellationToken: cancel));
        if (lead is null)
            return;
        var campaign = await connection.QuerySingleAsync<Campaign>(new CommandDefinition(
            $"select {Campaign.Columns} from campaign where campaign_id = @campaignId", new { campaignId }, transaction, cancellationToken: cancel));
        var zone = (await PersonZones.OfAsync(connection, transaction, [personId], campaign.Zone, cancel))[personId];
        var today = lead.Calls.Count(at => Instant.FromDateTimeUtc(at).InZone(zone).Date == now.InZone(zone).Date);
        var cadence = (await RunningExperiment.OfAsync(connection, transaction, campaignId, cancel))?.CadenceOf(personId) ?? campaign.CadenceInForce();
        var step = cadence.Next(new EndedTry(OutcomeOf(row, ended), Math.Max(1, (int)lead.Attempts), Math.Max(1, today), now, zone));
        await connection.ExecuteAsync(new CommandDefinition(
            step.Ends
                ? "delete from ready_lead where campaign_id = @campaignId and account_id = @accountId"
                : "update ready_lead set not_before = @notBefore, parts = @parts where campaign_id = @campaignId and account_id = @accountId",
            new { campaignId, accountId, notBefore = step.NotBefore, parts = (short)step.Parts },
            transaction,
            cancellationToken: cancel));
    }

    internal static CadenceOutcome OutcomeOf(AttemptRow row, Attempt ended) => ended.State switch
    {
        AttemptState.Busy => CadenceOutcome.Busy,
        AttemptState.Failed => CadenceOutcome.Failed,
        AttemptState.Completed when ended.AnsweredByMachine => CadenceOutcome.Machine,
        AttemptState.Completed when row.Abandoned => CadenceOutcome.Abandoned,
        AttemptState.Completed when ended.AnsweredAt is not null => CadenceOutcome.Answered,
        _ => CadenceOutcome.NoAnswer,
    };

    private sealed class Lead
    {
        public short Attempts { get; init; }

        public DateTime[] Calls { get; init; } = [];
    }
}
