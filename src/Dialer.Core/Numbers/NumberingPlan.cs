using System.Collections.Frozen;
using System.Collections.Immutable;
using NodaTime;

namespace Dialer.Core.Numbers;

/// <summary>What kind of number an area code gives out.</summary>
public enum AreaKind
{
    Geographic,
    TollFree,
    Premium,

    /// <summary>Personal, satellite and government codes (5XX, 6XX, 700, 710): they say nothing about where the called person is.</summary>
    NonGeographic,
}

/// <summary>One area code (NPA) of the North American Numbering Plan.</summary>
/// <param name="Country">ISO 3166-1 alpha-2; empty where the code belongs to no country.</param>
/// <param name="Regions">States, territories or provinces it serves ("FL", "ON").</param>
/// <param name="Zones">Every time zone it reaches into; several where it straddles a border. Empty: the code says nothing about time.</param>
public sealed record AreaCode(int Npa, string Country, ImmutableArray<string> Regions, ImmutableArray<DateTimeZone> Zones, AreaKind Kind);

/// <summary>The states and zones that the first three digits of a ZIP code reach into. No zones: a military address, whose place is not known.</summary>
public sealed record ZipArea(ImmutableArray<string> Regions, ImmutableArray<DateTimeZone> Zones);

/// <summary>
/// The tables of the North American Numbering Plan (area codes in service or assigned for service) and of the US Postal Service's three-digit
/// ZIP prefixes, with every IANA time zone each can mean. Zones come from the NodaTime build this program is compiled with, not from the machine.
/// </summary>
/// <remarks>
/// Ambiguity is returned, not resolved: 850 is both Eastern and Central, 928 is both Phoenix and the Navajo Nation (America/Denver).
/// Sources: NANPA's published assignments; 49 CFR part 71 for the limits of time zones; USPS publication 65 for ZIP prefixes.
/// </remarks>
public static class NumberingPlan
{
    private static readonly FrozenDictionary<int, AreaCode> AreaCodes = ReadAreaCodes();
    private static readonly ZipArea?[] ZipPrefixes = ReadZipPrefixes();
    private static readonly FrozenDictionary<string, ImmutableArray<DateTimeZone>> Regions = CollectRegions();

    public static IReadOnlyCollection<AreaCode> All => AreaCodes.Values;

    /// <summary>Every US state, district, territory and Canadian province the tables know, with all of its zones.</summary>
    public static IReadOnlyDictionary<string, ImmutableArray<DateTimeZone>> ZonesByRegion => Regions;

    /// <summary>The area code of a number; null when it is not North American or the code is not assigned.</summary>
    public static AreaCode? Find(PhoneNumber number) => number.AreaCode is { } npa ? Find(npa) : null;

    public static AreaCode? Find(int npa) => AreaCodes.GetValueOrDefault(npa);

    /// <summary>The area of a five-digit ZIP code; null when its prefix is not in use.</summary>
    public static ZipArea? FindZip(string zip) =>
        zip.Length >= 3 && char.IsAsciiDigit(zip[0]) && char.IsAsciiDigit(zip[1]) && char.IsAsciiDigit(zip[2])
            ? ZipPrefixes[((zip[0] - '0') * 100) + ((zip[1] - '0') * 10) + (zip[2] - '0')]
            : null;

    /// <summary>All zones of a state or province; empty when it is not known.</summary>
    public static ImmutableArray<DateTimeZone> ZonesOf(string region) => Regions.GetValueOrDefault(region, []);

    private static FrozenDictionary<int, AreaCode> ReadAreaCodes() =>
        Rows("area-codes.csv")
            .Select(cells => new AreaCode(int.Parse(cells[0]), cells[1], Words(cells[2]), Zones(cells[3]), Enum.Parse<AreaKind>(cells[4])))
            .ToFrozenDictionary(area => area.Npa);

    private static ZipArea?[] ReadZipPrefixes()
    {
        var prefixes = new ZipArea?[1000];
        foreach (var cells in Rows("zip-prefixes.csv"))
            Array.Fill(prefixes, new ZipArea(Words(cells[2]), Zones(cells[3])), int.Parse(cells[0]), int.Parse(cells[1]) - int.Parse(cells[0]) + 1);
        return prefixes;
    }

    private static FrozenDictionary<string, ImmutableArray<DateTimeZone>> CollectRegions()
    {
        var fromCodes = AreaCodes.Values.SelectMany(area => area.Regions.SelectMany(region => area.Zones.Select(zone => (region, zone))));
        var fromZips = ZipPrefixes.OfType<ZipArea>().SelectMany(area => area.Regions.SelectMany(region => area.Zones.Select(zone => (region, zone))));
        return fromCodes.Concat(fromZips)
            .GroupBy(pair => pair.region, pair => pair.zone)
            .ToFrozenDictionary(group => group.Key, group => group.DistinctBy(zone => zone.Id).OrderBy(zone => zone.Id, StringComparer.Ordinal).ToImmutableArray());
    }

    private static IEnumerable<string[]> Rows(string file)
    {
        using var stream = typeof(NumberingPlan).Assembly.GetManifestResourceStream($"Dialer.Core.Numbers.{file}")
            ?? throw new InvalidOperationException($"The table {file} is missing from this build.");
        using var reader = new StreamReader(stream);
        var rows = new List<string[]>();
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
            rows.Add(line.Split(','));
        return rows;
    }

    private static ImmutableArray<string> Words(string cell) => [.. cell.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static ImmutableArray<DateTimeZone> Zones(string cell) => [.. Words(cell).Select(id => DateTimeZoneProviders.Tzdb[id])];
}
