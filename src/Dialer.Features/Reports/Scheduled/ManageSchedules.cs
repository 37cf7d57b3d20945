using System.Net.Mail;
using System.Security.Claims;
using Dapper;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Features.Reports.Tables;
using Dialer.Storage.Postgres;
using Dialer.Storage.Scheduling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using NodaTime;
using Quartz;

namespace Dialer.Features.Reports.Scheduled;

/// <summary>Reports that go out by the clock: which, of which days, to whom, when; what became of each; and sending one now.</summary>
internal static class ManageSchedules
{
    public sealed record Request(string Name, string Report, ReportPeriod Period, string Format, string Cron, string Zone = "America/New_York", string[]? Emails = null, bool ToFolder = false, long? CampaignId = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/report-schedules", ReadAsync).RequireAuthorization(Scopes.ReportsRead);
        routes.MapPost("/api/v1/report-schedules", CreateAsync).RequireAuthorization(Scopes.ReportsSchedule);
        routes.MapPost("/api/v1/report-schedules/{id:long}/run", RunAsync).RequireAuthorization(Scopes.ReportsSchedule);
        routes.MapDelete("/api/v1/report-schedules/{id:long}", DeleteAsync).RequireAuthorization(Scopes.ReportsSchedule);
    }

    private static async Task<IResult> ReadAsync(Database database, IOptions<ReportsOptions> options, MailServer mail, CancellationToken cancel) => Results.Ok(new
    {
        byEmail = mail.Named,
        byFolder = options.Value.Folder is not null,
        items = await database.QueryAsync<ScheduledReport>($"select {ScheduledReport.Columns} from report_schedule order by report_schedule_id", null, cancel),
        runs = await database.QueryAsync<RunView>(
            "select report_run_id as id, report_schedule_id as schedule_id, due_at, state, tries, file_name, bytes, sent_at, last_error from report_run order by report_run_id desc limit 50", null, cancel),
    });

    private static async Task<IResult> CreateAsync(
        Request request, ClaimsPrincipal caller, Database database, Schedules schedules, IOptions<ReportsOptions> options, MailServer mail, ServiceClock clock, CancellationToken cancel)
    {
        if (Fault(request, options.Value, mail) is { } fault)
            return Problem.Invalid(fault);
        if (request.CampaignId is { } campaign && await database.FindAsync<long?>("select campaign_id from campaign where campaign_id = @campaign", new { campaign }, cancel) is null)
            return Problem.Invalid($"There is no campaign {campaign}.");
        var id = await database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var row = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                    """
                    insert into report_schedule (name, report, period, campaign_id, format, cron, zone, emails, to_folder, created_at, created_by)
                    values (@Name, @Report, @period, @CampaignId, @Format, @Cron, @Zone, @emails, @ToFolder, @now, @actor) returning report_schedule_id
                    """,
                    new
                    {
                        request.Name, request.Report, period = request.Period.ToString(), request.CampaignId, request.Format, request.Cron, request.Zone, emails = request.Emails ?? [], request.ToFolder,
                        now = clock.Now, actor = caller.UserName(),
                    },
                    transaction, cancellationToken: cancel));
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "report.scheduled", $"report-schedule/{row}", request, clock.Now, cancel);
                return row;
            },
            cancel);
        await schedules.PutAsync(QueueReport.ScheduleOf(id), request.Cron, request.Zone, QueueReport.WorkName, id.ToString(), cancel);
        return Results.Created("/api/v1/report-schedules", new { id });
    }

    private static string? Fault(Request request, ReportsOptions options, MailServer mail)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 80)
            return "A name of up to 80 characters.";
        if (ReportCatalog.Find(request.Report) is null)
            return $"There is no report '{request.Report}'. There are: {string.Join(", ", ReportCatalog.All.Select(report => report.Name))}.";
        if (request.Format is not ("xlsx" or "csv"))
            return "The format is xlsx or csv.";
        if (!CronExpression.TryParse(request.Cron, out _))
            return "'cron' is not a Quartz cron expression.";
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(request.Zone) is null)
            return "'zone' must be an IANA time zone, such as America/New_York.";
        var emails = request.Emails ?? [];
        if (emails.Length > 20 || emails.Any(address => !MailAddress.TryCreate(address, out _)))
            return "Up to 20 e-mail addresses.";
        if (emails.Length > 0 && !mail.Named)
            return "No mail server is named: an administrator sets Dialer__Mail__Host.";
        if (request.ToFolder && options.Folder is null)
            return "No folder is named: an administrator sets Dialer__Reports__Folder.";
        return emails.Length == 0 && !request.ToFolder ? "Say where it goes: e-mail addresses, the folder, or both." : null;
    }

    private static Task<IResult> RunAsync(long id, ClaimsPrincipal caller, Database database, ServiceClock clock, CancellationToken cancel) => database.InTransactionAsync<IResult>(
        async (connection, transaction) =>
        {
            var run = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                "insert into report_run (report_schedule_id, due_at, next_at) select report_schedule_id, @now, @now from report_schedule where report_schedule_id = @id returning report_run_id",
                new { id, now = clock.Now }, transaction, cancellationToken: cancel));
            if (run is null)
                return Problem.NotFound($"There is no schedule {id}.");
            await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "report.run", $"report-schedule/{id}", new { run }, clock.Now, cancel);
            return Results.Ok(new { run });
        },
        cancel);

    private static async Task<IResult> DeleteAsync(long id, ClaimsPrincipal caller, Database database, Schedules schedules, ServiceClock clock, CancellationToken cancel)
    {
        await schedules.RemoveAsync(QueueReport.ScheduleOf(id), cancel);
        return await database.InTransactionAsync<IResult>(
            async (connection, transaction) =>
            {
                if (await connection.ExecuteAsync(new CommandDefinition("delete from report_schedule where report_schedule_id = @id", new { id }, transaction, cancellationToken: cancel)) == 0)
                    return Problem.NotFound($"There is no schedule {id}.");
                await AuditTrail.AddAsync(connection, transaction, caller.UserName(), "report.unscheduled", $"report-schedule/{id}", new { }, clock.Now, cancel);
                return Results.NoContent();
            },
            cancel);
    }

    private sealed class RunView
    {
        public long Id { get; init; }

        public long ScheduleId { get; init; }

        public Instant DueAt { get; init; }

        public string State { get; init; } = "";

        public int Tries { get; init; }

        public string? FileName { get; init; }

        public long? Bytes { get; init; }

        public Instant? SentAt { get; init; }

        public string? LastError { get; init; }
    }
}
