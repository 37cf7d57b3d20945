using Dialer.Core.Compliance;
using Dialer.Core.Numbers;
using Dialer.Core.Tests.Compliance;
using NodaTime;

namespace Dialer.Core.Tests.Numbers;

public class NumberingPlanTests
{
    private const string States = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR VI GU MP AS";

    public static TheoryData<string> AllStates => [.. States.Split(' ')];

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

    /// <summary>A week in which clocks change, hour by hour: a verdict everywhere, and no dial outside 08:00-21:00 on any clock the person may have.</summary>
    [Theory]
    [MemberData(nameof(AllStates))]
    public void EveryState_HasALawfulVerdict_AtEachHourOfTheWeeksTheClocksChange(string state)
    {
        var area = NumberingPlan.All.Where(a => a.Regions.Contains(state)).OrderByDescending(a => a.Zones.Length).First();
        var request = Given.Preview with { To = PhoneNumber.Parse($"+1{area.Npa}5550123") };
        var facts = Given.Facts with { Place = new PlaceFacts(state) };
        foreach (var start in new[] { Instant.FromUtc(2026, 3, 5, 0, 0), Instant.FromUtc(2026, 10, 29, 0, 0) })
        {
            var allowed = 0;
            for (var at = start; at < start + Duration.FromDays(7); at += Duration.FromMinutes(30))
            {
                var decision = facts.Decide(request, at);
                allowed += decision.Allowed ? 1 : 0;
                var everywhere = CandidatePlaces.Of(request.To, facts.Place).Zones.All(zone => at.InZone(zone).TimeOfDay is var time && time >= new LocalTime(8, 1) && time <= new LocalTime(20, 58));
                decision.Allowed.ShouldBe(everywhere, $"{state} at {at}");
            }

            allowed.ShouldBeGreaterThan(0, $"{state} can be called at some hour");
        }
    }
}
