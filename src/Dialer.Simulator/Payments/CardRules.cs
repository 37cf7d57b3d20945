namespace Dialer.Simulator.Payments;

/// <summary>The shape of what callers key in: card numbers by type and check digit, dates, codes, bank numbers.</summary>
/// <remarks>https://www.twilio.com/docs/voice/twiml/pay#validcardtypes. Test numbers only ever reach this network.</remarks>
public static class CardRules
{
    /// <summary>The card type, or null when the number's length, beginning or check digit is of none.</summary>
    public static string? Type(string number) => !Luhn(number) ? null : number switch
    {
        ['4', ..] when number.Length is 13 or 16 or 19 => "visa",
        ['3', '4' or '7', ..] when number.Length == 15 => "amex",
        ['5', >= '1' and <= '5', ..] or ['2', >= '2' and <= '7', ..] when number.Length == 16 => "mastercard",
        ['6', '0', '1', '1', ..] or ['6', '4', ..] or ['6', '5', ..] when number.Length == 16 => "discover",
        ['3', '5', ..] when number.Length == 16 => "jcb",
        ['3', '0' or '6' or '8', ..] when number.Length == 14 => "diners-club",
        _ => null,
    };

    /// <summary>How many digits complete a number of this beginning without the finishing key.</summary>
    public static int Length(string started) => started switch
    {
        ['3', '4' or '7', ..] => 15,
        ['3', '0' or '6' or '8', ..] => 14,
        _ => 16,
    };

    /// <summary>MMYY not before this month.</summary>
    public static bool DateIsGood(string mmyy, NodaTime.LocalDate today) =>
        mmyy.Length == 4 && int.TryParse(mmyy[..2], out var month) && int.TryParse(mmyy[2..], out var year)
        && month is >= 1 and <= 12 && (2000 + year, month).CompareTo((today.Year, today.Month)) >= 0;

    /// <summary>The ABA check digit of a nine-digit routing number.</summary>
    public static bool RoutingIsGood(string number) => number.Length == 9
        && ((3 * (D(number, 0) + D(number, 3) + D(number, 6))) + (7 * (D(number, 1) + D(number, 4) + D(number, 7))) + D(number, 2) + D(number, 5) + D(number, 8)) % 10 == 0;

    /// <summary>xxxx-xxxxxx-x4001, as Twilio masks card numbers.</summary>
    public static string MaskCard(string number)
    {
        var masked = new string('x', Math.Max(0, number.Length - 4)) + number[^Math.Min(4, number.Length)..];
        return number.Length == 15 ? $"{masked[..4]}-{masked[4..10]}-{masked[10..]}" : string.Join('-', masked.Chunk(4).Select(c => new string(c)));
    }

    public static string MaskBank(string number) => new string('*', Math.Max(0, number.Length - 2)) + number[^Math.Min(2, number.Length)..];

    private static bool Luhn(string number)
    {
        if (number.Length < 12 || !number.All(char.IsAsciiDigit))
            return false;
        var sum = 0;
        for (var i = 0; i < number.Length; i++)
        {
            var digit = D(number, number.Length - 1 - i) * (i % 2 == 0 ? 1 : 2);
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }

    private static int D(string text, int index) => text[index] - '0';
}
