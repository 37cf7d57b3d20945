using Dialer.Core;
using Dialer.Core.Ivr;
using Dialer.Features.Payments;
using Dialer.Features.Tests.Dialing;
using Dialer.Simulator.Faults;
using Dialer.Twilio.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Dialer.Features.Tests.Ivr;

/// <summary>The real Host in an installation whose processor keeps cards.</summary>
public sealed class SavingWorld : IAsyncLifetime
{
    public DialingWorld World { get; } = new();

    public Task InitializeAsync()
    {
        World.WithProcessor();
        return World.InitializeAsync();
    }

    public Task DisposeAsync() => World.DisposeAsync();
}

/// <summary>A card or bank account is kept by the processor with consent, charged on later calls after each read-back, and removed; judged by what the network heard and by the processor's own book.</summary>
public sealed class PayingByWhatIsSaved(SavingWorld saving) : IClassFixture<SavingWorld>
{
    private const string Verifies = "waits for 'automated service, press 1', presses 1, waits for 'zip code', presses 30301, waits for 'date of birth', presses 02291980, waits for 'To pay now', presses 1, ";
    private const string Chooses = Verifies + "waits for 'another amount', presses 3, waits for 'pound key', presses ";
    private const string Enters = "waits for 'expiration', presses 1230, waits for 'security code', presses 123, waits for 'billing zip', presses 30301#, ";
    private const string Confirms = "waits for 'press 1 to pay', presses 1, waits 60 s";

    /// <summary>More with <c>DIALER_SAVED_CALLS</c>.</summary>
    private static readonly int Calls = int.TryParse(Environment.GetEnvironmentVariable("DIALER_SAVED_CALLS"), out var calls) ? calls : 5;

    private readonly DialingWorld _world = saving.World;

    [Fact]
    public async Task A_card_is_kept_with_consent_charged_again_without_its_number_and_removed_for_good()
    {
        using var traces = new KeptTraces();
        using var network = new CallerNetwork(_world, seed: 31);
        var debtor = await network.Debtors.AddDebtorAsync();
        var first = await CallAsync(network, debtor, Keeps("50", "4242424242424242") + "waits 60 s");
        Says(network, first, "each later payment is read back to you first");
        (await CapturedAsync(debtor)).ShouldBe("50.00 4242 visa");
        (await _world.OneAsync<string>("select method || ' ' || brand || ' ' || last_digits || ' ' || expires_on from saved_method where person_id = @PersonId and token is not null", debtor)).ShouldBe("CreditCard visa 4242 2030-12-31");

        var second = await CallAsync(network, debtor, Chooses + "60#, waits for 'Visa card ending in', presses 3, " + Confirms);
        Says(network, second, "You will be charged $60 today on your Visa card ending in 4242");
        Says(network, second, "Your payment of $60 to Acme Broadband was received.");
        network.Of("pay").Count(line => line["call"]!.GetValue<string>() == second).ShouldBe(0, "a session asked for digits");
        (await CapturedAsync(debtor)).ShouldBe("50.00 4242 visa, 60.00 4242 visa");
        await BooksAgreeAsync(network, debtor, 340.25m - 110m);

        var third = await CallAsync(network, debtor, Chooses + "5#, waits for 'no longer kept', presses 6, waits for 'To remove the Visa card', presses 3, waits for 'no longer be charged', hangs up");
        Says(network, third, "It is removed. It can no longer be charged.");
        (await _world.OneAsync<long>("select count(*) from saved_method where person_id = @PersonId and token is null and profile is null and removed_by = 'ivr'", debtor)).ShouldBe(1);
        var fourth = await CallAsync(network, debtor, Chooses + "5#, waits for 'debit card', presses 3, waits 8 s, hangs up");
        string.Join(' ', network.Heard(fourth)).ShouldNotContain("ending in");
        (await _world.OneAsync<long>("select count(*) from audit where action in ('saved-method.keep', 'saved-method.remove')")).ShouldBeGreaterThanOrEqualTo(2);

        var found = await CardScan.RunAsync(_world, ["4242424242424242"], traces);
        found.Scanned.ShouldBeGreaterThan(10_000);
        found.Hits.ShouldBeEmpty();
        var token = network.Lines.Select(line => line.ToJsonString()).Any(line => line.Contains("\"tok_", StringComparison.Ordinal));
        token.ShouldBeFalse("the network's ledger shows a token");
        _world.Log.Concat(traces.Lines).ShouldNotContain(line => line.Contains("tok_", StringComparison.Ordinal), "a token was logged or traced");
    }

    [Fact]
    public async Task A_bank_account_is_kept_and_debited_in_Spanish_with_the_whole_authorisation_each_time()
    {
        using var network = new CallerNetwork(_world, seed: 32);
        var debtor = await network.Debtors.AddDebtorAsync(language: "es");
        const string Entra = "waits for 'servicio automático', presses 1, waits for 'código postal', presses 30301, waits for 'fecha de nacimiento', presses 02291980, waits for 'pagar ahora', presses 1, waits for 'otra cantidad', presses 3, waits for 'numeral', presses ";
        var first = await CallAsync(network, debtor, Entra + "50#, waits for 'cuenta de banco', presses 2, waits for 'acepta eso', presses 3, waits for 'ruta', presses 110000000, waits for 'cuenta bancaria', presses 000123456789#, waits 60 s");
        Says(network, first, "guardar lo que usted marque para sus próximos pagos");
        var second = await CallAsync(network, debtor, Entra + "60#, waits for 'que termina en', presses 3, waits for 'oprima 1 para pagar', presses 1, waits 60 s");
        Says(network, second, "usted autoriza a Northfield Services a hacer un solo débito electrónico de 60 dólares de su cuenta de cheques, la que termina en 89");
        (await _world.OneAsync<string>("select string_agg(amount || ' ' || method, ', ' order by payment_id) from payment where person_id = @PersonId and state = 'Captured'", debtor)).ShouldBe("50.00 AchDebit, 60.00 AchDebit");
        (await _world.OneAsync<long>("select count(*) from customer_notice n join payment y on n.notice_key like '%:payment:' || y.payment_id where y.person_id = @PersonId and n.kind = 'DebitAuthorization'", debtor)).ShouldBe(2);
        await BooksAgreeAsync(network, debtor, 340.25m - 110m);
    }

    [Fact]
    public async Task Lost_doubled_and_slow_webhooks_and_silent_processors_charge_once_and_end_in_one_truth()
    {
        using var network = new CallerNetwork(_world, seed: 33);
        network.Faulty(new FaultRule { On = "twiml", Action = FaultAction.Drop, Probability = 0.2, Url = "/voice/charge?" });
        network.Faulty(new FaultRule { On = "twiml", Action = FaultAction.Duplicate, Probability = 0.4, Url = "/voice/charge?" });
        network.Faulty(new FaultRule { On = "twiml", Action = FaultAction.Drop, Probability = 0.1, Url = "/voice/pay?" });
        network.Faulty(new FaultRule { On = "rest", Action = FaultAction.CutAfterRequest, Probability = 0.2, Url = "/v1/payment_intents" });
        network.Faulty(new FaultRule { On = "processor", Action = FaultAction.Drop, Probability = 0.1 });
        var random = new Random(9);
        network.DiesAfter = request => request.Url.Contains("/voice/charge", StringComparison.Ordinal) && random.Next(6) == 0;
        var debtors = new List<Debtor>();
        for (var call = 0; call < Calls; call++)
        {
            debtors.Add(await network.Debtors.AddDebtorAsync());
            network.CallIn(debtors[^1].E164, Keeps("50", call % 5 == 4 ? "4000000000009995" : "4242424242424242") + (call % 4 == 3 ? "waits for 'One moment', hangs up" : "waits 60 s"));
            await network.RunAsync(3);
        }

        await network.RunAsync(300);
        foreach (var debtor in debtors.Where((_, n) => n % 3 == 0))
            network.CallIn(debtor.E164, Chooses + "60#, waits for 'ending in', presses 3, " + Confirms);
        await network.RunAsync(300);
        await new SweepPayments(_world.Database, new FixedTime(CallerNetwork.Now + Duration.FromHours(2))).RunAsync(SweepPaymentsArgs.Default, default);
        var people = debtors.Select(debtor => debtor.PersonId).ToArray();
        (await _world.OneAsync<long>("select count(*) from payment where person_id = any (@people) and state in ('Created', 'Pending')", new { people })).ShouldBe(0);
        var file = network.ProcessorsFile();
        var report = await new ReconcilePayments(_world.Database, new PaymentGate(_world.People.Book, []), new FixedTime(CallerNetwork.Now + Duration.FromDays(2))).RunAsync(
            file with { From = CallerNetwork.Now + Duration.FromDays(1), Until = CallerNetwork.Now + Duration.FromDays(2) }, default);
        report.Differences.ShouldBeEmpty();
        file.Lines.Count.ShouldBeGreaterThan(Calls / 4);
        file.Lines.Select(line => line.Reference).Distinct().Count().ShouldBe(file.Lines.Count, "one payment was charged twice");
        (await _world.OneAsync<decimal>("select coalesce(sum(amount), 0) from payment where person_id = any (@people) and state = 'Captured'", new { people })).ShouldBe(file.Lines.Sum(line => line.Amount));
        (await _world.OneAsync<decimal>("select sum(amount) from ledger_line")).ShouldBe(0m);
        CallersOnTheNetwork.Report($"saved methods under faults: {Calls} callers, {file.Lines.Count} charges, {report.Resolved} settled by the file, differences {report.Differences.Count}");
    }

    [Fact]
    public async Task Whoever_comes_second_while_the_processor_is_asked_waits_and_never_asks_it_again()
    {
        var (caller, charge) = await AgreedAsync();
        var asked = 0;
        var second = "";
        _world.Twilio.Processor = async (_, _) =>
        {
            asked++;
            // The same webhook again, on another node, before this one has its answer.
            second = await _world.BodyAsync(charge(0), ("CallSid", "CA1"));
            return Results.Content("""{"status":"succeeded","latest_charge":"ch_7"}""", "application/json");
        };
        var first = await _world.BodyAsync(charge(0), ("CallSid", "CA1"));
        second.ShouldContain("One moment");
        first.ShouldBe(second, "both webhooks of one step get one answer");
        (await _world.BodyAsync(charge(1), ("CallSid", "CA1"))).ShouldContain("was received");
        asked.ShouldBe(1);
        (await _world.OneAsync<string>("select state || ' ' || confirmation_code || ' ' || instrument_last4 from payment where attempt_id = @Attempt", caller)).ShouldBe("Captured ch_7 4242");
    }

    [Theory]
    [InlineData(500, "Unknown", "We have not yet heard")]
    [InlineData(402, "Declined", "not accepted")]
    [InlineData(401, "Cancelled", "was cancelled")]
    public async Task What_the_processor_answers_is_never_guessed(int status, string state, string heard)
    {
        var (caller, charge) = await AgreedAsync();
        _world.Twilio.Processor = (_, _) => Task.FromResult(Results.Content("{}", "application/json", null, status));
        (await _world.BodyAsync(charge(0), ("CallSid", "CA1"))).ShouldContain(heard);
        (await _world.OneAsync<string>("select state from payment where attempt_id = @Attempt", caller)).ShouldBe(state);
        (await _world.OneAsync<long>("select count(*) from ledger_line where account_id = (select account_id from payment where attempt_id = @Attempt)", caller)).ShouldBe(0);
    }

    [Fact]
    public async Task Nobody_is_charged_by_a_method_that_was_removed_a_moment_before()
    {
        var (caller, charge) = await AgreedAsync();
        var asked = 0;
        _world.Twilio.Processor = (_, _) => Task.FromResult(Results.StatusCode(asked++ + 500));
        await _world.ExecuteAsync("update saved_method set removed_at = now(), removed_by = 'test', token = null, profile = null where person_id = (select person_id from payment where attempt_id = @Attempt)", caller);
        (await _world.BodyAsync(charge(0), ("CallSid", "CA1"))).ShouldContain("was cancelled");
        asked.ShouldBe(0);
    }

    [Fact]
    public async Task A_debit_that_the_bank_calls_unauthorised_takes_the_saved_bank_account_away()
    {
        using var network = new CallerNetwork(_world, seed: 36);
        var debtor = await network.Debtors.AddDebtorAsync();
        await CallAsync(network, debtor, Chooses + "50#, waits for 'bank account', presses 2, waits for 'agree to that too', presses 3, waits for 'routing', presses 110000000, waits for 'bank account number', presses 000123456789#, waits 60 s");
        (await _world.OneAsync<long>("select count(*) from saved_method where person_id = @PersonId and removed_at is null", debtor)).ShouldBe(1);
        var reference = await _world.OneAsync<string>("select reference from payment where person_id = @PersonId", debtor);
        var file = new ProcessorFile([new ProcessorLine(reference, "re_1", 50m, ProcessorLineKind.Return, "R10")], CallerNetwork.Now + Duration.FromDays(3), CallerNetwork.Now + Duration.FromDays(4));
        await new ReconcilePayments(_world.Database, new PaymentGate(_world.People.Book, []), new FixedTime(CallerNetwork.Now + Duration.FromDays(4))).RunAsync(file, default);
        (await _world.OneAsync<string>("select removed_by from saved_method where person_id = @PersonId and token is null", debtor)).ShouldBe("processor");
    }

    /// <summary>Somebody whose card is kept has agreed to be charged 340.25 by it. With the address of the charge, and of the steps after it.</summary>
    private async Task<(Caller Caller, Func<int, string> Charge)> AgreedAsync()
    {
        var calls = new IvrWorld(_world.Database) { Now = CallerNetwork.Now };
        var debtor = await calls.AddDebtorAsync();
        var caller = await (await calls.CallAsync(debtor)).PressAsync("1");
        await caller.VerifyAsync();
        await caller.PressAsync("1", "1");
        await _world.ExecuteAsync(
            """
            insert into saved_method (person_id, method, token, profile, brand, last_digits, expires_on, attempt_id, consent, saved_at)
            values (@PersonId, 'CreditCard', 'tok_1', 'cus_1', 'visa', '4242', '2030-12-31', @Attempt, 'test', now())
            """,
            new { debtor.PersonId, caller.Attempt });
        var token = _world.Services.GetRequiredService<AttemptTokens>().Issue(new AttemptId(caller.Attempt), CallerNetwork.Now);
        (await _world.BodyAsync($"/twilio/voice/ivr?t={token}&n={caller.N + 1}", ("CallSid", "CA1"), ("Digits", "3"))).ShouldContain("Visa card ending in");
        (await _world.BodyAsync($"/twilio/voice/ivr?t={token}&n={caller.N + 2}", ("CallSid", "CA1"), ("Digits", "1"))).ShouldContain($"&amp;n={caller.N + 3}&amp;p=1</Redirect>");
        return (caller, later => $"/twilio/voice/charge?t={token}&n={caller.N + 3 + later}&p=1");
    }

    private static string Keeps(string amount, string card) =>
        Chooses + $"{amount}#, waits for 'debit card', presses 1, waits for 'agree to that too', presses 3, waits for 'card number', presses {card}#, " + Enters;

    private static async Task<string> CallAsync(CallerNetwork network, Debtor debtor, string script)
    {
        var sid = network.CallIn(debtor.E164, script);
        await network.RunAsync(260);
        return sid;
    }

    private static void Says(CallerNetwork network, string sid, string words) => string.Join(' ', network.Heard(sid)).ShouldContain(words);

    private Task<string> CapturedAsync(Debtor debtor) => _world.OneAsync<string>(
        "select string_agg(amount || ' ' || instrument_last4 || ' ' || instrument_brand, ', ' order by payment_id) from payment where person_id = @PersonId and state = 'Captured'", debtor);

    /// <summary>What the processor's own book has for this debtor is what we have, to the cent and one by one.</summary>
    private async Task BooksAgreeAsync(CallerNetwork network, Debtor debtor, decimal balance)
    {
        await using var connection = await _world.Database.OpenAsync(default);
        var ours = (await Dapper.SqlMapper.QueryAsync<string>(connection, "select reference || ' ' || confirmation_code || ' ' || amount from payment where person_id = @PersonId and state = 'Captured' order by payment_id", debtor)).ToList();
        var theirs = network.ProcessorsFile().Lines.Select(line => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{line.Reference} {line.ConfirmationCode} {line.Amount:0.00}"));
        ours.ShouldBe(theirs);
        (await _world.OneAsync<decimal>("select balance from account where account_id = @id", new { id = debtor.Accounts[0] })).ShouldBe(balance);
        (await _world.OneAsync<decimal>("select sum(amount) from ledger_line where account_id = @id", new { id = debtor.Accounts[0] })).ShouldBe(0m);
    }
}
