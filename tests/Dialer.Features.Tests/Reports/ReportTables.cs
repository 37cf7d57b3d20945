using Dapper;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using Dialer.Features.Reports;
using Dialer.Features.Reports.Tables;
using Microsoft.Extensions.Configuration;
using NodaTime;

namespace Dialer.Features.Tests.Reports;

/// <summary>Reports over a small day whose every figure was counted by hand.</summary>
public sealed class ReportTables : IAsyncLifetime
{
    private static readonly Instant Noon = Instant.FromUtc(2026, 6, 2, 16, 0);
    private static readonly ReportScope Day = new(new LocalDate(2026, 6, 2), new LocalDate(2026, 6, 2), DateTimeZoneProviders.Tzdb["America/New_York"], null);
    private readonly TestDatabase _database = new();
    private readonly ServiceClock _clock = ServiceClock.Simulated(Noon.ToDateTimeOffset() + TimeSpan.FromHours(1), TimeProvider.System.GetUtcNow(), 1);
    private ReportReader _reader = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _reader = new ReportReader(_database.Database, _clock, new ConfigurationBuilder().Build());
        await using var connection = await _database.Database.OpenAsync(default);
        await connection.ExecuteAsync(SmallDay, new { noon = Noon.ToDateTimeUtc() });
    }

    public Task DisposeAsync() => _database.DisposeAsync();

    public static TheoryData<string> Names => [.. ReportCatalog.All.Select(report => report.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_report_reads_the_columns_it_names_with_and_without_a_campaign(string name)
    {
        var report = ReportCatalog.Find(name)!;

        (await RowsAsync(report, Day)).ShouldAllBe(row => row.Length == report.Columns.Count);
        (await RowsAsync(report, Day with { Campaign = 1 })).ShouldAllBe(row => row.Length == report.Columns.Count);
        report.Columns.Select(column => column.Key).ShouldBeUnique();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_figure_says_how_it_is_counted(string name) =>
        ReportCatalog.Find(name)!.Columns.Where(column => column.Kind is not (CellKind.Text or CellKind.Date or CellKind.Instant) && string.IsNullOrWhiteSpace(column.Formula)).Select(column => column.Title).ShouldBeEmpty();

    [Fact]
    public async Task The_campaign_s_figures_are_those_counted_by_hand()
    {
        var row = await OneAsync(CallReports.Campaigns);

        Figure(CallReports.Campaigns, row, "attempts").ShouldBe(6L);
        Figure(CallReports.Campaigns, row, "liveAnswers").ShouldBe(3L);
        Figure(CallReports.Campaigns, row, "contactRate").ShouldBe(0.5);
        Figure(CallReports.Campaigns, row, "withAgent").ShouldBe(2L);
        Figure(CallReports.Campaigns, row, "abandoned").ShouldBe(1L);
        Figure(CallReports.Campaigns, row, "machines").ShouldBe(1L);
        Figure(CallReports.Campaigns, row, "busy").ShouldBe(1L);
        Figure(CallReports.Campaigns, row, "rightParty").ShouldBe(1L);
        Figure(CallReports.Campaigns, row, "promises").ShouldBe(1L);
        Figure(CallReports.Campaigns, row, "promised").ShouldBe(40.00m);
        Figure(CallReports.Campaigns, row, "paid").ShouldBe(25.50m);
        Figure(CallReports.Campaigns, row, "talkSeconds").ShouldBe(60d + 30d);
        Figure(CallReports.Campaigns, row, "wrapSeconds").ShouldBe(30d);
        Figure(CallReports.Campaigns, row, "handlingTime").ShouldBe(60d);
    }

    /// <summary>One to send yet, one stopped before it was sent, one that the carrier does not know of; and one that the carrier refused.</summary>
    [Fact]
    public async Task What_never_reached_the_carrier_is_no_attempt_in_any_table_and_stands_in_a_column_of_its_own()
    {
        await ExecuteAsync(
            """
            insert into attempt (campaign_id, account_id, person_id, mode, to_e164, from_e164, state, created_at, submitted_at)
            select 1, n, n, 'Predictive', '+1212555020' || n, '+12125550100', state, @noon, @noon + sent from (values (1, 'Intent', null), (2, 'Refused', null), (3, 'NotPlaced', interval '1 s'), (4, 'Refused', interval '1 s')) v (n, state, sent)
            """);
        var campaign = await OneAsync(CallReports.Campaigns);
        var total = (await RowsAsync(CallReports.Abandonment, Day)).Single(row => (string?)row[0] == "Total");
        var shift = await new ShiftReport(_database.Database, _clock).ReadAsync(Noon - Duration.FromHours(1), default);
        var live = (await new TodaysCalls(_database.Database, _clock).ReadAsync(Noon - Duration.FromHours(1), Noon + Duration.FromHours(1), default)).Single();

        (Figure(CallReports.Campaigns, campaign, "attempts"), Figure(CallReports.Campaigns, campaign, "failed"), Figure(CallReports.Campaigns, campaign, "notPlaced")).ShouldBe((7L, 1L, 3L));
        Figure(CallReports.Campaigns, campaign, "contactRate").ShouldBe(3 / 7d);
        Figure(CallReports.Clients, await OneAsync(CallReports.Clients), "attempts").ShouldBe(7L);
        (await RowsAsync(CallReports.Hours, Day)).Sum(row => (long)Figure(CallReports.Hours, row, "attempts")!).ShouldBe(7L);
        Figure(CallReports.Abandonment, total, "all").ShouldBe(1 / 7d);
        Figure(MoneyReports.Lists, await OneAsync(MoneyReports.Lists), "intensity").ShouldBe(7 / 6d);
        (await RowsAsync(CallReports.Results, Day)).Count.ShouldBe(7);
        (shift.Attempts, shift.Failed, shift.Live).ShouldBe((7, 1, 0));
        (live.Attempts, live.Failed).ShouldBe((7, 1));
    }

    [Fact]
    public async Task A_caller_s_talk_is_not_among_what_became_of_our_own_calls()
    {
        await ExecuteAsync(
            """
            insert into attempt (direction, mode, to_e164, from_e164, state, created_at, answered_at, bridged_at, ended_at, agent_id, treatment)
            values ('Inbound', 'Manual', '+12125550100', '+12125550301', 'Completed', @noon, @noon, @noon + interval '9 s', @noon + interval '60 s', 1, 'Agent')
            """);
        var shift = await new ShiftReport(_database.Database, _clock).ReadAsync(Noon - Duration.FromHours(1), default);

        (shift.Attempts, shift.AnsweredLive, shift.Bridged, shift.Inbound).ShouldBe((6, 3, 2, 1));
        (shift.Bridged + shift.Abandoned).ShouldBeLessThanOrEqualTo(shift.AnsweredLive);
    }

    [Fact]
    public async Task Each_of_the_five_abandonment_rates_follows_its_own_formula()
    {
        var total = (await RowsAsync(CallReports.Abandonment, Day)).Single(row => (string?)row[0] == "Total");

        Figure(CallReports.Abandonment, total, "live").ShouldBe(2 / 3d); // one abandoned, one joined after 4 s, of three
        Figure(CallReports.Abandonment, total, "connected").ShouldBe(1 / 3d);
        Figure(CallReports.Abandonment, total, "all").ShouldBe(1 / 6d);
        ((double)Figure(CallReports.Abandonment, total, "ofcom")!).ShouldBe(1.02 / 3.02, 1e-9);
        Figure(CallReports.Abandonment, total, "true").ShouldBe(0d);
    }

    [Fact]
    public async Task Calls_of_no_campaign_have_a_row_of_their_own_beside_the_one_total()
    {
        await ExecuteAsync(
            """
            insert into attempt (account_id, person_id, mode, to_e164, from_e164, state, created_at, answered_at, bridged_at, ended_at, answered_by, agent_id, treatment)
            values (1, 1, 'Manual', '+12125550101', '+12125550100', 'Completed', @noon, @noon + interval '5 s', @noon + interval '6 s', @noon + interval '36 s', 'human', 1, 'Agent')
            """);
        var rows = await RowsAsync(CallReports.Abandonment, Day);

        rows.Select(row => ((string?)row[0], (long)Figure(CallReports.Abandonment, row, "liveAnswers")!)).ShouldBe([("One", 3L), ("(no campaign)", 1L), ("Total", 4L)]);
    }

    [Fact]
    public async Task What_an_agent_s_promises_came_to_is_counted_when_their_grace_has_ended()
    {
        await ExecuteAsync(
            """
            update promise set state = 'Kept', grace_until = '2026-06-02', closed_at = @noon;
            insert into promise (account_id, person_id, attempt_id, amount, due_on, grace_until, source, state, made_at, closed_at)
            values (2, 2, 2, 10, '2026-05-30', '2026-06-02', 'Agent', 'Broken', @noon - interval '9 days', @noon), (3, 3, 2, 10, '2026-05-30', '2026-06-02', 'Ivr', 'Broken', @noon - interval '9 days', @noon);
            """);
        var row = await OneAsync(AgentReports.Agents);

        (Figure(AgentReports.Agents, row, "promisesDue"), Figure(AgentReports.Agents, row, "kept"), Figure(AgentReports.Agents, row, "keptRate")).ShouldBe((2L, 1L, 0.5));
    }

    [Fact]
    public async Task Of_one_campaign_no_occupancy_is_claimed_because_who_waits_waits_for_all()
    {
        var row = (await RowsAsync(AgentReports.Agents, Day with { Campaign = 1 })).ShouldHaveSingleItem();

        (Figure(AgentReports.Agents, row, "occupancy"), Figure(AgentReports.Agents, row, "utilisation"), Figure(AgentReports.Agents, row, "talk")).ShouldBe((null, null, 90d));
        (await RowsAsync(AgentReports.Worked, Day with { Campaign = 1 })).ShouldAllBe(each => Figure(AgentReports.Worked, each, "occupancy") == null);
    }

    [Fact]
    public async Task An_agent_s_time_is_cut_at_the_day_s_edges_and_adds_up()
    {
        var row = await OneAsync(AgentReports.Agents);

        Figure(AgentReports.Agents, row, "signedIn").ShouldBe(600d + 90 + 30 + 60);
        Figure(AgentReports.Agents, row, "talk").ShouldBe(90d);
        Figure(AgentReports.Agents, row, "wrap").ShouldBe(30d);
        Figure(AgentReports.Agents, row, "breaks").ShouldBe(60d);
        Figure(AgentReports.Agents, row, "utilisation").ShouldBe(120 / 720d);
        Figure(AgentReports.Agents, row, "handlingTime").ShouldBe(60d);
        Figure(AgentReports.Agents, row, "promiseRate").ShouldBe(1d);
        (await RowsAsync(AgentReports.Agents, Day with { From = Day.From.PlusDays(1), To = Day.To.PlusDays(1) })).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_queue_s_waits_and_service_level_are_those_counted_by_hand()
    {
        await ExecuteAsync(
            """
            with made as (
                insert into attempt (direction, mode, to_e164, from_e164, state, created_at, bridged_at, ended_at)
                select 'Inbound', 'Manual', '+12125550100', '+1212555020' || n, 'Completed', @noon, @noon + joined, @noon + interval '5 min'
                from (values (1, interval '11 s'), (2, interval '44 s'), (3, null), (4, null), (5, null)) v (n, joined) returning attempt_id, right(from_e164, 1)::int as n, bridged_at - @noon as joined)
            insert into queue_entry (attempt_id, queue, needs, entered_at, rank_at, state, joined_at, ended_at)
            select m.attempt_id, 'inbound', '[]', @noon, @noon, v.state, @noon + m.joined, @noon + v.ended
            from made m join (values (1, 'Offered', null), (2, 'Offered', null), (3, 'Abandoned', interval '30 s'), (4, 'Abandoned', interval '3 s'), (5, 'Dialled', interval '9 min')) v (n, state, ended) using (n)
            """);
        var row = await OneAsync(CallReports.Queues);

        Figure(CallReports.Queues, row, "entered").ShouldBe(5L);
        Figure(CallReports.Queues, row, "answered").ShouldBe(2L);
        Figure(CallReports.Queues, row, "inTime").ShouldBe(1L);
        Figure(CallReports.Queues, row, "serviceLevel").ShouldBe(1 / 3d);
        Figure(CallReports.Queues, row, "abandoned").ShouldBe(1L);
        Figure(CallReports.Queues, row, "shortAbandoned").ShouldBe(1L);
        Figure(CallReports.Queues, row, "abandonmentRate").ShouldBe(1 / 3d);
        Figure(CallReports.Queues, row, "callBacks").ShouldBe(1L);
        Figure(CallReports.Queues, row, "asa").ShouldBe(27.5);
        Figure(CallReports.Queues, row, "longest").ShouldBe(44d);
    }

    [Fact]
    public async Task The_hours_worked_are_cut_at_each_hour_and_add_up_to_the_agents_time()
    {
        var rows = await RowsAsync(AgentReports.Worked, Day);
        double Of(long hour, string key) => (double)Figure(AgentReports.Worked, rows.Single(row => (long)row[0]! == hour), key)!;

        rows.Select(row => (long)row[0]!).ShouldBe([0, 12]);
        Of(0, "idle").ShouldBe(600d); // available from 23:00 of the day before until ten past midnight
        (Of(12, "talk"), Of(12, "wrap"), Of(12, "breaks"), Of(12, "occupancy")).ShouldBe((90d, 30d, 60d, 1d));
        var agent = await OneAsync(AgentReports.Agents);
        foreach (var kind in new[] { "talk", "wrap", "idle", "breaks", "other" })
            rows.Sum(row => (double)Figure(AgentReports.Worked, row, kind)!).ShouldBe((double)Figure(AgentReports.Agents, agent, kind)!, kind);
    }

    [Fact]
    public async Task Cure_and_roll_follow_accounts_from_where_they_stood_to_where_they_ended()
    {
        // Placed before the day, all in 31-60: one is paid, one pays its older bucket, one is reported older, one is older and paid the same day; one moves only tomorrow.
        await ExecuteAsync(
            """
            update account set created_at = @noon - interval '2 days';
            update account set bucket_60 = 0, bucket_30 = 0, bucket_current = 0, balance = 0, status = 'Paid', updated_at = @noon where account_id = 1;
            update account set bucket_60 = 0, balance = 30, updated_at = @noon where account_id = 2;
            update account set bucket_60 = 0, bucket_90 = 20, updated_at = @noon where account_id = 3;
            update account set bucket_60 = 0, bucket_90 = 20, updated_at = @noon where account_id = 4;
            update account set bucket_90 = 0, bucket_30 = 0, balance = 10, updated_at = @noon + interval '1 min' where account_id = 4;
            update account set bucket_60 = 0, bucket_older = 20, updated_at = @noon + interval '1 day' where account_id = 5;
            """);
        var row = await OneAsync(MoneyReports.Roll);

        Figure(MoneyReports.Roll, row, "bucket").ShouldBe("31-60");
        (Figure(MoneyReports.Roll, row, "accounts"), Figure(MoneyReports.Roll, row, "cured"), Figure(MoneyReports.Roll, row, "improved"), Figure(MoneyReports.Roll, row, "stayed"), Figure(MoneyReports.Roll, row, "rolled"))
            .ShouldBe((6L, 2L, 1L, 2L, 1L));
        (Figure(MoneyReports.Roll, row, "cureRate"), Figure(MoneyReports.Roll, row, "rollRate")).ShouldBe((2 / 6d, 1 / 6d));
        (await RowsAsync(MoneyReports.Roll, Day with { From = Day.From.PlusDays(-2), To = Day.To.PlusDays(-2) })).ShouldBeEmpty(); // nothing was placed yet
    }

    [Fact]
    public async Task A_client_s_figures_are_its_campaign_s_where_it_has_but_one()
    {
        var (client, campaign) = (await OneAsync(CallReports.Clients), await OneAsync(CallReports.Campaigns));

        Figure(CallReports.Clients, client, "client").ShouldBe("C");
        foreach (var figure in new[] { "attempts", "liveAnswers", "contactRate", "rightParty", "rightPartyRate", "promises", "promised", "paid", "talkSeconds", "wrapSeconds", "handlingTime" })
            Figure(CallReports.Clients, client, figure).ShouldBe(Figure(CallReports.Campaigns, campaign, figure), figure);
    }

    [Fact]
    public async Task Ageing_equals_the_accounts()
    {
        var row = await OneAsync(MoneyReports.Ageing);

        Figure(MoneyReports.Ageing, row, "balance").ShouldBe(300.00m);
        ((decimal)Figure(MoneyReports.Ageing, row, "current")! + (decimal)Figure(MoneyReports.Ageing, row, "days30")! + (decimal)Figure(MoneyReports.Ageing, row, "days60")!).ShouldBe(300.00m);
    }

    [Fact]
    public async Task A_workbook_has_typed_cells_and_no_formula_whatever_a_text_begins_with()
    {
        using var file = new MemoryStream();
        (await WorkbookWriter.WriteAsync(file, MoneyReports.Payments, Day, _reader.ReadAsync(MoneyReports.Payments, Day, default), default)).ShouldBeTrue();

        file.Position = 0;
        using var document = SpreadsheetDocument.Open(file, isEditable: false);
        new DocumentFormat.OpenXml.Validation.OpenXmlValidator().Validate(document).Select(error => $"{error.Path?.XPath} {error.Description}").ShouldBeEmpty();
        var rows = document.WorkbookPart!.WorksheetParts.Single().Worksheet.Descendants<Row>().ToList();
        rows.Count.ShouldBe(2);
        rows.SelectMany(row => row.Descendants<CellFormula>()).ShouldBeEmpty();
        var cells = rows[1].Elements<Cell>().ToList();
        var account = cells[3];
        (account.DataType!.Value, account.InnerText).ShouldBe((CellValues.InlineString, "=1+1|cmd"));
        decimal.Parse(cells[5].CellValue!.Text, System.Globalization.CultureInfo.InvariantCulture).ShouldBe(25.50m);
        DateTime.FromOADate(double.Parse(cells[1].CellValue!.Text, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(new DateTime(2026, 6, 2, 12, 1, 0), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_csv_disarms_what_a_spreadsheet_would_run()
    {
        using var file = new MemoryStream();
        await CsvWriting.WriteAsync(file, MoneyReports.Payments, Day, _reader.ReadAsync(MoneyReports.Payments, Day, default), default);

        var lines = System.Text.Encoding.UTF8.GetString(file.ToArray()).TrimStart('\uFEFF').Split("\r\n");
        lines[0].ShouldStartWith("Payment,Begun,Client,");
        lines[1].ShouldContain("'=1+1|cmd");
        lines[1].ShouldContain(",25.50,");
        lines[1].ShouldContain("2026-06-02 12:01:00");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await _database.Database.OpenAsync(default);
        await connection.ExecuteAsync(sql, new { noon = Noon.ToDateTimeUtc() });
    }

    private async Task<List<object?[]>> RowsAsync(Report report, ReportScope scope)
    {
        var rows = new List<object?[]>();
        await foreach (var row in _reader.ReadAsync(report, scope, default))
            rows.Add(row);
        return rows;
    }

    private async Task<object?[]> OneAsync(Report report) => (await RowsAsync(report, Day)).ShouldHaveSingleItem();

    private static object? Figure(Report report, object?[] row, string key) => row[report.Columns.Select((column, i) => (column.Key, i)).Single(column => column.Key == key).i];

    /// <summary>Six calls: talked 60 s after 1 s, talked 30 s after 4 s, abandoned, machine, busy, no answer; one promise; one payment on an account with a hostile number.</summary>
    private const string SmallDay =
        """
        insert into app_user (user_name, display_name, password_hash, roles, created_at) values ('ann', 'Ann', '-', '{Agent}', @noon);
        insert into agent (agent_id, team) values (1, 'North');
        insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at) values ('C', 'C', 'C', '+12125550100', 'ThirdParty', 'Consumer', @noon);
        insert into person (client_id, client_person_no, first_name, last_name, created_at, updated_at) select 1, n::text, 'F', 'L', @noon, @noon from generate_series(1, 6) n;
        insert into account (client_id, person_id, client_account_no, creditor, balance, bucket_current, bucket_30, bucket_60, placed_on, created_at, updated_at)
            select 1, n, case when n = 1 then '=1+1|cmd' else n::text end, 'K', 50, 10, 20, 20, '2026-06-01', @noon, @noon from generate_series(1, 6) n;
        insert into campaign (name, client_id, mode, state, from_e164, opens_cron, closes_cron, created_at, updated_at) values ('One', 1, 'Predictive', 'Open', '+12125550100', '0 0 8 ? * *', '0 0 21 ? * *', @noon, @noon);
        insert into ready_lead (campaign_id, account_id, person_id, not_before) select 1, n, n, @noon from generate_series(1, 6) n;
        insert into attempt (campaign_id, account_id, person_id, mode, to_e164, from_e164, state, created_at, answered_at, bridged_at, ended_at, answered_by, agent_id, treatment, abandoned)
        select 1, n, n, 'Predictive', '+1212555010' || n, '+12125550100', state, @noon + made, @noon + answered, @noon + joined, @noon + ended, by, agent, treatment, left_alone
        from (values
            (1, 'Completed', interval '0 s', interval '10 s', interval '11 s', interval '71 s', 'human', 1, 'Agent', false),
            (2, 'Completed', interval '1 h', interval '3610 s', interval '3614 s', interval '3644 s', 'human', 1, 'Agent', false),
            (3, 'Completed', interval '5 s', interval '15 s', null, interval '20 s', 'human', null, 'Message', true),
            (4, 'Completed', interval '6 s', interval '16 s', null, interval '20 s', 'machine_start', null, 'Machine', false),
            (5, 'Busy', interval '7 s', null, null, interval '9 s', null, null, null, false),
            (6, 'NoAnswer', interval '8 s', null, null, interval '30 s', null, null, null, false)) v (n, state, made, answered, joined, ended, by, agent, treatment, left_alone);
        insert into disposition (attempt_id, code, source, agent_id, at) values (1, 'RPC-PTP', 'Agent', 1, @noon), (2, 'TPC', 'Agent', 1, @noon);
        insert into promise (account_id, person_id, attempt_id, amount, due_on, grace_until, source, state, made_at) values (1, 1, 1, 40, '2026-06-10', '2026-06-12', 'Agent', 'Active', @noon);
        insert into payment (idempotency_key, account_id, person_id, attempt_id, amount, method, source, state, created_at, updated_at) values ('k', 1, 1, 1, 25.50, 'CreditCard', 'Ivr', 'Captured', @noon + interval '1 min', @noon);
        insert into agent_session (session_id, agent_id, state, since, heartbeat_at, started_at) values ('00000000-0000-0000-0000-000000000001', 1, 'Available', @noon, @noon, @noon);
        insert into agent_state_log (session_id, agent_id, state, attempt_id, from_at, to_at) values
            ('00000000-0000-0000-0000-000000000001', 1, 'Available', null, @noon - interval '13 hours', @noon - interval '11 hours 50 min'),
            ('00000000-0000-0000-0000-000000000001', 1, 'OnCall', 1, @noon, @noon + interval '60 s'),
            ('00000000-0000-0000-0000-000000000001', 1, 'OnCall', 2, @noon, @noon + interval '30 s'),
            ('00000000-0000-0000-0000-000000000001', 1, 'WrapUp', 1, @noon, @noon + interval '30 s'),
            ('00000000-0000-0000-0000-000000000001', 1, 'Break', null, @noon, @noon + interval '60 s');
        """;
}
