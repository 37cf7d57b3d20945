using System.Collections.Frozen;

namespace Dialer.Features.Imports;

/// <summary>Two-letter postal codes of states, the District, territories and military post (USPS Publication 28, appendix B), by code or by name.</summary>
internal static class UsState
{
    private static readonly FrozenDictionary<string, string> CodeByText = new Dictionary<string, string>
    {
        ["Alabama"] = "AL", ["Alaska"] = "AK", ["American Samoa"] = "AS", ["Arizona"] = "AZ", ["Arkansas"] = "AR", ["California"] = "CA", ["Colorado"] = "CO",
        ["Connecticut"] = "CT", ["Delaware"] = "DE", ["District of Columbia"] = "DC", ["Florida"] = "FL", ["Georgia"] = "GA", ["Guam"] = "GU", ["Hawaii"] = "HI",
        ["Idaho"] = "ID", ["Illinois"] = "IL", ["Indiana"] = "IN", ["Iowa"] = "IA", ["Kansas"] = "KS", ["Kentucky"] = "KY", ["Louisiana"] = "LA", ["Maine"] = "ME",
        ["Maryland"] = "MD", ["Massachusetts"] = "MA", ["Michigan"] = "MI", ["Minnesota"] = "MN", ["Mississippi"] = "MS", ["Missouri"] = "MO", ["Montana"] = "MT",
        ["Nebraska"] = "NE", ["Nevada"] = "NV", ["New Hampshire"] = "NH", ["New Jersey"] = "NJ", ["New Mexico"] = "NM", ["New York"] = "NY", ["North Carolina"] = "NC",
        ["North Dakota"] = "ND", ["Northern Mariana Islands"] = "MP", ["Ohio"] = "OH", ["Oklahoma"] = "OK", ["Oregon"] = "OR", ["Pennsylvania"] = "PA",
        ["Puerto Rico"] = "PR", ["Rhode Island"] = "RI", ["South Carolina"] = "SC", ["South Dakota"] = "SD", ["Tennessee"] = "TN", ["Texas"] = "TX", ["Utah"] = "UT",
        ["Vermont"] = "VT", ["Virgin Islands"] = "VI", ["Virginia"] = "VA", ["Washington"] = "WA", ["West Virginia"] = "WV", ["Wisconsin"] = "WI", ["Wyoming"] = "WY",
        ["Armed Forces Americas"] = "AA", ["Armed Forces Europe"] = "AE", ["Armed Forces Pacific"] = "AP",
    }.SelectMany(pair => new[] { pair, KeyValuePair.Create(pair.Value, pair.Value) }).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> BySpan = CodeByText.GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool TryFind(ReadOnlySpan<char> text, out string code)
    {
        var found = BySpan.TryGetValue(text.Trim(), out var value);
        code = value ?? "";
        return found;
    }
}
