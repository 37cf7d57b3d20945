using Dialer.Simulator.People;

namespace Dialer.Simulator.Tests;

public class PeopleTests
{
    [Theory]
    [InlineData("To make a payment, press 1. To speak with a representative, press 2.", "1=to make a payment|2=to speak with a representative")]
    [InlineData("Press 1 to pay now. Press 2 to hear your balance.", "1=to pay now|2=to hear your balance")]
    [InlineData("Si usted es Maria Lopez, marque 1. Si no es Maria Lopez, marque 2.", "1=si usted es maria lopez|2=si no es maria lopez")]
    [InlineData("Para español, oprima el nueve.", "9=para español")]
    [InlineData("If this is correct press one. Otherwise, press two.", "1=if this is correct|2=otherwise")]
    public void A_menu_is_read_as_keys_and_what_they_are_for(string prompt, string expected) =>
        string.Join('|', Reading.Options(prompt).Select(o => $"{o.Key}={o.Words}")).ShouldBe(expected);

    [Theory]
    [InlineData("Please enter your five digit zip code.", Asked.Zip)]
    [InlineData("Ingrese su código postal.", Asked.Zip)]
    [InlineData("Enter your date of birth as eight digits, then press pound.", Asked.BirthDate)]
    [InlineData("Please enter the last four digits of your social security number.", Asked.Ssn4)]
    [InlineData("Please enter the amount in dollars followed by the pound key.", Asked.Amount)]
    [InlineData("Please enter your credit card number, followed by the pound key.", Asked.CardNumber)]
    [InlineData("Thank you for calling.", Asked.Nothing)]
    public void A_prompt_that_asks_for_data_is_understood(string prompt, Asked asked) => Reading.DataAsked(prompt).ShouldBe(asked);

    [Fact]
    public void The_key_that_ends_an_entry_is_not_a_choice() =>
        Reading.Options("Please enter your zip code, then press pound.").ShouldBeEmpty();

    [Theory]
    [InlineData("en", "Hello. If you are Maria Lopez, press 1. If you are not Maria Lopez, press 2.", "To pay by card, press 3. To dispute the debt, press 4.", "Please enter your zip code.")]
    [InlineData("es", "Hola. Si usted es Maria Lopez, oprima 1. Si no es Maria Lopez, oprima 2.", "Para pagar con tarjeta, oprima 3. Para disputar la deuda, oprima 4.", "Ingrese su código postal.")]
    public async Task A_person_identifies_itself_chooses_what_it_wants_and_keys_its_own_data(string language, string identity, string menu, string zip)
    {
        using var world = new World()
            .Document("/answer", $"<Response><Gather numDigits=\"1\" action=\"/identity\" timeout=\"9\"><Say>{identity}</Say></Gather></Response>")
            .Document("/identity", $"<Response><Gather numDigits=\"5\" action=\"/zip\" timeout=\"9\"><Say>{zip}</Say></Gather></Response>")
            .Document("/zip", $"<Response><Gather numDigits=\"1\" action=\"/menu\" timeout=\"9\"><Say>{menu}</Say></Gather></Response>");
        world.Call(world.Person(new PersonaOverride(Outcome: "human", AnswerAfter: 3, Party: "right", Intent: "pay-card", MisKeys: 0), language));
        await world.Run(90);
        world.At("/identity").ShouldHaveSingleItem()["Digits"].ShouldBe("1");
        world.At("/zip").ShouldHaveSingleItem()["Digits"].ShouldBe("94110");
        world.At("/menu").ShouldHaveSingleItem()["Digits"].ShouldBe("3");
    }

    [Fact]
    public async Task A_relative_says_so_and_keys_no_data()
    {
        using var world = new World()
            .Document("/answer", "<Response><Gather numDigits=\"1\" action=\"/identity\" timeout=\"9\"><Say>Hello. If you are Maria Lopez, press 1. If you are not Maria Lopez, press 2.</Say></Gather></Response>");
        world.Call(world.Person(new PersonaOverride(Outcome: "human", AnswerAfter: 3, Party: "spouse", Intent: "promise")));
        await world.Run(60);
        world.At("/identity").ShouldHaveSingleItem()["Digits"].ShouldBe("2");
    }

    [Fact]
    public async Task Nobody_waits_long_in_silence()
    {
        using var world = new World().Document("/answer", "<Response><Pause length=\"60\"/></Response>");
        var sid = world.Call(world.Person(new PersonaOverride(Outcome: "human", AnswerAfter: 3)));
        await world.Run(60);
        var leg = world.Leg(sid);
        leg.EndedBy.ShouldBe("caller");
        leg.DurationSeconds.ShouldBeInRange(4, 11);
    }

    [Fact]
    public async Task An_answered_person_talks_to_an_agent_and_the_result_is_said_aloud()
    {
        using var world = new World()
            .Document("/agent", "<Response><Dial><Conference startConferenceOnEnter=\"false\" beep=\"false\">a</Conference></Dial></Response>")
            .Document("/answer", "<Response><Dial><Conference beep=\"false\">a</Conference></Dial></Response>");
        world.Call(world.Phone("answers after 1 s, waits 900 s"), ("Url", World.Base + "/agent"));
        await world.Run(10);
        var sid = world.Call(world.Person(new PersonaOverride(Outcome: "human", AnswerAfter: 3, Party: "right", Result: "RPC-PTP", TalkSeconds: 60, Amount: 80)));
        await world.Run(120);
        var said = world.Ledger("said").Where(s => s["call"]!.GetValue<string>() == sid && s["intent"]?["result"] is not null).ShouldHaveSingleItem();
        said["intent"]!["result"]!.GetValue<string>().ShouldBe("RPC-PTP");
        said["intent"]!["promise"]!["amount"]!.GetValue<decimal>().ShouldBe(80m);
        world.Leg(sid).DurationSeconds.ShouldBeInRange(58, 76);
    }

    [Fact]
    public void A_people_file_with_a_bad_line_names_it()
    {
        var good = "{\"e164\":\"+14155550001\",\"name\":{\"first\":\"A\",\"last\":\"B\"},\"zip\":\"94110\",\"birthDate\":\"1980-01-02\",\"ssn4\":\"1234\",\"language\":\"en\",\"lineType\":\"wireless\",\"balance\":12.5}";
        var book = PhoneBook.Read(new StringReader(good + "\n" + good.Replace("\"A\"", "\"C\"", StringComparison.Ordinal)));
        book.Count.ShouldBe(1);
        book.Find("+14155550001")!.People.Select(p => p.First).ShouldBe(["A", "C"]);
        Should.Throw<FormatException>(() => PhoneBook.Read(new StringReader(good + "\n{\"e164\":\"nonsense\"}"))).Message.ShouldContain("line 2");
    }
}
