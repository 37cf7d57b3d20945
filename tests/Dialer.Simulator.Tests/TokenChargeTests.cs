using Dialer.Simulator.Rest;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Tests;

/// <summary>The processor keeps a card and charges it by its own API.</summary>
public sealed class TokenChargeTests
{
    [Fact]
    public async Task A_kept_card_is_charged_once_for_each_key_and_stands_in_the_book()
    {
        using var world = await KeptAsync("4242424242424242");
        var kept = world.At("/paid").ShouldHaveSingleItem();
        (kept["Result"], kept["PaymentConfirmationCode"]).ShouldBe(("success", null));
        kept["ProfileId"]!.ShouldStartWith("cus_");
        world.Ledger("charge").ShouldBeEmpty();

        var first = Charge(world, kept["PaymentToken"]!, "key-1");
        first.Status.ShouldBe(200);
        first.Json!["status"]!.GetValue<string>().ShouldBe("succeeded");
        var reference = first.Json!["latest_charge"]!.GetValue<string>();
        Charge(world, kept["PaymentToken"]!, "key-1").Json!["latest_charge"]!.GetValue<string>().ShouldBe(reference);
        var line = world.Ledger("charge").ShouldHaveSingleItem();
        (line["reference"]!.GetValue<string>(), line["amount"]!.GetValue<decimal>(), line["description"]!.GetValue<string>()).ShouldBe((reference, 25m, "ref-1"));
        Charge(world, kept["PaymentToken"]!, "key-2").Json!["latest_charge"]!.GetValue<string>().ShouldNotBe(reference);
        world.LedgerText().ShouldNotContain("4242424242424242");
    }

    [Fact]
    public async Task A_card_without_funds_is_kept_and_then_declined()
    {
        using var world = await KeptAsync("4000000000009995");
        var token = world.At("/paid").ShouldHaveSingleItem()["PaymentToken"]!;
        var reply = Charge(world, token, "key-1");
        (reply.Status, reply.Json!["error"]!["code"]!.GetValue<string>()).ShouldBe((402, "insufficient_funds"));
        world.Ledger("charge").ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_not_kept_and_who_has_not_the_key_charge_nothing()
    {
        using var world = await KeptAsync("4242424242424242");
        var token = world.At("/paid").ShouldHaveSingleItem()["PaymentToken"]!;
        Charge(world, "tok_nobody", "key-1").Status.ShouldBe(400);
        Charge(world, token, "key-2", user: "wrong").Status.ShouldBe(401);
        Charge(world, token, "key-3", amount: "0").Status.ShouldBe(400);
        world.Ledger("charge").ShouldBeEmpty();
    }

    private static async Task<World> KeptAsync(string card)
    {
        var world = new World()
            .Document("/answer", "<Response><Pay action=\"/paid\" chargeAmount=\"0\" tokenType=\"reusable\" securityCode=\"false\" postalCode=\"false\"/></Response>").Document("/paid", "<Response/>");
        world.Call(world.Phone($"answers, waits for 'card number', presses {card}, waits for 'expiration', presses 1230, waits 60 s"));
        await world.Run(150);
        return world;
    }

    private static RestReply Charge(World world, string token, string key, string user = World.Token, string amount = "2500") => world.Virtual.Api.Handle(
        new RestRequest(
            "POST", "/v1/payment_intents", new Form(),
            new Form().Add("amount", amount).Add("currency", "usd").Add("payment_method", token).Add("confirm", "true").Add("off_session", "true").Add("description", "ref-1"), user, "")
        {
            IdempotencyKey = key,
        });
}
