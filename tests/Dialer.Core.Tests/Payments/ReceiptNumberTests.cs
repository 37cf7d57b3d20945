using Dialer.Core.Payments;

namespace Dialer.Core.Tests.Payments;

public sealed class ReceiptNumberTests
{
    [Fact]
    public void Every_payment_has_a_number_of_its_own_which_leads_back_to_it()
    {
        var ids = Enumerable.Range(1, 2000).Select(id => (long)id).Concat([99_999_999, 100_000_000, 100_000_001, 4_000_000_123]).ToList();
        ids.Select(id => ReceiptNumber.Of(id).Digits).Distinct().Count().ShouldBe(ids.Count);
        foreach (var id in ids)
            (ReceiptNumber.TryRead(ReceiptNumber.Of(id).Digits)?.PaymentId, ReceiptNumber.TryRead(ReceiptNumber.Of(id).ToString())?.PaymentId).ShouldBe((id, id));
    }

    [Fact]
    public void It_is_nine_digits_said_three_at_a_time()
    {
        var number = ReceiptNumber.Of(1);
        number.Digits.Length.ShouldBe(9);
        number.Groups.Select(group => group.Length).ShouldBe([3, 3, 3]);
        number.ToString().ShouldBe($"{number.Digits[..3]} {number.Digits[3..6]} {number.Digits[6..]}");
    }

    [Fact]
    public void A_digit_heard_wrong_is_found()
    {
        for (var id = 1; id <= 200; id++)
        {
            var digits = ReceiptNumber.Of(id).Digits;
            for (var place = 0; place < digits.Length; place++)
            {
                var wrong = digits.ToCharArray();
                wrong[place] = (char)('0' + ((wrong[place] - '0' + 1 + (id % 9)) % 10));
                if (new string(wrong) != digits)
                    ReceiptNumber.TryRead(new string(wrong)).ShouldBeNull($"{digits} at {place}");
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345678")]
    [InlineData("abcdefghi")]
    [InlineData("000000000000000000")]
    [InlineData("+14045550100")]
    public void What_cannot_be_one_is_none(string text) => ReceiptNumber.TryRead(text).ShouldBeNull();
}
