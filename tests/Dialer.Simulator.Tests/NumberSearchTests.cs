using System.Text.Json.Nodes;
using Dialer.Simulator.Numbers;
using Dialer.Simulator.Rest;
using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Tests;

/// <summary>Numbers for sale: the countries, and what each filter of a search leaves.</summary>
public class NumberSearchTests
{
    private static RestReply Get(World world, string resource, params (string Name, string Value)[] query)
    {
        var form = new Form();
        foreach (var (name, value) in query)
            form.Add(name, value);
        return world.Virtual.Rest("GET", $"AvailablePhoneNumbers{resource}", query: form);
    }

    private static List<JsonNode> Found(World world, string resource, params (string Name, string Value)[] query)
    {
        var reply = Get(world, resource, query);
        reply.Status.ShouldBe(200, reply.Json?.ToJsonString());
        return [.. reply.Json!["available_phone_numbers"]!.AsArray().Select(n => n!)];
    }

    private static string Number(JsonNode offer) => offer["phone_number"]!.GetValue<string>();

    [Fact]
    public void A_country_says_which_kinds_of_numbers_it_has()
    {
        using var world = new World();
        Get(world, string.Empty).Json!["countries"]!.AsArray().Select(c => c!["country_code"]!.GetValue<string>()).ShouldBe(["US", "CA"]);
        var canada = Get(world, "/CA").Json!;
        (canada["country"]!.GetValue<string>(), canada["beta"]!.GetValue<bool>()).ShouldBe(("Canada", false));
        canada["subresource_uris"]!.AsObject().Select(u => u.Key).ShouldBe(["local", "toll_free"]);
        canada["subresource_uris"]!["toll_free"]!.GetValue<string>().ShouldEndWith("/AvailablePhoneNumbers/CA/TollFree.json");
        Get(world, "/DE").Status.ShouldBe(404);
        Get(world, "/US/Mobile").Status.ShouldBe(404, "mobile numbers are local ones there");
    }

    [Theory]
    [InlineData("AreaCode", "312", "locality", "Chicago")]
    [InlineData("InRegion", "WA", "region", "WA")]
    [InlineData("InRegion", "VT", "region", "VT")]
    [InlineData("InLocality", "boston", "locality", "Boston")]
    [InlineData("InPostalCode", "94110", "postal_code", "94110")]
    [InlineData("InLata", "722", "lata", "722")]
    [InlineData("InRateCenter", "OKLD TRNTY", "rate_center", "OKLD TRNTY")]
    [InlineData("NearNumber", "+15105550100", "region", "CA")]
    [InlineData("NearLatLong", "41.9,-87.6", "locality", "Chicago")]
    public void Every_number_found_is_where_it_was_looked_for(string name, string value, string field, string expected)
    {
        using var world = new World();
        var found = Found(world, "/US/Local", (name, value));
        found.Count.ShouldBeGreaterThan(10);
        found.ShouldAllBe(n => n[field]!.GetValue<string>() == expected);
        found.ShouldAllBe(n => n["iso_country"]!.GetValue<string>() == "US");
    }

    [Theory]
    [InlineData(1, "Oakland")]
    [InlineData(25, "Oakland San Francisco")]
    [InlineData(100, "Oakland San Francisco Sacramento")]
    public void A_number_is_near_within_the_distance(int miles, string cities) =>
        Near(("NearNumber", "+15105550100"), ("Distance", miles.ToString())).ShouldBe(cities.Replace("San Francisco", "San-Francisco", StringComparison.Ordinal).Split(' ').Select(c => c.Replace('-', ' ')), ignoreOrder: true);

    private static IEnumerable<string> Near(params (string, string)[] query)
    {
        using var world = new World();
        return [.. Found(world, "/US/Local", [.. query, ("PageSize", "1000")]).Select(n => n["locality"]!.GetValue<string>()).Distinct()];
    }

    [Theory]
    [InlineData("4*5", "4[0-9]5")]
    [InlineData("+1212", "^\\+1212")]
    [InlineData("00$", "00$")]
    [InlineData("2%22", "2[0-9]*22")]
    [InlineData("cat", "228")]
    public void A_pattern_finds_digits_letters_and_places_in_the_number(string contains, string regex)
    {
        using var world = new World();
        var found = Found(world, "/US/Local", ("Contains", contains), ("PageSize", "1000"));
        found.ShouldNotBeEmpty();
        found.ShouldAllBe(n => System.Text.RegularExpressions.Regex.IsMatch(Number(n), regex));
    }

    [Theory]
    [InlineData("VoiceEnabled", "true", true)]
    [InlineData("SmsEnabled", "true", true)]
    [InlineData("MmsEnabled", "false", false)]
    [InlineData("FaxEnabled", "true", false)]
    [InlineData("FaxEnabled", "false", true)]
    [InlineData("ExcludeAllAddressRequired", "true", true)]
    [InlineData("ExcludeLocalAddressRequired", "true", true)]
    [InlineData("ExcludeForeignAddressRequired", "true", true)]
    [InlineData("Beta", "false", true)]
    public void What_a_number_can_do_is_a_filter(string name, string value, bool any)
    {
        using var world = new World();
        Found(world, "/US/Local", (name, value)).Any().ShouldBe(any);
    }

    [Theory]
    [InlineData("AreaCode", "41")]
    [InlineData("Contains", "4")]
    [InlineData("Contains", "415-555")]
    [InlineData("Contains", "12345678901234567")]
    [InlineData("Distance", "501")]
    [InlineData("NearNumber", "somewhere")]
    [InlineData("NearLatLong", "37.8")]
    [InlineData("NearLatLong", "91,0")]
    [InlineData("SmsEnabled", "yes")]
    public void A_filter_that_cannot_be_is_refused(string name, string value)
    {
        using var world = new World();
        var reply = Get(world, "/US/Local", (name, value));
        (reply.Status, reply.Json!["code"]!.GetValue<int>()).ShouldBe((400, 20001));
    }

    [Fact]
    public void Canada_has_its_own_places_and_what_is_nowhere_is_not_found()
    {
        using var world = new World();
        Found(world, "/CA/Local", ("InRegion", "QC")).ShouldAllBe(n => n["locality"]!.GetValue<string>() == "Montreal" && n["iso_country"]!.GetValue<string>() == "CA");
        Found(world, "/CA/Local", ("AreaCode", "415")).ShouldBeEmpty();
        Found(world, "/US/Local", ("AreaCode", "999")).ShouldBeEmpty();
        Found(world, "/US/Local", ("InRegion", "CA"), ("InLocality", "Chicago")).ShouldBeEmpty();
        Found(world, "/US/Local", ("NearNumber", "+19075550100")).ShouldBeEmpty();
    }

    [Fact]
    public void Toll_free_numbers_are_nowhere_and_a_number_that_was_bought_is_not_for_sale_any_more()
    {
        using var world = new World();
        var free = Found(world, "/US/TollFree");
        free.ShouldAllBe(n => NumberSearch.TollFreeCodes.Contains(Number(n).Substring(2, 3), StringComparison.Ordinal) && n["locality"] == null && n["region"] == null);
        Found(world, "/US/TollFree", ("AreaCode", "877")).ShouldAllBe(n => Number(n).StartsWith("+1877", StringComparison.Ordinal));
        Found(world, "/US/TollFree", ("AreaCode", "415")).ShouldBeEmpty();
        var wanted = Number(Found(world, "/US/Local", ("AreaCode", "415"))[3]);
        world.Post("IncomingPhoneNumbers", ("PhoneNumber", wanted)).Status.ShouldBe(201);
        Found(world, "/US/Local", ("AreaCode", "415")).Select(Number).ShouldNotContain(wanted);
    }

    [Fact]
    public void The_same_search_finds_the_same_and_no_more_than_it_asks_for()
    {
        using var world = new World();
        using var again = new World();
        Found(world, "/US/Local", ("InRegion", "TX")).Select(Number).ShouldBe(Found(again, "/US/Local", ("InRegion", "TX")).Select(Number));
        Found(world, "/US/Local").Count.ShouldBe(50);
        Found(world, "/US/Local", ("PageSize", "7")).Count.ShouldBe(7);
    }
}
