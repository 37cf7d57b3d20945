using Dialer.Core.Ivr;
using Dialer.Features.Payments;
using Dialer.Features.Tests.Ivr;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Tests.Payments;

public sealed class ReconcilingWithTheProcessor(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly IvrWorld _world = new(database.Database);

    [Fact]
    public async Task Open_payments_take_the_processor_s_word_and_every_difference_is_named()
    {
        var agreed = await PayAsync(PaymentResult.Captured);
        var lost = await PayAsync(null);
        var never = await PayAsync(PaymentResult.Unknown);
        var missing = await PayAsync(PaymentResult.Captured);
        var shorter = await PayAsync(PaymentResult.Captured);
        var despite = await PayAsync(PaymentResult.Declined);
        var lines = new List<ProcessorLine>
        {
            new(agreed.Reference, "A", 340.25m, ProcessorLineKind.Charge),
            new(lost.Reference, "LOST", 340.25m, ProcessorLineKind.Charge),
            new(never.Reference, null, 340.25m, ProcessorLineKind.Declined),
            new(shorter.Reference, "S", 340.24m, ProcessorLineKind.Charge),
            new(despite.Reference, "D", 340.25m, ProcessorLineKind.Charge),
            new("ffffffffffffffff", "X", 1m, ProcessorLineKind.Charge),
        };
        var report = await RunAsync(lines);
        report.Matched.ShouldBe(1);
        report.Resolved.ShouldBe(2);
        report.Differences.ShouldBe(
            [
                new(missing.Reference, Difference.MissingAtProcessor, 340.25m, null),
                new(shorter.Reference, Difference.AmountDiffers, 340.25m, 340.24m),
                new(despite.Reference, Difference.ChargedDespiteUs, 340.25m, 340.25m),
                new("ffffffffffffffff", Difference.UnknownToUs, null, 1m),
            ]);
        (await StateAsync(lost)).ShouldBe("Captured");
        (await StateAsync(never)).ShouldBe("Cancelled");
        (await _world.OneAsync<decimal>("select sum(amount) from ledger_line")).ShouldBe(0m);

        var again = await RunAsync(lines);
        again.Resolved.ShouldBe(0);
        again.Matched.ShouldBe(2);
    }

    [Fact]
    public async Task A_session_charged_twice_is_named()
    {
        _world.Now += Duration.FromDays(30);
        var paid = await PayAsync(PaymentResult.Captured);
        var report = await RunAsync([new(paid.Reference, "A", 340.25m, ProcessorLineKind.Charge), new(paid.Reference, "B", 340.25m, ProcessorLineKind.Charge)]);
        report.Differences.ShouldContain(new ReconciliationLine(paid.Reference, Difference.ChargedTwice, 340.25m, 680.50m));
    }

    [Fact]
    public async Task A_session_of_a_file_s_last_hour_that_was_never_charged_is_settled_by_the_next_file()
    {
        _world.Now += Duration.FromDays(60);
        var never = await PayAsync(PaymentResult.Unknown);
        var paid = await PayAsync(PaymentResult.Captured);
        var night = _world.Now + Duration.FromMinutes(30);
        var reconcile = new ReconcilePayments(_world.Database, _world.Gate, new FixedTime(night + Duration.FromDays(2)));
        string FileOf(Instant from, Instant until, string lines) => $"# from={from} until={until}\nreference,confirmation,kind,amount\n{lines}";

        var next = FileOf(night, night + Duration.FromDays(1), "");
        await reconcile.RunAsync(ProcessorFile.Parse(next), CancellationToken.None);
        (await StateAsync(never)).ShouldBe("Unknown", "the file before may still say that it was charged");
        await reconcile.RunFileAsync("a", FileOf(night - Duration.FromDays(1), night, $"{paid.Reference},A,charge,340.25"), "test", CancellationToken.None);
        (await StateAsync(never)).ShouldBe("Unknown");

        var report = (await reconcile.RunFileAsync("b", next, "test", CancellationToken.None))!.Value.Report;
        (await StateAsync(never)).ShouldBe("Cancelled");
        (report.Resolved, report.Differences.Count).ShouldBe((1, 0));
    }

    [Fact]
    public async Task A_file_that_is_none_does_not_keep_the_later_ones_of_the_folder_waiting()
    {
        var folder = Directory.CreateTempSubdirectory("processor-files");
        try
        {
            const string Period = "# from=2026-02-01T00:00:00Z until=2026-02-02T00:00:00Z";
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "1.csv"), $"{Period} from=2026-02-01T00:00:00Z\nreference,confirmation,kind,amount\n");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "2.csv"), $"{Period}\nreference,confirmation,kind,amount\naa,x,charge,99999999999999999999.00\n");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "3.csv"), $"{Period}\nreference,confirmation,kind,amount\n");
            var files = new ProcessorFiles(
                new ReconcilePayments(_world.Database, _world.Gate, new FixedTime(_world.Now)), Options.Create(new PaymentsOptions { ProcessorFolder = folder.FullName }), NullLogger<ProcessorFiles>.Instance);

            (await files.RunFolderAsync(CancellationToken.None)).ShouldBe(1);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private Task<Reconciliation> RunAsync(IReadOnlyList<ProcessorLine> lines) =>
        new ReconcilePayments(_world.Database, _world.Gate, new FixedTime(_world.Now + Duration.FromDays(1)))
            .RunAsync(new ProcessorFile(lines, _world.Now - Duration.FromDays(1), _world.Now + Duration.FromDays(1)), CancellationToken.None);

    private async Task<Paid> PayAsync(PaymentResult? result)
    {
        var caller = await (await _world.CallAsync(await _world.AddDebtorAsync())).PressAsync("1");
        await caller.VerifyAsync();
        await caller.PressAsync("1", "1", "1", "1");
        var reference = PaymentStore.ReferenceOf(caller.Attempt, 1);
        caller.Twiml.ShouldContain($"description=\"{reference}\"");
        if (result is { } ended)
            await caller.PayEndsAsync(ended, "A");
        return new Paid(caller.Attempt, reference);
    }

    private Task<string> StateAsync(Paid paid) => _world.OneAsync<string>("select state from payment where attempt_id = @Attempt", paid);

    private sealed record Paid(long Attempt, string Reference);
}
