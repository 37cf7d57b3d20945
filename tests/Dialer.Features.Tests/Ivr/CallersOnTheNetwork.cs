using Dialer.Features.Payments;
using Dialer.Features.Routing;
using Dialer.Features.Tests.Dialing;
using Dialer.Simulator.Faults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Tests.Ivr;

public sealed class CallersOnTheNetwork(DialingWorld world) : IClassFixture<DialingWorld>
{
    /// <summary>More with <c>DIALER_PAYMENT_CALLS</c>.</summary>
    private static readonly int PaymentCalls = int.TryParse(Environment.GetEnvironmentVariable("DIALER_PAYMENT_CALLS"), out var calls) ? calls : 12;

    internal const string Verifies = "waits for 'automated service, press 1', presses 1, waits for 'zip code', presses 30301, waits for 'date of birth', presses 02291980, waits for 'To pay now'";
    private const string Finishes = "presses 123, waits for 'billing zip', presses 30301#, ";

    private static readonly string[] Cards = ["4242424242424242", "4242424242424242", "4242424242424242", "4000000000000002", "4000000000009995", "4000000000000119"];

    /// <summary>How the callers end their sessions: patiently, at once, with star, in the middle, or while the charge is under way.</summary>
    internal static readonly string[] Ends =
    [
        Finishes + "waits 60 s",
        Finishes + "waits 60 s",
        Finishes + "waits for 'process', waits 1 s, hangs up",
        Finishes + "hangs up",
        "presses *, waits 30 s",
        "hangs up",
    ];

    [Fact]
    public async Task Whatever_is_lost_doubled_or_late_our_ledger_equals_the_processors_and_nobody_is_charged_twice()
    {
        using var network = new CallerNetwork(world, seed: 11);
        network.Faulty(new FaultRule { On = "twiml", Action = FaultAction.Drop, Probability = 0.25, Url = "/voice/pay?" });
        network.Faulty(new FaultRule { On = "twiml", Action = FaultAction.Duplicate, Probability = 0.25, Url = "/voice/pay?" });
        network.Faulty(new FaultRule { On = "pay", Action = FaultAction.Drop, Probability = 0.2 });
        network.Faulty(new FaultRule { On = "pay", Action = FaultAction.Duplicate, Probability = 0.2 });
        network.Faulty(new FaultRule { On = "pay", Action = FaultAction.Reorder, Probability = 0.2, Seconds = 20 });
        network.Faulty(new FaultRule { On = "processor", Action = FaultAction.Slow, Probability = 0.1, Seconds = 30 });
        var random = new Random(5);
        network.Dead = _ => random.Next(40) == 0;
        network.DiesAfter = _ => random.Next(40) == 0;
        var debtors = new List<Debtor>();
        for (var call = 0; call < PaymentCalls; call++)
        {
            // Every third caller calls again, and tries to pay again.
            var debtor = call % 3 == 2 ? debtors[^1] : await network.Debtors.AddDebtorAsync();
            debtors.Add(debtor);
            network.CallIn(debtor.E164, PaysByCard(Cards[random.Next(Cards.Length)]) + Ends[random.Next(Ends.Length)]);
            await network.RunAsync(debtor == debtors[Math.Max(0, debtors.Count - 2)] ? 8 : 3);
        }

        await network.RunAsync(400);
        await new SweepPayments(world.Database, new FixedTime(CallerNetwork.Now + Duration.FromHours(2))).RunAsync(SweepPaymentsArgs.Default, default);
        (await world.OneAsync<long>("select count(*) from payment where state in ('Created', 'Pending')")).ShouldBe(0);
        var report = await new ReconcilePayments(world.Database, new PaymentGate(world.People.Book, []), new FixedTime(CallerNetwork.Now + Duration.FromDays(2))).RunAsync(network.ProcessorsFile(), default);

        report.Differences.ShouldBeEmpty();
        report.OurTotal.ShouldBe(report.TheirTotal);
        var charges = network.Of("charge").Select(line => line["description"]!.GetValue<string>()).ToList();
        charges.Count.ShouldBeGreaterThan(PaymentCalls / 10);
        charges.Distinct().Count().ShouldBe(charges.Count, "one session was charged twice");
        (await world.OneAsync<long>("select count(*) from (select account_id from payment where state = 'Captured' group by account_id having count(*) > 1) x")).ShouldBe(0, "the whole balance was taken twice");
        (await world.OneAsync<long>("select count(*) from payment where state not in ('Captured', 'Declined', 'Cancelled')")).ShouldBe(0);
        (await world.OneAsync<decimal>("select sum(amount) from ledger_line")).ShouldBe(0m);
        (await world.OneAsync<decimal>("select sum(amount) from ledger_line where side = 'Processor'")).ShouldBe(report.TheirTotal);
        (await world.OneAsync<long>("select count(*) from account a where balance <> 340.25 - coalesce((select sum(amount) from payment y where y.account_id = a.account_id and state = 'Captured'), 0)")).ShouldBe(0);
        (await world.OneAsync<long>("select count(*) from payment y where state = 'Captured' and not exists (select 1 from customer_notice n where n.notice_key = 'receipt:payment:' || y.payment_id)")).ShouldBe(0);
        Report($"payments under faults: {PaymentCalls} calls, {charges.Count} charges, {report.Resolved} settled by the file, {report.Matched} matched, differences {report.Differences.Count}");
    }

    [Fact]
    public async Task A_debtor_named_like_a_verb_is_spoken_and_never_dialled()
    {
        using var network = new CallerNetwork(world, seed: 12);
        var debtor = await network.Debtors.AddDebtorAsync(firstName: "</Say><Dial>+19005550100</Dial><Say>");
        var sid = await network.CallOutAsync(debtor, "waits for 'press 1', presses 1, waits for 'zip', presses 30301, waits for 'date of birth', presses 02291980, waits for 'To pay now', presses 1, waits for 'whole balance', presses 1, "
            + "waits for 'bank account', presses 2, waits for 'authorize', waits 20 s, hangs up");
        await network.RunAsync(240);
        var heard = string.Join(' ', network.Heard(sid));
        heard.ShouldContain("For </Say><Dial>+19005550100</Dial><Say> Lopez, press 1.");
        heard.ShouldContain("</Say><Dial>+19005550100</Dial><Say> Lopez, you authorize");
        network.Lines.Any(line => line["to"]?.GetValue<string>() == "+19005550100").ShouldBeFalse("a name was dialled");
    }

    [Fact]
    public async Task Where_the_line_is_full_or_closed_a_caller_is_called_back_or_leaves_a_message_instead()
    {
        var line = world.Services.GetRequiredService<IOptions<RoutingOptions>>().Value;
        var (room, closes) = (line.MostWaiting, line.ClosesAtHour);
        using var network = new CallerNetwork(world, seed: 13);
        try
        {
            line.MostWaiting = 0;
            var full = await network.Debtors.AddDebtorAsync();
            var first = network.CallIn(full.E164, "waits for 'automated service, press 1', presses 0, waits for 'representatives are busy', presses 1, waits 20 s");
            await network.RunAsync(60);
            network.Heard(first).ShouldContain(text => text.StartsWith("Thank you. A representative will call you back.", StringComparison.Ordinal));
            (await world.OneAsync<long>("select count(*) from call_request where e164 = @E164 and state = 'Queued'", full)).ShouldBe(1);

            // The line's own hours are over before the IVR's are.
            (line.MostWaiting, line.ClosesAtHour) = (room, 9);
            var late = await network.Debtors.AddDebtorAsync();
            var second = network.CallIn(late.E164, "waits for 'automated service, press 1', presses 0, waits for 'office is closed', presses 3, waits for 'after the tone', waits 10 s, says 'Please call me', waits 3 s, presses #, waits 20 s");
            await network.RunAsync(90);
            network.Heard(second).ShouldContain(text => text.StartsWith("Thank you. We have your message.", StringComparison.Ordinal));
            (await world.OneAsync<long>("select count(*) from voicemail where attempt_id = (select attempt_id from attempt where sid = @second)", new { second })).ShouldBe(1);
        }
        finally
        {
            (line.MostWaiting, line.ClosesAtHour) = (room, closes);
        }
    }

    internal static string PaysByCard(string card) =>
        Verifies + ", presses 1, waits for 'whole balance', presses 1, waits for 'debit card', presses 1, waits for 'press 1 to pay', presses 1, "
        + $"waits for 'card number', presses {card}#, waits for 'expiration', presses 1230, waits for 'security code', ";

    internal static void Report(string line)
    {
        if (Environment.GetEnvironmentVariable("DIALER_TEST_REPORT") is { Length: > 0 } path)
            File.AppendAllText(path, line + "\n");
    }
}
