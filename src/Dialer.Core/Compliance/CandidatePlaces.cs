using System.Collections.Frozen;
using System.Collections.Immutable;
using Dialer.Core.Numbers;
using NodaTime;

namespace Dialer.Core.Compliance;

/// <summary>Every place a person may be when the number rings: the zones whose clocks must all agree, and the jurisdictions whose rules all apply.</summary>
/// <remarks>
/// The number and the postal address are both evidence. When they disagree, all of their zones are candidates (12 CFR 1006.6(b)(1)(i), official comment);
/// a zone the person told us replaces every zone but removes no jurisdiction; a state alone adds its zones. <see cref="Zones"/> empty means nobody knows.
/// </remarks>
public sealed record CandidatePlaces(ImmutableArray<DateTimeZone> Zones, ImmutableArray<string> Jurisdictions, AreaCode? Area, string Country)
{
    private static readonly DateTimeZone London = DateTimeZoneProviders.Tzdb["Europe/London"];

    public static CandidatePlaces Of(PhoneNumber to, PlaceFacts place)
    {
        var area = NumberingPlan.Find(to);
        var country = CountryOf(to, area);
        var zones = new List<DateTimeZone>(4);
        var jurisdictions = new List<string>(4);
        AddJurisdiction(jurisdictions, country);
        var addressUnknown = false;
        if (area is not null)
        {
            Add(zones, area.Zones);
            foreach (var region in area.Regions)
                AddJurisdiction(jurisdictions, country is "US" or "CA" ? Qualified(region) : $"{country}-{region}");
        }
        else if (country == "GB")
            Add(zones, [London]);

        AddAddress(place, zones, jurisdictions, ref addressUnknown);
        if (Cities.Find(area?.Npa, place) is { } city)
            AddJurisdiction(jurisdictions, city);
        if (place.KnownState is { Length: > 0 } known)
        {
            AddJurisdiction(jurisdictions, Qualified(known));
            Add(zones, NumberingPlan.ZonesOf(known)); // they are there, and nobody knows on which of its clocks
        }

        if (place.KnownZone is { } zone)
            return new CandidatePlaces([zone], [.. jurisdictions], area, country);
        return new CandidatePlaces(addressUnknown ? [] : [.. zones], [.. jurisdictions], area, country);
    }

    private static void AddAddress(PlaceFacts place, List<DateTimeZone> zones, List<string> jurisdictions, ref bool unknown)
    {
        if (place.Country is { Length: > 0 } country and not "US")
            AddJurisdiction(jurisdictions, country);
        else if (place.State is { Length: > 0 } || place.Zip is { Length: > 0 })
            AddJurisdiction(jurisdictions, "US");
        var zip = place.Zip is { Length: > 0 } text ? NumberingPlan.FindZip(text) : null;
        if (zip is not null)
        {
            unknown = zip.Zones.IsEmpty;
            Add(zones, zip.Zones);
            foreach (var region in zip.Regions)
                AddJurisdiction(jurisdictions, Qualified(region));
        }

        if (place.State is not { Length: > 0 } state)
            return;
        AddJurisdiction(jurisdictions, Qualified(state));
        if (zip is null || !zip.Regions.Contains(state))
            Add(zones, NumberingPlan.ZonesOf(state));
    }

    private static string CountryOf(PhoneNumber to, AreaCode? area) =>
        to.IsEmpty ? "" : area?.Country ?? (to.E164.StartsWith("+44", StringComparison.Ordinal) ? "GB" : "");

    private static string Qualified(string region) => QualifiedNames.TryGetValue(region, out var name) ? name : Qualify(region);

    private static string Qualify(string region) => Provinces.Contains(region) ? $"CA-{region}" : $"US-{region}";

    private static readonly FrozenSet<string> Provinces = new[] { "AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT" }.ToFrozenSet();

    private static readonly FrozenDictionary<string, string> QualifiedNames = NumberingPlan.ZonesByRegion.Keys.ToFrozenDictionary(region => region, Qualify);

    private static void AddJurisdiction(List<string> jurisdictions, string jurisdiction)
    {
        if (jurisdiction.Length > 0 && !jurisdictions.Contains(jurisdiction))
            jurisdictions.Add(jurisdiction);
    }

    private static void Add(List<DateTimeZone> zones, ImmutableArray<DateTimeZone> more)
    {
        foreach (var zone in more)
        {
            if (!zones.Contains(zone))
                zones.Add(zone);
        }
    }
}
