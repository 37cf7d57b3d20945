using Dialer.Simulator.Payments;
using NodaTime;

namespace Dialer.Simulator.Tests;

/// <summary>Pay's own rules: what each attribute asks for or refuses, and which error each mistake is.</summary>
public class PayRuleTests
{
    private const string Card = "waits for 'card number', presses 4242424242424242";
    private const string Date = "waits for 'expiration', presses 1230";
    private const string Code = "waits for 'security code', presses 123";
    private const string Zip = "waits for 'zip', presses 94110#";

    private static async Task<World> Pays(string pay, string steps, double seconds = 150)
    {
        var world = new World().Document("/answer", $"<Response>{pay}<Say>Next.</Say></Response>").Document("/paid", "<Response/>");
        world.Call(world.Phone($"answers silently after 1 s, {steps}, waits 300 s"));
        await world.Run(seconds);
        return world;
    }

    private static Received Paid(World world) => world.At("/paid").ShouldHaveSingleItem();

    [Theory]
    [InlineData("chargeAmount=\"1000000\"", 64003)]
    [InlineData("chargeAmount=\"ten\"", 64003)]
    [InlineData("paymentMethod=\"cash\"", 64013)]
    public async Task What_contradicts_breaks_the_document_and_asks_for_nothing(string attribute, int code)
    {
        using var world = await Pays($"<Pay action=\"/paid\" {attribute}/>", "waits 1 s", 40);
        world.Network.Debugger.Newest.ShouldContain(n => n.Code == code && n.Error);
        world.At("/paid").ShouldBeEmpty();
        world.Ledger("pay").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", Card + ", " + Date + ", " + Code + ", " + Zip)]
    [InlineData("securityCode=\"false\"", Card + ", " + Date + ", " + Zip)]
    [InlineData("postalCode=\"false\"", Card + ", " + Date + ", " + Code)]
    [InlineData("postalCode=\"94110\"", Card + ", " + Date + ", " + Code)]
    public async Task Only_what_is_wanted_is_asked_for(string attribute, string steps)
    {
        using var world = await Pays($"<Pay action=\"/paid\" chargeAmount=\"5.00\" {attribute}/>", steps);
        var paid = Paid(world);
        paid["Result"].ShouldBe("success");
        paid.Fields.Has("SecurityCode").ShouldBe(!attribute.StartsWith("securityCode", StringComparison.Ordinal));
        paid["PaymentCardPostalCode"].ShouldBe(attribute == "postalCode=\"false\"" ? null : "94110", "a code that was given is told without being asked for");
    }

    [Theory]
    [InlineData("payment-card-number", "", "input-timeout")]
    [InlineData("payment-card-number", "4242424242424241", "invalid-card-number")]
    [InlineData("payment-card-number", "6011111111111117", "invalid-card-type")]
    [InlineData("expiration-date", "1320", "invalid-date")]
    [InlineData("expiration-date", "0124", "invalid-date")]
    [InlineData("security-code", "12", "invalid-security-code")]
    [InlineData("postal-code", "941", "invalid-postal-code")]
    [InlineData("bank-routing-number", "123456789", "invalid-bank-routing-number")]
    [InlineData("bank-account-number", "123", "invalid-bank-account-number")]
    public async Task Each_mistake_has_its_error(string field, string keys, string error)
    {
        var bank = field.StartsWith("bank", StringComparison.Ordinal);
        string[] good = bank ? ["waits for 'routing', presses 110000000"] : [Card, Date, Code];
        string[] names = bank ? ["bank-routing-number", "bank-account-number"] : ["payment-card-number", "expiration-date", "security-code", "postal-code"];
        var asks = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["payment-card-number"] = "card number", ["expiration-date"] = "expiration", ["security-code"] = "security code", ["postal-code"] = "zip", ["bank-routing-number"] = "routing", ["bank-account-number"] = "account number",
        };
        var mistake = $"waits for '{asks[field]}'{(keys.Length > 0 ? $", presses {keys}#" : string.Empty)}";
        using var world = await Pays($"<Pay action=\"/paid\" statusCallback=\"/status\" minPostalCodeLength=\"5\" paymentMethod=\"{(bank ? "ach-debit" : "credit-card")}\" chargeAmount=\"5.00\"/>",
            string.Join(", ", good.Take(Array.IndexOf(names, field)).Append(mistake)));
        var told = world.At("/status").Single(s => s["For"] == field);
        (told["ErrorType"], told["Attempt"]).ShouldBe((error, "1"));
        Paid(world)["Result"].ShouldBe("too-many-failed-attempts", "there is one attempt where nothing else is said");
        world.Ledger("charge").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("maxAttempts=\"0\"", 1)]
    [InlineData("maxAttempts=\"2\"", 2)]
    [InlineData("maxAttempts=\"9\"", 3)]
    public async Task There_are_one_to_three_attempts(string attribute, int attempts)
    {
        using var world = await Pays($"<Pay action=\"/paid\" statusCallback=\"/status\" timeout=\"2\" {attribute}/>", "waits 1 s");
        world.At("/status").Select(s => s["Attempt"]).ShouldBe(Enumerable.Range(1, attempts).Select(n => n.ToString()));
        Paid(world)["Result"].ShouldBe("too-many-failed-attempts");
    }

    [Theory]
    [InlineData("visa mastercard amex discover", "6011111111111117", "discover", "123")]
    [InlineData("amex", "378282246310005", "amex", "1234")]
    [InlineData("visa mastercard amex", "5555555555554444", "mastercard", "123")]
    [InlineData("visa mastercard amex", "2223003122003222", "mastercard", "123")]
    public async Task A_card_of_a_type_that_is_taken_is_known_by_its_number(string types, string number, string type, string code)
    {
        using var world = await Pays($"<Pay action=\"/paid\" chargeAmount=\"5.00\" postalCode=\"false\" validCardTypes=\"{types}\"/>",
            $"waits for 'card number', presses {number}, {Date}, waits for 'security code', presses {code}");
        var paid = Paid(world);
        (paid["Result"], paid["PaymentCardType"], paid["SecurityCode"]).ShouldBe(("success", type, new string('*', code.Length)));
    }

    [Theory]
    [InlineData("4222222222222", "visa")]
    [InlineData("4242424242424242", "visa")]
    [InlineData("4000000000000000006", "visa")]
    [InlineData("5105105105105100", "mastercard")]
    [InlineData("371449635398431", "amex")]
    [InlineData("341111111111111", "amex")]
    [InlineData("6011000990139424", "discover")]
    [InlineData("6445644564456445", "discover")]
    [InlineData("6500000000000002", "discover")]
    [InlineData("3530111333300000", "jcb")]
    [InlineData("30569309025904", "diners-club")]
    [InlineData("42424242424242", null)]
    [InlineData("1111111111111117", null)]
    public void A_number_is_of_a_type_by_its_beginning_its_length_and_its_check_digit(string number, string? type) => CardRules.Type(number).ShouldBe(type);

    [Theory]
    [InlineData("0326", true)]
    [InlineData("1230", true)]
    [InlineData("0226", false)]
    [InlineData("0026", false)]
    [InlineData("126", false)]
    public void A_card_is_good_to_the_end_of_its_month(string date, bool good) => CardRules.DateIsGood(date, new LocalDate(2026, 3, 31)).ShouldBe(good);

    [Theory]
    [InlineData("one-time", "tok_", false)]
    [InlineData("reusable", "tok_", true)]
    [InlineData("payment-method", "pm_", true)]
    public async Task Without_a_charge_there_is_a_token_of_the_kind_that_is_wanted(string type, string begins, bool profile)
    {
        using var world = await Pays($"<Pay action=\"/paid\" chargeAmount=\"0\" tokenType=\"{type}\" securityCode=\"false\" postalCode=\"false\"/>", $"{Card}, {Date}");
        var paid = Paid(world);
        paid["PaymentToken"]!.ShouldStartWith(begins);
        (paid.Fields.Has("ProfileId"), paid.Fields.Has("PaymentConfirmationCode")).ShouldBe((profile, false));
    }

    [Fact]
    public async Task A_field_to_be_keyed_twice_is_asked_for_twice_and_both_again_when_they_differ()
    {
        using var world = await Pays("<Pay action=\"/paid\" statusCallback=\"/status\" maxAttempts=\"2\" chargeAmount=\"5.00\" securityCode=\"false\" postalCode=\"false\" requireMatchingInputs=\"payment-card-number\"/>",
            $"{Card}, waits for 'Once more', presses 5555555555554444, {Card}, waits for 'Once more', presses 4242424242424242, {Date}", 200);
        Paid(world)["Result"].ShouldBe("success");
        world.At("/status").Where(s => s["For"] == "payment-card-number").Select(s => s["ErrorType"]).ShouldBe([null, "input-matching-failed", null, null]);
    }

    [Fact]
    public async Task What_the_connector_is_told_beside_the_card_is_in_its_book()
    {
        using var world = await Pays("<Pay action=\"/paid\" chargeAmount=\"5.00\" currency=\"cad\" description=\"order 7\" paymentConnector=\"North\" securityCode=\"false\" postalCode=\"false\"><Parameter name=\"order\" value=\"7\"/></Pay>", $"{Card}, {Date}");
        Paid(world)["Result"].ShouldBe("success");
        var charge = world.Ledger("charge").ShouldHaveSingleItem();
        (charge["currency"]!.GetValue<string>(), charge["description"]!.GetValue<string>(), charge["connector"]!.GetValue<string>(), charge["parameters"]!.GetValue<string>()).ShouldBe(("cad", "order 7", "North", "{\"order\":\"7\"}"));
    }

    [Fact]
    public async Task A_prompt_may_be_for_one_type_of_card()
    {
        const string prompts = "<Prompt for=\"security-code\" cardType=\"visa mastercard\"><Say>The three digits on the back.</Say></Prompt><Prompt for=\"security-code\" cardType=\"amex\"><Say>The four digits on the front.</Say></Prompt>";
        using var world = await Pays($"<Pay action=\"/paid\" chargeAmount=\"5.00\" postalCode=\"false\">{prompts}</Pay>", $"waits for 'card number', presses 378282246310005, {Date}, waits for 'on the front', presses 1234");
        Paid(world)["Result"].ShouldBe("success");
    }

    [Theory]
    [InlineData("es-MX", "número de su tarjeta")]
    [InlineData("es", "número de su tarjeta")]
    [InlineData("en-GB", "credit card number")]
    [InlineData("de-DE", "credit card number")]
    public async Task Pay_speaks_the_language_it_is_told_to(string language, string words)
    {
        using var world = await Pays($"<Pay action=\"/paid\" language=\"{language}\"/>", "waits 1 s", 20);
        var heard = world.Ledger("heard")[0];
        heard["text"]!.GetValue<string>().ShouldContain(words);
        heard["language"]!.GetValue<string>().ShouldBe(language);
    }

    [Fact]
    public async Task A_person_who_speaks_Spanish_pays_by_the_Spanish_words_of_Pay()
    {
        using var world = new World().Document("/answer", "<Response><Pay action=\"/paid\" language=\"es-US\" chargeAmount=\"5.00\" timeout=\"15\" maxAttempts=\"3\"/></Response>").Document("/paid", "<Response/>");
        world.Call(world.Person(new People.PersonaOverride(Outcome: "human", AnswerAfter: 2, Party: "right", Intent: "pay-card", Patience: 60, Card: "4242424242424242", MisKeys: 0, Interrupts: 0), "es"));
        await world.Run(300);
        Paid(world)["Result"].ShouldBe("success");
    }

    [Fact]
    public async Task A_call_has_one_payment_at_once_whoever_began_it()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"20\"/><Pay action=\"/paid\" statusCallback=\"/status\" chargeAmount=\"5.00\"/></Response>").Document("/paid", "<Response><Pause length=\"600\"/></Response>")
            .Document("/pay", "<Response><Pay action=\"/paid\" timeout=\"60\"/></Response>");
        var call = world.Call(world.Phone("answers silently after 1 s, waits 900 s"));
        await world.Run(10);
        (string, string)[] begin = [("IdempotencyKey", "one"), ("StatusCallback", World.Base + "/assisted")];
        world.Post($"Calls/{call}/Payments", begin).Status.ShouldBe(201);
        await world.Run(30);
        (world.At("/status").ShouldHaveSingleItem()["ErrorType"], Paid(world)["Result"]).ShouldBe(("session-in-progress", "internal-error"));
        world.Network.Payments.LiveOn(world.Leg(call)).ShouldNotBeNull("the agent's goes on");

        var other = world.Call(world.Phone("answers silently after 1 s, waits 900 s"), ("Url", World.Base + "/pay"));
        await world.Run(10);
        world.Post($"Calls/{other}/Payments", begin).Json!["code"]!.GetValue<int>().ShouldBe(64021);
    }
}
