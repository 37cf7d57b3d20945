using Dialer.Core.Pacing;

namespace Dialer.Simulator.PacingLab;

/// <summary>The budget over many windows, and what follows a sudden change.</summary>
public sealed partial class Lab
{
    private void Budgets()
    {
        var report = new LabReport("The budget", $"{Command("budget")}\n\nWindows broken (abandoned / live answers above 3 % at the end of a day) under bad weather. "
            + "\"30 days\": campaigns of sixty days of 8 h on an account of the last 720 hours, which the hours leave one by one; the end of each day from the thirtieth on ends a window. \"24 hours\": the same with an account of the last 24. "
            + "What a window had left is cap x live answers - abandoned. \"Alone\" is how many independent windows these are worth, since windows of one campaign overlap: n (1 - r) / (1 + r), r being the correlation of what is left from one day to the next. "
            + "The bound is the upper end of the one-sided 95 % interval for a chance that struck so often in so many alone (Clopper and Pearson). The tail is the chance below nothing by a normal law with the mean and spread of what was left, "
            + "which says more than a count of none and supposes that the law's tail is no thicker than its middle. " + Meaning);
        report.Header("floor", "window", "gate", "campaigns x days", "windows", "alone", "broken", "bound", "left, mean ± sd", "least left", "tail", "ours", "worst window");
        var all = new SortedDictionary<string, WindowCount>(StringComparer.Ordinal);
        foreach (var cell in Weather())
        {
            var seeds = SeedsOf(cell.Agents >= 50 ? 4 : 10);
            foreach (var (window, days) in new[] { (30, 60), (1, 31) })
            {
                foreach (var gate in new[] { false, true })
                {
                    var ours = new Trial(seeds, days, workers, _kept).Run(cell, Contenders.Engine(gate, windowHours: 24 * window));
                    var count = WindowCount.Of([.. ours.Seeds.Select(seed => Rolling(seed.Days, window))], cell.Cap);
                    var name = $"{(window == 1 ? "24 hours" : $"{window} days")} | {(gate ? "on" : "off")}";
                    all[name] = all.TryGetValue(name, out var before) ? before + count : count;
                    report.Row(cell.Name, name, $"{seeds} x {days}", $"{count.Windows}", $"{count.Alone:0}", $"{count.Broken}", count.Bound(), $"{count.Left.Mean:0.0} ± {count.Left.Deviation:0.0}", $"{count.Left.Least:0.0}", count.Tail(),
                        LabReport.Show(ours), $"{count.Worst:0.00} %");
                    progress.WriteLine($"{_watch.Elapsed:mm\\:ss} {cell.Name}, {name}: {count.Broken} of {count.Windows} broken, {LabReport.Show(ours)}");
                    Write("budget", report);
                }
            }
        }

        foreach (var (name, count) in all)
            report.Row("all floors", name, "", $"{count.Windows}", $"{count.Alone:0}", $"{count.Broken}", count.Bound(), "", $"{count.Left.Least:0.0}", "", "", $"{count.Worst:0.00} %");
        Write("budget", report);
    }

    /// <summary>For each day that has so many days up to it: their live answers and abandoned calls.</summary>
    private static List<(long Answers, long Abandoned)> Rolling(List<(long Answers, long Abandoned)> days, int window) =>
        [.. Enumerable.Range(window - 1, Math.Max(0, days.Count - window + 1)).Select(last => days.GetRange(last - window + 1, window)).Select(some => (some.Sum(day => day.Answers), some.Sum(day => day.Abandoned)))];

    /// <summary>Windows looked at, and how near to broken they came.</summary>
    /// <param name="Alone">As many independent ones.</param>
    /// <param name="Left">Abandoned calls that the windows could still have borne.</param>
    /// <param name="Worst">Highest abandonment of a window, percent.</param>
    private readonly record struct WindowCount(int Windows, double Alone, int Broken, (double Mean, double Deviation, double Least) Left, double Worst)
    {
        public static WindowCount Of(IReadOnlyList<List<(long Answers, long Abandoned)>> campaigns, double cap)
        {
            double[][] left = [.. campaigns.Select(windows => windows.Select(one => cap * one.Answers - one.Abandoned).ToArray())];
            double[] all = [.. left.SelectMany(one => one)];
            var mean = all.Average();
            var square = all.Average(one => (one - mean) * (one - mean));
            double[] next = [.. left.SelectMany(one => one.Zip(one.Skip(1), (today, tomorrow) => (today - mean) * (tomorrow - mean)))];
            var r = next.Length == 0 || square <= 0 ? 0 : Math.Clamp(next.Average() / square, 0, 0.99);
            return new(all.Length, all.Length * (1 - r) / (1 + r), all.Count(one => one < 0), (mean, Math.Sqrt(square), all.Min()), campaigns.SelectMany(windows => windows).Max(one => 100.0 * one.Abandoned / Math.Max(1, one.Answers)));
        }

        public static WindowCount operator +(WindowCount one, WindowCount other) =>
            new(one.Windows + other.Windows, one.Alone + other.Alone, one.Broken + other.Broken, (0, 0, Math.Min(one.Left.Least, other.Left.Least)), Math.Max(one.Worst, other.Worst));

        public string Bound() => $"{100 * UpperBound(Broken, Math.Max(1, (int)Alone)):0.00} %";

        public string Tail() => CountLaw.StandardNormal(-Left.Mean / Math.Max(1e-9, Left.Deviation)) is var tail and >= 1e-6 ? $"{100 * tail:0.0000} %" : "< 0.0001 %";
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
        yield return Cell(3) with { Name = "3 agents, stationary" };
        yield return Cell(3) with { Name = "3 agents, steps x1, x0.5, x1.8, x1", Rates = TwoHourSteps };
        yield return Cell(5) with { Name = "5 agents, answers move together 0.4", CommonDeviation = 0.4 };
        yield return Cell(10) with { Name = "10 agents, steps x1, x0.5, x1.8, x1", Rates = TwoHourSteps };
        yield return Cell(10) with { Name = "4 agents, 6 more, 6 away again, twice", Roster = [new(0, 4), new(3600, 10), new(10_800, 4), new(14_400, 10), new(18_000, 4)] };
        yield return Cell(10) with { Name = "10 agents, p 0.6 against a prior of 0.2", AnswerRate = 0.6 };
        yield return Cell(10) with { Name = "10 agents, asynchronous AMD, 10 % missed", Amd = AmdMode.Async, AmdDelay = 3, AmdMiss = 0.1, MachineOfRest = 0.4 };
        yield return Cell(50) with { Name = "50 agents, steps x1, x0.5, x1.8, x1", Rates = TwoHourSteps };
        yield return Cell(50) with { Name = "50 agents, answers move together 0.4", CommonDeviation = 0.4 };
    }

    /// <summary>Minutes of the three hours at which the answer rate halves and doubles back.</summary>
    private const int Halves = 60, Doubles = 120;

    private void Recovery()
    {
        var report = new LabReport("Recovery and cold start", $"{Command("recovery")}\n\nThe answer rate of 0.2 halves after {Halves} minutes and doubles back after {Doubles}. Utilisation by minute, mean over seeds. "
            + "\"Back\" is the first minute after which the next three together lie within 2 points of the mean of the last half hour of that phase. A cold start counts from the first second, with everybody idle and nothing learned. "
            + "\"Told\" is told each change as it happens. \"Best observer\" knows both levels, the ring law and that a change comes once an hour, and not when: no estimator of the same prior can see a change sooner. "
            + "\"First rules\" had one memory of the answer rate and an alarm. \"Missed\" is utilisation short of the phase's own last half hour, summed over the twenty minutes after the halving; \"surplus\" what is above it after the doubling. All controllers meet the same seeds.");
        report.Header("agents", "controller", "runs", "steady at 0.2", "steady at 0.1", "cold start within 2 points, min", "10th minute", "back after the halving, min", "deepest minute", "missed, point-minutes", "back after the doubling, min", "highest minute", "surplus, point-minutes", "abandoned, whole run");
        var plots = new List<PlotSeries>();
        foreach (var agents in new[] { 10, 50 })
        {
            var trial = new Trial(SeedsOf(agents == 10 ? 120 : 40), 1, workers, _kept);
            var cell = Cell(agents) with { Rates = [new(0, 1), new(Halves * 60, 0.5), new(Doubles * 60, 1)], HoursPerDay = 3 };
            foreach (var one in new[] { Contenders.Engine(), Contenders.Engine(name: "first rules", tuning: PacingTuning.First), Contenders.Observer(Cell(agents)), Contenders.Told(Cell(agents)) })
            {
                var minutes = RecoveryRow(report, agents, trial, trial.Run(cell, one));
                if (one.Name == "ours")
                    plots.Add(new PlotSeries($"{agents} agents", [.. minutes.Select((value, minute) => (minute + 0.5, value, 0d))]));
                progress.WriteLine($"{_watch.Elapsed:mm\\:ss} recovery of {agents} agents, {one.Name}");
                Write("recovery", report);
            }
        }

        Plot("recovery", SvgPlot.Draw($"The answer rate halves at {Halves} min and doubles at {Doubles} min", "minute", "utilisation %", plots));
    }

    private static List<double> RecoveryRow(LabReport report, int agents, Trial trial, Outcome moved)
    {
        var minutes = Minutes(moved);
        var (first, second, last) = (minutes.Take(Halves).Skip(30).Average(), minutes.Skip(Halves + 30).Take(30).Average(), minutes.Skip(Doubles + 30).Average());
        report.Row($"{agents}", moved.Contender, Size(trial), LabReport.Number(first), LabReport.Number(second), Back(minutes, 0, first), LabReport.Number(minutes.Skip(10).Take(3).Average()),
            Back(minutes, Halves, second), LabReport.Number(minutes.Skip(Halves).Take(20).Min()), LabReport.Number(minutes.Skip(Halves).Take(20).Sum(one => second - one), "0"),
            Back(minutes, Doubles, last), LabReport.Number(minutes.Skip(Doubles).Take(20).Max()), LabReport.Number(minutes.Skip(Doubles).Take(20).Sum(one => one - last), "0"), $"{moved.Abandonment:0.00} %");
        return minutes;
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
