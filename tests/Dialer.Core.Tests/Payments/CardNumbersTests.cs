using Dialer.Core.Payments;

namespace Dialer.Core.Tests.Payments;

public sealed class CardNumbersTests
{
    [Theory]
    [InlineData("paid with 4242424242424242 today", true)]
    [InlineData("4242 4242 4242 4242", true)]
    [InlineData("4242-4242-4242-4242.", true)]
    [InlineData("3782 822463 10005", true)]
    [InlineData("6011000990139424", true)]
    [InlineData("4242 4242 4242 4241", false)] // the check digit is wrong
    [InlineData("4242-4242 4242-4242", false)] // no card is written so
    [InlineData("card ending 4242, call 312-555-0142 or 312-555-0188", false)]
    [InlineData("[RightParty 2026-11-23T00:05:12.123Z; DISCLOSE_INITIAL 2026-11-23T00:05:20.456Z]", false)]
    [InlineData("124242424242424242424242424242", false)] // longer than any
    [InlineData("", false)]
    public void In_FindsWholeNumbersOfCardsAndNothingElse(string text, bool found) => CardNumbers.In(text).ShouldBe(found);
}
