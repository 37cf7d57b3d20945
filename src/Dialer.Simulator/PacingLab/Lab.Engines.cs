using Dialer.Core.Pacing;

namespace Dialer.Simulator.PacingLab;

/// <summary>The engine beside itself: under its first rules, and with known parameters.</summary>
public sealed partial class Lab
{
    /// <summary>Without peers, whose rows no change of the engine moves: what a change costs or brings can be asked in minutes.</summary>
    private void Engines()
    {
        var report = new LabReport("The engine beside itself", $"{Command("engines")}\n\nThe stationary floors, some at other answer rates, and those whose answer rate is multiplied by 1, 0.5, 1.8 and 1 for two hours each. {Meaning} "
            + "\"First rules\" had one memory of the answer rate and an alarm for sudden change. \"Told\" is ours with known parameters: it is told the true answer rates before each decision and has learned all times over four days.");
        report.Header("p", "agents", "runs", "target", "ours", "first rules", "ours, told", "ours - first rules", "ours - told", "wait p50/p90/p99 s");
        foreach (var cell in EnginesFloors())
        {
            var trial = Effort(cell.Agents);
            var ours = trial.Run(cell, Contenders.Engine());
            var first = trial.Run(cell, Contenders.Engine(name: "first rules", tuning: PacingTuning.First));
            var told = cell.Agents <= 100 ? trial.Run(cell, Contenders.Told(cell)) : null;
            report.Row($"{cell.AnswerRate}{(cell.Rates.Count > 0 ? ", steps" : "")}", $"{cell.Agents}", Size(trial), cell is { AnswerRate: 0.2, Rates.Count: 0 } ? LabReport.Number(Target(cell.Agents)) : "",
                LabReport.Show(ours), LabReport.Show(first), told is null ? "-" : LabReport.Show(told), LabReport.Show(ours.Over(first)), Gap(ours, told), Waits(ours));
            progress.WriteLine($"{_watch.Elapsed:mm\\:ss} {cell.Name}: {LabReport.Show(ours)}");
            Write("engines", report);
        }
    }

    private static IEnumerable<LabCell> EnginesFloors() =>
    [
        .. Sizes.Where(agents => agents <= 100).Select(agents => Cell(agents)),
        .. new[] { 3, 5, 10, 25, 50 }.Select(agents => Cell(agents) with { Name = $"{agents} agents, steps", Rates = TwoHourSteps }),
        .. from rate in new[] { 0.05, 0.1, 0.4, 0.6 } from agents in new[] { 1, 3, 10, 50 } select Cell(agents, rate),
        Cell(500),
    ];
}
