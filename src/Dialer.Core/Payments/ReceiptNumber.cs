using System.Globalization;

namespace Dialer.Core.Payments;

/// <summary>
/// A payment's number as people say it to each other: nine digits, the last one a check digit. Every payment has one, it says nothing of how many there are, and of two payments in a row it is not alike.
/// </summary>
/// <remarks>Not a secret: whoever knows one learns nothing with it. Beyond a hundred million payments it has a digit more for each power of ten.</remarks>
public readonly record struct ReceiptNumber
{
    private const long Space = 100_000_000;

    /// <summary>Odd and no multiple of five, so that each number below <see cref="Space"/> is reached once.</summary>
    private const long Step = 38_195_707;
    private const long Shift = 21_437_653;
    private const int Shortest = 9;
    private const int Longest = 17;
    private const int Group = 3;

    private static readonly long Back = Inverse(Step, Space);

    private ReceiptNumber(long paymentId, string digits) => (PaymentId, Digits) = (paymentId, digits);

    /// <summary>Positive.</summary>
    public long PaymentId { get; }

    public string Digits { get; }

    /// <summary>As it is read out and written down: three digits at a time.</summary>
    public IReadOnlyList<string> Groups => [.. Digits.Chunk(Group).Select(digits => new string(digits))];

    public static ReceiptNumber Of(long paymentId)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(paymentId);
        var (block, place) = Math.DivRem(paymentId, Space);
        var number = (block == 0 ? "" : block.ToString(CultureInfo.InvariantCulture)) + (((place * Step) + Shift) % Space).ToString("00000000", CultureInfo.InvariantCulture);
        return new ReceiptNumber(paymentId, number + CheckDigit(number));
    }

    /// <summary>What somebody read out or typed, with or without the spaces. Null when it cannot be one: a digit is wrong or missing, or two are exchanged.</summary>
    public static ReceiptNumber? TryRead(string text)
    {
        var digits = new string([.. text.Where(c => c is not (' ' or '-'))]);
        if (digits.Length is < Shortest or > Longest || !digits.All(char.IsAsciiDigit) || CheckDigit(digits[..^1]) != digits[^1])
            return null;
        var place = long.Parse(digits[^Shortest..^1], CultureInfo.InvariantCulture);
        var block = digits.Length == Shortest ? 0 : long.Parse(digits[..^Shortest], CultureInfo.InvariantCulture);
        var paymentId = (block * Space) + ((place - Shift + Space) % Space * Back % Space);
        return paymentId > 0 && Of(paymentId) is var number && number.Digits == digits ? number : null;
    }

    public override string ToString() => string.Join(' ', Groups ?? []);

    /// <summary>ISO/IEC 7064, MOD 11,10: finds every single wrong digit, and nearly every exchange of two neighbours.</summary>
    private static char CheckDigit(string digits)
    {
        var rest = 10;
        foreach (var digit in digits)
        {
            var sum = (rest + (digit - '0')) % 10;
            rest = (sum == 0 ? 10 : sum) * 2 % 11;
        }

        return (char)('0' + ((11 - rest) % 10));
    }

    /// <summary>By Euclid's algorithm: the number that brings a product with <paramref name="factor"/> back to one.</summary>
    private static long Inverse(long factor, long modulus)
    {
        var (a, b, x, y) = (factor, modulus, 1L, 0L);
        while (b != 0)
        {
            var quotient = a / b;
            (a, b, x, y) = (b, a - (quotient * b), y, x - (quotient * y));
        }

        return ((x % modulus) + modulus) % modulus;
    }
}
