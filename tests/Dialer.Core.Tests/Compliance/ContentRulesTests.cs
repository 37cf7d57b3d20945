using Dialer.Core.Compliance;

namespace Dialer.Core.Tests.Compliance;

public class ContentRulesTests
{
    private const string Good = "This is {{contactName}} calling from {{business}}. Please contact me at {{callback}}.";

    [Theory]
    [InlineData(Good)]
    [InlineData("Hello, {{firstName}} {{lastName}}. This is {{callerName}} calling from {{business}}. It is {{dateTime}}. Please contact me or {{contactName}} at {{callback}} {{replyTimes}}. You may also speak with any representative.")]
    public void LimitedContent_WithItsPartsAndNothingElse_IsAccepted(string text) => LimitedContentMessage.Check(text, "Ficus Services").ShouldBeEmpty();

    [Fact]
    public void LimitedContent_InSpanish_HasTheSameForm() =>
        LimitedContentMessage.Check("Habla {{contactName}} de {{business}}. Por favor, llámeme al {{callback}}.", "Ficus", "es-US").ShouldBeEmpty();

    [Theory]
    [InlineData("This is an attempt to collect a debt.", "LCM_EXTRA_CONTENT")]
    [InlineData("Thank you, goodbye.", "LCM_EXTRA_CONTENT")]
    [InlineData("It is about an important business matter.", "LCM_EXTRA_CONTENT")]
    [InlineData("Our licence number is 123.", "LCM_EXTRA_CONTENT")]
    public void LimitedContent_WithOneWordMore_LosesItsStatus(string more, string code) =>
        LimitedContentMessage.Check($"{Good} {more}", "Ficus Services").ShouldHaveSingleItem().Code.ShouldBe(code);

    [Theory]
    [InlineData("This is {{contactName}} calling from {{business}}. Please contact me.", "LCM_MISSING_PHONE")]
    [InlineData("This is {{business}}. Please contact us at {{callback}}.", "LCM_MISSING_CONTACT")]
    [InlineData("This is {{contactName}}. Please contact me at {{callback}}.", "LCM_MISSING_BUSINESS")]
    [InlineData("This is {{contactName}} calling from {{business}}. My number is {{callback}}.", "LCM_MISSING_REQUEST")]
    public void LimitedContent_LackingAPart_SaysWhich(string text, string code) => LimitedContentMessage.Check(text, "Ficus Services").ShouldHaveSingleItem().Code.ShouldBe(code);

    [Fact]
    public void LimitedContent_FromABusinessWhoseNameTellsOfCollecting_IsRefused() =>
        LimitedContentMessage.Check(Good, "Ficus Debt Collection Services").ShouldHaveSingleItem().Code.ShouldBe("LCM_NAME_REVEALS");

    [Fact]
    public void LimitedContent_InALanguageWithoutAForm_IsRefused() => LimitedContentMessage.Check(Good, "Ficus", "fr").ShouldNotBeEmpty();

    [Theory]
    [InlineData("To pay {{balance}}, press 1.", true)]
    [InlineData("You owe {{ Amount }}.", true)]
    [InlineData("Tiene una deuda.", true)]
    [InlineData("This is {{business}}. For {{firstName}} {{lastName}}, press 1.", false)]
    public void BeforeVerification_NoSlotAndNoWordTellsOfADebt(string text, bool found) => ContentRules.BeforeVerification(text).Any().ShouldBe(found);

    [Theory]
    [InlineData("Hello. This is {{business}}. We are sorry we missed you. Please call us at {{callback}}. To stop these automated calls, press 9.", true, null)]
    [InlineData("Hello. This is {{business}}. Please call us at {{callback}}.", true, "OPTOUT_MECHANISM_MISSING")]
    [InlineData("We are sorry we missed you. To stop these automated calls, press 9.", true, "TCPA_ID_MISSING")]
    [InlineData("This is {{business}}.", false, "TCPA_CALLBACK_MISSING")]
    [InlineData("We would like to speak to you about something that we think is of great interest, from {{business}}. To stop, press 9.", true, "TCPA_ID_MISSING")]
    public void ArtificialVoice_SaysWhoWhereAndHowToStop(string text, bool live, string? code) =>
        ContentRules.ArtificialVoice(text, live).Select(f => f.Code).ShouldBe(code is null ? [] : [code]);

    [Theory]
    [InlineData("Your statement is ready. Reply STOP to opt out.", 0)]
    [InlineData("Your statement is ready. {{unsubscribe}}", 0)]
    [InlineData("Your statement is ready. To stop e-mails of this kind, reply with the word STOP.", 0)]
    [InlineData("Su estado está listo. Responda con la palabra STOP.", 0)]
    [InlineData("Your statement is ready.", 1)]
    public void Electronic_AlwaysOffersToOptOut(string text, int findings) => ContentRules.Electronic(text).Count.ShouldBe(findings);

    [Fact]
    public void Pressure_InTheValidationPeriodOrOnAnOldDebt_IsFound()
    {
        ContentRules.Pressure("Pay immediately.", inValidationPeriod: true, timeBarred: false).ShouldHaveSingleItem().Code.ShouldBe("OVERSHADOWING");
        ContentRules.Pressure("We will take legal action.", inValidationPeriod: false, timeBarred: true).ShouldHaveSingleItem().Code.ShouldBe("TIME_BARRED_NO_SUIT");
        ContentRules.Pressure("We will take legal action today.", inValidationPeriod: false, timeBarred: false).ShouldBeEmpty();
    }
}
