using System.Text;
using Dialer.Twilio.Webhooks;
using NodaTime;

namespace Dialer.Twilio.Tests.Webhooks;

public sealed class WebhookEventTests
{
    [Fact]
    public void A_form_keeps_case_repetition_order_empty_values_and_spaces()
    {
        var form = TwilioForm.Parse("Digits=1&digits=2&Digits=3&ToZip=&Name=+a%20b%2B%C3%A9+"u8)!;
        form.Fields.ShouldBe([new("Digits", "1"), new("digits", "2"), new("Digits", "3"), new("ToZip", ""), new("Name", " a b+é ")]);
        form["ToZip"].ShouldBeNull();
        form["Missing"].ShouldBeNull();
    }

    [Theory]
    [InlineData("a=%")]
    [InlineData("a=%4")]
    [InlineData("a=%zz")]
    [InlineData("a=%FF%FE")]
    public void A_broken_form_is_no_form(string body) => TwilioForm.Parse(Encoding.ASCII.GetBytes(body)).ShouldBeNull();

    [Fact]
    public void A_form_of_very_many_fields_is_refused() =>
        TwilioForm.Parse(Encoding.ASCII.GetBytes(string.Join('&', Enumerable.Range(0, 600).Select(i => $"f{i}=1")))).ShouldBeNull();

    [Fact]
    public void A_status_callback_is_read()
    {
        var changed = CallStatusChanged.From(TwilioForm.Of(
            ("CallSid", "CA1"), ("CallStatus", "no-answer"), ("SequenceNumber", "2"), ("Timestamp", "Tue, 31 Aug 2010 20:36:28 +0000"), ("CallDuration", "0"), ("SipResponseCode", "487")))!;
        changed.Status.ShouldBe(CallStatus.NoAnswer);
        changed.Sequence.ShouldBe(2);
        changed.At.ShouldBe(Instant.FromUtc(2010, 8, 31, 20, 36, 28));
        changed.SipCode.ShouldBe(487);
        changed.AnsweredBy.ShouldBeNull();
    }

    [Fact]
    public void A_status_word_of_the_future_is_other_and_a_callback_without_a_call_is_none()
    {
        CallStatusChanged.From(TwilioForm.Of(("CallSid", "CA1"), ("CallStatus", "teleported")))!.Status.ShouldBe(CallStatus.Other);
        CallStatusChanged.From(TwilioForm.Of(("CallStatus", "busy"))).ShouldBeNull();
    }

    [Theory]
    [InlineData("machine_end_beep", AnsweredBy.MachineEndBeep)]
    [InlineData("human", AnsweredBy.Human)]
    [InlineData("something new", AnsweredBy.Unknown)]
    public void A_machine_verdict_is_read(string word, AnsweredBy expected) =>
        AnsweredByKnown.From(TwilioForm.Of(("CallSid", "CA1"), ("AnsweredBy", word), ("MachineDetectionDuration", "3100")))!.ShouldBe(new AnsweredByKnown("CA1", expected, Duration.FromMilliseconds(3100)));

    [Fact]
    public void A_kept_card_is_read_by_its_token_and_last_digits_and_is_no_charge()
    {
        var kept = PayResult.From(Kept(("PaymentCardNumber", "xxxx-xxxx-xxxx-4242"), ("PaymentCardType", "visa"), ("ExpirationDate", "0230"), ("ProfileId", "cus_1")))!;
        kept.IsTokenized.ShouldBeTrue();
        kept.Kept.ShouldBe(new KeptInstrument("pm_1", "cus_1", "4242", "visa", new LocalDate(2030, 2, 28)));
        kept.Kept!.ToString().ShouldNotContain("pm_1");
        PayResult.From(Kept(("PaymentCardNumber", "xxxx-xxxx-xxxx-4242"), ("PaymentConfirmationCode", "ch_1")))!.IsTokenized.ShouldBeFalse();
    }

    [Theory]
    [InlineData("*******92", "92")]
    [InlineData("*****6789", "6789")]
    [InlineData("*********", null)]
    [InlineData("****56789", null)]
    [InlineData("12****789", null)]
    public void A_kept_bank_account_is_named_by_what_is_unmasked_or_not_kept(string masked, string? digits)
    {
        var kept = PayResult.From(Kept(("PaymentMethod", "ach-debit"), ("BankAccountNumber", masked)))!;
        kept.IsTokenized.ShouldBeTrue();
        kept.Kept?.LastDigits.ShouldBe(digits);
        (kept.Kept is null).ShouldBe(digits is null);
    }

    private static TwilioForm Kept(params (string, string)[] fields) => TwilioForm.Of([("CallSid", "CA1"), ("Result", "success"), ("PaymentToken", "pm_1"), .. fields]);

    [Fact]
    public void Keys_and_silence_are_told_apart()
    {
        GatherResult.From(TwilioForm.Of(("CallSid", "CA1"), ("Digits", "30301")))!.Digits.ShouldBe("30301");
        GatherResult.From(TwilioForm.Of(("CallSid", "CA1")))!.IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData("xxxx-xxxxxx-x4001", "4001")]
    [InlineData("*******92", null)]
    [InlineData("4111111111111111", null)]
    [InlineData("xxxxxxxxxxxx1111", "1111")]
    public void Only_the_four_digits_a_gateway_unmasks_are_taken(string masked, string? last4) =>
        PayResult.From(TwilioForm.Of(("CallSid", "CA1"), ("Result", "success"), ("PaymentCardNumber", masked), ("PaymentConfirmationCode", "ch_1")))!.InstrumentLast4.ShouldBe(last4);

    [Fact]
    public void A_conference_callback_is_read()
    {
        var changed = ConferenceChanged.From(TwilioForm.Of(
            ("ConferenceSid", "CF1"), ("FriendlyName", "agent-1"), ("StatusCallbackEvent", "participant-leave"), ("SequenceNumber", "4"), ("CallSid", "CA1"), ("Muted", "false"), ("ReasonParticipantLeft", "participant_hung_up")))!;
        changed.Kind.ShouldBe("participant-leave");
        changed.Muted.ShouldBe(false);
        changed.ReasonParticipantLeft.ShouldBe("participant_hung_up");
    }
}
