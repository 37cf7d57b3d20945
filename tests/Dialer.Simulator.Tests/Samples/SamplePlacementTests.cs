using System.Text.Json;
using Dialer.Core.Numbers;
using Dialer.Simulator.Samples;

namespace Dialer.Simulator.Tests.Samples;

public sealed class SamplePlacementTests
{
    private readonly SampleFiles _sample = SamplePlacement.Generate(seed: 3, count: 3_000);

    [Fact]
    public void The_same_seed_makes_the_same_bytes_and_another_seed_others()
    {
        var again = SamplePlacement.Generate(3, 3_000);

        again.PlacementCsv.ShouldBe(_sample.PlacementCsv);
        again.PeopleJsonLines.ShouldBe(_sample.PeopleJsonLines);
        SamplePlacement.Generate(4, 3_000).PlacementCsv.ShouldNotBe(_sample.PlacementCsv);
    }

    [Fact]
    public void The_file_has_as_many_rows_as_were_asked_for_and_about_two_in_a_hundred_are_wrong()
    {
        _sample.PlacementCsv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(3_001);
        _sample.Summary.Rows.ShouldBe(3_000);
        _sample.Summary.Wrong.ShouldBeInRange(30, 100);
        _sample.Summary.WrongByCode.Count.ShouldBeGreaterThan(8);
    }

    [Fact]
    public void Every_number_is_of_the_exchange_that_has_no_subscribers()
    {
        var numbers = People().Select(person => person.GetProperty("e164").GetString()!).ToList();

        numbers.ShouldAllBe(number => PhoneNumber.Parse(number).IsNorthAmerican);
        numbers.ShouldAllBe(number => number.Substring(5, 3) == "555" && !number.EndsWith("1212", StringComparison.Ordinal));
        (numbers.Distinct().Count() / (double)numbers.Count).ShouldBeGreaterThan(0.97); // a few households share one
    }

    [Fact]
    public void The_people_live_in_many_states_speak_two_languages_and_know_what_they_are_asked()
    {
        var people = People();

        people.Select(person => person.GetProperty("zip").GetString()).Distinct().Count().ShouldBeGreaterThan(80);
        people.Select(person => person.GetProperty("language").GetString()).Distinct().Order().ShouldBe(["en", "es"]);
        people.Select(person => person.GetProperty("lineType").GetString()).Distinct().Order().ShouldBe(["landline", "voip", "wireless"]);
        people.ShouldAllBe(person => person.GetProperty("ssn4").GetString()!.Length == 4 && DateOnly.Parse(person.GetProperty("birthDate").GetString()!).Year > 1900
            && person.GetProperty("name").GetProperty("first").GetString()!.Length > 0 && person.GetProperty("balance").GetDecimal() >= 0);
    }

    private List<JsonElement> People() =>
        [.. _sample.PeopleJsonLines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
}
