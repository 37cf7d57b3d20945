using System.Text;
using Dialer.Features.Imports;
using Dialer.Features.Imports.Reading;
using Npgsql;

namespace Dialer.Features.Tests.Imports;

/// <summary>Updates, payments, recalls and stops: what each does to accounts that are placed, row by row, and what can be taken back.</summary>
public sealed class FileKindTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly ImportedFile _file = new(database);

    [Fact]
    public async Task An_update_changes_what_it_names_and_leaves_blanks_as_they_are()
    {
        await PlaceAsync(ImportedFile.Row("1", balance: "100.00", current: "40", days30: "60"), ImportedFile.Row("2"));

        var report = await SendAsync(FileKind.Update, "account,balance,city,phone2\n1,70.00,,212-555-0177\n2,,,\n9,5,,\n");

        (report.Updated, report.Duplicate, report.Rejected).ShouldBe((1, 1, 1));
        report.RejectedByCode.ShouldBe(new Dictionary<string, long> { ["UNKNOWN_ACCOUNT"] = 1 });
        (await _file.QueryAsync<(decimal, decimal, decimal, string)>(Accounts("a.balance, a.bucket_current, a.bucket_30, p.last_name")))
            .ShouldBe([(70m, 40m, 30m, "Lee"), (100m, 40m, 60m, "Lee")], "the balance falls in the oldest bucket; nothing else moves");
        (await _file.ScalarAsync<long>("select count(*) from phone h join person p using (person_id) join client c using (client_id) where c.code = @Client and h.e164 = '+12125550177'")).ShouldBe(1);
    }

    [Fact]
    public async Task An_update_is_undone_to_what_was_before()
    {
        await PlaceAsync(ImportedFile.Row("1"));
        var update = await SendAsync(FileKind.Update, "account,balance,last_name\n1,130.00,Leigh\n");
        (await _file.QueryAsync<(decimal, decimal, string)>(Accounts("a.balance, a.bucket_current, p.last_name"))).ShouldBe([(130m, 70m, "Leigh")]);

        (await UndoAsync(update)).Restored.ShouldBe(2);

        (await _file.QueryAsync<(decimal, decimal, string)>(Accounts("a.balance, a.bucket_current, p.last_name"))).ShouldBe([(100m, 40m, "Lee")]);
    }

    [Fact]
    public async Task A_payment_between_the_judging_and_the_commit_of_an_update_stays_paid()
    {
        await PlaceAsync(ImportedFile.Row("1"), ImportedFile.Row("2"));
        var between = new AtCommit(() =>
        {
            using var connection = new NpgsqlConnection(database.ConnectionString);
            connection.Open();
            using var paid = new NpgsqlCommand(
                """
                update account a set balance = p.left_over, bucket_current = p.left_over, bucket_30 = 0, status = p.status
                from client c, (values ('1', 40, 'Open'), ('2', 0, 'Paid')) as p (account, left_over, status) where c.client_id = a.client_id and c.code = $1 and a.client_account_no = p.account
                """,
                connection);
            paid.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _file.Client });
            paid.ExecuteNonQuery();
        });
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes("account,product,last_name\n1,Card,Leigh\n2,Card,Leigh\n"));

        await _file.Importer().RunAsync(stream, new ImportRequest(_file.Client, "update.csv", "tester", Kind: FileKind.Update), rejects: null, between, CancellationToken.None);

        (await _file.QueryAsync<(decimal, decimal, string, string)>(Accounts("a.balance, a.bucket_current, a.status, p.last_name")))
            .ShouldBe([(40m, 40m, "Open", "Leigh"), (0m, 0m, "Paid", "Leigh")]);
    }

    /// <summary>Does something when the rows are judged and before the first of them is written.</summary>
    private sealed class AtCommit(Action act) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value)
        {
            if (value.Step == "committing")
                act();
        }
    }

    [Fact]
    public async Task Payments_lower_the_balance_through_the_ledger_once_for_each_reference()
    {
        await PlaceAsync(ImportedFile.Row("1"), ImportedFile.Row("2"));
        var file = "account,reference,amount,paid_on\n1,R1,30.00,2026-02-20\n1,R1,30.00,2026-02-20\n1,R1,31.00,2026-02-20\n2,R2,250.00,2026-02-20\n8,R3,5,2026-02-20\n2,R4,-5,2026-02-20\n2,R5,abc,2026-02-20\n";

        var report = await SendAsync(FileKind.Payment, file);

        (report.RowsIn, report.Accepted, report.Duplicate, report.Rejected).ShouldBe((7, 2, 1, 4));
        report.RejectedByCode.Keys.Order().ShouldBe(["BAD_MONEY", "DUPLICATE_REFERENCE", "NEGATIVE_AMOUNT", "UNKNOWN_ACCOUNT"]);
        (await _file.QueryAsync<(string, decimal, string)>(Accounts("a.client_account_no, a.balance, a.status"))).ShouldBe([("1", 70m, "Open"), ("2", 0m, "Paid")]);
        (await LedgerAsync()).ShouldBe([("Adjustment", -150m), ("Client", 280m), ("Receivable", -130m)], "what exceeds a balance is owed back, and every entry sums to zero");

        var again = await SendAsync(FileKind.Payment, "account,reference,amount,paid_on\n1,R1,30.00,2026-02-20\n2,R2,1.00,2026-02-20\n");

        (again.Accepted, again.Duplicate, again.Rejected).ShouldBe((0, 1, 1));
        (await LedgerAsync()).Single(line => line.Item1 == "Client").Item2.ShouldBe(280m);
    }

    [Fact]
    public async Task A_payments_control_total_is_of_its_amounts_with_the_rejected_ones()
    {
        await PlaceAsync(ImportedFile.Row("1"));
        const string File = "account,reference,amount\n1,T1,30.00\n8,T2,12.50\n1,T3,9.00,too many cells\n";

        (await SendAsync(FileKind.Payment, File, new ImportRequest("", "p.csv", "tester", ExpectedRows: 3, ExpectedBalance: 51.50m))).Refusal!.Code.ShouldBe("CONTROL_TOTAL_MISMATCH");
        (await SendAsync(FileKind.Payment, File, new ImportRequest("", "p.csv", "tester", ExpectedRows: 3, ExpectedBalance: 42.50m))).Accepted.ShouldBe(1);
    }

    [Fact]
    public async Task Undone_payments_are_mirrored_and_the_file_may_come_again()
    {
        await PlaceAsync(ImportedFile.Row("1"));
        const string File = "account,reference,amount\n1,U1,100.00\n";
        var paid = await SendAsync(FileKind.Payment, File);
        (await _file.QueryAsync<(decimal, string)>(Accounts("a.balance, a.status"))).ShouldBe([(0m, "Paid")]);

        (await UndoAsync(paid)).PaymentsReversed.ShouldBe(1);

        (await _file.QueryAsync<(decimal, string)>(Accounts("a.balance, a.status"))).ShouldBe([(100m, "Open")]);
        (await LedgerAsync()).ShouldAllBe(line => line.Item2 == 0);
        (await SendAsync(FileKind.Payment, File)).Accepted.ShouldBe(1);
        (await _file.QueryAsync<decimal>(Accounts("a.balance"))).ShouldBe([0m]);
    }

    [Fact]
    public async Task A_recall_closes_the_account_says_why_and_can_be_undone()
    {
        await PlaceAsync(ImportedFile.Row("1"), ImportedFile.Row("2"));

        var recall = await SendAsync(FileKind.Recall, "account,reason\n1,sold\n1,sold\n7,sold\n");

        (recall.Accepted, recall.Duplicate, recall.Rejected).ShouldBe((1, 1, 1));
        (await _file.QueryAsync<(string, string, string?)>(Accounts("a.client_account_no, a.status, a.status_reason")))
            .ShouldBe([("1", "Recalled", $"Recalled by the client, import {recall.ImportId}. sold"), ("2", "Open", null)]);

        var undone = await UndoAsync(recall);

        (undone.Restored, undone.Kept).ShouldBe((1, 0));
        (await _file.QueryAsync<(string, string?)>(Accounts("a.status, a.status_reason"))).ShouldBe([("Open", null), ("Open", null)]);
    }

    [Fact]
    public async Task A_stop_holds_with_its_scope_and_cannot_be_undone()
    {
        await PlaceAsync(ImportedFile.Row("1", person: "P"), ImportedFile.Row("2", person: "P"), ImportedFile.Row("3"));

        var cease = await SendAsync(FileKind.Cease, "account,kind,scope,reason,until\n1,,person,letter of 2 March,\n2,cease,person,,\n3,Attorney,account,Smith LLP,2026-12-31\n3,banana,account,,\n4,,,,\n");

        (cease.Accepted, cease.Duplicate, cease.Rejected).ShouldBe((2, 1, 2));
        cease.RejectedByCode.Keys.Order().ShouldBe(["UNKNOWN_ACCOUNT", "UNKNOWN_VALUE"]);
        (await _file.QueryAsync<(string, bool, bool, string)>(
            """
            select h.kind, h.account_id is null, h.expires_at is null, h.reason from hold h join person p using (person_id) join client c using (client_id) where c.code = @Client order by h.hold_id
            """)).ShouldBe([("Cease", true, true, $"import {cease.ImportId}: letter of 2 March"), ("Attorney", false, false, $"import {cease.ImportId}: Smith LLP")]);
        var (undone, why, status) = await new UndoImport(database.Database, TimeProvider.System).RunAsync(cease.ImportId!.Value, "tester", CancellationToken.None);
        (undone, status).ShouldBe((null, 409));
        why!.ShouldContain("the person's own to withdraw");
        (await SendAsync(FileKind.Cease, "account\n1\n")).Duplicate.ShouldBe(1);
    }

    [Theory]
    [InlineData(FileKind.Update)]
    [InlineData(FileKind.Payment)]
    [InlineData(FileKind.Recall)]
    [InlineData(FileKind.Cease)]
    public async Task A_file_that_is_not_of_its_kind_is_refused_whole(FileKind kind)
    {
        var random = new byte[4096];
        new Random(3).NextBytes(random);

        (await SendAsync(kind, random)).Refusal!.Code.ShouldBe("NOT_TEXT");
        (await SendAsync(kind, Encoding.Unicode.GetBytes("account,reference,amount\n1,1,1\n"))).Refusal!.Code.ShouldBe("UTF16_WITHOUT_MARK");
        (await SendAsync(kind, "4711,hello,7\n4712,there,8\n")).Refusal!.Code.ShouldBe("NO_HEADER");
        (await SendAsync(kind, "account,account_number\n1,1\n")).Refusal!.Code.ShouldBe("REPEATED_COLUMN");
        (await SendAsync(kind, kind == FileKind.Payment ? "account,amount\n1,1\n" : "reason,city,kind\nx,y,z\n")).Refusal!.Code.ShouldBeOneOf("WRONG_COLUMNS", "NO_HEADER");
        (await SendAsync(kind, "account,reference,amount\n")).Refusal!.Code.ShouldBe("NO_ROWS");
    }

    [Fact]
    public async Task The_same_file_again_says_so_and_does_nothing()
    {
        await PlaceAsync(ImportedFile.Row("1"));
        const string File = "account,reference,amount\n1,S1,10.00\n";
        var first = await SendAsync(FileKind.Payment, File);

        var again = await SendAsync(FileKind.Payment, File);

        (again.Outcome, again.ImportId, again.Kind).ShouldBe((ImportOutcome.AlreadyImported, first.ImportId, FileKind.Payment));
        (await _file.QueryAsync<decimal>(Accounts("a.balance"))).ShouldBe([90m]);
    }

    [Fact]
    public async Task A_dry_run_lists_the_verdict_on_every_row_and_writes_nothing()
    {
        await PlaceAsync(ImportedFile.Row("1"));
        var verdicts = new StringWriter();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(ImportedFile.File(ImportedFile.Row("1"), ImportedFile.Row("2"), ImportedFile.Row("3", state: "ZZ"), ImportedFile.Row("1", balance: "90", days30: "50"))));

        var report = await _file.Importer().RunAsync(stream, new ImportRequest(_file.Client, "d.csv", "tester", DryRun: true, ListRows: 10), null, null, CancellationToken.None, verdicts);

        report.Rows!.Select(row => (row.Line, row.Verdict, row.Code)).ShouldBe([(4, "Rejected", "UNKNOWN_STATE"), (5, "Rejected", "DUPLICATE_ACCOUNT"), (2, "Duplicate", null)]);
        verdicts.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(',', line.Split(',').Take(3)))
            .ShouldBe(["line,verdict,error_code", "2,Duplicate,\"\"", "3,Accepted,\"\"", "4,Rejected,UNKNOWN_STATE", "5,Rejected,DUPLICATE_ACCOUNT"]);
        (await _file.AccountsAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Another_file_than_the_one_that_was_checked_is_refused()
    {
        await _file.EnsureClientAsync();
        var checkedFile = await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1")), new ImportRequest("", "a.csv", "tester", DryRun: true));

        var other = await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("2")), new ImportRequest("", "a.csv", "tester", Sha256: checkedFile.Sha256));

        other.Refusal!.Code.ShouldBe("OTHER_FILE");
        (await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1")), new ImportRequest("", "a.csv", "tester", Sha256: checkedFile.Sha256))).Accepted.ShouldBe(1);
    }

    [Theory]
    [InlineData("TRL,2,200.00", null)]
    [InlineData("TRL,3,200.00", "CONTROL_TOTAL_MISMATCH")]
    [InlineData("TRL,2,199.99", "CONTROL_TOTAL_MISMATCH")]
    [InlineData("TRL,two,200.00", "BAD_TRAILER")]
    [InlineData("", "NO_TRAILER")]
    public async Task A_declared_trailer_must_be_there_and_agree(string last, string? code)
    {
        var map = new ImportMap(new Dictionary<string, string>(), Trailer: new FileTrailer("TRL", Rows: 2, Total: 3));

        var report = await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1"), ImportedFile.Row("2"), last), new ImportRequest("", "t.csv", "tester", Map: map));

        (report.Refusal?.Code, report.Accepted).ShouldBe((code, code is null ? 2 : 0));
    }

    [Fact]
    public async Task Rows_after_the_trailer_spoil_the_file()
    {
        var map = new ImportMap(new Dictionary<string, string>(), Trailer: new FileTrailer("TRL", Rows: 2));

        (await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1"), "TRL,1", ImportedFile.Row("2")), new ImportRequest("", "t.csv", "tester", Map: map))).Refusal!.Code.ShouldBe("ROWS_AFTER_TRAILER");
    }

    [Fact]
    public async Task A_fixed_width_file_is_cut_at_its_declared_positions_and_its_rejects_come_back_repaired()
    {
        var map = new ImportMap(
            new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["ACCT"] = "client_account_no", ["OWED"] = "balance" },
            DateFormat: null,
            Positions: [new("ACCT", 1, 6), new("first_name", 7, 8), new("last_name", 15, 8), new("creditor", 23, 6), new("OWED", 29, 9), new("state", 38, 2)],
            Trailer: new FileTrailer("99", RowsAt: new FixedColumn("rows", 3, 6), TotalAt: new FixedColumn("sum", 9, 10)));
        var rejects = new StringWriter();
        var request = new ImportRequest("", "f.txt", "tester", Map: map);
        const string Text = "000042Ann     Lee     Harbor   100.00NY\r\n000043José    \"Bo\" R. Harbor    50.25ZZ\r\n000044Al      Ray     Harbor     9.75\r\n99000003    160.00\r\n";

        var report = await _file.ImportAsync(Encoding.UTF8.GetBytes(Text), request, rejects);

        report.Refusal.ShouldBeNull();
        (report.RowsIn, report.Accepted, report.Rejected, report.Balance).ShouldBe((3, 2, 1, 160.00m));
        (await _file.QueryAsync<(string, string)>(Accounts("a.client_account_no, p.first_name"))).ShouldBe([("000042", "Ann"), ("000044", "Al")]);

        var repaired = await _file.ImportAsync(rejects.ToString().Replace("ZZ", "NJ", StringComparison.Ordinal), request);

        repaired.Refusal.ShouldBeNull();
        repaired.Accepted.ShouldBe(1);
        (await _file.QueryAsync<(string, string, string)>(Accounts("a.client_account_no, p.first_name, p.last_name"))).ShouldContain(("000043", "José", "\"Bo\" R."));
    }

    [Fact]
    public async Task The_ledger_refuses_a_side_that_nobody_knows()
    {
        await PlaceAsync(ImportedFile.Row("1"));
        await Should.ThrowAsync<PostgresException>(() => database.Database.ExecuteAsync(
            "insert into ledger_line (entry_key, account_id, side, amount, currency, at) select 'x', account_id, 'Elsewhere', 1, 'USD', now() from account limit 1", null, CancellationToken.None));
    }

    private static string Accounts(string columns) =>
        $"select {columns} from account a join person p using (person_id) join client c on c.client_id = a.client_id where c.code = @Client order by a.client_account_no";

    private async Task PlaceAsync(params string[] rows) => (await _file.ImportAsync(ImportedFile.File(rows))).Rejected.ShouldBe(0);

    private Task<ImportReport> SendAsync(FileKind kind, string text, ImportRequest? how = null) => SendAsync(kind, Encoding.UTF8.GetBytes(text), how);

    private Task<ImportReport> SendAsync(FileKind kind, byte[] bytes, ImportRequest? how = null) =>
        _file.ImportAsync(bytes, (how ?? new ImportRequest("", "file.csv", "tester")) with { Kind = kind });

    private async Task<UndoneImport> UndoAsync(ImportReport report)
    {
        var (undone, why, _) = await new UndoImport(database.Database, TimeProvider.System).RunAsync(report.ImportId!.Value, "tester", CancellationToken.None);
        return undone.ShouldNotBeNull(why);
    }

    private Task<IReadOnlyList<(string, decimal)>> LedgerAsync() => _file.QueryAsync<(string, decimal)>(
        "select l.side, sum(l.amount) from ledger_line l join account a using (account_id) join client c using (client_id) where c.code = @Client group by l.side order by 1");
}
