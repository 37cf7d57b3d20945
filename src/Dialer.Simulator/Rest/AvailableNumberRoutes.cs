using System.Text.Json.Nodes;
using Dialer.Simulator.Numbers;

namespace Dialer.Simulator.Rest;

/// <summary>Numbers for sale, by country and kind. North America has local and toll-free numbers; mobile ones are local there.</summary>
/// <remarks>https://www.twilio.com/docs/phone-numbers/api/availablephonenumber-resource</remarks>
internal static class AvailableNumberRoutes
{
    private static readonly (string Code, string Name)[] Countries = [("US", "United States"), ("CA", "Canada")];

    private static readonly (string Kind, string Key)[] Kinds = [("Local", "local"), ("TollFree", "toll_free")];

    public static void Map(RestApi api)
    {
        api.Map("GET", "AvailablePhoneNumbers", c => c.Page("countries", Countries, country => Country(c, country)));
        api.Map("GET", "AvailablePhoneNumbers/*", c => Of(c) is { } country ? new RestReply(200, Country(c, country)) : c.NotFound());
        foreach (var (kind, _) in Kinds)
            api.Map("GET", $"AvailablePhoneNumbers/*/{kind}", c => Search(c, kind));
    }

    private static (string Code, string Name)? Of(RestContext context) => Array.Find(Countries, c => c.Code == context.Part(0)) is { Code: not null } country ? country : null;

    private static JsonObject Country(RestContext context, (string Code, string Name) country)
    {
        var uri = $"{context.AccountPath}/AvailablePhoneNumbers/{country.Code}";
        var below = new JsonObject();
        foreach (var (kind, key) in Kinds)
            below[key] = $"{uri}/{kind}.json";
        return new JsonObject { ["country_code"] = country.Code, ["country"] = country.Name, ["uri"] = $"{uri}.json", ["beta"] = false, ["subresource_uris"] = below };
    }

    private static RestReply Search(RestContext context, string kind)
    {
        if (Of(context) is not { } country)
            return context.NotFound();
        var (search, problem) = NumberSearch.Read(country.Code, kind == "TollFree", context.Query);
        if (search is null)
            return RestReply.Error(400, Check.BadParameter, problem);
        var most = int.TryParse(context.Query["PageSize"], out var asked) ? Math.Clamp(asked, 1, 1000) : 50;
        var found = search.Find(context.Network.Options.Seed, number => context.Network.Numbers.ByNumber(number) is not null).Take(most);
        return new RestReply(200, new JsonObject
        {
            ["available_phone_numbers"] = new JsonArray([.. found.Select(offer => Json(offer, country.Code))]),
            ["uri"] = context.Request.Path + (context.Query.Count > 0 ? "?" + context.Query.Encode() : string.Empty),
        });
    }

    private static JsonObject Json(NumberOffer offer, string country) => new()
    {
        ["friendly_name"] = $"({offer.Number[2..5]}) {offer.Number[5..8]}-{offer.Number[8..]}",
        ["phone_number"] = offer.Number,
        ["lata"] = offer.Place?.Lata,
        ["locality"] = offer.Place?.Locality,
        ["rate_center"] = offer.Place?.RateCenter,
        ["latitude"] = offer.Place?.Latitude,
        ["longitude"] = offer.Place?.Longitude,
        ["region"] = offer.Region,
        ["postal_code"] = offer.PostalCode,
        ["iso_country"] = country,
        ["address_requirements"] = "none",
        ["beta"] = false,
        ["capabilities"] = new JsonObject { ["voice"] = true, ["SMS"] = true, ["MMS"] = true, ["fax"] = false },
    };
}
