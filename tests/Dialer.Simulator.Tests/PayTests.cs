using Dialer.Simulator.Engine;
using Dialer.Simulator.People;

namespace Dialer.Simulator.Tests;

public class PayTests
{
    private const string Pay = "<Response><Pay chargeAmount=\"25.00\" action=\"/paid\" statusCallback=\"/pay-status\" maxAttempts=\"2\"/></Response>";

    private static async Task<World> Pays(string script, string document = Pay)
    {
        var world = new World().Document("/answer", document).Document("/paid", "<Response/>");
        world.Call(world.Phone(script));
        await world.Run(150);
        return world;
    }

    [Fact]
    public async Task A_good_card_is_charged_and_only_masks_are_told()
    {
        using var world = await Pays("answers, waits for 'card number', presses 4242424242424242, waits for 'expiration', presses 1230, waits for 'security code', presses 123, waits for 'zip', presses 94110#, waits 60 s");
        var paid = world.At("/paid").ShouldHaveSingleItem();
        (paid["Result"], paid["PaymentCardNumber"], paid["PaymentCardType"], paid["ExpirationDate"], paid["SecurityCode"], paid["PaymentCardPostalCode"])
            .ShouldBe(("success", "xxxx-xxxx-xxxx-4242", "visa", "1230", "***", "94110"));
        paid["PaymentConfirmationCode"]!.ShouldStartWith("ch_");
        world.At("/pay-status").Select(s => s["For"]).ShouldBe(["payment-card-number", "expiration-date", "security-code", "postal-code", "payment-processing"], ignoreOrder: true);
        world.Ledger("charge").ShouldHaveSingleItem()["amount"]!.GetValue<decimal>().ShouldBe(25m);
        world.LedgerText().ShouldNotContain("4242424242424242");
        world.Ledger("key").ShouldAllBe(k => k["key"]!.GetValue<string>() == "*");
    }

    [Fact]
    public async Task A_mistyped_card_is_asked_for_again_and_then_given_up()
    {
        using var world = await Pays("answers, waits for 'card number', presses 4242424242424241, waits for 'card number', presses 1111111111111111, waits 60 s");
        world.At("/paid").ShouldHaveSingleItem()["Result"].ShouldBe("too-many-failed-attempts");
        world.At("/pay-status").Select(s => (s["ErrorType"], s["Attempt"])).ShouldBe([("invalid-card-number", "1"), ("invalid-card-number", "2")]);
        world.Ledger("charge").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("presses *, waits 60 s", "caller-interrupted-with-star")]
    [InlineData("hangs up", "caller-hung-up")]
    [InlineData("waits 60 s", "too-many-failed-attempts")]
    public async Task Other_ends_have_their_results(string steps, string result)
    {
        using var world = await Pays($"answers, waits for 'card number', {steps}");
        world.At("/paid").ShouldHaveSingleItem()["Result"].ShouldBe(result);
    }

    [Theory]
    [InlineData("4000000000000002", "64012")]
    [InlineData("4000000000009995", "64008")]
    public async Task A_refused_card_is_a_connector_error(string card, string code)
    {
        using var world = await Pays($"answers, waits for 'card number', presses {card}, waits for 'expiration', presses 1230, waits for 'security code', presses 123, waits for 'zip', presses 94110#, waits 60 s");
        var paid = world.At("/paid").ShouldHaveSingleItem();
        (paid["Result"], paid["PayErrorCode"]).ShouldBe(("payment-connector-error", code));
        world.Ledger("charge").ShouldBeEmpty();
    }

    [Fact]
    public async Task Bank_accounts_are_asked_for_by_routing_and_account_number()
    {
        using var world = await Pays("answers, waits for 'routing', presses 110000000, waits for 'account number', presses 000123456789#, waits 60 s",
            "<Response><Pay paymentMethod=\"ach-debit\" bankAccountType=\"consumer-checking\" chargeAmount=\"10\" action=\"/paid\"/></Response>");
        var paid = world.At("/paid").ShouldHaveSingleItem();
        (paid["Result"], paid["BankAccountNumber"], paid["BankRoutingNumber"], paid["PaymentMethod"]).ShouldBe(("success", "**********89", "110000000", "ach-debit"));
    }

    [Fact]
    public async Task Without_an_amount_the_card_is_turned_into_a_token()
    {
        using var world = await Pays("answers, waits for 'card number', presses 4242424242424242, waits for 'expiration', presses 1230, waits 60 s",
            "<Response><Pay action=\"/paid\" securityCode=\"false\" postalCode=\"false\"/></Response>");
        world.At("/paid").ShouldHaveSingleItem()["PaymentToken"]!.ShouldStartWith("tok_");
        world.Ledger("charge").ShouldBeEmpty();
    }

    [Fact]
    public async Task An_action_over_http_is_refused_unless_the_network_allows_it()
    {
        using var world = new World();
        world.Document("/answer", "<Response><Pay action=\"http://product.example/paid\"/></Response>");
        world.Call(world.Phone("answers, waits 60 s"));
        await world.Run(30);
        world.Network.Debugger.Newest.ShouldContain(n => n.Code == 64001);
    }

    [Fact]
    public async Task Own_prompts_are_used_for_their_field_attempt_and_error()
    {
        using var world = await Pays("answers, waits for 'digits on the front', presses 4242424242424241, waits for 'That was wrong', presses *, waits 60 s",
            "<Response><Pay action=\"/paid\" maxAttempts=\"3\"><Prompt for=\"payment-card-number\"><Say>Key the digits on the front.</Say></Prompt><Prompt for=\"payment-card-number\" errorType=\"invalid-card-number\" attempt=\"2\"><Say>That was wrong.</Say></Prompt></Pay></Response>");
        world.At("/paid").ShouldHaveSingleItem()["Result"].ShouldBe("caller-interrupted-with-star");
    }

    [Fact]
    public async Task An_agent_assisted_payment_captures_field_by_field_while_the_parties_talk()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"300\"/></Response>");
        var sid = world.Call(world.Person(new PersonaOverride(Outcome: "human", Party: "right", Intent: "pay-card", Patience: 300, Card: "4242424242424242", MisKeys: 0)));
        await world.Run(70);
        (string, string)[] common = [("IdempotencyKey", "k1"), ("StatusCallback", World.Base + "/payments")];
        var created = world.Post($"Calls/{sid}/Payments", [.. common, ("ChargeAmount", "40.00"), ("PostalCode", "false")]);
        created.Status.ShouldBe(201);
        var session = created.Json!["sid"]!.GetValue<string>();
        world.Post($"Calls/{sid}/Payments", [.. common, ("ChargeAmount", "40.00")]).Json!["sid"]!.GetValue<string>().ShouldBe(session, "the same idempotency key is the same session");
        world.Post($"Calls/{sid}/Payments", ("IdempotencyKey", "k2"), ("StatusCallback", World.Base + "/payments")).Json!["code"]!.GetValue<int>().ShouldBe(64021);
        world.Post($"Calls/{sid}/Payments/{session}", [.. common]).Json!["code"]!.GetValue<int>().ShouldBe(64018);
        world.Post($"Calls/{sid}/Payments/{session}", [.. common, ("Status", "complete")]).Json!["code"]!.GetValue<int>().ShouldBe(64019);
        foreach (var field in new[] { "payment-card-number", "expiration-date", "security-code" })
        {
            world.Post($"Calls/{sid}/Payments/{session}", ("IdempotencyKey", field), common[1], ("Capture", field)).Status.ShouldBe(202);
            await world.Run(30);
        }

        world.Post($"Calls/{sid}/Payments/{session}", ("IdempotencyKey", "done"), common[1], ("Status", "complete")).Status.ShouldBe(202);
        await world.Run(20);
        var told = world.At("/payments");
        told.Count(t => t["PartialResult"] == "true").ShouldBeGreaterThan(15, "one callback a digit");
        told.Where(t => t["PartialResult"] == "false").Select(t => t["Required"]).ShouldBe(["expiration-date,security-code", "security-code", ""]);
        told[^1]["Result"].ShouldBe("success");
        told.ShouldAllBe(t => t["Sid"] == session && t.Request.Url.StartsWith(World.Base));
        world.LedgerText().ShouldNotContain("4242424242424242");
    }
}
