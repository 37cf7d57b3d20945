using System.Diagnostics;
using Dialer.Core.Pacing;

namespace Dialer.Simulator.PacingLab;

/// <summary>The committed experiments. Each writes one Markdown table and its plots into a folder.</summary>
/// <param name="effort">1 = the committed effort; 0.1 = a tenth of the simulated days, for a look.</param>
public sealed class Lab(string folder, double effort, TextWriter progress)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public static IReadOnlyList<string> Sections { get; } = ["stationary", "rates", "steps", "sensitivity", "budget", "recovery", "optimum"];

    public void Run(IReadOnlyCollection<string> sections)
    {
        Directory.CreateDirectory(folder);
        foreach (var section in sections)
        {
            switch (section)
            {
                case "stationary":
                    StationaryFloors();
                    break;
                case "rates":
                    OtherRates();
                    break;
                case "steps":
                    StepChanges();
                    break;
                case "sensitivity":
                    Sensitivities();
                    break;
                case "budget":
                    Budgets();
                    break;
                case "recovery":
                    Recovery();
                    break;
                case "optimum":
                    Optimum();
                    break;
                default:
                    throw new ArgumentException($"There is no section {section}; there are {string.Join(", ", Sections)}.", nameof(sections));
            }
        }
    }

    /// <summary>Seeds and days that give every size of floor about the same error for about the same time.</summary>
    private Trial Effort(int agents)
    {
        var (seeds, days) = agents switch { <= 3 => (10, 6), <= 5 => (10, 5), <= 10 => (10, 3), <= 25 => (8, 2), <= 50 => (6, 2), <= 100 => (4, 1), _ => (3, 1) };
        return new Trial(Math.Max(2, (int)Math.Round(seeds * Math.Min(1, effort * 2))), Math.Max(1, (int)Math.Round(days * Math.Min(1, effort * 2))));
    }

    private static LabCell Cell(int agents, double rate = 0.2) => new() { Name = $"{agents} agents, p {rate}", Agents = agents, AnswerRate = rate };

    private void Write(string name, LabReport report)
    {
        File.WriteAllText(Path.Combine(folder, name + ".md"), report.ToString());
        progress.WriteLine($"{_watch.Elapsed:mm\\:ss} {name}.md");
    }

    private void Plot(string name, string svg) => File.WriteAllText(Path.Combine(folder, name + ".svg"), svg);

    private static string Command(string section) => $"Made by `./dialer pacing lab --section {section} --out tests/Dialer.Simulation/results`.";

    private const string Meaning = "Cells are utilisation in percent, (talk + wrap) / signed-in unpaused time, ± half of the 95 % confidence interval over seeds, and in brackets abandoned / live answers in percent. "
        + "\"over\" marks an abandonment above the cap: no result beside controllers that kept it (a short simulation of an average of 97 % of the cap may end there by chance; peers chosen in hindsight were chosen among those within it). Every controller meets the same seeds (common random numbers).";

    private static readonly int[] Sizes = [3, 5, 10, 25, 50, 100, 500];

    private void StationaryFloors()
    {
        var report = new LabReport("Stationary floors", $"{Command("stationary")}\n\nAnswer rate 0.2, talk 150 s CV 1, wrap-up 25 s, ring about 9 s after 2.5 s of set-up, timeout 25 s, hold 2 s, cap 3 %, days of 8 h. "
            + $"{Meaning} \"Ours\" starts cold; \"taught\" has met another seed of the same cell for a day; \"gate\" is ours with the hard gate on.");
        report.Header("agents", "1:1", "VICIdial default", "VICIdial, best in hindsight", "ratio, best in hindsight", "resampling", "blind Erlang-B", "perfect information", "ours, taught", "ours", "ours, gate", "ours - VICIdial best", "ours - ratio best", "wait p50/p90/p99 s: ours | 1:1 | VICIdial best | ratio best", "peak lines");
        var series = new Dictionary<string, List<(double, double, double)>>();
        foreach (var agents in Sizes)
        {
            var (cell, trial) = (Cell(agents), Effort(agents));
            var oneToOne = trial.Run(cell, Contenders.Progressive);
            var vicidial = trial.Run(cell, Contenders.VicidialDefault);
            var expert = agents <= 100 ? trial.BestInHindsight(cell, "VICIdial", Contenders.VicidialExperts) : null;
            var ratio = trial.BestInHindsight(cell, "ratio", agents <= 100 ? Contenders.Ratios : Contenders.RatiosOfLargeFloors);
            var clairvoyant = agents <= 25 ? trial.Run(cell, Contenders.Clairvoyant) : null;
            var resampling = agents <= 50 ? trial.Run(cell, Contenders.Replay) : null;
            var erlang = trial.Run(cell, Contenders.Erlang);
            var taught = trial.Run(cell, Contenders.Taught(cell));
            var ours = trial.Run(cell, Contenders.Engine());
            var gated = trial.Run(cell, Contenders.Engine(hardGate: true));
            report.Row($"{agents}", LabReport.Show(oneToOne), LabReport.Show(vicidial), Named(expert), Named(ratio), resampling is null ? "-" : LabReport.Show(resampling), LabReport.Show(erlang), clairvoyant is null ? "-" : LabReport.Show(clairvoyant),
                LabReport.Show(taught), LabReport.Show(ours), LabReport.Show(gated), Gap(ours, expert), Gap(ours, ratio),
                $"{Waits(ours)} \\| {Waits(oneToOne)} \\| {Waits(expert)} \\| {Waits(ratio)}", $"{ours.Seeds.Max(seed => seed.PeakLines)}");
            Collect(series, agents, ("ours", ours), ("ratio, hindsight", ratio), ("VICIdial, hindsight", expert), ("VICIdial default", vicidial), ("1:1", oneToOne));
            progress.WriteLine($"{_watch.Elapsed:mm\\:ss} {agents} agents: {LabReport.Show(ours)}");
            Write("stationary", report); // after each row: a long run that is cut off leaves what it has
        }

        Plot("stationary", SvgPlot.Draw("Utilisation by size of floor (p 0.2, cap 3 %)", "agents", "utilisation %", Lines(series), logarithmic: true));
    }

    private void OtherRates()
    {
        var report = new LabReport("Other answer rates", $"{Command("rates")}\n\nAs the stationary floors at p 0.2. {Meaning}");
        report.Header("p", "agents", "1:1", "VICIdial, best in hindsight", "ratio, best in hindsight", "ours, taught", "ours", "ours - taught", "ours - VICIdial best", "ours - ratio best");
        foreach (var rate in new[] { 0.05, 0.1, 0.4, 0.6 })
        {
            foreach (var agents in new[] { 1, 3, 10, 25, 50 })
            {
                var (cell, trial) = (Cell(agents, rate), Effort(agents));
                var expert = trial.BestInHindsight(cell, "VICIdial", Contenders.VicidialExperts);
                var ratio = trial.BestInHindsight(cell, "ratio", Contenders.Ratios);
                var (taught, ours) = (trial.Run(cell, Contenders.Taught(cell)), trial.Run(cell, Contenders.Engine()));
                report.Row($"{rate}", $"{agents}", LabReport.Show(trial.Run(cell, Contenders.Progressive)), Named(expert), Named(ratio), LabReport.Show(taught), LabReport.Show(ours),
                    LabReport.Show(ours.Over(taught)), Gap(ours, expert), Gap(ours, ratio));
                Write("rates", report);
            }

            progress.WriteLine($"{_watch.Elapsed:mm\\:ss} answer rate {rate}");
        }

        Write("rates", report);
    }

    private static readonly RateStep[] TwoHourSteps = [new(0, 1), new(7200, 0.5), new(14_400, 1.8), new(21_600, 1)];

    private void StepChanges()
    {
        var report = new LabReport("Step changes", $"{Command("steps")}\n\nThe answer rate of 0.2 is multiplied by 1, 0.5, 1.8 and 1 for two hours each. {Meaning}");
        report.Header("agents", "VICIdial, best in hindsight", "ratio, best in hindsight", "ours", "ours - VICIdial best", "ours - ratio best");
        foreach (var agents in new[] { 3, 5, 10, 25, 50 })
        {
            var (cell, trial) = (Cell(agents) with { Rates = TwoHourSteps }, Effort(agents));
            var expert = trial.BestInHindsight(cell, "VICIdial", Contenders.VicidialExperts);
            var ratio = trial.BestInHindsight(cell, "ratio", Contenders.Ratios);
            var ours = trial.Run(cell, Contenders.Engine());
            report.Row($"{agents}", Named(expert), Named(ratio), LabReport.Show(ours), Gap(ours, expert), Gap(ours, ratio));
        }

        Write("steps", report);
    }

    private void Sensitivities()
    {
        var report = new LabReport("One thing changed at a time", $"{Command("sensitivity")}\n\nAgainst p 0.2, talk 150 s CV 1, wrap-up 25 s, ring 9 s, hold 2 s, cap 3 %. {Meaning}");
        report.Header("floor", "1:1", "ours", "wait p50/p90/p99 s", "dials per answer");
        foreach (var cell in Variations())
        {
            var trial = Effort(cell.Agents);
            var ours = trial.Run(cell, Contenders.Engine());
            report.Row(cell.Name, LabReport.Show(trial.Run(cell, Contenders.Progressive)), LabReport.Show(ours), Waits(ours),
                LabReport.Number(ours.Seeds.Sum(seed => seed.Dials) / (double)ours.Seeds.Sum(seed => seed.Answers)));
            progress.WriteLine($"{_watch.Elapsed:mm\\:ss} {cell.Name}: {LabReport.Show(ours)}");
            Write("sensitivity", report);
        }

        report.Paragraph("\nAt one call a second a floor of 50 cannot be kept busy by any algorithm: CPS x p x handle time / agents = 1 x 0.2 x 175 / 50 = 70 %.");
        Write("sensitivity", report);
    }

    private static IEnumerable<LabCell> Variations()
    {
        var (small, large) = (Cell(10), Cell(50));
        yield return small with { Name = "10 agents, cap 1 %", Cap = 0.01 };
        yield return large with { Name = "50 agents, cap 1 %", Cap = 0.01 };
        yield return small with { Name = "10 agents, hold 0 s", Hold = 0 };
        yield return small with { Name = "10 agents, ring 5 s", RingMean = 5 };
        yield return small with { Name = "10 agents, ring 15 s, timeout 35 s", RingMean = 15, RingTimeout = 35 };
        yield return small with { Name = "10 agents, talk 45 s", TalkMean = 45 };
        yield return small with { Name = "10 agents, talk 400 s", TalkMean = 400 };
        yield return small with { Name = "10 agents, talk CV 2", TalkCv = 2 };
        yield return small with { Name = "10 agents, 55 % short talks", ShortTalkShare = 0.55 };
        yield return small with { Name = "10 agents, wrap-up 60 s", WrapMean = 60 };
        yield return small with { Name = "10 agents, common movement of answers 0.15", CommonDeviation = 0.15 };
        yield return small with { Name = "10 agents, common movement of answers 0.4", CommonDeviation = 0.4 };
        yield return Demo();
        yield return Demo() with { Name = "20 agents, asynchronous AMD, every tenth machine missed", AmdMiss = 0.1 };
        yield return large with { Name = "50 agents, synchronous AMD 1.8 s", AmdDelay = 1.8 };
        yield return large with { Name = "50 agents, 1 call a second", CallsPerSecond = 1 };
        yield return large with { Name = "50 agents, 2 calls a second", CallsPerSecond = 2 };
        yield return large with { Name = "50 agents, 5 calls a second", CallsPerSecond = 5 };
        yield return small with { Name = "10 agents, carrier outage of 5 min every day", OutageFrom = 9000, OutageTo = 9300 };
        yield return small with { Name = "10 agents, 6 to lunch together for 45 min", Roster = [new(0, 10), new(12_600, 4), new(15_300, 10)] };
        yield return Cell(35) with { Name = "5 agents, then 30 more at once", Roster = [new(0, 5), new(3600, 35)], HoursPerDay = 3 };
    }

    /// <summary>The floor of the demonstration: asynchronous AMD, a quarter of dials answered by people and nearly a third by machines.</summary>
    public static LabCell Demo() => new()
    {
        Name = "20 agents, asynchronous AMD 3 s, 25 % people, 30 % machines",
        Agents = 20,
        AnswerRate = 0.25,
        MachineOfRest = 0.4,
        FailOfRest = 0.1,
        Amd = AmdMode.Async,
        AmdDelay = 3,
    };

    private void Budgets()
    {
        var report = new LabReport("The budget", $"{Command("budget")}\n\nDays on which abandoned / live answers of that day passed 3 %, under bad weather, where the account is the day's own (24-hour window) or runs through (30-day window). {Meaning}");
        report.Header("floor", "window", "gate", "days", "days over 3 %", "campaigns", "campaigns over 3 % at their end", "ours", "worst campaign");
        foreach (var cell in Weather())
        {
            foreach (var (daily, gate) in new[] { (false, false), (false, true), (true, true) })
            {
                var trial = new Trial(Math.Max(2, (int)(20 * effort)), Math.Max(1, (int)(5 * effort)));
                var ours = trial.Run(cell, new Contender("ours", (floor, _) => new EnginePacer(EnginePacer.PolicyOf(floor, gate), daily: daily)));
                var days = ours.Seeds.SelectMany(seed => seed.Days).ToList();
                report.Row(cell.Name, daily ? "day" : "campaign", gate ? "on" : "off", $"{days.Count}", $"{days.Count(day => day.Abandoned > cell.Cap * day.Answers)}", $"{ours.Seeds.Count}",
                    $"{ours.Seeds.Count(seed => seed.Abandonment > cell.Cap)}", LabReport.Show(ours), LabReport.Number(100 * ours.Seeds.Max(seed => seed.Abandonment), "0.00"));
            }

            progress.WriteLine($"{_watch.Elapsed:mm\\:ss} {cell.Name}");
        }

        Write("budget", report);
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

    private void Recovery()
    {
        var report = new LabReport("Recovery and cold start", $"{Command("recovery")}\n\n50 agents; the answer rate halves after two hours and doubles back after four; utilisation by ten-minute slot, mean over seeds.");
        var trial = new Trial(Math.Max(2, (int)(8 * effort)), 1);
        var steps = trial.Run(Cell(50) with { Rates = [new(0, 1), new(7200, 0.5), new(14_400, 1)], HoursPerDay = 6 }, Contenders.Engine());
        var still = trial.Run(Cell(50) with { HoursPerDay = 6 }, Contenders.Engine());
        var (moved, steady) = (Slots(steps), Slots(still));
        report.Header("minute", "stationary", "halves at 120, doubles at 240");
        for (var slot = 0; slot < Math.Min(moved.Count, steady.Count); slot++)
            report.Row($"{slot * 10}-{slot * 10 + 10}", LabReport.Number(steady[slot]), LabReport.Number(moved[slot]));
        report.Paragraph($"\nAbandonment over all: {steps.Abandonment:0.00} % with the steps, {still.Abandonment:0.00} % without.");
        Write("recovery", report);
        Plot("recovery", SvgPlot.Draw("The answer rate halves at 120 min and doubles at 240 min (50 agents)", "minute", "utilisation %",
            [Series("stationary", steady), Series("steps", moved)]));

        static List<double> Slots(Outcome outcome) =>
            [.. Enumerable.Range(0, outcome.Seeds.Min(seed => seed.Slots.Count)).Select(slot => 100 * outcome.Seeds.Sum(seed => seed.Slots[slot].Busy) / outcome.Seeds.Sum(seed => seed.Slots[slot].Signed))];
        static PlotSeries Series(string name, List<double> slots) => new(name, [.. slots.Select((value, slot) => (slot * 10d + 5, value, 0d))]);
    }

    private void Optimum()
    {
        var report = new LabReport("Against the exact optimum of small floors", $"{Command("optimum")}\n\nThe Markov floor: two ringing phases of 11 s, exponential handling of 175 s, exponential patience of 2 s, cap 3 %. "
            + "The optimum is by dynamic programming and sees the phase of every line; ours sees only its age. \"Realistic\" is ours on the floor with realistic ring times.");
        report.Header("agents", "p", "optimum", "price of one abandoned call, agent-seconds", "ours on the Markov floor", "ours, realistic");
        foreach (var (agents, rate) in new[] { (1, 0.1), (1, 0.2), (1, 0.4), (3, 0.1), (3, 0.2), (3, 0.4), (5, 0.2), (5, 0.4), (10, 0.4) })
        {
            var best = new SmallFloorOptimum(agents, rate).Solve(3e-4);
            var trial = Effort(agents);
            var cell = Cell(agents, rate);
            report.Row($"{agents}", $"{rate}", LabReport.Number(100 * best.Utilisation), LabReport.Number(best.Price, "0"),
                LabReport.Show(trial.Run(cell with { Law = FloorLaw.Markov, RingTimeout = 60 }, Contenders.Engine())), LabReport.Show(trial.Run(cell, Contenders.Engine())));
            progress.WriteLine($"{_watch.Elapsed:mm\\:ss} optimum of {agents} agents at {rate}");
        }

        Write("optimum", report);
    }

    private static string Named(Outcome? outcome) => outcome is null ? LabReport.Show(outcome) : $"{LabReport.Show(outcome)} {outcome.Contender[outcome.Contender.IndexOf('(', StringComparison.Ordinal)..]}";

    private static string Gap(Outcome ours, Outcome? theirs) => theirs is null ? "-" : LabReport.Show(ours.Over(theirs));

    private static string Waits(Outcome? outcome) => outcome is null ? "-" : $"{outcome.Wait(0.5):0}/{outcome.Wait(0.9):0}/{outcome.Wait(0.99):0}";

    private static void Collect(Dictionary<string, List<(double, double, double)>> series, int agents, params (string Name, Outcome? Outcome)[] outcomes)
    {
        foreach (var (name, outcome) in outcomes)
        {
            if (outcome is null)
                continue;
            if (!series.TryGetValue(name, out var points))
                series[name] = points = [];
            points.Add((agents, outcome.Utilisation.Mean, double.IsNaN(outcome.Utilisation.Margin) ? 0 : outcome.Utilisation.Margin));
        }
    }

    private static List<PlotSeries> Lines(Dictionary<string, List<(double, double, double)>> series) => [.. series.Select(one => new PlotSeries(one.Key, one.Value))];
}
