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

    public static Task ApplyAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AttemptRow row, Attempt ended, Instant now, CancellationToken cancel) => row switch
    {
        { CampaignId: { } campaign, AccountId: { } account, PersonId: { } person } => NextTurnAsync(connection, transaction, new Ended(campaign, account, person, OutcomeOf(row, ended), now), cancel),
        { Direction: "Outbound", AccountId: { } account, PersonId: { } person } => RestAsync(connection, transaction, account, person, OutcomeOf(row, ended), now, cancel),
        _ => Task.CompletedTask,
    };

    private static async Task NextTurnAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Ended call, CancellationToken cancel)
    {
        if (await StepAsync(connection, transaction, call, cancel) is not { } step)
            return;
        await connection.ExecuteAsync(new CommandDefinition(
            step.Ends
                ? "delete from ready_lead where campaign_id = @Campaign and account_id = @Account"
                : "update ready_lead set not_before = @NotBefore, parts = @parts where campaign_id = @Campaign and account_id = @Account",
            new { call.Campaign, call.Account, step.NotBefore, parts = (short)step.Parts },
            transaction,
            cancellationToken: cancel));
    }

    /// <summary>
    /// A call that an agent made by hand, of no campaign, is a try of the day in each campaign that has the account: none calls again before its cadence would after a call of its own. It takes none of
    /// a lead's tries away and ends no lead; where the matrix would end it, the lead rests for a day.
    /// </summary>
    private static async Task RestAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long account, long person, CadenceOutcome outcome, Instant now, CancellationToken cancel)
    {
        var campaigns = (await connection.QueryAsync<long>(new CommandDefinition(
            "select c.campaign_id from campaign c where exists (select from ready_lead r where r.campaign_id = c.campaign_id and r.account_id = @account) order by c.campaign_id",
            new { account }, transaction, cancellationToken: cancel))).AsList();
        foreach (var campaign in campaigns)
        {
            if (await StepAsync(connection, transaction, new Ended(campaign, account, person, outcome, now), cancel) is not { } step)
                continue;
            await connection.ExecuteAsync(new CommandDefinition(
                "update ready_lead set not_before = @notBefore where campaign_id = @campaign and account_id = @account and not_before < @notBefore",
                new { campaign, account, notBefore = step.NotBefore ?? now + Duration.FromDays(1) }, transaction, cancellationToken: cancel));
        }
    }

    /// <summary>What the cadence says after this call; null: the account is not on the campaign's list.</summary>
    private static async Task<CadenceStep?> StepAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Ended call, CancellationToken cancel)
    {
        var lead = await connection.QuerySingleOrDefaultAsync<Lead>(new CommandDefinition(
            """
            select r.attempts, array(select a.created_at from attempt a where a.account_id = r.account_id and (a.campaign_id = r.campaign_id or a.campaign_id is null) and a.direction = 'Outbound' and a.created_at > @since
                and a.state not in ('Refused', 'NotPlaced')) as calls
            from ready_lead r where r.campaign_id = @Campaign and r.account_id = @Account
            """,
            new { call.Campaign, call.Account, since = call.At - Look },
            transaction,
            cancellationToken: cancel));
        if (lead is null)
            return null;
        var campaign = await connection.QuerySingleAsync<Campaign>(new CommandDefinition(
            $"select {Campaign.Columns} from campaign where campaign_id = @Campaign", new { call.Campaign }, transaction, cancellationToken: cancel));
        var zone = (await PersonZones.OfAsync(connection, transaction, [call.Person], campaign.Zone, cancel))[call.Person];
        var today = lead.Calls.Count(at => Instant.FromDateTimeUtc(at).InZone(zone).Date == call.At.InZone(zone).Date);
        var cadence = (await RunningExperiment.OfAsync(connection, transaction, call.Campaign, cancel))?.CadenceOf(call.Person) ?? campaign.CadenceInForce();
        return cadence.Next(new EndedTry(call.Outcome, Math.Max(1, (int)lead.Attempts), Math.Max(1, today), call.At, zone));
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

    private sealed record Ended(long Campaign, long Account, long Person, CadenceOutcome Outcome, Instant At);

    private sealed class Lead
    {
        public short Attempts { get; init; }

        public DateTime[] Calls { get; init; } = [];
    }
}
