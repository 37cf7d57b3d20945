using Dialer.Core.Compliance;
using Dialer.Core.Numbers;
using NodaTime;

namespace Dialer.Core.Tests.Compliance;

/// <summary>All 50 states, the District of Columbia and the territories have a verdict at each hour of both weeks in which clocks change, and it is the one that the hours there demand.</summary>
public class EveryStateTests
{
    private static readonly string[] States =
        ("AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC "
         + "PR VI GU AS MP").Split(' ');

    public static TheoryData<string> All => [.. States];

    [Theory]
    [MemberData(nameof(All))]
    public void State_HasTheVerdictOfItsClocks_AtEachHourOfTheWeeksOfChange(string state)
    {
        var area = NumberingPlan.All.Where(a => a.Kind == AreaKind.Geographic && a.Regions.Contains(state)).OrderByDescending(a => a.Zones.Length).ThenBy(a => a.Npa).First();
        var to = PhoneNumber.Parse($"+1{area.Npa}5550123");
        var facts = Given.Facts with { Role = CollectorRole.FirstParty, Place = new PlaceFacts(state) };
        // The machine's own zone data is another source than the one the engine is built with.
        var zones = area.Zones.Concat(NumberingPlan.ZonesOf(state)).Select(zone => TimeZoneInfo.FindSystemTimeZoneById(zone.Id)).Distinct().ToList();
        zones.ShouldNotBeEmpty();
        foreach (var sunday in new[] { Instant.FromUtc(2026, 3, 8, 0, 0), Instant.FromUtc(2026, 11, 1, 0, 0) })
        {
            var allowed = 0;
            for (var hour = -12; hour < 7 * 24; hour++)
            {
                var at = sunday + Duration.FromHours(hour) + Duration.FromMinutes(30);
                var open = zones.TrueForAll(zone => TimeZoneInfo.ConvertTime(at.ToDateTimeOffset(), zone).TimeOfDay is var time && time >= new TimeSpan(8, 1, 0) && time < new TimeSpan(20, 58, 1));
                var decision = facts.Decide(Given.Preview with { To = to }, at);

                allowed += open ? 1 : 0;
                decision.Allowed.ShouldBe(open, $"{state} at {at}: {string.Join(' ', decision.Codes())}");
                if (!open)
                    decision.RetryAt!.Value.ShouldBeGreaterThan(at);
            }

            allowed.ShouldBeGreaterThan(0, $"{state} can be called at some hour");
        }
    }
}
