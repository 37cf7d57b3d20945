using Dialer.Features.Imports;

namespace Dialer.Features.Tests.Imports;

public sealed class PlacementImportTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly ImportedFile _file = new(database);

    [Fact]
    public async Task A_good_row_becomes_a_person_with_a_phone_an_account_and_a_consent()
    {
        var report = await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("0012", phone: "(212) 555-0101", state: "new york", zip: "10001-1234")));

        report.Outcome.ShouldBe(ImportOutcome.Committed);
        (report.RowsIn, report.Accepted, report.Updated, report.Duplicate, report.Rejected).ShouldBe((1, 1, 0, 0, 0));
        var row = (await _file.QueryAsync<(string Account, string First, string State, string Zip, string Phone, string Type, decimal Balance, decimal Bucket30, string Consent, string Scope)>(
            """
            select a.client_account_no, p.first_name, p.state, p.zip, h.e164, h.line_type, a.balance, a.bucket_30, e.kind, e.scope
            from account a join client c using (client_id) join person p using (person_id) join phone h using (person_id) join consent_event e on e.e164 = h.e164 and e.person_id = p.person_id
            where c.code = @Client
            """)).ShouldHaveSingleItem();
        row.ShouldBe(("0012", "Ann", "NY", "10001", "+12125550101", "Wireless", 100m, 60m, "Granted", "ArtificialVoice"));
    }

    [Fact]
    public async Task Several_debts_of_one_person_share_the_person_and_keep_every_phone()
    {
        await _file.ImportAsync(ImportedFile.File(
            ImportedFile.Row("1", "P1", phone: "2125550101"), ImportedFile.Row("2", "P1", phone: "2125550102"), ImportedFile.Row("3", "P2", first: "Bob", phone: "2125550101")));

        (await _file.ScalarAsync<long>("select count(*) from person join client c using (client_id) where c.code = @Client")).ShouldBe(2);
        (await _file.QueryAsync<(string, string)>(
            "select p.client_person_no, h.e164 from phone h join person p using (person_id) join client c using (client_id) where c.code = @Client order by 1, 2"))
            .ShouldBe([("P1", "+12125550101"), ("P1", "+12125550102"), ("P2", "+12125550101")]);
    }

    [Fact]
    public async Task The_counts_reconcile_and_wrong_rows_are_kept_with_their_reasons()
    {
        using var rejects = new StringWriter();
        var report = await _file.ImportAsync(
            ImportedFile.File(
                ImportedFile.Row("1"),
                ImportedFile.Row("2", phone: "555-01"),
                ImportedFile.Row("3", birth: "1980-02-30", last: ""),
                ImportedFile.Row("4", days30: "61"),
                ImportedFile.Row("1"),
                ImportedFile.Row("1", balance: "90", days30: "50"),
                ImportedFile.Row("7", state: "ZZ"),
                ImportedFile.Row("8", balance: "-100.00")),
            rejects: rejects);

        (report.RowsIn, report.Accepted, report.Updated, report.Duplicate, report.Rejected).ShouldBe((8, 1, 0, 1, 6));
        report.RejectedByCode.ShouldBe(
            new Dictionary<string, long>
            {
                ["BAD_PHONE"] = 1, ["MISSING_VALUE"] = 1, ["BUCKETS_DO_NOT_RECONCILE"] = 1, ["DUPLICATE_ACCOUNT"] = 1, ["UNKNOWN_STATE"] = 1, ["NEGATIVE_AMOUNT"] = 1,
            },
            ignoreOrder: true);
        (await _file.QueryAsync<(long, string)>("select row_number, r.error_code from import_reject r join import_batch b using (import_batch_id) join client c using (client_id) where c.code = @Client order by 1"))
            .ShouldBe([(3, "BAD_PHONE"), (4, "MISSING_VALUE"), (5, "BUCKETS_DO_NOT_RECONCILE"), (7, "DUPLICATE_ACCOUNT"), (8, "UNKNOWN_STATE"), (9, "NEGATIVE_AMOUNT")]);
        var lines = rejects.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(7);
        lines[0].ShouldBe(ImportedFile.Header + ",error_code,error_text");
        lines[2].ShouldContain("last_name is empty; birth_date is not a date");
        lines[6].ShouldContain(",'-100.00,");
    }

    [Fact]
    public async Task Repaired_rejects_are_taken_when_they_are_sent_again()
    {
        using var rejects = new StringWriter();
        await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1"), ImportedFile.Row("2", state: "ZZ")), rejects: rejects);

        var report = await _file.ImportAsync(rejects.ToString().Replace(",ZZ,", ",CA,", StringComparison.Ordinal));

        (report.Accepted, report.Rejected).ShouldBe((1, 0));
        report.IgnoredColumns.ShouldBe(["error_code", "error_text"]);
    }

    [Fact]
    public async Task The_same_file_twice_is_recognised_and_changes_nothing()
    {
        var text = ImportedFile.File(ImportedFile.Row("1"), ImportedFile.Row("2", state: "ZZ"));
        var first = await _file.ImportAsync(text);

        var second = await _file.ImportAsync(text);

        second.Outcome.ShouldBe(ImportOutcome.AlreadyImported);
        (second.ImportId, second.Accepted, second.Rejected).ShouldBe((first.ImportId, 1, 1));
        second.RejectedByCode.ShouldBe(first.RejectedByCode);
        (await _file.AccountsAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_newer_file_changes_only_the_rows_that_differ()
    {
        await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1"), ImportedFile.Row("2"), ImportedFile.Row("3")));
        var before = await VersionsAsync();

        var report = await _file.ImportAsync(ImportedFile.File(
            ImportedFile.Row("1"), ImportedFile.Row("2", balance: "90", days30: "50"), ImportedFile.Row("3", phone: "2125550109"), ImportedFile.Row("4")));

        (report.Accepted, report.Updated, report.Duplicate).ShouldBe((1, 2, 1));
        var after = await VersionsAsync();
        after["1"].ShouldBe(before["1"]);
        after["2"].ShouldNotBe(before["2"]);
        after["3"].ShouldBe(before["3"]); // only a phone was added
        (await _file.ScalarAsync<decimal>("select balance from account a join client c using (client_id) where c.code = @Client and client_account_no = '2'")).ShouldBe(90m);
    }

    [Fact]
    public async Task A_blank_cell_never_erases_what_is_stored()
    {
        await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1")));

        var report = await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1", birth: "", ssn4: "", state: "", zip: "", phone: "", type: "", consent: "")));

        report.Duplicate.ShouldBe(1);
        (await _file.QueryAsync<(string, string, string)>("select ssn_last4, state, zip from person p join client c using (client_id) where c.code = @Client")).ShouldHaveSingleItem().ShouldBe(("1234", "NY", "10001"));
    }

    [Fact]
    public async Task Rows_that_give_one_person_two_names_are_the_senders_to_settle()
    {
        var report = await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1", "P1"), ImportedFile.Row("2", "P1", first: "Zoe"), ImportedFile.Row("3", "P1", birth: "")));

        (report.Accepted, report.Rejected).ShouldBe((2, 1));
        report.RejectedByCode.Keys.ShouldBe(["PERSON_CONFLICT"]);
    }

    [Fact]
    public async Task An_account_is_not_moved_to_another_person()
    {
        await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1", "P1")));

        var report = await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1", "P2", first: "Bob")));

        (report.Accepted, report.Rejected).ShouldBe((0, 1));
        report.RejectedByCode.Keys.ShouldBe(["ACCOUNT_OF_OTHER_PERSON"]);
        (await _file.ScalarAsync<long>("select count(*) from person join client c using (client_id) where c.code = @Client")).ShouldBe(1);
    }

    [Fact]
    public async Task A_dry_run_counts_the_same_and_writes_nothing()
    {
        using var rejects = new StringWriter();
        var text = ImportedFile.File(ImportedFile.Row("1"), ImportedFile.Row("2", state: "ZZ"), ImportedFile.Row("1", balance: "90", days30: "50"));

        var dry = await _file.ImportAsync(text, new ImportRequest("", "f.csv", "tester", DryRun: true), rejects);

        (dry.Outcome, dry.ImportId, dry.Accepted, dry.Rejected).ShouldBe((ImportOutcome.DryRun, null, 1, 2));
        rejects.ToString().ShouldContain("DUPLICATE_ACCOUNT");
        (await _file.AccountsAsync()).ShouldBe(0);
        (await _file.ScalarAsync<long>("select count(*) from import_batch b join client c using (client_id) where c.code = @Client")).ShouldBe(0);
        (await _file.ImportAsync(text)).Accepted.ShouldBe(1);
    }

    [Theory]
    [InlineData(3, null, "number of rows")]
    [InlineData(2, 199.99, "sum of balances")]
    public async Task A_file_that_differs_from_its_control_totals_is_refused_as_a_whole(long rows, double? balance, string what)
    {
        var report = await _file.ImportAsync(
            ImportedFile.File(ImportedFile.Row("1"), ImportedFile.Row("2")), new ImportRequest("", "f.csv", "tester", ExpectedRows: rows, ExpectedBalance: (decimal?)balance));

        report.Refusal.ShouldNotBeNull().Code.ShouldBe("CONTROL_TOTAL_MISMATCH");
        report.Refusal.Text.ShouldContain(what);
        (await _file.AccountsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Consent_never_revives_a_number_whose_owner_revoked_it()
    {
        await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1", phone: "2125550177", consent: "")));
        await database.Database.ExecuteAsync(
            """
            insert into consent_event (at, person_id, e164, channel, kind, scope, source, recorded_by)
            select now(), person_id, '+12125550177', 'Voice', 'Revoked', 'All', 'ivr', 'ivr' from person p join client c using (client_id) where c.code = @Client
            """,
            new { _file.Client },
            CancellationToken.None);

        var report = await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1", phone: "2125550177", consent: "yes")));

        report.Duplicate.ShouldBe(1);
        (await _file.ScalarAsync<long>("select count(*) from consent_event where e164 = '+12125550177' and kind = 'Granted'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_no_withdraws_the_consent_that_a_placement_gave()
    {
        await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1", phone: "2125550188")));

        (await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1", phone: "2125550188", consent: "no")))).Updated.ShouldBe(1);

        (await _file.QueryAsync<string>("select e.kind from consent_event e join person p using (person_id) join client c using (client_id) where c.code = @Client order by consent_event_id"))
            .ShouldBe(["Granted", "Revoked"]);
    }

    [Fact]
    public async Task Two_imports_for_one_client_do_not_run_at_once()
    {
        await _file.EnsureClientAsync();
        await using var other = await database.Database.OpenAsync(CancellationToken.None);
        await Dapper.SqlMapper.ExecuteAsync(other, "select pg_advisory_lock(hashtextextended('import', client_id)) from client where code = @Client", new { _file.Client });

        var report = await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1")));

        report.Refusal.ShouldNotBeNull().Code.ShouldBe("IMPORT_RUNNING");
    }

    [Fact]
    public async Task A_dead_import_is_healed_by_the_next_one()
    {
        await _file.EnsureClientAsync();
        await database.Database.ExecuteAsync(
            "insert into import_batch (client_id, file_name, file_sha256, status, created_at, created_by) select client_id, 'dead.csv', '\\x00', 'Staged', now(), 'x' from client where code = @Client",
            new { _file.Client }, CancellationToken.None);

        await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1")));

        (await _file.QueryAsync<(string, string)>("select status, coalesce(error_code, '') from import_batch b join client c using (client_id) where c.code = @Client order by import_batch_id"))
            .ShouldBe([("Failed", "INTERRUPTED"), ("Committed", "")]);
    }

    private async Task<Dictionary<string, string>> VersionsAsync() =>
        (await _file.QueryAsync<(string Account, string Version)>("select client_account_no, a.xmin::text from account a join client c using (client_id) where c.code = @Client"))
            .ToDictionary(row => row.Account, row => row.Version);
}
