using Dialer.Core.Ivr;
using Dialer.Twilio.Twiml.Lint;

namespace Dialer.Twilio.Tests.Twiml;

/// <summary>One planted violation for each rule: a rule that cannot fail is no rule.</summary>
public sealed class TemplateLintTests
{
    public static TheoryData<string, string, string, string> Planted => new()
    {
        { "verb", "en/shared/goodbye.xml", "<Hangup/>", "<Hang/>" },
        { "attribute", "en/shared/menu.xml", "timeout=\"7\"", "timeout=\"7\" colour=\"red\"" },
        { "nesting", "en/shared/goodbye.xml", "<Hangup/>", "<Gather action=\"https://x.example/\"><Hangup/></Gather>" },
        { "action", "en/shared/menu.xml", "action=\"{{action}}\"", "action=\"/relative\"" },
        { "unreachable", "en/shared/goodbye.xml", "<Hangup/>", "<Hangup/>\n  <Say>Unheard.</Say>" },
        { "variable", "en/shared/menu.xml", "{{creditor}}", "{{nickname}}" },
        { "debt-before-verification", "en/shared/verify-zip.xml", "To make sure", "About your debt, to make sure" },
        { "debt-before-verification", "es/outbound/open.xml", "Le habla {{business}}.", "Le habla {{business}} sobre su deuda." },
        { "length", "en/machine/message.xml", "Please contact me", string.Concat(Enumerable.Repeat("word ", 80)) + "Please contact me" },
        { "gather", "en/shared/verify-zip.xml", "numDigits=\"5\"", "numDigits=\"4\"" },
        { "silence", "en/shared/menu.xml", "<Redirect method=\"POST\">{{action}}</Redirect>", "" },
        { "key-unspoken", "en/shared/dispute-confirm.xml", "To go back, press 2.", "" },
        { "key-dead", "en/shared/dispute-confirm.xml", "To go back, press 2.", "To go back, press 2. To sing, press 7." },
        { "opt-out", "en/outbound/open.xml", "press 9", "do nothing" },
        { "opt-out", "es/abandoned/message.xml", "oprima 9", "espere" },
        { "identification", "en/outbound/open.xml", "This is {{business}}.", "Hello. How are you." },
        { "call-back-number", "en/shared/goodbye.xml", "<say-as interpret-as=\"telephone\">{{callback}}</say-as>", "our usual number" },
        { "lcm-missing-name", "en/machine/message.xml", "{{contactName}}", "Somebody" },
        { "lcm-missing-business", "en/machine/message.xml", " calling from {{business}}", "" },
        { "lcm-missing-phone", "en/machine/message.xml", " at <say-as interpret-as=\"telephone\">{{callback}}</say-as>", "" },
        { "lcm-extra-content", "en/machine/message.xml", "Please contact me", "It is urgent. Please contact me" },
        { "lcm-name-reveals", "en/machine/sample.json", "Northfield Services", "Northfield Debt Collection" },
        { "languages", "es/shared/menu.xml", "{{#if severalAccounts}} Para otra cuenta, oprima 4.{{/if}}", "" },
        { "languages", "es/shared/goodbye.xml", "<Hangup/>", "" },
    };

    [Theory]
    [MemberData(nameof(Planted))]
    public void A_planted_violation_is_found_by_its_rule(string rule, string file, string before, string after)
    {
        using var copy = new TemplateCopy();
        if (rule == "variable")
            copy.Edit("en/shared/sample.json", text => text.Replace("\"creditor\": \"Acme Broadband\",\n  \"balance\"", "\"nickname\": \"x\",\n  \"creditor\": \"Acme Broadband\",\n  \"balance\"", StringComparison.Ordinal));
        copy.Edit(file, text => text.Replace(before, after, StringComparison.Ordinal));
        TemplateLint.Check(copy.Load(), IvrFlows.All).Select(problem => problem.Rule).ShouldContain(rule);
    }

    [Fact]
    public void A_missing_template_is_found_in_its_language()
    {
        using var copy = new TemplateCopy();
        copy.Delete("es/shared/pay-unknown.xml");
        var problems = TemplateLint.Check(copy.Load(), IvrFlows.All);
        problems.ShouldContain(problem => problem.Rule == "missing" && problem.File == "es/outbound");
        problems.ShouldContain(problem => problem.Rule == "languages");
    }

    [Fact]
    public void A_template_nothing_says_is_found()
    {
        using var copy = new TemplateCopy();
        copy.Write("en/shared/orphan.xml", "<Response>\n  <Hangup/>\n</Response>\n");
        TemplateLint.Check(copy.Load(), IvrFlows.All).ShouldContain(problem => problem.Rule == "never-said");
    }

    [Fact]
    public void A_document_too_long_for_the_wire_is_found()
    {
        using var copy = new TemplateCopy();
        copy.Edit("en/shared/goodbye.xml", text => text.Replace("Goodbye.", new string('a', 5000), StringComparison.Ordinal));
        TemplateLint.Check(copy.Load(), IvrFlows.All).ShouldContain(problem => problem.Rule == "size");
    }
}
