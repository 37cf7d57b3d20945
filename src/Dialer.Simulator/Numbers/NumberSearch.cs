using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Numbers;

/// <summary>A number that could be bought. <see cref="Place"/> is null where nothing but the state is known, and for numbers that are nowhere.</summary>
public sealed record NumberOffer(string Number, NumberPlace? Place, string? Region, string? PostalCode);

/// <summary>Which numbers a search wants, from the query of AvailablePhoneNumbers.</summary>
/// <remarks>https://www.twilio.com/docs/phone-numbers/api/availablephonenumberlocal-resource. Numbers are drawn from the seed: the same search finds the same.
/// Every number here takes calls and messages, none takes faxes, needs an address or is in beta.</remarks>
public sealed class NumberSearch
{
    public const string TollFreeCodes = "800 833 844 855 866 877 888";
    private const int PerCode = 30;
    private const string Keypad = "22233344455566677778889999";
    private static readonly (string Name, bool Is)[] Capabilities = [("VoiceEnabled", true), ("SmsEnabled", true), ("MmsEnabled", true), ("FaxEnabled", false)];
    private readonly string _country;
    private readonly bool _tollFree;
    private readonly Form _query;
    private readonly Regex? _pattern;
    private readonly (double Latitude, double Longitude)? _near;

    private NumberSearch(string country, bool tollFree, Form query, Regex? pattern, (double, double)? near)
    {
        _country = country;
        _tollFree = tollFree;
        _query = query;
        _pattern = pattern;
        _near = near;
    }

    /// <summary>Reads a query; or says which parameter cannot be, and why.</summary>
    public static (NumberSearch? Search, string Problem) Read(string country, bool tollFree, Form query)
    {
        foreach (var name in (ReadOnlySpan<string>)["VoiceEnabled", "SmsEnabled", "MmsEnabled", "FaxEnabled", "ExcludeAllAddressRequired", "ExcludeLocalAddressRequired", "ExcludeForeignAddressRequired", "Beta"])
        {
            if (query.NonEmpty(name) is { } flag && flag is not ("true" or "false"))
                return (null, $"{name} is true or false");
        }

        if (query.NonEmpty("AreaCode") is { } area && (area.Length != 3 || !area.All(char.IsAsciiDigit)))
            return (null, "AreaCode has three digits");
        if (query.NonEmpty("Distance") is { } distance && (!int.TryParse(distance, out var miles) || miles is < 1 or > 500))
            return (null, "Distance is 1 to 500 miles");
        Regex? pattern = null;
        if (query.NonEmpty("Contains") is { } contains && (pattern = Pattern(contains)) is null)
            return (null, "Contains has 2 to 16 digits, letters, *, %, a leading + and a final $");
        (double, double)? near = null;
        if (query.NonEmpty("NearLatLong") is { } point)
        {
            if (Point(point) is not { } at)
                return (null, "NearLatLong is a latitude and a longitude with a comma between");
            near = at;
        }
        else if (query.NonEmpty("NearNumber") is { } number)
        {
            if (!Core.Numbers.PhoneNumber.TryParse(number, out var parsed))
                return (null, "NearNumber is not a telephone number");
            near = NumberPlace.Of(parsed.E164[2..5]) is { } place ? (place.Latitude, place.Longitude) : (double.NaN, double.NaN); // nobody is near a number whose place is not known
        }

        return (new NumberSearch(country, tollFree, query, pattern, near), string.Empty);
    }

    /// <summary>The numbers found, none of which <paramref name="taken"/> is true of.</summary>
    public IEnumerable<NumberOffer> Find(long seed, Predicate<string> taken) => Capabilities.Any(c => _query.NonEmpty(c.Name) is { } wanted && wanted != (c.Is ? "true" : "false"))
        ? []
        : Codes().SelectMany(code => Of(seed, code)).Where(offer => (_pattern is null || _pattern.IsMatch(offer.Number[1..])) && !taken(offer.Number));

    private IEnumerable<string> Codes()
    {
        IEnumerable<string> codes = _query.NonEmpty("AreaCode") is { } area ? [area]
            : _tollFree ? TollFreeCodes.Split(' ')
            : NumberPlace.All.Where(place => place.Country == _country).SelectMany(place => place.Codes.Split(' '))
                .Concat(_country == "US" && _query.NonEmpty("InRegion") is { } region ? AreaCodes.Of(region) : []).Distinct();
        return _tollFree ? codes.Where(code => TollFreeCodes.Contains(code, StringComparison.Ordinal)) : codes.Where(IsThere);
    }

    /// <summary>True for an area code of the country that lies where the search looks.</summary>
    private bool IsThere(string code)
    {
        var place = NumberPlace.Of(code);
        var state = place?.Region ?? AreaCodes.Place($"+1{code}5550100").State;
        bool Is(string name, string? value) => _query.NonEmpty(name) is not { } wanted || string.Equals(wanted, value, StringComparison.OrdinalIgnoreCase);
        return (place?.Country ?? "US") == _country && state.Length > 0
            && Is("InRegion", state) && Is("InLocality", place?.Locality) && Is("InLata", place?.Lata) && Is("InRateCenter", place?.RateCenter)
            && (_query.NonEmpty("InPostalCode") is not { } zip || place?.HasPostalCode(zip) == true)
            && (_near is not { } near || (place is not null && place.MilesTo(near.Latitude, near.Longitude) <= Distance));
    }

    private double Distance => int.TryParse(_query.NonEmpty("Distance"), out var miles) ? miles : 25;

    private IEnumerable<NumberOffer> Of(long seed, string code)
    {
        var chance = Chance.Of(seed, "available", code, _tollFree ? "TollFree" : "Local");
        var place = _tollFree ? null : NumberPlace.Of(code);
        var region = _tollFree ? null : place?.Region ?? AreaCodes.Place($"+1{code}5550100").State;
        var postal = place is null ? null : _query.NonEmpty("InPostalCode") ?? place.PostalCode;
        for (var i = 0; i < PerCode; i++)
            yield return new NumberOffer($"+1{code}{2 + chance.Below(8)}{chance.Below(10)}{2 + chance.Below(8)}{chance.Below(10000):0000}", place, region, postal);
    }

    /// <summary>Digits and letters (as on a keypad) anywhere in the number; * is one digit, % any digits, + the number's beginning and $ its end.</summary>
    private static Regex? Pattern(string contains)
    {
        if (contains.Length is < 2 or > 16)
            return null;
        var regex = new StringBuilder();
        for (var i = 0; i < contains.Length; i++)
        {
            var c = char.ToUpperInvariant(contains[i]);
            switch (c)
            {
                case '+' when i == 0: regex.Append('^'); break;
                case '$' when i == contains.Length - 1: regex.Append('$'); break;
                case '*': regex.Append("[0-9]"); break;
                case '%': regex.Append("[0-9]*"); break;
                case >= 'A' and <= 'Z': regex.Append(Keypad[c - 'A']); break;
                case >= '0' and <= '9': regex.Append(c); break;
                default: return null;
            }
        }

        return new Regex(regex.ToString(), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }

    private static (double Latitude, double Longitude)? Point(string text) =>
        text.Split(',') is [var first, var second] && Degrees(first, 90) is { } latitude && Degrees(second, 180) is { } longitude ? (latitude, longitude) : null;

    private static double? Degrees(string text, double most) =>
        double.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var degrees) && Math.Abs(degrees) <= most ? degrees : null;
}
