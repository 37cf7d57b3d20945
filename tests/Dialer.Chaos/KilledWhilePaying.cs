using System.Diagnostics;
using System.Globalization;
using Dialer.Core.Compliance;
using Dialer.Features.Compliance;
using Dialer.Features.Payments;
using NodaTime;

namespace Dialer.Chaos;

/// <summary>People pay by telephone while the service is killed with -9 again and again and the network loses, doubles and delays what the payment sessions say.</summary>
public sealed class KilledWhilePaying
{
    /// <summary>More with <c>DIALER_CHAOS_PAYMENTS</c>.</summary>
    private static readonly int Calls = int.TryParse(Environment.GetEnvironmentVariable("DIALER_CHAOS_PAYMENTS"), out var calls) ? calls : 24;

    private const string Faults =
        """
        [{"on":"twiml","action":"drop","probability":0.1,"url":"/voice/pay?"},{"on":"twiml","action":"duplicate","probability":0.1,"url":"/voice/pay?"},
         {"on":"pay","action":"drop","probability":0.15},{"on":"pay","action":"duplicate","probability":0.15},{"on":"pay","action":"reorder","probability":0.15,"seconds":20},
         {"on":"processor","action":"slow","probability":0.1,"seconds":20},
         {"on":"rest","action":"cut-after-request","probability":0.1,"url":"/v1/payment_intents"},{"on":"twiml","action":"duplicate","probability":0.1,"url":"/voice/charge?"}]
        """;

    private static readonly string[] Cards = ["4242424242424242", "4242424242424242", "4242424242424242", "4242424242424242", "4000000000000002", "4000000000000119"];
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(180);
    private static readonly string[] Ends = ["waits 60 s", "waits 60 s", "waits for 'process', waits 1 s, hangs up", "hangs up"];

    [Fact]
    public async Task The_ledger_equals_the_processors_and_no_session_is_charged_twice()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(4 + (Calls / 40)));
        var cancel = patience.Token;
        // Everybody owes something of his own: a payment whose end is not known would keep the same person's next one from beginning.
        await using var centre = await CallCentre.OpenAsync(accounts: Math.Max(60, Calls * 4), agents: 0, speed: 20, cancel, launches: false, faults: Faults);
        var debtors = await centre.DebtorsAsync(Calls);
        var deaths = await CallAndDieAsync(centre, debtors, new Random(3), cancel);
        await centre.UntilAsync("every call is over", () => Task.FromResult(centre.Ended() >= Calls), cancel);
        // The last results may still be on their way, doubled and late.
        await Task.Delay(TimeSpan.FromSeconds(3), cancel);
        var later = new Later(Instant.FromUtc(2026, 6, 4, 0, 0));
        await new SweepPayments(centre.Database, later).RunAsync(SweepPaymentsArgs.Default, cancel);
        var lines = centre.Charges().Select(charge => new ProcessorLine(charge.Reference, charge.Code, charge.Amount, ProcessorLineKind.Charge)).ToList();
        var report = await new ReconcilePayments(centre.Database, new PaymentGate(new PolicyBook(PolicySet.Shipped), []), later).RunAsync(new ProcessorFile(lines, Instant.FromUtc(2026, 6, 1, 0, 0), Instant.FromUtc(2026, 6, 4, 0, 0)), cancel);

        deaths.ShouldBeGreaterThan(0);
        lines.Count.ShouldBeGreaterThan(Calls >= 200 ? Calls / 10 : 0);
        report.Differences.ShouldBeEmpty();
        report.OurTotal.ShouldBe(report.TheirTotal);
        lines.Select(line => line.Reference).Distinct().Count().ShouldBe(lines.Count, "one session was charged twice");
        (await centre.OneAsync<long>("select count(*) from payment where state not in ('Captured', 'Declined', 'Cancelled')")).ShouldBe(0);
        (await centre.OneAsync<decimal>("select coalesce(sum(amount), 0) from ledger_line")).ShouldBe(0m);
        (await centre.OneAsync<decimal>("select coalesce(sum(amount), 0) from ledger_line where side = 'Processor'")).ShouldBe(report.TheirTotal);
        if (Environment.GetEnvironmentVariable("DIALER_TEST_REPORT") is { Length: > 0 } path)
            await File.AppendAllTextAsync(
                path,
                string.Create(CultureInfo.InvariantCulture, $"payments under kill -9: {Calls} calls, {deaths} deaths, {lines.Count} charges of {report.TheirTotal:0.00}, {report.Matched} known at once, {report.Resolved} settled by the file, {report.Differences.Count} differences; struck: {centre.Faults()}\n"),
                cancel);
    }

    /// <summary>
    /// Callers come one after the other, some fifteen of them at a time in the middle of paying, and at a moment that nobody chose the service dies, whatever it is doing; it starts again and the next ones come.
    /// The last callers are left in peace.
    /// </summary>
    private static async Task<int> CallAndDieAsync(CallCentre centre, IReadOnlyList<CallCentre.Debtor> debtors, Random random, CancellationToken cancel)
    {
        var (next, deaths) = (0, 0);
        while (true)
        {
            var life = deaths == 0 ? 2.5 + random.NextDouble() : 3 + (6 * random.NextDouble());
            var born = Stopwatch.GetTimestamp();
            while (next < Calls && Stopwatch.GetElapsedTime(born).TotalSeconds < life)
            {
                var debtor = debtors[next++ % debtors.Count];
                await centre.CallInAsync(debtor.E164, Script(debtor, random), cancel);
                await Task.Delay(Apart, cancel);
            }

            if (next == Calls)
                return deaths;
            if (deaths == 0)
                await centre.UntilAsync("a payment session is under way", async () => await centre.OneAsync<long>("select count(*) from payment where state in ('Created', 'Pending')") > 0, cancel);
            await centre.KillServiceAsync(cancel);
            deaths++;
            await centre.StartServiceAsync(cancel);
        }
    }

    private static string Script(CallCentre.Debtor debtor, Random random) =>
        $"waits for 'automated service, press 1', presses 1, waits for 'zip code', presses {debtor.Zip}, waits for 'date of birth', presses {debtor.BirthDate}, waits for 'To pay now', presses 1, "
        + $"waits for 'another amount', presses 3, waits for 'pound key', presses {5 + random.Next(10)}#, waits for 'debit card', presses 1, "
        // Every third has the card kept by the processor, and is charged by its API.
        + (random.Next(3) == 0 ? "waits for 'agree to that too', presses 3, " : "waits for 'press 1 to pay', presses 1, ")
        + "waits for 'card number', "
        + $"presses {Cards[random.Next(Cards.Length)]}#, waits for 'expiration', presses 1230, waits for 'security code', presses 123, waits for 'billing zip', presses 30301#, "
        + Ends[random.Next(Ends.Length)];

    private sealed class Later(Instant now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now.ToDateTimeOffset();
    }
}
