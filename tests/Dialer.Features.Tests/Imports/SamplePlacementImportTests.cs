using Dialer.Features.Imports;
using Dialer.Simulator.Samples;

namespace Dialer.Features.Tests.Imports;

/// <summary>The sample generator says what it did wrong; the import, which knows nothing of it, must find the same.</summary>
public sealed class SamplePlacementImportTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData(1, 5_000)]
    [InlineData(20, 1_500)]
    public async Task Every_wrong_row_of_the_sample_is_found_for_its_reason_and_no_other(int seed, int rows)
    {
        var sample = SamplePlacement.Generate(seed, rows);
        var file = new ImportedFile(database);

        var report = await file.ImportAsync(sample.PlacementCsv);

        report.Outcome.ShouldBe(ImportOutcome.Committed);
        report.RowsIn.ShouldBe(rows);
        report.RejectedByCode.ToDictionary(pair => pair.Key, pair => (int)pair.Value).ShouldBe(sample.Summary.WrongByCode.ToDictionary(), ignoreOrder: true);
        report.Duplicate.ShouldBe(sample.Summary.Repeated);
        report.Accepted.ShouldBe(rows - sample.Summary.Wrong - sample.Summary.Repeated);
        (await file.ScalarAsync<decimal>("select sum(balance) from account a join client c using (client_id) where c.code = @Client")).ShouldBe(sample.Summary.Balance);
    }
}
