using System.Text.RegularExpressions;

namespace Dialer.Core.Payments;

/// <summary>Finds card numbers in what people type, so that none is kept (PCI DSS v4, requirement 3.3).</summary>
public static partial class CardNumbers
{
    /// <summary>
    /// True when the text holds what can be the whole number of a card: 13 to 19 digits in one piece, or in the groups that stand on cards with one kind of separator, of a known beginning
    /// and with the right check digit. One in ten other numbers of that shape passes the check too.
    /// </summary>
    public static bool In(string text)
    {
        foreach (var found in Candidate().EnumerateMatches(text))
        {
            if (CheckDigitIsRight(text.AsSpan(found.Index, found.Length)))
                return true;
        }

        return false;
    }

    /// <summary>ISO/IEC 7812-1, annex B.</summary>
    private static bool CheckDigitIsRight(ReadOnlySpan<char> number)
    {
        var (sum, place) = (0, 0);
        for (var i = number.Length - 1; i >= 0; i--)
        {
            if (!char.IsAsciiDigit(number[i]))
                continue;
            var digit = (number[i] - '0') * (place++ % 2 == 0 ? 1 : 2);
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }

    [GeneratedRegex(@"(?<![0-9])(?:[2-6][0-9]{12,18}|[2-6][0-9]{3}(?<four>[ -])[0-9]{4}\k<four>[0-9]{4}\k<four>[0-9]{1,7}|3[47][0-9]{2}(?<six>[ -])[0-9]{6}\k<six>[0-9]{5})(?![0-9])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Candidate();
}
