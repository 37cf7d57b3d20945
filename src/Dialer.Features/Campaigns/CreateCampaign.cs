using System.Security.Claims;
using System.Text.Json;
using Dapper;
using Dialer.Core.Numbers;
using Dialer.Core.Pacing;
using Dialer.Core.Recycling;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Dialer.Storage.Scheduling;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;
using Quartz;

namespace Dialer.Features.Campaigns;

/// <summary>Creates a campaign in state Draft and loads its leads: the client's open accounts that the filter lets through.</summary>
/// <remarks>
/// A copy goes on with the abandonment account of the campaign it copies, and so does a new campaign of the same client and caller number with the account of the last one that was closed:
/// closing a campaign and making it again under another name resets nothing.
/// </remarks>
public static class CreateCampaign
{
    public sealed record Request(
        string Name,
        string Client,
        PacingMode Mode,
        string From,
        AmdMode MachineDetection = AmdMode.Async,
        string MachineTreatment = "HangUp",
        string NoAgentTreatment = "Message",
        int RingSeconds = 22,
        decimal AbandonCap = 0.03m,
        decimal LinesPerAgentMax = 6,
        decimal PowerRatio = 1.5m,
        int MaxLines = 200,
        int MaxAttempts = 20,
        int RetryMinutes = 180,
        int WrapUpSeconds = 45,
        string OpensCron = "0 0 8 ? * MON-SAT",
        string ClosesCron = "0 0 21 ? * MON-SAT",
        string Zone = "America/New_York",
        string[]? Skills = null,
        ListFilter? Filter = null,
        int AbandonWindowDays = 30,
        int Priority = 0,
        decimal Share = 1,
        long? CopyOf = null,
        ListOrder Order = ListOrder.BalanceHigh,
        MixPart[]? Mix = null,
        Cadence? Cadence = null,
        long? CallerIdPoolId = null,
        string Holidays = "",
        int? CallsADay = null);

    public sealed record Response(long Id, string Name, CampaignState State, int Leads);

    internal sealed class Validator : AbstractValidator<Request>
    {
        public Validator()
        {
            RuleFor(r => r.Name).NotEmpty().MaximumLength(80);
            RuleFor(r => r.Client).NotEmpty();
            RuleFor(r => r.From).Must(from => PhoneNumber.TryParse(from, out _)).WithMessage("'from' must be one of our numbers in E.164 form, such as +12125550100.");
            RuleFor(r => r.RingSeconds).InclusiveBetween(15, 60);
            RuleFor(r => r.AbandonCap).InclusiveBetween(0, 0.2m);
            RuleFor(r => r.AbandonWindowDays).InclusiveBetween(1, 90);
            RuleFor(r => r.Priority).InclusiveBetween(0, 100);
            RuleFor(r => r.Share).InclusiveBetween(0.1m, 100);
            RuleFor(r => r.MaxLines).InclusiveBetween(1, 5000);
            RuleFor(r => r.LinesPerAgentMax).InclusiveBetween(1, 20);
            RuleFor(r => r.WrapUpSeconds).InclusiveBetween(5, 900);
            RuleFor(r => r.RetryMinutes).InclusiveBetween(1, 10_080);
            RuleFor(r => r.MaxAttempts).InclusiveBetween(1, 200);
            RuleFor(r => r.MachineTreatment).Must(t => t is "HangUp" or "LimitedContentMessage");
            RuleFor(r => r.NoAgentTreatment).Must(t => t is "Message" or "Ivr" or "HangUp");
            RuleFor(r => r.CallsADay).InclusiveBetween(1, 1_000_000);
            RuleFor(r => r.Holidays).Must(calendar => calendar is "" or "US").WithMessage("'holidays' is \"US\" or empty.");
            RuleFor(r => r.Cadence).Custom((cadence, context) => cadence?.Faults().ToList().ForEach(context.AddFailure));
            RuleFor(r => r.Filter).Custom((filter, context) => ListDesign.Faults(filter ?? new ListFilter(), context.InstanceToValidate.Mix ?? []).ToList().ForEach(context.AddFailure));
            RuleFor(r => r.Zone).Must(zone => DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is not null).WithMessage("'zone' must be an IANA time zone, such as America/New_York.");
            RuleFor(r => r.OpensCron).Must(cron => CronExpression.TryParse(cron, out _)).WithMessage("'opensCron' is not a Quartz cron expression.");
            RuleFor(r => r.ClosesCron).Must(cron => CronExpression.TryParse(cron, out _)).WithMessage("'closesCron' is not a Quartz cron expression.");
        }
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/campaigns", HandleAsync).RequireAuthorization(Scopes.CampaignsRun);

    private static async Task<IResult> HandleAsync(Request request, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        var verdict = await new Validator().ValidateAsync(request, cancel);
        if (!verdict.IsValid)
            return Results.ValidationProblem(verdict.ToDictionary());
        try
        {
            return await database.InTransactionAsync((connection, transaction) => InsertAsync(connection, transaction, request, caller, clock.Now, cancel), cancel);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return Problem.Conflict($"There is already a campaign named '{request.Name}'. Choose another name: an abandonment budget cannot be reset by a new campaign under an old name.");
        }
    }

    private static async Task<IResult> InsertAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Request request, ClaimsPrincipal caller, Instant now, CancellationToken cancel)
    {
        var filter = request.Filter ?? new ListFilter();
        var client = await connection.ExecuteScalarAsync<long?>(new CommandDefinition("select client_id from client where code = @Client", request, transaction, cancellationToken: cancel));
        if (client is not { } clientId)
            return Problem.Invalid($"There is no client with the code '{request.Client}'.");
        if (request.CopyOf is not null && await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            "select campaign_id from campaign where campaign_id = @CopyOf and client_id = @clientId", new { request.CopyOf, clientId }, transaction, cancellationToken: cancel)) is null)
            return Problem.Invalid($"Campaign {request.CopyOf} is not one of this client's: it cannot be copied.");
        if (request.CallerIdPoolId is not null && await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            "select caller_id_pool_id from caller_id_pool where caller_id_pool_id = @CallerIdPoolId", new { request.CallerIdPoolId }, transaction, cancellationToken: cancel)) is null)
            return Problem.Invalid($"There is no pool {request.CallerIdPoolId} of numbers.");
        var id = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            insert into campaign (name, client_id, mode, state, from_e164, ring_seconds, machine_detection, machine_treatment, no_agent_treatment, abandon_cap, abandon_window_days, lines_per_agent_max,
                priority, share, lineage_id, power_ratio, max_lines, max_attempts, retry_minutes, wrap_up_seconds, opens_cron, closes_cron, zone, skills, created_at, updated_at,
                cadence, caller_id_pool_id, holidays, calls_a_day, list_filter, list_order, list_mix)
            values (@Name, @clientId, @mode, 'Draft', @from, @RingSeconds, @detection, @MachineTreatment, @NoAgentTreatment, @AbandonCap, @AbandonWindowDays, @LinesPerAgentMax,
                @Priority, @Share, (select coalesce(c.lineage_id, c.campaign_id) from campaign c
                    where c.client_id = @clientId and (c.campaign_id = @CopyOf or (@CopyOf is null and c.state = 'Closed' and c.from_e164 = @from))
                    order by c.updated_at desc, c.campaign_id desc limit 1),
                @PowerRatio, @MaxLines, @MaxAttempts, @RetryMinutes, @WrapUpSeconds, @OpensCron, @ClosesCron, @Zone, @skills, @now, @now,
                cast(@cadence as jsonb), @CallerIdPoolId, @Holidays, @CallsADay, cast(@filter as jsonb), @order, cast(@mix as jsonb))
            returning campaign_id
            """,
            new
            {
                request.Name, clientId, mode = request.Mode.ToString(), from = PhoneNumber.Parse(request.From).E164, request.RingSeconds, detection = request.MachineDetection.ToString(),
                request.MachineTreatment, request.NoAgentTreatment, request.AbandonCap, request.AbandonWindowDays, request.Priority, request.Share, request.CopyOf, request.LinesPerAgentMax, request.PowerRatio, request.MaxLines, MaxAttempts = request.Cadence?.MaxAttempts ?? request.MaxAttempts,
                request.RetryMinutes, request.WrapUpSeconds, request.OpensCron, request.ClosesCron, request.Zone, skills = request.Skills ?? [], now,
                cadence = request.Cadence is { } matrix ? CadenceJson.Write(matrix) : null, request.CallerIdPoolId, request.Holidays, request.CallsADay,
                filter = JsonSerializer.Serialize(filter, ApiJson.Options), order = request.Order.ToString(), mix = JsonSerializer.Serialize(request.Mix ?? [], ApiJson.Options),
            },
            transaction,
            cancellationToken: cancel));
        var leads = await ListDesign.FillAsync(connection, transaction, id, clientId, filter, request.Order, request.Mix ?? [], now, cancel);
        await Audit.AuditTrail.AddAsync(connection, transaction, caller.UserName(), "campaign.created", $"campaign/{id}", JsonSerializer.SerializeToElement(request, ApiJson.Options), now, cancel);
        return Results.Created($"/api/v1/campaigns/{id}", new Response(id, request.Name, CampaignState.Draft, leads));
    }
}
