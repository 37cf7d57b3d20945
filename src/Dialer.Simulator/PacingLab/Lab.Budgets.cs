using Dialer.Core.Pacing;

namespace Dialer.Simulator.PacingLab;

/// <summary>The budget over many windows, and what follows a sudden change.</summary>
public sealed partial class Lab
{
    private void Budgets()
    {
        var report = new LabReport("The budget", $"{Command("budget")}\n\nWindows broken (abandoned / live answers above 3 % at the window's end) under bad weather. "
            + "\"30 days\": each campaign is thirty days of 8 h on one account. \"24 hours\": each day is an account of its own. "
            + "The bound is the upper end of the one-sided 95 % interval of the chance for so many broken in so many (Clopper and Pearson); the tail is the chance by a normal law with the mean and spread of what the windows had left, "
            + "which says more than a count of none. " + Meaning);
        report.Header("floor", "window", "gate", "windows", "broken", "bound", "tail", "ours", "worst window");
        foreach (var cell in Weather())
        {
            var month = new Trial(SeedsOf(60), 30, workers, _kept);
            Budget(report, cell, "30 days", "off", month.Run(cell, Contenders.Engine()), WholeWindows);
            Budget(report, cell, "30 days", "on", month.Run(cell, Contenders.Engine(hardGate: true)), WholeWindows);
            var days = new Trial(SeedsOf(20), 30, workers, _kept);
            Budget(report, cell, "24 hours", "off", days.Run(cell, Contenders.Engine(daily: true)), outcome => outcome.Seeds.SelectMany(seed => seed.Days));
            Budget(report, cell, "24 hours", "on", days.Run(cell, Contenders.Engine(hardGate: true, daily: true)), outcome => outcome.Seeds.SelectMany(seed => seed.Days));
            progress.WriteLine($"{_watch.Elapsed:mm\\:ss} {cell.Name}");
            Write("budget", report);
        }
    }

    private static IEnumerable<(long Answers, long Abandoned)> WholeWindows(Outcome outcome) => outcome.Seeds.Select(seed => (seed.Answers, seed.Abandoned));

    private static void Budget(LabReport report, LabCell cell, string window, string gate, Outcome ours, Func<Outcome, IEnumerable<(long Answers, long Abandoned)>> windowsOf)
    {
        var windows = windowsOf(ours).Where(one => one.Answers > 0).ToList();
        var broken = windows.Count(one => one.Abandoned > cell.Cap * one.Answers);
        double[] left = [.. windows.Select(one => cell.Cap * one.Answers - one.Abandoned)];
        var mean = left.Average();
        var spread = Math.Sqrt(left.Sum(value => (value - mean) * (value - mean)) / Math.Max(1, left.Length - 1));
        var tail = CountLaw.StandardNormal(-mean / Math.Max(1e-9, spread));
        report.Row(cell.Name, window, gate, $"{windows.Count}", $"{broken}", $"{100 * UpperBound(broken, windows.Count):0.00} %", tail < 1e-6 ? "< 0.0001 %" : $"{100 * tail:0.0000} %", LabReport.Show(ours),
            $"{windows.Max(one => 100.0 * one.Abandoned / one.Answers):0.00} %");
    }

    /// <summary>Upper end of the one-sided 95 % interval for a chance that struck so often in so many, by bisection on the binomial law.</summary>
    public static double UpperBound(int struck, int of)
    {
        if (struck >= of)
            return 1;
        double low = (double)struck / of, high = 1;
        for (var i = 0; i < 60; i++)
        {
            var p = (low + high) / 2;
            double term = Math.Exp(of * Math.Log(1 - p)), sum = term;
            for (var k = 1; k <= struck; k++)
                sum += term *= (of - k + 1) / (double)k * p / (1 - p);
            (low, high) = sum > 0.05 ? (p, high) : (low, p);
        }

        return high;
    }

    private static IEnumerable<LabCell> Weather()
    {
        yield return Cell(5) with { Name = "5 agents, stationary" };
        yield return Cell(5) with { Name = "5 agents, steps x1, x0.5, x1.8, x1", Rates = TwoHourSteps };
        yield return Cell(10) with { Name = "10 agents, answers move together 0.4", CommonDeviation = 0.4 };
        yield return Cell(10) with { Name = "4 agents, 6 more, 6 away again", Roster = [new(0, 4), new(3600, 10), new(10_800, 4), new(14_400, 10), new(18_000, 4)] };
        yield return Cell(10) with { Name = "10 agents, p 0.6 against a prior of 0.2", AnswerRate = 0.6 };
        yield return Cell(10) with { Name = "10 agents, asynchronous AMD, 10 % missed", Amd = AmdMode.Async, AmdDelay = 3, AmdMiss = 0.1, MachineOfRest = 0.4 };
    }

    /// <summary>Minutes of the three hours at which the answer rate halves and doubles back.</summary>
    private const int Halves = 60, Doubles = 120;

    private void Recovery()
    {
        var report = new LabReport("Recovery and cold start", $"{Command("recovery")}\n\nThe answer rate of 0.2 halves after {Halves} minutes and doubles back after {Doubles}. Utilisation by minute, mean over seeds, beside the same floor without the change (and with half the rate throughout). "
            + "\"Back\" is the first minute after which the next three together lie within 2 points of the mean of the last half hour of that phase. A cold start counts from the first second, with everybody idle and nothing learned.");
        report.Header("agents", "runs", "steady at 0.2", "steady at 0.1", "cold start within 2 points, min", "10th minute", "back after the halving, min", "deepest minute", "back after the doubling, min", "lowest and highest minute", "abandoned, whole run");
        var plots = new List<PlotSeries>();
        foreach (var agents in new[] { 10, 50 })
        {
            var trial = new Trial(SeedsOf(agents == 10 ? 120 : 40), 1, workers, _kept);
            var moved = trial.Run(Cell(agents) with { Rates = [new(0, 1), new(Halves * 60, 0.5), new(Doubles * 60, 1)], HoursPerDay = 3 }, Contenders.Engine());
            var minutes = Minutes(moved);
            var (first, second) = (minutes.Take(Halves).Skip(30).Average(), minutes.Skip(Halves + 30).Take(30).Average());
            var last = minutes.Skip(Doubles + 30).Average();
            report.Row($"{agents}", Size(trial), LabReport.Number(first), LabReport.Number(second), Back(minutes, 0, first), LabReport.Number(minutes.Skip(10).Take(3).Average()), Back(minutes, Halves, second),
                LabReport.Number(minutes.Skip(Halves).Take(20).Min()), Back(minutes, Doubles, last), $"{minutes.Skip(Doubles).Take(20).Min():0.0} - {minutes.Skip(Doubles).Take(20).Max():0.0}", $"{moved.Abandonment:0.00} %");
            plots.Add(new PlotSeries($"{agents} agents", [.. minutes.Select((value, minute) => (minute + 0.5, value, 0d))]));
            progress.WriteLine($"{_watch.Elapsed:mm\\:ss} recovery of {agents} agents");
            Write("recovery", report);
        }

        Plot("recovery", SvgPlot.Draw($"The answer rate halves at {Halves} min and doubles at {Doubles} min", "minute", "utilisation %", plots));
    }

    private static List<double> Minutes(Outcome outcome) =>
        [.. Enumerable.Range(0, outcome.Seeds.Min(seed => seed.Slots.Count)).Select(slot => 100 * outcome.Seeds.Sum(seed => seed.Slots[slot].Busy) / outcome.Seeds.Sum(seed => seed.Slots[slot].Signed))];

    private static string Back(List<double> minutes, int from, double steady)
    {
        for (var minute = from; minute + 3 <= minutes.Count; minute++)
        {
            if (Math.Abs(minutes.Skip(minute).Take(3).Average() - steady) <= 2)
                return $"{minute - from}";
        }

        return "never";
    }
}
