using System.Globalization;
using NodaTime;

namespace Dialer.Features.Imports;

/// <summary>Reads single values as senders write them. Each returns false when the text has no one clear meaning; nothing is guessed.</summary>
internal static class FieldText
{
    private const long MaxCents = 99_999_999_999_999;

    /// <summary>Money in cents: <c>1234.5</c>, <c>$1,234.50</c>, <c>-12.00</c>, <c>12.00-</c>, <c>(12.00)</c>. More than two decimals, other separators and odd groups are refused.</summary>
    public static bool TryMoney(ReadOnlySpan<char> text, out long cents)
    {
        cents = 0;
        text = text.Trim();
        var negative = text is ['(', .., ')'] or ['-', ..] or [.., '-'];
        if (negative)
            text = (text[0] == '(' ? text[1..^1] : text[0] == '-' ? text[1..] : text[..^1]).Trim();
        if (text is ['$', ..])
            text = text[1..].TrimStart();
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? default : text[(point + 1)..].TrimEnd('0');
        if (whole.IsEmpty && fraction.IsEmpty && !text.Contains('0') || fraction.Length > 2 || !TryWhole(whole, out var units))
            return false;
        foreach (var c in fraction)
        {
            if (!char.IsAsciiDigit(c))
                return false;
        }

        cents = units * 100 + (fraction.Length > 0 ? (fraction[0] - '0') * 10 : 0) + (fraction.Length > 1 ? fraction[1] - '0' : 0);
        if (cents > MaxCents)
            return false;
        if (negative)
            cents = -cents;
        return true;
    }

    private static bool TryWhole(ReadOnlySpan<char> text, out long units)
    {
        units = 0;
        var firstComma = text.IndexOf(',');
        if (firstComma == 0 || firstComma > 3 || text.Length > 18)
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            var fromEnd = text.Length - i;
            if (text[i] == ',')
            {
                if (fromEnd % 4 != 0)
                    return false;
            }
            else if (!char.IsAsciiDigit(text[i]) || firstComma >= 0 && i > firstComma && fromEnd % 4 == 0)
            {
                return false;
            }
            else
            {
                units = units * 10 + (text[i] - '0');
            }
        }

        return true;
    }

    /// <summary>A date as <c>yyyy-MM-dd</c> or <c>yyyyMMdd</c>, or by the sender's declared format and no other.</summary>
    public static bool TryDate(ReadOnlySpan<char> text, string? declared, out LocalDate date)
    {
        date = default;
        text = text.Trim();
        DateOnly found;
        if (declared is not null)
        {
            if (!DateOnly.TryParseExact(text, declared, CultureInfo.InvariantCulture, DateTimeStyles.None, out found))
                return false;
        }
        else if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out found)
            && !DateOnly.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out found))
        {
            return false;
        }

        date = LocalDate.FromDateOnly(found);
        return true;
    }

    public static bool TryYesNo(ReadOnlySpan<char> text, out bool yes)
    {
        text = text.Trim();
        yes = IsOneOf(text, "yes", "y", "true", "1");
        return yes || IsOneOf(text, "no", "n", "false", "0");
    }

    /// <summary>The five digits of a ZIP code; the +4 part is dropped. Four digits (a zero lost in a spreadsheet) are refused.</summary>
    public static bool TryZip(ReadOnlySpan<char> text, out ReadOnlySpan<char> five)
    {
        text = text.Trim();
        five = text.Length >= 5 ? text[..5] : default;
        var rest = text.Length > 5 ? text[5..].TrimStart('-') : default;
        return five.Length == 5 && AllDigits(five) && (text.Length == 5 || text.Length is 9 or 10 && rest.Length == 4 && AllDigits(rest));
    }

    /// <summary>True for <c>1.23457E+11</c>: a number that a spreadsheet shortened; its digits are lost.</summary>
    public static bool IsScientific(ReadOnlySpan<char> text)
    {
        var e = text.IndexOfAny('E', 'e');
        return e > 0 && e + 1 < text.Length && text[e + 1] is '+' or '-'
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
    }

    public static bool AllDigits(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
                return false;
        }

        return true;
    }

    /// <summary>A shape check only: one @, something before it, a dot inside what follows.</summary>
    public static bool IsEmail(ReadOnlySpan<char> text)
    {
        var at = text.IndexOf('@');
        if (at <= 0 || text.Length > 254 || text[(at + 1)..].Contains('@') || text.Contains(' '))
            return false;
        var domain = text[(at + 1)..];
        return domain.IndexOf('.') > 0 && domain[^1] != '.';
    }

    public static bool IsOneOf(ReadOnlySpan<char> text, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (text.Equals(word, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
