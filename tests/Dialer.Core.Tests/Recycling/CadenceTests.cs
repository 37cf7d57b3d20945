using System.Collections.Immutable;
using Dialer.Core.Recycling;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;

namespace Dialer.Core.Tests.Recycling;

public sealed class CadenceTests
{
    private static readonly DateTimeZone Chicago = DateTimeZoneProviders.Tzdb["America/Chicago"];
    private static readonly DateTimeZone[] Zones = [.. new[] { "America/New_York", "America/Chicago", "America/Phoenix", "America/Los_Angeles", "Pacific/Honolulu", "America/St_Johns" }.Select(id => DateTimeZoneProviders.Tzdb[id])];

    [Fact]
    public void The_first_line_that_matches_outcome_and_attempt_decides()
    {
        var matrix = Matrix(
            new CadenceRule(CadenceOutcome.NoAnswer, 1, 2, 240, PartChoice.Other), new CadenceRule(CadenceOutcome.NoAnswer, 3, null, 1440), new CadenceRule(null, 1, null, 60));

        Next(matrix, CadenceOutcome.NoAnswer, 2).Rule!.DelayMinutes.ShouldBe(240);
        Next(matrix, CadenceOutcome.NoAnswer, 3).Rule!.DelayMinutes.ShouldBe(1440);
        Next(matrix, CadenceOutcome.Busy, 1).Rule!.DelayMinutes.ShouldBe(60);
    }

    [Fact]
    public void Another_part_of_the_day_begins_where_the_last_one_ends()
    {
        var ten = Local(10, 0);
        var step = Matrix(new CadenceRule(CadenceOutcome.NoAnswer, 1, null, 30, PartChoice.Other)).Next(new EndedTry(CadenceOutcome.NoAnswer, 1, 1, ten, Chicago));

        step.NotBefore.ShouldBe(Local(12, 0));
        step.Parts.ShouldBe(DayParts.Afternoon | DayParts.Evening);
    }

    [Fact]
    public void A_full_day_sends_the_lead_to_the_person_s_next_day()
    {
        var matrix = Matrix(new CadenceRule(null, 1, null, 60)) with { MaxAttemptsADay = 2 };

        matrix.Next(new EndedTry(CadenceOutcome.Busy, 2, 2, Local(10, 0), Chicago)).ShouldBe(new CadenceStep(Local(24, 0), DayParts.Any, matrix.Rules[0], "day"));
    }

    [Fact]
    public void The_last_attempt_and_a_line_that_stops_end_the_lead()
    {
        Next(Matrix(new CadenceRule(null, 1, null, 60)) with { MaxAttempts = 3 }, CadenceOutcome.Busy, 3).ShouldSatisfyAllConditions(step => step.Ends.ShouldBeTrue(), step => step.Why.ShouldBe("attempts"));
        Next(Matrix(new CadenceRule(CadenceOutcome.Failed, 2, null, 0, Stop: true)), CadenceOutcome.Failed, 2).Why.ShouldBe("stop");
        Next(Matrix(new CadenceRule(CadenceOutcome.Failed, 2, null, 0, Stop: true)), CadenceOutcome.Failed, 1).NotBefore.ShouldBe(Local(34, 0)); // no line: a day
    }

    [Fact]
    public void A_part_of_the_day_that_the_clocks_jump_over_does_not_come_early()
    {
        var night = new LocalDateTime(2026, 3, 7, 23, 0).InZoneStrictly(Chicago).ToInstant();

        DayPartClock.Next(DayParts.Evening, night + Duration.FromHours(2), Chicago).InZone(Chicago).LocalDateTime.ShouldBe(new LocalDateTime(2026, 3, 8, 17, 0));
    }

    [Fact]
    public void No_lead_comes_back_before_its_delay_outside_its_part_on_a_full_day_or_before_the_law_allows() => ForAll(2000, seed =>
    {
        var random = new Random(seed);
        var matrix = RandomMatrix(random, random.Next(8));
        var zone = Zones[random.Next(Zones.Length)];
        var ended = new EndedTry((CadenceOutcome)random.Next(6), random.Next(1, 13), random.Next(1, 7), Instant.FromUtc(2026, 3, 6, 0, 0) + Duration.FromMinutes(random.Next(60_000)), zone);

        var step = matrix.Next(ended);

        var rule = matrix.Rules.FirstOrDefault(line => line.Matches(ended.Outcome, ended.Attempt));
        step.Ends.ShouldBe(ended.Attempt >= matrix.MaxAttempts || rule is { Stop: true });
        if (step.NotBefore is not { } due)
            return;
        due.ShouldBeGreaterThanOrEqualTo(ended.EndedAt + Duration.FromMinutes(rule?.DelayMinutes ?? 1440));
        (step.Parts & DayPartClock.At(due, zone)).ShouldNotBe(DayParts.None);
        if (rule?.Part == PartChoice.Other)
            DayPartClock.At(due, zone).ShouldNotBe(DayPartClock.At(ended.EndedAt, zone));
        if (ended.Today >= matrix.MaxAttemptsADay)
            due.InZone(zone).Date.ShouldBeGreaterThan(ended.EndedAt.InZone(zone).Date);
        var lawful = ended.EndedAt + Duration.FromMinutes(random.Next(-100, 20_000));
        var both = Cadence.Earliest(due, step.Parts, lawful, zone);
        both.ShouldBeGreaterThanOrEqualTo(Instant.Max(due, lawful));
        (step.Parts & DayPartClock.At(both, zone)).ShouldNotBe(DayParts.None);
        // And not later than it must be: nothing between the law's instant and this one lies in the part.
        for (var at = Instant.Max(due, lawful); at < both; at += Duration.FromMinutes(13))
            (step.Parts & DayPartClock.At(at, zone)).ShouldBe(DayParts.None);
    });

    [Fact]
    public void A_lead_that_follows_its_matrix_never_has_more_calls_a_day_than_the_matrix_says() => ForAll(300, seed =>
    {
        var random = new Random(seed);
        var matrix = RandomMatrix(random, random.Next(8)) with { MaxAttempts = 40 };
        var zone = Zones[random.Next(Zones.Length)];
        var days = new Dictionary<LocalDate, int>();
        var at = Instant.FromUtc(2026, 10, 30, 14, 0);
        for (var attempt = 1; attempt <= 40; attempt++)
        {
            var today = days[at.InZone(zone).Date] = days.GetValueOrDefault(at.InZone(zone).Date) + 1;
            if (matrix.Next(new EndedTry((CadenceOutcome)random.Next(6), attempt, today, at, zone)).NotBefore is not { } next)
                break;
            next.ShouldBeGreaterThanOrEqualTo(at);
            at = next;
        }

        days.Values.Max().ShouldBeLessThanOrEqualTo(matrix.MaxAttemptsADay);
    });

    [Fact]
    public void The_outlook_counts_what_the_matrix_leads_to()
    {
        var daily = Matrix(new CadenceRule(null, 1, null, 0)) with { MaxAttemptsADay = 1, MaxAttempts = 200 };
        var mix = new Dictionary<CadenceOutcome, double> { [CadenceOutcome.NoAnswer] = 3, [CadenceOutcome.Answered] = 1 };
        var week = CadenceForecast.Of(daily, mix, new LocalTime(8, 0), new LocalTime(21, 0));

        week.Expected.ShouldAllBe(calls => Math.Abs(calls - 1) < 1e-9);
        (week.MostInWeek, week.MostIn24Hours, week.Complete).ShouldBe((7, 1, true));

        var half = daily with { Rules = [new CadenceRule(CadenceOutcome.Answered, 1, null, 0, Stop: true), new CadenceRule(null, 1, null, 0)] };
        CadenceForecast.Of(half, mix, new LocalTime(8, 0), new LocalTime(21, 0)).Expected[2].ShouldBe(0.75 * 0.75, 1e-9);
    }

    [Fact]
    public void Calls_within_24_hours_are_counted_over_midnight()
    {
        var twice = Matrix(new CadenceRule(null, 1, null, 660)) with { MaxAttemptsADay = 2, MaxAttempts = 5 }; // 08:00, 19:01, and at the next opening
        var week = CadenceForecast.Of(twice, new Dictionary<CadenceOutcome, double>(), new LocalTime(8, 0), new LocalTime(21, 0));

        week.Most.Take(2).ShouldBe([2, 2]);
        week.MostIn24Hours.ShouldBe(2);
    }

    [Theory]
    [InlineData(0, 1, 60, 5, 2)]
    [InlineData(1, 1, -1, 5, 2)]
    [InlineData(1, 1, 50_000, 5, 2)]
    [InlineData(1, 1, 60, 0, 2)]
    [InlineData(1, 1, 60, 5, 0)]
    public void A_matrix_that_makes_no_sense_is_refused_in_words(int from, int to, int delay, int attempts, int day) =>
        new Cadence { Rules = [new CadenceRule(null, from, to, delay)], MaxAttempts = attempts, MaxAttemptsADay = day }.Faults().ShouldHaveSingleItem();

    private static void ForAll(int cases, Action<int> property) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(cases), Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue - 1)), seed => { property(seed); return true; }));

    private static CadenceStep Next(Cadence matrix, CadenceOutcome outcome, int attempt) => matrix.Next(new EndedTry(outcome, attempt, 1, Local(10, 0), Chicago));

    private static Cadence Matrix(params ImmutableArray<CadenceRule> rules) => new() { Rules = rules, MaxAttempts = 20, MaxAttemptsADay = 5 };

    private static Cadence RandomMatrix(Random random, int rules) => new()
    {
        Rules = [.. Enumerable.Range(0, rules).Select(_ =>
        {
            var from = random.Next(1, 6);
            return new CadenceRule(
                random.Next(4) == 0 ? null : (CadenceOutcome)random.Next(6), from, random.Next(3) == 0 ? null : from + random.Next(4), random.Next(5000), (PartChoice)random.Next(6), random.Next(12) == 0);
        })],
        MaxAttempts = 1 + random.Next(12),
        MaxAttemptsADay = 1 + random.Next(4),
    };

    private static Instant Local(int hour, int minute) => new LocalDateTime(2026, 6, 2, 0, 0).InZoneStrictly(Chicago).ToInstant() + Duration.FromMinutes((60 * hour) + minute);
}
