using System.Diagnostics;
using Dialer.Core.Pacing;
using NodaTime;

namespace Dialer.Simulator.PacingLab;

/// <summary>What a decision costs, as a share of the time it may take.</summary>
public static class DecisionCost
{
    private static readonly Instant Start = Instant.FromUtc(2026, 3, 2, 15, 0);

    public static string Table()
    {
        var report = new LabReport("Cost of pacing", "Made by `./dialer pacing cost --out tests/Dialer.Benchmarks/results`. Wall time on the machine that made it, beside the limit of each row; five runs after one that warms up, the median with the range.");
        report.Header("what", "limit", "median of runs", "lowest - highest", "share of limit");
        Row(report, "one decision, 10 agents, 60 lines, p99", 5000, () => Decision(10, 60));
        Row(report, "one decision, 50 agents, 250 lines, p99", 5000, () => Decision(50, 250));
        Row(report, "one decision, 500 agents, 2500 lines, p99", 5000, () => Decision(500, 2500));
        Row(report, "one tick of 100 campaigns with 10 agents and 50 lines each, mean", 10_000, Tick);
        var (before, after) = Month();
        report.Paragraph($"\nMemory over 30 simulated days of 10 agents: managed heap {before:0.0} MB after day 1, {after:0.0} MB after day 30 (the lab's own day list included).");
        return report.ToString();
    }

    private static void Row(LabReport report, string name, double limit, Func<double> measure)
    {
        measure();
        double[] runs = [.. Enumerable.Range(0, 5).Select(_ => measure()).Order()];
        report.Row(name, $"{limit / 1000:0.#} ms", $"{runs[2] / 1000:0.000} ms", $"{runs[0] / 1000:0.000} - {runs[^1] / 1000:0.000} ms", $"{100 * runs[2] / limit:0.0} %");
    }

    private static double Decision(int agents, int lines)
    {
        var (engine, floor) = (Learned(), Floor(agents, lines));
        var times = new double[1000];
        for (var i = 0; i < times.Length; i++)
        {
            var began = Stopwatch.GetTimestamp();
            engine.Decide(floor, Start + Duration.FromMilliseconds(500 * i));
            times[i] = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
        }

        Array.Sort(times);
        return times[(int)(times.Length * 0.99)];
    }

    private static double Tick()
    {
        var (engines, floor) = (Enumerable.Range(0, 100).Select(_ => Learned()).ToList(), Floor(10, 50));
        var began = Stopwatch.GetTimestamp();
        for (var tick = 0; tick < 50; tick++)
        {
            foreach (var engine in engines)
                engine.Decide(floor, Start + Duration.FromMilliseconds(500 * tick));
        }

        return Stopwatch.GetElapsedTime(began).TotalMicroseconds / 50;
    }

    private static (double Before, double After) Month()
    {
        var cell = new LabCell { Name = "month", Agents = 10, AnswerRate = 0.2 };
        var floor = new LabFloor(cell, new EnginePacer(EnginePacer.PolicyOf(cell, hardGate: true), 5, onEvents: false), 1);
        floor.Run(1);
        var before = GC.GetTotalMemory(forceFullCollection: true) / 1e6;
        floor.Run(29);
        return (before, GC.GetTotalMemory(forceFullCollection: true) / 1e6);
    }

    private static PacingEngine Learned()
    {
        var engine = PacingEngine.Create(new PacingPolicy());
        for (var i = 0; i < 400; i++)
        {
            var at = Start - Duration.FromSeconds(400 - i);
            engine.Observe(i % 5 == 0 ? new PacingEvent.Classified(at, Human: true, 6 + i % 9, 2) : new PacingEvent.Resolved(at, DialOutcome.NoAnswer, 25));
        }

        return engine;
    }

    private static PacingSnapshot Floor(int agents, int lines) => new()
    {
        Agents = [.. Enumerable.Range(0, agents).Select(i => new PacedAgent(i % 10 == 0 ? AgentActivity.Available : i % 7 == 0 ? AgentActivity.WrapUp : AgentActivity.OnCall, i * 7 % 200))],
        Calls = [.. Enumerable.Range(0, lines).Select(i => new PacedCall(i * 0.37 % 25))],
        Ledger = new AbandonmentLedger(20, 1000),
    };
}
