using Dapper;
using Dialer.Core;
using Dialer.Features.Imports;
using Dialer.Features.Payments;
using Dialer.Features.Promises;
using Dialer.Features.Reports.Tables;
using Dialer.Features.Tests.Imports;
using Microsoft.Extensions.Configuration;
using NodaTime;

namespace Dialer.Features.Tests.Reports;

/// <summary>
/// Three debts of 100. Of the first 25.50 are paid here and 10.00 of it given back, and 30.00 paid to the client; of the second 250.00 are paid to the client, 150.00 too much;
/// the third has 12.00 paid to the client, whose file is undone. Every figure below was added up by hand from this.
/// </summary>
public sealed class CollectedMoney : IAsyncLifetime
{
    private static readonly Instant Now = Instant.FromUtc(2026, 3, 2, 15, 0);
    private static readonly ReportScope Day = new(new LocalDate(2026, 3, 2), new LocalDate(2026, 3, 2), DateTimeZoneProviders.Tzdb["America/New_York"], null);
    private readonly TestDatabase _database = new();
    private ReportReader _reader = null!;
    private ImportedFile _file = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _reader = new ReportReader(_database.Database, ServiceClock.Simulated(Now.ToDateTimeOffset(), TimeProvider.System.GetUtcNow(), 1), new ConfigurationBuilder().Build());
        _file = new ImportedFile(_database);
        (await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1"), ImportedFile.Row("2"), ImportedFile.Row("3")))).Accepted.ShouldBe(3);
        var first = await _file.ScalarAsync<long>("select account_id from account where client_account_no = '1'");
        var person = await _file.ScalarAsync<long>("select person_id from account where client_account_no = '1'");
        await _database.Database.InTransactionAsync(
            async (connection, transaction) =>
            {
                await PromiseStore.CreateAsync(connection, transaction, new NewPromise(first, person, null, Money.Usd(55m), new LocalDate(2026, 3, 2), "Agent"), Now, default);
                var payment = await connection.ExecuteScalarAsync<long>(
                    """
                    insert into payment (idempotency_key, account_id, person_id, amount, method, source, state, confirmation_code, created_at, updated_at)
                    values ('k', @first, @person, 25.50, 'CreditCard', 'Ivr', 'Captured', 'PA-1', @at, @at) returning payment_id
                    """,
                    new { first, person, at = (Now + Duration.FromMinutes(5)).ToDateTimeUtc() }, transaction);
                await Ledger.PostCaptureAsync(connection, transaction, payment, first, Money.Usd(25.50m), settles: false, Now, default);
                await Ledger.PostRefundAsync(connection, transaction, 1, payment, first, Money.Usd(10m), Now, default);
            },
            default);
        (await PaidToTheClientAsync("account,reference,amount,paid_on\n1,R1,30.00,2026-03-02\n2,R2,250.00,2026-03-01\n")).Accepted.ShouldBe(2);
        var undone = await PaidToTheClientAsync("account,reference,amount,paid_on\n3,R3,12.00,2026-03-02\n");
        (await new UndoImport(_database.Database, new At(Now)).RunAsync(undone.ImportId!.Value, "tester", default)).Undone.ShouldNotBeNull();
    }

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task What_was_collected_is_what_came_in_here_and_at_the_client_less_what_went_back()
    {
        var row = (await RowsAsync(MoneyReports.Collected)).ShouldHaveSingleItem();

        Figures(MoneyReports.Collected, row, "payments", "direct").ShouldBe([1L, 3L]);
        Figures(MoneyReports.Collected, row, "taken", "returned", "directAmount", "directUndone").ShouldBe([25.50m, 10.00m, 292.00m, 12.00m]);
        Figures(MoneyReports.Collected, row, "collected", "applied", "beyond").ShouldBe([295.50m, 145.50m, 150.00m]);
        (await RowsAsync(MoneyReports.Collected, Day with { Campaign = 1 })).ShouldBeEmpty("money paid to the client belongs to no campaign");
    }

    [Fact]
    public async Task Ageing_is_what_was_placed_less_what_the_ledger_took_off()
    {
        var row = (await RowsAsync(MoneyReports.Ageing)).ShouldHaveSingleItem();

        Figures(MoneyReports.Ageing, row, "accounts").ShouldBe([2L], "the second debt is paid");
        Figures(MoneyReports.Ageing, row, "balance").ShouldBe([300.00m - 145.50m]);
        // Each debt begins with 40 current and 60 at 1-30 days. The first: 60 - 25.50, then 10 come back as the oldest and go first of the next 30. The third: 60 - 12, and 12 come back as the oldest.
        Figures(MoneyReports.Ageing, row, "current", "days30", "older").ShouldBe([80.00m, 14.50m + 48.00m, 12.00m]);
    }

    [Fact]
    public async Task A_payment_to_the_client_stands_in_the_list_and_keeps_a_promise()
    {
        await new EvaluatePromises(_database.Database, new At(Instant.FromUtc(2026, 3, 9, 0, 5))).RunAsync(new EvaluatePromisesArgs(new LocalDate(2026, 3, 9)), default);

        var listed = await RowsAsync(MoneyReports.Payments);
        listed.Select(row => Figures(MoneyReports.Payments, row, "source", "state", "amount", "confirmation")).ShouldBe(
            [["Ivr", "Captured", 25.50m, "PA-1"], ["Client", "Posted", 30.00m, "R1"], ["Client", "Posted", 250.00m, "R2"], ["Client", "Reversed", 12.00m, "R3"]], new Sequences());
        var promise = (await RowsAsync(MoneyReports.Promises, Day with { To = Day.To.PlusDays(7) })).ShouldHaveSingleItem();
        Figures(MoneyReports.Promises, promise, "due", "kept", "dueAmount", "paidAmount").ShouldBe([1L, 1L, 55.00m, 55.50m]);
    }

    private Task<ImportReport> PaidToTheClientAsync(string text) => _file.ImportAsync(text, new ImportRequest("", "paid.csv", "tester", Kind: FileKind.Payment));

    private async Task<List<object?[]>> RowsAsync(Report report, ReportScope? scope = null)
    {
        var rows = new List<object?[]>();
        await foreach (var row in _reader.ReadAsync(report, scope ?? Day, default))
            rows.Add(row);
        return rows;
    }

    private static object?[] Figures(Report report, object?[] row, params string[] keys) => [.. keys.Select(key => row[report.Columns.Select((column, i) => (column.Key, i)).Single(column => column.Key == key).i])];

    private sealed class At(Instant now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now.ToDateTimeOffset();
    }

    private sealed class Sequences : IEqualityComparer<object?[]>
    {
        public bool Equals(object?[]? x, object?[]? y) => x!.SequenceEqual(y!);

        public int GetHashCode(object?[] obj) => obj.Length;
    }
}
