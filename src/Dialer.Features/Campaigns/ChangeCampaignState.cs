using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Dialer.Core.Compliance;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Dialer.Storage.Scheduling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Campaigns;

/// <summary>Launch (hand the campaign to its schedule), pause, resume and close. Calls in the air are let finish in every case.</summary>
public static class ChangeCampaignState
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/campaigns/{id:long}/launch", LaunchAsync).RequireAuthorization(Scopes.CampaignsRun);
        routes.MapPost("/api/v1/campaigns/{id:long}/pause", (long id, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel) =>
            SetAsync(id, CampaignState.Paused, [CampaignState.Open, CampaignState.Scheduled], caller.UserName(), database, clock, cancel)).RequireAuthorization(Scopes.CampaignsRun);
        routes.MapPost("/api/v1/campaigns/{id:long}/close", CloseAsync).RequireAuthorization(Scopes.CampaignsRun);
    }

    private static async Task<IResult> LaunchAsync(long id, ClaimsPrincipal caller, Database database, Schedules schedules, ServiceClock clock, CancellationToken cancel)
    {
        if (await FindAsync(database, id, cancel) is not { } campaign)
            return Problem.NotFound($"There is no campaign {id}.");
        await schedules.PutAsync(OpenCampaign.ScheduleOf(id), campaign.OpensCron, campaign.Zone, OpenCampaign.WorkName, id.ToString(), cancel);
        await schedules.PutAsync(CloseCampaign.ScheduleOf(id), campaign.ClosesCron, campaign.Zone, CloseCampaign.WorkName, id.ToString(), cancel);
        var running = Schedules.IsBetween(campaign.OpensCron, campaign.ClosesCron, campaign.Zone, clock.GetUtcNow()) && !IsHoliday(campaign.Holidays, campaign.Zone, clock.Now);
        return await SetAsync(
            id, running ? CampaignState.Open : CampaignState.Scheduled, [CampaignState.Draft, CampaignState.Paused, CampaignState.Closed, CampaignState.Scheduled], caller.UserName(), database, clock, cancel);
    }

    private static async Task<IResult> CloseAsync(long id, ClaimsPrincipal caller, Database database, Schedules schedules, ServiceClock clock, CancellationToken cancel)
    {
        await schedules.RemoveAsync(OpenCampaign.ScheduleOf(id), cancel);
        await schedules.RemoveAsync(CloseCampaign.ScheduleOf(id), cancel);
        return await SetAsync(id, CampaignState.Closed, [CampaignState.Draft, CampaignState.Scheduled, CampaignState.Open, CampaignState.Paused], caller.UserName(), database, clock, cancel);
    }

    private static async Task<IResult> SetAsync(long id, CampaignState to, CampaignState[] from, string actor, Database database, ServiceClock clock, CancellationToken cancel)
    {
        var changed = await database.InTransactionAsync((connection, transaction) => SetAsync(connection, transaction, id, to, from, actor, clock.Now, cancel), cancel);
        if (changed)
            return Results.Ok(new { id, state = to });
        var campaign = await FindAsync(database, id, cancel);
        return campaign is null ? Problem.NotFound($"There is no campaign {id}.") : Problem.Conflict($"The campaign is {campaign.State}; it cannot become {to} from there.");
    }

    /// <summary>Whether the campaign's calendar closes the local day of <paramref name="at"/>.</summary>
    internal static bool IsHoliday(string calendar, string zone, Instant at) =>
        HolidayCalendar.Named(calendar)?.Contains(at.InZone(DateTimeZoneProviders.Tzdb[zone]).Date) == true;

    internal static async Task<bool> SetAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long id, CampaignState to, CampaignState[] from, string actor, Instant now, CancellationToken cancel)
    {
        var rows = await connection.ExecuteAsync(new CommandDefinition(
            "update campaign set state = @to, updated_at = @now, version = version + 1 where campaign_id = @id and state = any (@from)",
            new { id, to = to.ToString(), from = from.Select(state => state.ToString()).ToArray(), now },
            transaction,
            cancellationToken: cancel));
        if (rows == 1)
            await Audit.AuditTrail.AddAsync(connection, transaction, actor, "campaign.state", $"campaign/{id}", JsonSerializer.SerializeToElement(new { state = to.ToString() }), now, cancel);
        return rows == 1;
    }

    private static Task<Campaign?> FindAsync(Database database, long id, CancellationToken cancel) =>
        database.FindAsync<Campaign>($"select {Campaign.Columns} from campaign where campaign_id = @id", new { id }, cancel);
}

/// <summary>The schedule's opening.</summary>
public sealed class OpenCampaign : IScheduledWork
{
    public const string WorkName = "campaign.open";

    public string Name => WorkName;

    public static string ScheduleOf(long id) => $"campaign-{id}-open";

    /// <summary>On a day of the campaign's holiday calendar it stays as it is until the next opening.</summary>
    public async Task RunAsync(string argument, Instant fireTime, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        if (await CampaignHours.OfAsync(connection, transaction, argument, cancel) is { } hours && hours.AreRunning(fireTime) && !ChangeCampaignState.IsHoliday(hours.Holidays, hours.Zone, fireTime))
            await ChangeCampaignState.SetAsync(connection, transaction, long.Parse(argument), CampaignState.Open, [CampaignState.Scheduled], "schedule", fireTime, cancel);
    }
}

/// <summary>The schedule's closing: back to waiting for the next opening.</summary>
public sealed class CloseCampaign : IScheduledWork
{
    public const string WorkName = "campaign.close";

    public string Name => WorkName;

    public static string ScheduleOf(long id) => $"campaign-{id}-close";

    public async Task RunAsync(string argument, Instant fireTime, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        if (await CampaignHours.OfAsync(connection, transaction, argument, cancel) is { } hours && !hours.AreRunning(fireTime))
            await ChangeCampaignState.SetAsync(connection, transaction, long.Parse(argument), CampaignState.Scheduled, [CampaignState.Open], "schedule", fireTime, cancel);
    }
}

/// <summary>When a campaign's schedule wants it open. Fires that were missed while no node ran come later, once each and in no order: each asks what holds when it comes.</summary>
internal sealed class CampaignHours
{
    /// <summary>A fire belongs to the period that it begins.</summary>
    private static readonly Duration Begun = Duration.FromSeconds(1);

    public string OpensCron { get; init; } = "";

    public string ClosesCron { get; init; } = "";

    public string Zone { get; init; } = "";

    public string Holidays { get; init; } = "";

    public bool AreRunning(Instant at) => Schedules.IsBetween(OpensCron, ClosesCron, Zone, (at + Begun).ToDateTimeOffset());

    /// <summary>Null: there is no such campaign.</summary>
    public static Task<CampaignHours?> OfAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string campaign, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<CampaignHours>(new CommandDefinition(
            "select opens_cron, closes_cron, zone, coalesce(holidays, '') as holidays from campaign where campaign_id = @id", new { id = long.Parse(campaign) }, transaction, cancellationToken: cancel));
}
