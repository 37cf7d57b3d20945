using System.Diagnostics.CodeAnalysis;

namespace Dialer.Core.Numbers;

/// <summary>A telephone number in E.164 form: "+", a country code, at most 15 digits in all.</summary>
/// <remarks>
/// North American input (10 digits, or 11 beginning with 1) is completed with +1 and must have the shape NXX-NXX-XXXX
/// with N in 2-9 (47 CFR 52.13; ATIS-0300119); whether the area code is in service is a question for the numbering data, not for this type.
/// The default value is no number at all: <see cref="IsEmpty"/> is true and <see cref="E164"/> throws.
/// <see cref="ToString"/> masks, so that a number put into a log line by accident says only its last two digits.
/// </remarks>
public readonly record struct PhoneNumber : IComparable<PhoneNumber>
{
    private readonly string? _e164;

    private PhoneNumber(string e164) => _e164 = e164;

    /// <summary>The full number, "+15551234567". Personal data: never log it.</summary>
    public string E164 => _e164 ?? throw new InvalidOperationException("This PhoneNumber was never given a value.");

    public bool IsEmpty => _e164 is null;

    /// <summary>True for country code 1, the North American Numbering Plan.</summary>
    public bool IsNorthAmerican => _e164 is ['+', '1', ..] && _e164.Length == 12;

    /// <summary>The three-digit area code (NPA) of a North American number, else null.</summary>
    public int? AreaCode => IsNorthAmerican ? int.Parse(_e164.AsSpan(2, 3)) : null;

    /// <summary>True for a pay-per-call number of any area code: the exchange 976, kept for information services everywhere in the North American plan.</summary>
    public bool IsInformationService => IsNorthAmerican && _e164.AsSpan(5, 3) is "976";

    public static PhoneNumber Parse(string text) =>
        TryParse(text, out var number) ? number : throw new FormatException("Not a telephone number: expected E.164 (+15551234567) or ten North American digits.");

    public static bool TryParse([NotNullWhen(true)] string? text, out PhoneNumber number)
    {
        number = default;
        if (string.IsNullOrWhiteSpace(text) || text.Length > 40)
            return false;
        Span<char> digits = stackalloc char[16];
        var count = 0;
        var international = false;
        foreach (var c in text.AsSpan().Trim())
        {
            if (char.IsAsciiDigit(c))
            {
                if (count == 16)
                    return false;
                digits[count++] = c;
            }
            else if (c == '+' && count == 0 && !international)
                international = true;
            else if (c is not (' ' or '-' or '.' or '(' or ')' or '/' or '\u00A0' or '\u2011'))
                return false;
        }

        if (!international && count == 10)
            return NorthAmerican(digits[..10], out number);
        if (digits[0] == '1' && count == 11)
            return NorthAmerican(digits[1..11], out number);
        if (!international || count is < 8 or > 15 || digits[0] is '0' or '1')
            return false;
        number = new PhoneNumber($"+{digits[..count]}");
        return true;
    }

    private static bool NorthAmerican(ReadOnlySpan<char> ten, out PhoneNumber number)
    {
        var wellFormed = ten[0] >= '2' && ten[3] >= '2' && !(ten[1] == '1' && ten[2] == '1') && !(ten[4] == '1' && ten[5] == '1');
        number = wellFormed ? new PhoneNumber($"+1{ten}") : default;
        return wellFormed;
    }

    public int CompareTo(PhoneNumber other) => string.CompareOrdinal(_e164, other._e164);

    public static bool operator <(PhoneNumber left, PhoneNumber right) => left.CompareTo(right) < 0;

    public static bool operator >(PhoneNumber left, PhoneNumber right) => left.CompareTo(right) > 0;

    public static bool operator <=(PhoneNumber left, PhoneNumber right) => left.CompareTo(right) <= 0;

    public static bool operator >=(PhoneNumber left, PhoneNumber right) => left.CompareTo(right) >= 0;

    public override string ToString() => _e164 is null ? "(no number)" : $"{_e164[..2]}…{_e164[^2..]}";
}
