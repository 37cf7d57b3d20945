using System.Collections.Frozen;

namespace Dialer.Core.Compliance;

/// <summary>Cities with rules of their own, and how a contact is known to belong to one.</summary>
internal static class Cities
{
    private const string NewYorkCity = "US-NYC";

    // Area codes that serve only the five boroughs (NANPA).
    private static readonly FrozenSet<int> NewYorkCodes = new[] { 212, 332, 347, 465, 646, 718, 917, 929 }.ToFrozenSet();

    private static readonly FrozenSet<string> NewYorkNames =
        new[] { "NEW YORK", "NEW YORK CITY", "NYC", "MANHATTAN", "BROOKLYN", "BRONX", "THE BRONX", "QUEENS", "STATEN ISLAND" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Manhattan 100-102, Staten Island 103, Bronx 104, Queens 110 (part) 111 113 114 116, Brooklyn 112.
    private static readonly FrozenSet<string> NewYorkPrefixes =
        new[] { "100", "101", "102", "103", "104", "110", "111", "112", "113", "114", "116" }.ToFrozenSet();

    public static string? Find(int? npa, PlaceFacts place)
    {
        if (npa is { } code && NewYorkCodes.Contains(code))
            return NewYorkCity;
        if (place.Zip is { Length: >= 3 } zip && NewYorkPrefixes.GetAlternateLookup<ReadOnlySpan<char>>().Contains(zip.AsSpan(0, 3)))
            return NewYorkCity;
        return place is { State: "NY", City: { } name } && NewYorkNames.Contains(name.Trim()) ? NewYorkCity : null;
    }
}
