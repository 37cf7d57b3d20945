using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Dialer.Core.Compliance;
using Dialer.Core.Recycling;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Campaigns;

/// <summary>What of a campaign may be changed after it was made, besides its pacing: cadence, pool, holidays, calls a day, skills, treatments. Each change has a reason; a running campaign goes by it from its next call on.</summary>
public static class ChangeDesign
{
    /// <param name="Cadence">Null: one delay for everything, as the campaign was made with.</param>
    public sealed record Design(
        Cadence? Cadence, long? CallerIdPoolId, string Holidays, int? CallsADay, string[] Skills, string MachineTreatment, string NoAgentTreatment, string OpensCron, string ClosesCron, string Zone);

    /// <param name="Version">Of the campaign that the caller looked at.</param>
    public sealed record Request(int Version, string Reason, Design Design);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/campaigns/{id:long}/design", ReadAsync).RequireAuthorization(Scopes.CampaignsRead);
        routes.MapPut("/api/v1/campaigns/{id:long}/design", ChangeAsync).RequireAuthorization(Scopes.CampaignsRun);
    }

    private static async Task<IResult> ReadAsync(long id, Database database, CancellationToken cancel)
    {
        if (await database.FindAsync<Campaign>($"select {Campaign.Columns} from campaign where campaign_id = @id", new { id }, cancel) is not { } campaign)
            return Problem.NotFound($"There is no campaign {id}.");
        var changes = await database.QueryAsync<(long ChangeId, Instant At, string Actor, string Reason)>(
            "select change_id, at, actor, reason from campaign_change where campaign_id = @id order by change_id desc limit 20", new { id }, cancel);
        return Results.Ok(new
        {
            campaign.Version, campaign.Name, campaign.State, Design = Of(campaign), InForce = campaign.CadenceInForce(),
            Changes = changes.Select(change => new { change.ChangeId, change.At, change.Actor, change.Reason }),
        });
    }

    private static async Task<IResult> ChangeAsync(long id, Request request, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 400)
            return Problem.Invalid("Give a reason, up to 400 characters: the next supervisor will want to know why.");
        if (Faults(request.Design) is { Count: > 0 } faults)
            return Results.ValidationProblem(faults);
        return await database.InTransactionAsync((connection, transaction) => StoreAsync(connection, transaction, id, request, caller.UserName(), clock.Now, cancel), cancel);
    }

    private static async Task<IResult> StoreAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, Request request, string actor, Instant now, CancellationToken cancel)
    {
        var design = request.Design;
        var campaign = await connection.QuerySingleOrDefaultAsync<Campaign>(new CommandDefinition(
            $"select {Campaign.Columns} from campaign where campaign_id = @id for update", new { id }, transaction, cancellationToken: cancel));
        if (campaign is null)
            return Problem.NotFound($"There is no campaign {id}.");
        if (campaign.Version != request.Version)
            return Problem.Conflict("Somebody has changed this campaign since you looked. Look at what it is now, then decide again.");
        if ((design.OpensCron, design.ClosesCron, design.Zone) != (campaign.OpensCron, campaign.ClosesCron, campaign.Zone) && campaign.State is CampaignState.Open or CampaignState.Scheduled)
            return Problem.Conflict("Its hours are with the scheduler. Pause the campaign, change them, and launch it again.");
        if (design.CallerIdPoolId is { } pool && await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            "select caller_id_pool_id from caller_id_pool where caller_id_pool_id = @pool", new { pool }, transaction, cancellationToken: cancel)) is null)
            return Problem.Invalid($"There is no pool {pool} of numbers.");
        var cadence = design.Cadence is { } matrix ? CadenceJson.Write(matrix) : null;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update campaign set cadence = cast(@cadence as jsonb), max_attempts = coalesce(@most, max_attempts), caller_id_pool_id = @CallerIdPoolId, holidays = @Holidays, calls_a_day = @CallsADay,
                skills = @Skills, machine_treatment = @MachineTreatment, no_agent_treatment = @NoAgentTreatment, opens_cron = @OpensCron, closes_cron = @ClosesCron, zone = @Zone,
                updated_at = @now, version = version + 1
            where campaign_id = @id
            """,
            new
            {
                id, now, cadence, most = design.Cadence?.MaxAttempts, design.CallerIdPoolId, design.Holidays, design.CallsADay, design.Skills, design.MachineTreatment, design.NoAgentTreatment,
                design.OpensCron, design.ClosesCron, design.Zone,
            },
            transaction,
            cancellationToken: cancel));
        var (before, after) = (JsonSerializer.Serialize(Of(campaign), ApiJson.Options), JsonSerializer.Serialize(design, ApiJson.Options));
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into campaign_change (campaign_id, at, actor, reason, before, after) values (@id, @now, @actor, @Reason, cast(@before as jsonb), cast(@after as jsonb))",
            new { id, now, actor, request.Reason, before, after }, transaction, cancellationToken: cancel));
        await AuditTrail.AddAsync(connection, transaction, actor, "campaign.design", $"campaign/{id}", new { request.Reason, before = Of(campaign), after = design }, now, cancel);
        return Results.Ok(new { version = campaign.Version + 1 });
    }

    private static Design Of(Campaign campaign) => new(
        campaign.CadenceText is null ? null : campaign.CadenceInForce(), campaign.CallerIdPoolId, campaign.Holidays, campaign.CallsADay, campaign.Skills, campaign.MachineTreatment, campaign.NoAgentTreatment,
        campaign.OpensCron, campaign.ClosesCron, campaign.Zone);

    private static Dictionary<string, string[]> Faults(Design design)
    {
        var faults = new Dictionary<string, string[]>();
        if (design.Cadence?.Faults() is { Count: > 0 } lines)
            faults["cadence"] = [.. lines];
        if (design.CallsADay is < 1 or > 1_000_000)
            faults["callsADay"] = ["callsADay must be between 1 and 1000000, or nothing."];
        if (design.Holidays.Length > 0 && HolidayCalendar.Named(design.Holidays) is null)
            faults["holidays"] = ["There is the calendar US."];
        if (design.Skills.Any(skill => skill.Length is 0 or > 60 || skill.Contains('|')))
            faults["skills"] = ["A skill is a word of up to 60 characters."];
        if (design.MachineTreatment is not ("HangUp" or "LimitedContentMessage"))
            faults["machineTreatment"] = ["HangUp or LimitedContentMessage."];
        if (design.NoAgentTreatment is not ("Message" or "Ivr" or "HangUp"))
            faults["noAgentTreatment"] = ["Message, Ivr or HangUp."];
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(design.Zone) is null)
            faults["zone"] = ["An IANA time zone, such as America/New_York."];
        if (!Quartz.CronExpression.TryParse(design.OpensCron, out _))
            faults["opensCron"] = ["Not a Quartz cron expression."];
        if (!Quartz.CronExpression.TryParse(design.ClosesCron, out _))
            faults["closesCron"] = ["Not a Quartz cron expression."];
        return faults;
    }
}
