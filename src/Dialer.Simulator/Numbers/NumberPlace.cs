namespace Dialer.Simulator.Numbers;

/// <summary>Where the telephone numbers of some area codes are: what a search for numbers goes by.</summary>
/// <param name="Locality">City.</param>
/// <param name="Region">State or province, two letters.</param>
/// <param name="Country">ISO 3166-1, two letters.</param>
/// <param name="Latitude">Degrees, of the city's centre.</param>
/// <param name="Longitude">Degrees, negative to the west.</param>
/// <param name="PostalCode">The city's own; a search for another one of its first three characters finds the city too.</param>
/// <param name="Lata">Local access and transport area.</param>
/// <param name="RateCenter">As carriers write it.</param>
/// <param name="Codes">Area codes with spaces between.</param>
public sealed record NumberPlace(string Locality, string Region, string Country, double Latitude, double Longitude, string PostalCode, string Lata, string RateCenter, string Codes)
{
    private const double EarthMiles = 3958.8;

    public static readonly IReadOnlyList<NumberPlace> All =
    [
        new("New York", "NY", "US", 40.7128, -74.0060, "10001", "132", "NWYRCYZN01", "212 646 917 332"), new("Buffalo", "NY", "US", 42.8864, -78.8784, "14201", "140", "BUFFALO", "716"),
        new("Newark", "NJ", "US", 40.7357, -74.1724, "07102", "224", "NEWARK", "973 862"), new("Philadelphia", "PA", "US", 39.9526, -75.1652, "19103", "228", "PHILA", "215 267"),
        new("Pittsburgh", "PA", "US", 40.4406, -79.9959, "15203", "234", "PITTSBURGH", "412"), new("Boston", "MA", "US", 42.3601, -71.0589, "02116", "128", "BOSTON", "617 857"),
        new("Washington", "DC", "US", 38.9072, -77.0369, "20001", "236", "WSHNGTNZN1", "202"), new("Baltimore", "MD", "US", 39.2904, -76.6122, "21201", "238", "BALTIMORE", "410 443"),
        new("Charlotte", "NC", "US", 35.2271, -80.8431, "28202", "422", "CHARLOTTE", "704 980"), new("Atlanta", "GA", "US", 33.7490, -84.3880, "30303", "438", "ATLANTA", "404 470 678"),
        new("Miami", "FL", "US", 25.7617, -80.1918, "33130", "460", "MIAMI", "305 786"), new("Tampa", "FL", "US", 27.9506, -82.4572, "33602", "952", "TAMPA", "813"),
        new("Detroit", "MI", "US", 42.3314, -83.0458, "48226", "340", "DETROIT", "313"), new("Cleveland", "OH", "US", 41.4993, -81.6944, "44113", "320", "CLEVELAND", "216"),
        new("Nashville", "TN", "US", 36.1627, -86.7816, "37203", "470", "NASHVILLE", "615"), new("New Orleans", "LA", "US", 29.9511, -90.0715, "70112", "490", "NEWORLEANS", "504"),
        new("Chicago", "IL", "US", 41.8781, -87.6298, "60607", "358", "CHICAGO", "312 773"), new("Minneapolis", "MN", "US", 44.9778, -93.2650, "55401", "628", "TWINCITIES", "612"),
        new("Saint Louis", "MO", "US", 38.6270, -90.1994, "63103", "520", "SAINTLOUIS", "314"), new("Dallas", "TX", "US", 32.7767, -96.7970, "75201", "552", "DALLAS", "214 469 972"),
        new("Houston", "TX", "US", 29.7604, -95.3698, "77002", "560", "HOUSTON", "713 281 832"), new("Denver", "CO", "US", 39.7392, -104.9903, "80202", "656", "DENVER", "303 720"),
        new("Phoenix", "AZ", "US", 33.4484, -112.0740, "85003", "666", "PHOENIX", "602"), new("Salt Lake City", "UT", "US", 40.7608, -111.8910, "84101", "660", "SALTLKCITY", "801"),
        new("Las Vegas", "NV", "US", 36.1699, -115.1398, "89101", "721", "LASVEGAS", "702"), new("Los Angeles", "CA", "US", 34.0522, -118.2437, "90012", "730", "LSAN DA 01", "213 323"),
        new("San Diego", "CA", "US", 32.7157, -117.1611, "92101", "732", "SAN DIEGO", "619"), new("Oakland", "CA", "US", 37.8044, -122.2712, "94612", "722", "OKLD TRNTY", "510"),
        new("San Francisco", "CA", "US", 37.7749, -122.4194, "94103", "722", "SNFC CNTRL", "415"), new("Sacramento", "CA", "US", 38.5816, -121.4944, "95814", "726", "SCRM MAIN", "916"),
        new("Portland", "OR", "US", 45.5152, -122.6784, "97205", "672", "PORTLAND", "503 971"), new("Seattle", "WA", "US", 47.6062, -122.3321, "98101", "674", "SEATTLE", "206"),
        new("Toronto", "ON", "CA", 43.6532, -79.3832, "M5H 2N2", "888", "TORONTO", "416 647"), new("Ottawa", "ON", "CA", 45.4215, -75.6972, "K1P 1J1", "888", "OTTAWAHULL", "613"),
        new("Montreal", "QC", "CA", 45.5017, -73.5673, "H2Y 1C6", "888", "MONTREAL", "514"), new("Calgary", "AB", "CA", 51.0447, -114.0719, "T2P 1J9", "888", "CALGARY", "403 587"),
        new("Vancouver", "BC", "CA", 49.2827, -123.1207, "V6B 1A1", "888", "VANCOUVER", "604 778"),
    ];

    private static readonly Dictionary<string, NumberPlace> ByCode = All.SelectMany(place => place.Codes.Split(' ').Select(code => (code, place))).ToDictionary(p => p.code, p => p.place, StringComparer.Ordinal);

    public static NumberPlace? Of(string areaCode) => ByCode.GetValueOrDefault(areaCode);

    public bool HasPostalCode(string code) => code.Length >= 3 && PostalCode.StartsWith(code[..3], StringComparison.OrdinalIgnoreCase);

    /// <summary>Miles as the crow flies.</summary>
    public double MilesTo(double latitude, double longitude)
    {
        static double Rad(double degrees) => degrees * Math.PI / 180;
        var (dLat, dLon) = (Rad(latitude - Latitude), Rad(longitude - Longitude));
        var a = Math.Pow(Math.Sin(dLat / 2), 2) + (Math.Cos(Rad(Latitude)) * Math.Cos(Rad(latitude)) * Math.Pow(Math.Sin(dLon / 2), 2));
        return 2 * EarthMiles * Math.Asin(Math.Sqrt(a));
    }
}
