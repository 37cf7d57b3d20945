using Dialer.Core.Pacing;
using Dialer.Simulator.PacingLab;

namespace Dialer.Simulation.Pacing;

/// <summary>
/// Some floors of the lab, call by call as they were when its tables were made. Who makes engine or lab faster must get the same floors; who changes what they do must make the tables anew
/// (and raise the floor's version in <see cref="KeptRuns"/> when it was not the engine).
/// </summary>
public class SameFloors
{
    [Theory]
    [InlineData("three", 1, 943, 186, 8, 32546.504)]
    [InlineData("twelve", 1, 3884, 872, 26, 148772.717)]
    [InlineData("forty", 1, 7884, 1572, 43, 263764.025)]
    [InlineData("gated", 1, 1980, 349, 8, 57770.892)]
    [InlineData("phases", 1, 1935, 189, 7, 29323.086)]
    [InlineData("three", 0, 943, 185, 7, 32713.714)]
    [InlineData("gated", 0, 1965, 348, 8, 56673.506)]
    [InlineData("phases", 0, 1910, 187, 9, 29168.878)]
    public void The_floors_that_the_tables_rest_on_are_the_same_call_by_call_under_these_rules_and_the_first(string floor, int rules, long dials, long answers, long abandoned, double busySeconds)
    {
        var (cell, gate) = Floor(floor);
        var result = new LabFloor(cell, new EnginePacer(EnginePacer.PolicyOf(cell, gate), tuning: PacingTuning.Of(rules)), 11).Run(2);
        (result.Dials, result.Answers, result.Abandoned, Math.Round(result.Talk + result.Wrap, 3)).ShouldBe((dials, answers, abandoned, busySeconds));
    }

    private static (LabCell Cell, bool Gate) Floor(string name)
    {
        var cell = new LabCell { Name = name, Agents = 3, HoursPerDay = 2 };
        return name switch
        {
            "three" => (cell, false),
            "twelve" => (cell with { Agents = 12, AnswerRate = 0.25, Amd = AmdMode.Async, AmdDelay = 2, AmdMiss = 0.1, CommonDeviation = 0.3 }, false),
            "forty" => (cell with { Agents = 40, HoursPerDay = 1, CallsPerSecond = 3 }, false),
            "gated" => (cell with { Agents = 6, Rates = [new(0, 1), new(1800, 0.5), new(3600, 1.8)], Roster = [new(0, 6), new(5400, 3)] }, true),
            _ => (cell with { Law = FloorLaw.Markov, RingTimeout = 60, AnswerRate = 0.1 }, false),
        };
    }
}
