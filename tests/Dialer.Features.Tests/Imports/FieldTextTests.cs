using Dialer.Features.Imports;

namespace Dialer.Features.Tests.Imports;

public sealed class FieldTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("12", 1200)]
    [InlineData("12.5", 1250)]
    [InlineData("12.50", 1250)]
    [InlineData("12.500", 1250)]
    [InlineData(".75", 75)]
    [InlineData("$1,234.56", 123456)]
    [InlineData("1,234,567", 123456700)]
    [InlineData("-12.00", -1200)]
    [InlineData("12.00-", -1200)]
    [InlineData("(12.00)", -1200)]
    public void Money_is_read_to_the_cent(string text, long cents)
    {
        FieldText.TryMoney(text, out var read).ShouldBeTrue();
        read.ShouldBe(cents);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("$")]
    [InlineData(".")]
    [InlineData("abc")]
    [InlineData("12.345")]
    [InlineData("1.234,56")]
    [InlineData("1,23")]
    [InlineData("12,34,567")]
    [InlineData("1 234")]
    [InlineData("1e5")]
    [InlineData("--5")]
    [InlineData("9999999999999.99")]
    [InlineData("١٢")]
    public void Money_with_no_one_meaning_is_refused(string text) => FieldText.TryMoney(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("1980-04-05", null, true)]
    [InlineData("19800405", null, true)]
    [InlineData("04/05/1980", null, false)]
    [InlineData("04/05/1980", "MM/dd/yyyy", true)]
    [InlineData("1980-04-05", "MM/dd/yyyy", false)]
    [InlineData("1980-02-30", null, false)]
    [InlineData("0000-00-00", null, false)]
    public void Dates_are_read_by_their_one_declared_format(string text, string? format, bool good) => FieldText.TryDate(text, format, out _).ShouldBe(good);

    [Theory]
    [InlineData("02116", true)]
    [InlineData("02116-1234", true)]
    [InlineData("021161234", true)]
    [InlineData("2116", false)]
    [InlineData("0211a", false)]
    [InlineData("02116-12", false)]
    public void A_zip_code_has_five_digits_and_perhaps_four_more(string text, bool good) => FieldText.TryZip(text, out _).ShouldBe(good);
}
