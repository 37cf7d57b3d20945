using System.Globalization;
using System.Net.Mail;
using Dapper;
using Dialer.Features.Reports.Tables;
using Dialer.Storage.Postgres;
using Dialer.Storage.Scheduling;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NodaTime;
using NodaTime.Text;
using Npgsql;

namespace Dialer.Features.Reports.Scheduled;

/// <summary>A schedule's fire: one row to be worked off, in the fire's own transaction, so that one fire is one report whatever happens.</summary>
public sealed class QueueReport : IScheduledWork
{
    public const string WorkName = "reports.scheduled";

    public string Name => WorkName;

    public static string ScheduleOf(long id) => $"report-{id}";

    public Task RunAsync(string argument, Instant fireTime, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "insert into report_run (report_schedule_id, due_at, next_at) select report_schedule_id, @fireTime, @fireTime from report_schedule where report_schedule_id = @id and enabled",
            new { id = long.Parse(argument), fireTime }, transaction, cancellationToken: cancel));
}

/// <summary>Makes the reports that are due and sends them: as a file into the folder, by e-mail, or both. A failed one comes again after 1, 2, 4 ... minutes; after eight tries it is given up and an alarm raised.</summary>
public sealed class SendReports(Database database, ReportReader reader, ServiceClock clock, MailServer mailServer, IOptions<ReportsOptions> options, ILogger<SendReports> log) : PeriodicWork(Round, log)
{
    private const int MostTries = 8;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    protected override string Trouble => "Scheduled reports could not be sent";

    protected override async Task RoundAsync(CancellationToken cancel)
    {
        while (await SendNextAsync(cancel))
        {
            // as long as one is due
        }
    }

    /// <summary>One report; false when none is due. The try is counted before it is made, so that another node leaves it alone and a crash is a try.</summary>
    internal async Task<bool> SendNextAsync(CancellationToken cancel)
    {
        var now = clock.Now;
        var run = await database.FindAsync<Run>(
            """
            update report_run r set tries = tries + 1, next_at = @now + least(240, 2 ^ tries) * interval '1 minute'
            where report_run_id = (select report_run_id from report_run where state = 'Queued' and next_at <= @now order by next_at limit 1 for update skip locked)
            returning report_run_id as id, report_schedule_id, due_at, tries
            """,
            new { now }, cancel);
        if (run is null)
            return false;
        var report = await database.FindAsync<ScheduledReport>($"select {ScheduledReport.Columns} from report_schedule where report_schedule_id = @ReportScheduleId", run, cancel);
        try
        {
            await FinishAsync(run, await MakeAndSendAsync(report!, run.DueAt, cancel), report!.FileName(run.DueAt), cancel);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            Log.LogWarning(failure, "Report {Report} of schedule {ScheduleId} could not be sent", report!.Report, report.Id);
            await FailAsync(run, report, failure.Message, now, cancel);
        }

        return true;
    }

    private async Task<long> MakeAndSendAsync(ScheduledReport scheduled, Instant due, CancellationToken cancel)
    {
        var report = ReportCatalog.Find(scheduled.Report) ?? throw new InvalidOperationException($"This build has no report '{scheduled.Report}'.");
        var scope = scheduled.ScopeAt(due);
        var temporary = Path.GetTempFileName();
        try
        {
            await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite))
                await WriteAsync(file, report, scope, scheduled.Format, cancel);
            var bytes = new FileInfo(temporary).Length;
            if (scheduled.ToFolder)
                Put(temporary, scheduled.FileName(due));
            if (scheduled.Emails.Length > 0)
                await MailAsync(temporary, bytes, scheduled, report, scope, due, cancel);
            return bytes;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task WriteAsync(FileStream file, Report report, ReportScope scope, string format, CancellationToken cancel)
    {
        if (format == "csv")
            await CsvWriting.WriteAsync(file, report, scope, reader.ReadAsync(report, scope, cancel), cancel);
        else if (!await WorkbookWriter.WriteAsync(file, report, scope, reader.ReadAsync(report, scope, cancel), cancel))
            throw new InvalidOperationException($"The report has more than {WorkbookWriter.MostRows} rows, which a workbook does not hold here. Schedule it as CSV.");
    }

    /// <summary>Written whole under another name and then renamed: whoever empties the folder never takes half a file.</summary>
    private void Put(string temporary, string name)
    {
        var folder = options.Value.Folder ?? throw new InvalidOperationException("No folder is named: set Dialer__Reports__Folder.");
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, name);
        File.Copy(temporary, path + ".part", overwrite: true);
        File.Move(path + ".part", path, overwrite: true);
    }

    private async Task MailAsync(string temporary, long bytes, ScheduledReport scheduled, Report report, ReportScope scope, Instant due, CancellationToken cancel)
    {
        var most = options.Value.MostMegabytes;
        if (bytes > most * 1_000_000L)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The file has {bytes / 1_000_000.0:0.0} MB, more than the {most} MB that are sent by e-mail. Send it to the folder, or fewer days of it."));
        var days = scope.From == scope.To ? LocalDatePattern.Iso.Format(scope.From) : $"{LocalDatePattern.Iso.Format(scope.From)} to {LocalDatePattern.Iso.Format(scope.To)}";
        using var mail = new MailMessage
        {
            Subject = $"{scheduled.Name}: {report.Title}, {days}",
            Body = $"{report.About}\n\nDays: {days}, {scope.Zone.Id}.\n\n"
                + string.Concat(report.Columns.Where(column => column.Formula.Length > 0).Select(column => $"{column.Title}: {column.Formula}\n")),
        };
        foreach (var address in scheduled.Emails)
            mail.To.Add(address);
        await using var file = File.OpenRead(temporary);
        using var attachment = new Attachment(file, scheduled.FileName(due), scheduled.Format == "csv" ? "text/csv" : ReadReports.WorkbookType);
        mail.Attachments.Add(attachment);
        await mailServer.SendAsync(mail, string.Create(CultureInfo.InvariantCulture, $"report-{scheduled.Id}-{due.ToUnixTimeSeconds()}"), cancel);
    }

    private Task FinishAsync(Run run, long bytes, string file, CancellationToken cancel) => database.ExecuteAsync(
        "update report_run set state = 'Sent', sent_at = @now, bytes = @bytes, file_name = @file, last_error = null where report_run_id = @Id", new { now = clock.Now, bytes, file, run.Id }, cancel);

    private Task FailAsync(Run run, ScheduledReport report, string error, Instant now, CancellationToken cancel) => database.ExecuteAsync(
        """
        update report_run set last_error = @error, state = case when tries >= @MostTries then 'Failed' else state end where report_run_id = @Id;
        insert into alarm (code, subject, raised_at, text, level, owner)
        select 'REPORT_FAILED', @subject, @now, @text, 'warning', 'Administrators' where @Tries >= @MostTries
        """,
        new { error, MostTries, run.Id, run.Tries, now, subject = $"report-schedule/{run.ReportScheduleId}", text = $"The scheduled report '{report.Name}' could not be sent in {MostTries} tries: {error}" }, cancel);

    private sealed class Run
    {
        public long Id { get; init; }

        public long ReportScheduleId { get; init; }

        public Instant DueAt { get; init; }

        public int Tries { get; init; }
    }
}
