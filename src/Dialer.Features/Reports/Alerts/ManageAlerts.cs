using System.Security.Claims;
using Dapper;
using Dialer.Core.Alerts;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Reports.Alerts;

/// <summary>What is watched and how; who looks after an alert; and closing those that no rule closes. Targets of the wallboard beside it. Each change is in the audit trail.</summary>
internal static class ManageAlerts
{
    /// <summary>Figures that can have a target: what the floor should reach today, and, from "agent" on, what each agent should.</summary>
    public static readonly string[] TargetMetrics = ["agents", "answeredLive", "contactRate", "promises", "promised", "payments", "paid", "agentCalls", "agentRightParty", "agentPromised"];

    public sealed record RuleRequest(string Metric, long? CampaignId, string Level, double RaiseAt, double ClearAt, int RaiseAfterS, int ClearAfterS, string Owner, bool Enabled = true);

    public sealed record CloseRequest(string Reason);

    /// <param name="Value">Null takes the target away.</param>
    public sealed record TargetRequest(string Metric, double? Value);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/alert-rules", ReadAsync).RequireAuthorization(Scopes.FloorRead);
        routes.MapPut("/api/v1/alert-rules", PutAsync).RequireAuthorization(Scopes.PacingChange);
        routes.MapPost("/api/v1/alerts/{id:long}/take", TakeAsync).RequireAuthorization(Scopes.FloorRead);
        routes.MapPost("/api/v1/alerts/{id:long}/close", CloseAsync).RequireAuthorization(Scopes.PacingChange);
        routes.MapGet("/api/v1/alerts", HistoryAsync).RequireAuthorization(Scopes.FloorRead);
        routes.MapPut("/api/v1/wallboard/targets", TargetAsync).RequireAuthorization(Scopes.PacingChange);
    }

    private static async Task<IResult> ReadAsync(Database database, CancellationToken cancel) => Results.Ok(new
    {
        metrics = AlertMetric.All.Select(metric => new { metric.Name, metric.Unit, metric.Formula, metric.Above }),
        rules = await database.QueryAsync<AlertRuleRow>($"select {AlertRuleRow.Columns} from alert_rule order by metric, campaign_id nulls first", null, cancel),
        targets = TargetMetrics,
    });

    private static Task<IReadOnlyList<AlertView>> HistoryAsync(Database database, ServiceClock clock, CancellationToken cancel) => database.QueryAsync<AlertView>(
        "select alarm_id as id, level, code, subject, text, raised_at as since, owner, taken_by, taken_at, closed_at, closed_by from alarm where closed_at is null or closed_at > @since order by raised_at desc limit 200",
        new { since = clock.Now - Duration.FromDays(1) }, cancel);

    private static async Task<IResult> PutAsync(RuleRequest request, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (AlertMetric.Find(request.Metric) is not { } metric)
            return Problem.Invalid($"'{request.Metric}' is nothing that can be watched. There are: {string.Join(", ", AlertMetric.All.Select(known => known.Name))}.");
        var faults = new AlertRule(request.RaiseAt, request.ClearAt, Duration.FromSeconds(request.RaiseAfterS), Duration.FromSeconds(request.ClearAfterS), metric.Above).Faults();
        if (faults.Count > 0)
            return Results.ValidationProblem(new Dictionary<string, string[]> { ["rule"] = [.. faults] });
        if (request.Level is not ("info" or "warning" or "error") || string.IsNullOrWhiteSpace(request.Owner) || request.Owner.Length > 80)
            return Problem.Invalid("The level is info, warning or error, and the owner a name of up to 80 characters: somebody must be meant.");
        if (request.CampaignId is { } campaign && await database.FindAsync<long?>("select campaign_id from campaign where campaign_id = @campaign", new { campaign }, cancel) is null)
            return Problem.Invalid($"There is no campaign {campaign}.");
        var id = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var row = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                    """
                    insert into alert_rule (metric, campaign_id, level, raise_at, clear_at, raise_after_s, clear_after_s, owner, enabled, updated_at, updated_by)
                    values (@Metric, @CampaignId, @Level, @RaiseAt, @ClearAt, @RaiseAfterS, @ClearAfterS, @Owner, @Enabled, @now, @actor)
                    on conflict (metric, campaign_id) do update set level = excluded.level, raise_at = excluded.raise_at, clear_at = excluded.clear_at, raise_after_s = excluded.raise_after_s,
                        clear_after_s = excluded.clear_after_s, owner = excluded.owner, enabled = excluded.enabled, updated_at = excluded.updated_at, updated_by = excluded.updated_by
                    returning alert_rule_id
                    """,
                    new
                    {
                        request.Metric, request.CampaignId, request.Level, request.RaiseAt, request.ClearAt, request.RaiseAfterS, request.ClearAfterS, request.Owner, request.Enabled,
                        now = clock.Now, actor = caller.UserName(),
                    },
                    transaction,
                    cancellationToken: cancel));
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "alert.rule", $"alert-rule/{row}", request, clock.Now, cancel);
                return row;
            },
            cancel);
        return Results.Ok(new { id });
    }

    private static Task<IResult> TakeAsync(long id, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel) => ChangeAsync(
        database, id, "alert.taken", "update alarm set taken_by = @actor, taken_at = @now where alarm_id = @id and closed_at is null", "", caller, clock, cancel);

    /// <summary>For alarms that nothing closes by itself. A rule's alert ends when its value is good again; closing it would only hide it.</summary>
    private static async Task<IResult> CloseAsync(long id, CloseRequest request, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 400)
            return Problem.Invalid("Say in up to 400 characters what was found.");
        if (await database.FindAsync<bool>("select exists (select from alarm where alarm_id = @id and (starts_with(code, 'ALERT_') or starts_with(code, 'PACING_')))", new { id }, cancel))
            return Problem.Conflict("This alert ends by itself when its cause is gone. Take it, change its rule, or mend the cause.");
        return await ChangeAsync(database, id, "alert.closed", "update alarm set closed_at = @now, closed_by = @actor where alarm_id = @id and closed_at is null", request.Reason, caller, clock, cancel);
    }

    private static Task<IResult> ChangeAsync(Database database, long id, string action, string sql, string reason, ClaimsPrincipal caller, ServiceClock clock, CancellationToken cancel) =>
        database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                if (await connection.ExecuteAsync(new CommandDefinition(sql, new { id, actor = caller.UserName(), now = clock.Now }, transaction, cancellationToken: cancel)) == 0)
                    return Problem.NotFound("There is no such open alert.");
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), action, $"alarm/{id}", new { reason }, clock.Now, cancel);
                return Results.NoContent();
            },
            cancel);

    private static async Task<IResult> TargetAsync(TargetRequest request, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel)
    {
        if (!TargetMetrics.Contains(request.Metric))
            return Problem.Invalid($"Targets are for: {string.Join(", ", TargetMetrics)}.");
        if (request.Value is { } value && (!double.IsFinite(value) || value <= 0 || value > 1e9))
            return Problem.Invalid("A target is a number above 0.");
        await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync(new CommandDefinition(
                    request.Value is null
                        ? "delete from wallboard_target where metric = @Metric"
                        : "insert into wallboard_target (metric, value, updated_at, updated_by) values (@Metric, @Value, @now, @actor) on conflict (metric) do update set value = excluded.value, updated_at = excluded.updated_at, updated_by = excluded.updated_by",
                    new { request.Metric, request.Value, now = clock.Now, actor = caller.UserName() }, transaction, cancellationToken: cancel));
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "wallboard.target", request.Metric, request, clock.Now, cancel);
            },
            cancel);
        return Results.NoContent();
    }
}
