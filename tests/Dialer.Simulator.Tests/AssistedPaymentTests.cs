namespace Dialer.Simulator.Tests;

/// <summary>The Payments API beyond its plain course: what is refused, what is asked twice or confirmed, and how it ends.</summary>
public sealed class AssistedPaymentTests : IDisposable
{
    private const string Card = "4242424242424242";
    private readonly World _world = new World().Document("/answer", "<Response><Pause length=\"900\"/></Response>");
    private string _call = string.Empty;
    private string _session = string.Empty;
    private int _key;

    public void Dispose() => _world.Dispose();

    private async Task Begin(string script, params (string, string)[] fields)
    {
        _call = _world.Call(_world.Phone(script));
        await _world.Run(10);
        var created = _world.Post($"Calls/{_call}/Payments", [("IdempotencyKey", "create"), ("StatusCallback", World.Base + "/payments"), .. fields]);
        created.Status.ShouldBe(201, created.Json?.ToJsonString());
        _session = created.Json!["sid"]!.GetValue<string>();
    }

    private Rest.RestReply Update(string name, string value, string? key = null) =>
        _world.Post($"Calls/{_call}/Payments/{_session}", ("IdempotencyKey", key ?? $"k{_key++}"), ("StatusCallback", World.Base + "/payments"), (name, value));

    /// <summary>Asks for a field and has the caller key it.</summary>
    private async Task Capture(string field, string keys)
    {
        Update("Capture", field).Status.ShouldBe(202, field);
        await _world.Run(1);
        foreach (var key in keys)
            _world.Leg(_call).Press(key);
        await _world.Run(2);
    }

    /// <summary>The last that said how a field or the whole ended; what comes for each digit may overtake one another.</summary>
    private Received Last() => _world.At("/payments").Last(p => p["PartialResult"] == "false" || p["Result"] is not null);

    [Theory]
    [InlineData("Currency", "zzz", 64011)]
    [InlineData("TokenType", "forever", 64020)]
    [InlineData("BankAccountType", "savings", 64020)]
    [InlineData("Timeout", "soon", 64020)]
    [InlineData("Timeout", "601", 64020)]
    [InlineData("Input", "speech", 64020)]
    [InlineData("RequireMatchingInputs", "shoe-size", 64020)]
    [InlineData("ValidCardTypes", "visa library", 64020)]
    [InlineData("Parameter", "a=b", 64014)]
    [InlineData("Confirmation", "perhaps", 64020)]
    [InlineData("StatusCallback", "nowhere", 64020)]
    public async Task A_parameter_of_a_payment_is_looked_at(string name, string value, int code)
    {
        _call = _world.Call(_world.Phone("answers, waits 600 s"));
        await _world.Run(10);
        (string, string)[] callback = name == "StatusCallback" ? [] : [("StatusCallback", World.Base + "/payments")];
        _world.Post($"Calls/{_call}/Payments", [("IdempotencyKey", "create"), .. callback, (name, value)]).Json!["code"]!.GetValue<int>().ShouldBe(code);
    }

    [Theory]
    [InlineData("payment-card-number", Card, "credit-card")]
    [InlineData("bank-routing-number", "110000000", "ach-debit")]
    [InlineData("bank-account-number", "000123456789#", "ach-debit")]
    public async Task A_field_that_must_be_keyed_twice_has_to_match(string field, string keys, string method)
    {
        await Begin("answers, waits 600 s", ("PaymentMethod", method), ("RequireMatchingInputs", field));
        Update("Capture", field + "-matcher").Json!["code"]!.GetValue<int>().ShouldBe(64020, "there is nothing to match yet");
        await Capture(field, keys);
        Last()["Required"]!.Split(',').ShouldContain(field + "-matcher");
        await Capture(field + "-matcher", field == "payment-card-number" ? "4000056655665556" : field == "bank-routing-number" ? "110000001" : "000123456780#");
        Last()["ErrorType"].ShouldBe("input-matching-failed");
        Last()["Required"]!.Split(',').ShouldContain(field, "both are wanted again");
        await Capture(field, keys);
        await Capture(field + "-matcher", keys);
        Last()["ErrorType"].ShouldBeNull();
        Last()["Required"]!.ShouldNotContain(field);
        _world.LedgerText().ShouldNotContain(Card);
    }

    [Fact]
    public async Task A_security_code_cannot_come_before_its_card()
    {
        await Begin("answers, waits 600 s");
        await Capture("security-code", "123");
        Last()["ErrorType"].ShouldBe("invalid-card-number-security-code-capture-sequence");
        Last()["Required"]!.ShouldContain("security-code");
    }

    [Fact]
    public void An_unknown_kind_of_bank_account_is_found_out_with_its_number()
    {
        var form = new Payments.PaymentForm(new Payments.PaymentOrder("ach-debit", 5m, "usd", false, false, null, 0, "one-time", "piggy-bank", "Default", "visa", null));
        form.Take("bank-account-number", "000123456789", new NodaTime.LocalDate(2026, 3, 3)).ShouldBe("invalid-bank-account-type");
    }

    [Fact]
    public async Task An_update_that_comes_twice_acts_once()
    {
        await Begin("answers, waits 600 s", ("SecurityCode", "false"), ("PostalCode", "false"), ("ChargeAmount", "5"));
        await Capture("payment-card-number", Card);
        await Capture("expiration-date", "1230");
        Update("Status", "complete", "the-same").Status.ShouldBe(202);
        Update("Status", "complete", "the-same").Status.ShouldBe(202, "a repeat of one that was taken");
        Update("Status", "complete", "another").Json!["code"]!.GetValue<int>().ShouldBe(64021);
        await _world.Run(30);
        _world.Ledger("charge").Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("1", "success", 1)]
    [InlineData("2", "caller-interrupted-with-star", 0)]
    public async Task A_payment_to_be_confirmed_asks_the_caller_first(string key, string result, int charges)
    {
        await Begin("answers, waits 600 s", ("SecurityCode", "false"), ("PostalCode", "false"), ("ChargeAmount", "5"), ("Confirmation", "true"), ("Parameter", "{\"order\":\"77\"}"));
        await Capture("payment-card-number", Card);
        await Capture("expiration-date", "1230");
        Update("Status", "complete").Status.ShouldBe(202);
        await _world.Run(10);
        _world.Heard(_call)[^1].ShouldContain("ending in 4 2 4 2");
        _world.Ledger("charge").ShouldBeEmpty("nobody has confirmed");
        _world.Leg(_call).Press(key[0]);
        await _world.Run(30);
        Last()["Result"].ShouldBe(result);
        _world.Ledger("charge").Count.ShouldBe(charges);
        _world.Ledger("charge").ShouldAllBe(c => c["parameters"]!.GetValue<string>() == "{\"order\":\"77\"}");
    }

    [Theory]
    [InlineData("4000000000000127", "validation-error")]
    [InlineData("4000000000000341", "internal-error")]
    public async Task Some_cards_end_otherwise_than_declined(string card, string result)
    {
        await Begin("answers, waits 600 s", ("SecurityCode", "false"), ("PostalCode", "false"), ("ChargeAmount", "5"));
        await Capture("payment-card-number", card);
        await Capture("expiration-date", "1230");
        Update("Status", "complete");
        await _world.Run(30);
        Last()["Result"].ShouldBe(result);
        _world.Ledger("charge").ShouldBeEmpty();
    }
}
