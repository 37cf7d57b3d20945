using Dialer.Features.Reports;
using Dialer.Features.Reports.Scheduled;
using Dialer.Features.Reports.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Tests.Reports;

/// <summary>Scheduled reports, with a mail server that keeps what it is given.</summary>
public sealed class SentReports : IAsyncLifetime
{
    private static readonly Instant Due = Instant.FromUtc(2026, 6, 3, 10, 0);
    private readonly TestDatabase _database = new();
    private readonly ServiceClock _clock = ServiceClock.Simulated(Due.ToDateTimeOffset() + TimeSpan.FromMinutes(1), TimeProvider.System.GetUtcNow(), 1);
    private readonly string _folder = Directory.CreateTempSubdirectory("reports").FullName;

    public Task InitializeAsync() => _database.InitializeAsync();

    public async Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task One_fire_is_one_report_as_a_file_and_by_mail()
    {
        using var mail = new MailReceiver();
        var reports = Reports(mail.Server);
        await ScheduleAsync("'{ops@example.org}'", "csv");
        await FireAsync();

        (await reports.SendNextAsync(default)).ShouldBeTrue();
        (await reports.SendNextAsync(default)).ShouldBeFalse();

        var file = Directory.GetFiles(_folder).ShouldHaveSingleItem();
        Path.GetFileName(file).ShouldBe("campaigns-1-20260603T0600.csv");
        (await File.ReadAllTextAsync(file)).ShouldContain("Campaign,Attempts");
        var text = await mail.TextAsync();
        text.ShouldContain("RCPT TO:<ops@example.org>");
        text.ShouldContain("2026-06-02"); // yesterday, of the day of the fire in New York
        text.ShouldContain("campaigns-1-20260603T0600.csv");
        (await _database.Database.FindAsync<string>("select state || ' ' || tries from report_run", null, default)).ShouldBe("Sent 1");
    }

    [Fact]
    public async Task A_report_that_cannot_leave_is_tried_again_later_and_given_up_with_an_alarm()
    {
        var reports = Reports(MailReceiver.Closed());
        await ScheduleAsync("'{ops@example.org}'", "xlsx");
        await FireAsync();

        (await reports.SendNextAsync(default)).ShouldBeTrue();
        (await reports.SendNextAsync(default)).ShouldBeFalse(); // not before a minute has passed
        (await _database.Database.FindAsync<string>("select state || ' ' || tries from report_run", null, default)).ShouldBe("Queued 1");
        await _database.Database.ExecuteAsync("update report_run set tries = 7, next_at = due_at", null, default);
        (await reports.SendNextAsync(default)).ShouldBeTrue();

        (await _database.Database.FindAsync<string>("select state from report_run", null, default)).ShouldBe("Failed");
        (await _database.Database.FindAsync<string>("select code from alarm", null, default)).ShouldBe("REPORT_FAILED");
    }

    [Theory]
    [InlineData("Today", "2026-06-03", "2026-06-03")]
    [InlineData("Last7Days", "2026-05-27", "2026-06-02")]
    [InlineData("MonthToDate", "2026-06-01", "2026-06-03")]
    [InlineData("LastMonth", "2026-05-01", "2026-05-31")]
    public void The_days_follow_from_the_fire(string period, string from, string to)
    {
        var scope = new ScheduledReport { Period = Enum.Parse<ReportPeriod>(period), Zone = "America/New_York" }.ScopeAt(Due);

        (scope.From.ToString("uuuu-MM-dd", null), scope.To.ToString("uuuu-MM-dd", null)).ShouldBe((from, to));
    }

    private SendReports Reports(MailServer mail) => new(
        _database.Database, new ReportReader(_database.Database, _clock, new ConfigurationBuilder().Build()), _clock, mail,
        Options.Create(new ReportsOptions { Folder = _folder }), NullLogger<SendReports>.Instance);

    private Task<int> ScheduleAsync(string emails, string format) => _database.Database.ExecuteAsync(
        """
        insert into report_schedule (name, report, period, format, cron, zone, emails, to_folder, created_at, created_by)
        values ('Morning', 'campaigns', 'Yesterday', @format, '0 0 6 * * ?', 'America/New_York', cast(trim(both '''' from @emails) as text[]), true, @Due, 'boss')
        """,
        new { format, emails, Due }, default);

    /// <summary>As Quartz does, through the unique row of the fire.</summary>
    private Task FireAsync() => _database.Database.InTransactionAsync((connection, transaction) => new QueueReport().RunAsync("1", Due, connection, transaction, default), default);
}
