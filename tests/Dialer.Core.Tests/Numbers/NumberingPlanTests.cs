using Dialer.Core.Numbers;

namespace Dialer.Core.Tests.Numbers;

public class NumberingPlanTests
{
    private const string States = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR VI GU MP AS";

    [Theory]
    [InlineData("+18505550123", "America/Chicago", "America/New_York")]
    [InlineData("+12195550123", "America/Chicago", "America/Indiana/Indianapolis")]
    [InlineData("+19285550123", "America/Denver", "America/Phoenix")]
    [InlineData("+16055550123", "America/Chicago", "America/Denver")]
    [InlineData("+12125550123", "America/New_York")]
    public void AreaCode_ThatStraddles_HasEveryZone(string number, params string[] zones) =>
        NumberingPlan.Find(PhoneNumber.Parse(number))!.Zones.Select(zone => zone.Id).Order(StringComparer.Ordinal).ShouldBe(zones);

    [Fact]
    public void EveryState_HasAreaCodesAndZips()
    {
        foreach (var state in States.Split(' '))
        {
            NumberingPlan.All.ShouldContain(area => area.Regions.Contains(state), state);
            NumberingPlan.ZonesOf(state).ShouldNotBeEmpty(state);
            Enumerable.Range(0, 1000).ShouldContain(prefix => NumberingPlan.FindZip($"{prefix:000}") != null && NumberingPlan.FindZip($"{prefix:000}")!.Regions.Contains(state), state);
        }
    }

    [Fact]
    public void GeographicCodes_HaveZonesAndCountry_OthersHaveNeither()
    {
        foreach (var area in NumberingPlan.All)
        {
            area.Zones.IsEmpty.ShouldBe(area.Kind != AreaKind.Geographic, area.Npa.ToString());
            (area.Country.Length == 2).ShouldBe(area.Kind == AreaKind.Geographic, area.Npa.ToString());
        }
    }
}
