using Dialer.Features.Imports;

namespace Dialer.Features.Tests.Imports;

public sealed class UndoImportTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly ImportedFile _file = new(database);

    [Fact]
    public async Task Undo_recalls_what_came_restores_what_changed_and_withdraws_consent()
    {
        await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1", phone: "2125550131")));
        var second = await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1", first: "Anna", balance: "90", days30: "50", phone: "2125550131"), ImportedFile.Row("2", phone: "2125550132")));

        var undone = await UndoAsync(second.ImportId!.Value);

        undone.ShouldBe(new UndoneImport(Recalled: 1, Restored: 2, Kept: 0, ConsentsWithdrawn: 1));
        (await AccountsAsync()).ShouldBe([("1", "Open", 100m, "Ann"), ("2", "Recalled", 100m, "Ann")]);
        (await _file.QueryAsync<string>("select e.kind from consent_event e where e.e164 = '+12125550132' order by consent_event_id")).ShouldBe(["Granted", "Revoked"]);
    }

    [Fact]
    public async Task What_somebody_changed_since_stays()
    {
        await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1")));
        var second = await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1", balance: "90", days30: "50")));
        await database.Database.ExecuteAsync(
            "update account set balance = 80, bucket_30 = 40, updated_at = updated_at + interval '1 hour' where client_id = (select client_id from client where code = @Client)",
            new { _file.Client }, CancellationToken.None);

        var undone = await UndoAsync(second.ImportId!.Value);

        (undone!.Restored, undone.Kept).ShouldBe((0, 1));
        (await AccountsAsync()).ShouldBe([("1", "Open", 80m, "Ann")]);
    }

    [Fact]
    public async Task The_same_file_may_come_again_after_its_undo()
    {
        var text = ImportedFile.File(ImportedFile.Row("1", phone: "2125550141"));
        var first = await _file.ImportAsync(text);
        await UndoAsync(first.ImportId!.Value);

        var again = await _file.ImportAsync(text);

        (again.Outcome, again.Updated).ShouldBe((ImportOutcome.Committed, 1));
        (await AccountsAsync()).ShouldBe([("1", "Open", 100m, "Ann")]);
        (await _file.QueryAsync<string>("select kind from consent_event where e164 = '+12125550141' order by consent_event_id")).ShouldBe(["Granted", "Revoked", "Granted"]);
    }

    [Fact]
    public async Task Only_a_committed_import_can_be_undone_and_only_once()
    {
        var first = await _file.ImportAsync(ImportedFile.File(ImportedFile.Row("1")));
        await UndoAsync(first.ImportId!.Value);

        (await Undo().RunAsync(first.ImportId.Value, "tester", CancellationToken.None)).Status.ShouldBe(409);
        (await Undo().RunAsync(999_999, "tester", CancellationToken.None)).Status.ShouldBe(404);
    }

    private async Task<UndoneImport?> UndoAsync(long id) => (await Undo().RunAsync(id, "tester", CancellationToken.None)).Undone;

    private UndoImport Undo() => new(database.Database, TimeProvider.System);

    private Task<IReadOnlyList<(string, string, decimal, string)>> AccountsAsync() => _file.QueryAsync<(string, string, decimal, string)>(
        "select a.client_account_no, a.status, a.balance, p.first_name from account a join person p using (person_id) join client c on c.client_id = a.client_id where c.code = @Client order by 1");
}
