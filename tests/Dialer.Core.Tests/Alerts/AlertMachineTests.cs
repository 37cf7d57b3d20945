using Dialer.Core.Alerts;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;

namespace Dialer.Core.Tests.Alerts;

public class AlertMachineTests
{
    private static readonly Instant Start = Instant.FromUtc(2026, 6, 2, 15, 0);
    private static readonly AlertRule Rule = new(90, 75, Duration.FromSeconds(60), Duration.FromSeconds(120));

    [Fact]
    public void Apply_RaisesAfterTheWholeTimeAndNotBefore()
    {
        Phases(Rule, (0, 95), (30, 95), (59, 96), (60, 91)).ShouldBe([AlertPhase.Rising, AlertPhase.Rising, AlertPhase.Rising, AlertPhase.Raised]);
        Phases(Rule, (0, 95), (30, 89), (40, 95), (90, 95), (100, 95)).ShouldBe([AlertPhase.Rising, AlertPhase.Quiet, AlertPhase.Rising, AlertPhase.Rising, AlertPhase.Raised]);
    }

    [Fact]
    public void Apply_BetweenTheThresholds_KeepsWhatIs() =>
        Phases(Rule, (0, 95), (60, 95), (70, 80), (300, 80), (310, 74), (400, 80), (410, 74), (529, 74), (530, 74))
            .ShouldBe([AlertPhase.Rising, AlertPhase.Raised, AlertPhase.Raised, AlertPhase.Raised, AlertPhase.Clearing, AlertPhase.Raised, AlertPhase.Clearing, AlertPhase.Clearing, AlertPhase.Quiet]);

    [Fact]
    public void Apply_WithoutAValue_StartsARisingOneOverAndKeepsOneThatIsUp() =>
        Phases(Rule, (0, 95), (30, null), (40, 95), (100, 95), (110, null), (900, null)).ShouldBe([AlertPhase.Rising, AlertPhase.Quiet, AlertPhase.Rising, AlertPhase.Raised, AlertPhase.Raised, AlertPhase.Raised]);

    [Fact]
    public void Apply_WhereLowIsBad_MirrorsEverything() =>
        Phases(new AlertRule(50, 200, Duration.Zero, Duration.Zero, Above: false), (0, 300), (1, 50), (2, 120), (3, 200)).ShouldBe([AlertPhase.Quiet, AlertPhase.Raised, AlertPhase.Raised, AlertPhase.Quiet]);

    [Fact]
    public void AnyCourseOfValues_RaisesOnlyAfterUnbrokenBadnessAndClearsOnlyAfterUnbrokenGoodness() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue - 1)), seed =>
        {
            var random = new Random(seed);
            var rule = new AlertRule(50 + random.Next(20), 20 + random.Next(30), Duration.FromSeconds(random.Next(40)), Duration.FromSeconds(random.Next(40)));
            var (state, now) = (AlertMachine.Quiet(Start), Start);
            Instant? badSince = null, goodSince = null;
            for (var i = 0; i < 200; i++)
            {
                now += Duration.FromSeconds(1 + random.Next(5));
                double? value = random.Next(12) == 0 ? null : random.Next(100);
                badSince = value >= rule.RaiseAt ? badSince ?? now : null;
                goodSince = value <= rule.ClearAt ? goodSince ?? now : null;
                var next = AlertMachine.Apply(rule, state, value, now);
                if (next.IsUp && !state.IsUp)
                    (now - badSince!.Value).ShouldBeGreaterThanOrEqualTo(rule.RaiseAfter);
                if (state.IsUp && !next.IsUp)
                    (now - goodSince!.Value).ShouldBeGreaterThanOrEqualTo(rule.ClearAfter);
                if (badSince is { } since && now - since >= rule.RaiseAfter)
                    next.IsUp.ShouldBeTrue(); // and it never fails to ring
                state = next;
            }

            return true;
        }));

    [Theory]
    [InlineData(50, 60, true)]
    [InlineData(50, 40, false)]
    [InlineData(double.NaN, 40, true)]
    public void Faults_RefuseThresholdsThatCrossOrAreNone(double raise, double clear, bool above) => new AlertRule(raise, clear, Duration.Zero, Duration.Zero, above).Faults().ShouldHaveSingleItem();

    private static IEnumerable<AlertPhase> Phases(AlertRule rule, params (int Second, double? Value)[] course)
    {
        var state = AlertMachine.Quiet(Start);
        foreach (var (second, value) in course)
            yield return (state = AlertMachine.Apply(rule, state, value, Start + Duration.FromSeconds(second))).Phase;
    }
}
