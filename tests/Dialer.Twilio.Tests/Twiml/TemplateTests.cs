using System.Xml.Linq;
using Dialer.Core;
using Dialer.Core.Ivr;
using Dialer.Core.Numbers;
using Dialer.Twilio.Twiml;
using Dialer.Twilio.Twiml.Lint;
using NodaTime;

namespace Dialer.Twilio.Tests.Twiml;

public sealed class TemplateTests
{
    private static readonly TwimlTemplates Shipped = TwimlTemplates.Load(Path.Combine(AppContext.BaseDirectory, "twiml-templates"));

    [Fact]
    public void The_shipped_templates_have_no_problem() => TemplateLint.Check(Shipped, IvrFlows.All).ShouldBeEmpty();

    [Fact]
    public void A_debtor_s_name_is_spoken_whatever_it_holds_and_never_becomes_a_verb()
    {
        var words = new Dictionary<string, object?>(Shipped.Sample("en", "outbound")) { ["firstName"] = "</Say><Dial>+19005550100</Dial><Say>", ["lastName"] = "\" onload='x' \u0001\uD800&amp;" };
        var response = XDocument.Parse(Shipped.Render("en", "outbound", "open", words)).Root!;
        response.Descendants("Dial").ShouldBeEmpty();
        response.Descendants("Say").Last().Value.ShouldContain("For </Say><Dial>+19005550100</Dial><Say> \" onload='x' &amp;, press 1.");
    }

    [Fact]
    public void Amounts_dates_and_numbers_are_spoken_properly_in_each_language()
    {
        var (en, es) = (Shipped.Language("en"), Shipped.Language("es"));
        en.Say(Money.Usd(1234.56m)).ShouldBe("$1,234.56");
        en.Say(Money.Usd(50m)).ShouldBe("$50");
        es.Say(Money.Usd(1234.05m)).ShouldBe("1234 dólares con 5 centavos");
        es.Say(Money.Usd(1m)).ShouldBe("un dólar");
        es.Say(Money.Usd(1.01m)).ShouldBe("un dólar con un centavo");
        es.Say(Money.Usd(0.25m)).ShouldBe("25 centavos");
        en.Say(Money.Usd(0.25m)).ShouldBe("$0.25");
        es.Say(new LocalDate(2026, 12, 1)).ShouldBe("el martes primero de diciembre");
        en.Say(new LocalDate(2026, 12, 1)).ShouldBe("Tuesday, December 1");
        es.Say(new LocalDateTime(2026, 11, 27, 12, 0)).ShouldBe("el viernes 27 de noviembre al mediodía");
        es.Say(new LocalDateTime(2026, 11, 27, 13, 30)).ShouldBe("el viernes 27 de noviembre a la 1 de la tarde");
        en.Say(new LocalDate(2026, 11, 27)).ShouldBe("Friday, November 27");
        es.Say(new LocalDate(2026, 11, 27)).ShouldBe("el viernes 27 de noviembre");
        SpokenLanguage.Say(PhoneNumber.Parse("+18005550199")).ShouldBe("800 555 0199");
    }

    [Fact]
    public void A_value_the_model_lacks_is_an_error_not_silence() =>
        Should.Throw<TemplateException>(() => Shipped.Render("en", "shared", "menu", new Dictionary<string, object?> { ["action"] = "https://x/y" })).Message.ShouldBe("en/shared/menu.xml: creditor is undefined");

    [Fact]
    public void Notices_are_said_before_the_prompt_in_one_document()
    {
        var response = XDocument.Parse(Shipped.Render("en", "outbound", ["verify-again", "verify-zip"], Shipped.Sample("en", "shared"))).Root!;
        response.Elements().Select(element => element.Name.LocalName).ShouldBe(["Say", "Gather", "Redirect"]);
    }

    [Fact]
    public void No_unverified_state_of_any_flow_says_a_debt_word_in_any_language()
    {
        var facts = new IvrFacts(
            new IvrBusiness("Northfield Services", PhoneNumber.Parse("+18005550199"), "Jordan Reed", true),
            new IvrPerson(7, "Maria", "Lopez", "en", "30301", new LocalDate(1980, 2, 29), "4321"),
            [new IvrAccount(1, "Acme Broadband", Money.Usd(340.25m), Money.Usd(300m), false, false, 0)],
            IvrPolicy.Default, new LocalDate(2026, 11, 23), ["en", "es"]);
        foreach (var (flow, node, language) in from flow in IvrFlows.All from node in flow.Nodes where !node.Private && node.Kind is not (IvrNodeKind.Decision or IvrNodeKind.Transfer) from language in Shipped.Languages select (flow, node, language))
        {
            var position = new IvrPosition { Flow = flow.Name, Version = 1, Step = node.Id, Language = language, AccountId = 1, PersonId = 7, Amount = 3, Date = facts.Today };
            var words = new Dictionary<string, object?>(IvrWords.For(flow, position, facts)) { ["action"] = "https://calls.example.com/x", ["recordAction"] = "https://calls.example.com/y" };
            var said = XDocument.Parse(Shipped.Render(language, flow.Name, ["not-valid", node.Id], words)).Root!.Value;
            foreach (var secret in Shipped.Language(language).DebtWords.Concat(["Acme", "340", "300"]))
                said.ShouldNotContain(secret, Case.Insensitive, $"{language} {flow.Name} {node.Id}");
        }
    }

    /// <summary>Templates are files of the installation: one that dialled a number would ring it without anybody's leave.</summary>
    [Theory]
    [InlineData("<Dial>+19005550100</Dial>")]
    [InlineData("<dial><Number>+19005550100</Number></dial>")]
    [InlineData("<Refer><Sip>sip:x@example.com</Sip></Refer>")]
    public void A_template_that_dials_is_not_taken(string verb)
    {
        using var copy = new TemplateCopy();
        copy.Edit("en/shared/goodbye.xml", text => text.Replace("<Hangup/>", verb, StringComparison.Ordinal));
        Should.Throw<TemplateException>(copy.Load).Message.ShouldContain("en/shared/goodbye.xml: a template may not dial");
    }

    [Fact]
    public void A_changed_file_is_read_again_and_a_broken_one_is_not_taken()
    {
        using var copy = new TemplateCopy();
        var before = copy.Load();
        copy.Edit("en/shared/goodbye.xml", text => text.Replace("Goodbye", "Farewell", StringComparison.Ordinal));
        copy.Load().Render("en", "shared", "goodbye", before.Sample("en", "shared")).ShouldContain("Farewell");
        copy.Edit("en/shared/goodbye.xml", text => text.Replace("</Say>", "", StringComparison.Ordinal));
        copy.Edit("en/shared/menu.xml", text => text.Replace("{{creditor}}", "{{{creditor}}}", StringComparison.Ordinal));
        var error = Should.Throw<TemplateException>(copy.Load);
        error.Message.ShouldContain("en/shared/goodbye.xml");
        error.Message.ShouldContain("en/shared/menu.xml: unescaped values");
    }
}
