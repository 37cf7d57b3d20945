using Dialer.Core.Pacing;

namespace Dialer.Simulator.PacingLab;

/// <summary>Floors by size, answer rate, change and one thing at a time.</summary>
public sealed partial class Lab
{
    /// <summary>What has to be shown at p 0.2, points of utilisation.</summary>
    private static double Target(int agents) => agents switch { 3 => 76, 5 => 79.5, 10 => 84.2, 25 => 90.4, 50 => 93.8, 100 => 96.2, _ => 99.2 };

    private void StationaryFloors()
    {
        var report = new LabReport("Stationary floors", $"{Command("stationary")}\n\nAnswer rate 0.2, talk 150 s CV 1, wrap-up 25 s, ring about 9 s after 2.5 s of set-up, timeout 25 s, hold 2 s, cap 3 %, days of 8 h. "
            + $"{Meaning} \"Ours\" starts cold; \"told\" is ours with known parameters (the true answer rates before each decision, all times learned over four days); \"taught\" has met another seed of the same cell for a day; \"gate\" is ours with the hard gate on.");
        report.Header("agents", "runs", "target", "ours", "ours, told", "ours, taught", "ours, gate", "1:1", "VICIdial default", "VICIdial tapered", "VICIdial, best in hindsight", "ratio, best in hindsight", "resampling", "blind Erlang-B", "perfect information",
            "ours - VICIdial best", "ours - ratio best", "peak lines");
        var waits = new LabReport("Agents' waiting time", $"{Command("stationary")}\n\nSeconds from free to bridged, p50 / p90 / p99, on the stationary floors.");
        waits.Header("agents", "ours", "1:1", "VICIdial default", "VICIdial, best in hindsight", "ratio, best in hindsight");
        var series = new Dictionary<string, List<(double, double, double)>>();
        foreach (var agents in Sizes)
        {
            var (cell, trial) = (Cell(agents), Effort(agents));
            var ours = trial.Run(cell, Contenders.Engine());
            var oneToOne = trial.Run(cell, Contenders.Progressive);
            var vicidial = trial.Run(cell, Contenders.VicidialDefault);
            var expert = agents <= 100 ? trial.BestInHindsight(cell, "VICIdial", Contenders.VicidialExperts) : null;
            var ratio = trial.BestInHindsight(cell, "ratio", agents <= 100 ? Contenders.Ratios : Contenders.RatiosOfLargeFloors);
            report.Row($"{agents}", Size(trial), LabReport.Number(Target(agents)), LabReport.Show(ours), LabReport.Show(trial.Run(cell, Contenders.Told(cell))), LabReport.Show(trial.Run(cell, Contenders.Taught(cell))), LabReport.Show(trial.Run(cell, Contenders.Engine(hardGate: true))),
                LabReport.Show(oneToOne), LabReport.Show(vicidial), LabReport.Show(trial.Run(cell, Contenders.VicidialTapered)), agents <= 100 ? Named(expert) : "-", Named(ratio),
                agents <= 50 ? LabReport.Show(trial.Run(cell, Contenders.Replay)) : "-", LabReport.Show(trial.Run(cell, Contenders.Erlang)), agents <= 25 ? LabReport.Show(trial.Run(cell, Contenders.Clairvoyant)) : "-",
                Gap(ours, expert), Gap(ours, ratio), $"{ours.Seeds.Max(seed => seed.PeakLines)}");
            waits.Row($"{agents}", Waits(ours), Waits(oneToOne), Waits(vicidial), Waits(expert), Waits(ratio));
            Collect(series, agents, ("ours", ours), ("ratio, hindsight", ratio), ("VICIdial, hindsight", expert), ("VICIdial default", vicidial), ("1:1", oneToOne));
            progress.WriteLine($"{_watch.Elapsed:mm\\:ss} {agents} agents: {LabReport.Show(ours)}");
            Write("stationary", report);
            Write("waits", waits);
        }

        Plot("stationary", SvgPlot.Draw("Utilisation by size of floor (p 0.2, cap 3 %)", "agents", "utilisation %", Lines(series), logarithmic: true));
    }

    private void OtherRates()
    {
        var report = new LabReport("Other answer rates", $"{Command("rates")}\n\nAs the stationary floors at p 0.2. {Meaning} \"Told\" is ours with known parameters: it is told the true answer rates before each decision and has learned all times over four days.");
        report.Header("p", "agents", "runs", "ours", "ours, told", "1:1", "VICIdial, best in hindsight", "ratio, best in hindsight", "ours - told", "ours - VICIdial best", "ours - ratio best");
        foreach (var rate in new[] { 0.05, 0.1, 0.4, 0.6 })
        {
            foreach (var agents in new[] { 1, 3, 10, 25, 50 })
            {
                var (cell, trial) = (Cell(agents, rate), Effort(agents, 0.5));
                var expert = trial.BestInHindsight(cell, "VICIdial", Contenders.VicidialExperts);
                var ratio = trial.BestInHindsight(cell, "ratio", Contenders.Ratios);
                var (told, ours) = (trial.Run(cell, Contenders.Told(cell)), trial.Run(cell, Contenders.Engine()));
                report.Row($"{rate}", $"{agents}", Size(trial), LabReport.Show(ours), LabReport.Show(told), LabReport.Show(trial.Run(cell, Contenders.Progressive)), Named(expert), Named(ratio),
                    LabReport.Show(ours.Over(told)), Gap(ours, expert), Gap(ours, ratio));
                Write("rates", report);
            }

            progress.WriteLine($"{_watch.Elapsed:mm\\:ss} answer rate {rate}");
        }
    }

    private static readonly RateStep[] TwoHourSteps = [new(0, 1), new(7200, 0.5), new(14_400, 1.8), new(21_600, 1)];

    private void StepChanges()
    {
        var report = new LabReport("Step changes", $"{Command("steps")}\n\nThe answer rate of 0.2 is multiplied by 1, 0.5, 1.8 and 1 for two hours each. {Meaning}");
        report.Header("agents", "runs", "ours", "VICIdial, best in hindsight", "ratio, best in hindsight", "ours - VICIdial best", "ours - ratio best");
        foreach (var agents in new[] { 3, 5, 10, 25, 50, 100 })
        {
            var (cell, trial) = (Cell(agents) with { Rates = TwoHourSteps }, Effort(agents, 0.5));
            var expert = trial.BestInHindsight(cell, "VICIdial", Contenders.VicidialExperts);
            var ratio = trial.BestInHindsight(cell, "ratio", Contenders.Ratios);
            var ours = trial.Run(cell, Contenders.Engine());
            report.Row($"{agents}", Size(trial), LabReport.Show(ours), Named(expert), Named(ratio), Gap(ours, expert), Gap(ours, ratio));
            progress.WriteLine($"{_watch.Elapsed:mm\\:ss} steps, {agents} agents: {LabReport.Show(ours)}");
            Write("steps", report);
        }
    }

    private void Caps()
    {
        var report = new LabReport("Lower and higher caps", $"{Command("caps")}\n\nAs the stationary floors at p 0.2, with another cap. {Meaning}");
        report.Header("agents", "cap", "runs", "at least", "ours", "ours, gate", "ratio, best in hindsight", "ours - ratio best", "wait p50/p90/p99 s");
        foreach (var (agents, cap, least) in new[] { (10, 0.01, "80"), (50, 0.01, "91.5"), (10, 0.02, ""), (50, 0.02, ""), (10, 0.05, ""), (50, 0.05, "") })
        {
            var (cell, trial) = (Cell(agents) with { Cap = cap }, Effort(agents));
            var ours = trial.Run(cell, Contenders.Engine());
            var ratio = trial.BestInHindsight(cell, "ratio", Contenders.Ratios);
            report.Row($"{agents}", $"{100 * cap:0} %", Size(trial), least, LabReport.Show(ours), LabReport.Show(trial.Run(cell, Contenders.Engine(hardGate: true))), Named(ratio), Gap(ours, ratio), Waits(ours));
            progress.WriteLine($"{_watch.Elapsed:mm\\:ss} cap {cap}, {agents} agents: {LabReport.Show(ours)}");
            Write("caps", report);
        }
    }

    private void Sensitivities()
    {
        const string Limit = "\nAt one call a second a floor of 50 cannot be kept busy by any algorithm: CPS x p x handle time / agents = 1 x 0.2 x 175 / 50 = 70 %.";
        var report = new LabReport("One thing changed at a time", $"{Command("sensitivity")}\n\nAgainst p 0.2, talk 150 s CV 1, wrap-up 25 s, ring 9 s, hold 2 s, cap 3 %. {Meaning}{Limit}");
        report.Header("floor", "runs", "ours", "1:1", "wait p50/p90/p99 s", "dials per answer", "peak lines");
        foreach (var cell in Variations())
        {
            var trial = Effort(cell.Agents, 0.5);
            var ours = trial.Run(cell, Contenders.Engine());
            report.Row(cell.Name, Size(trial), LabReport.Show(ours), LabReport.Show(trial.Run(cell, Contenders.Progressive)), Waits(ours),
                LabReport.Number(ours.Seeds.Sum(seed => seed.Dials) / (double)ours.Seeds.Sum(seed => seed.Answers)), $"{ours.Seeds.Max(seed => seed.PeakLines)}");
            progress.WriteLine($"{_watch.Elapsed:mm\\:ss} {cell.Name}: {LabReport.Show(ours)}");
            Write("sensitivity", report);
        }
    }

    private static IEnumerable<LabCell> Variations()
    {
        var (small, large) = (Cell(10), Cell(50));
        yield return small with { Name = "10 agents, cap 1 %", Cap = 0.01 };
        yield return large with { Name = "50 agents, cap 1 %", Cap = 0.01 };
        yield return small with { Name = "10 agents, cap 2 %", Cap = 0.02 };
        yield return small with { Name = "10 agents, cap 5 %", Cap = 0.05 };
        yield return small with { Name = "10 agents, hold 0 s", Hold = 0 };
        yield return small with { Name = "10 agents, ring 5 s", RingMean = 5 };
        yield return small with { Name = "10 agents, ring 15 s, timeout 35 s", RingMean = 15, RingTimeout = 35 };
        yield return small with { Name = "10 agents, timeout 18 s", RingTimeout = 18 };
        yield return small with { Name = "10 agents, talk 45 s", TalkMean = 45 };
        yield return small with { Name = "10 agents, talk 400 s", TalkMean = 400 };
        yield return small with { Name = "10 agents, talk CV 0.3", TalkCv = 0.3 };
        yield return small with { Name = "10 agents, talk CV 2", TalkCv = 2 };
        yield return small with { Name = "10 agents, 55 % short talks", ShortTalkShare = 0.55 };
        yield return small with { Name = "10 agents, wrap-up 10 s", WrapMean = 10 };
        yield return small with { Name = "10 agents, wrap-up 60 s", WrapMean = 60 };
        yield return small with { Name = "10 agents, common movement of answers 0.15", CommonDeviation = 0.15 };
        yield return small with { Name = "10 agents, common movement of answers 0.4", CommonDeviation = 0.4 };
        yield return Demo();
        yield return Demo() with { Name = "20 agents, asynchronous AMD, every tenth machine missed", AmdMiss = 0.1 };
        yield return large with { Name = "50 agents, synchronous AMD 1.8 s", AmdDelay = 1.8 };
        yield return large with { Name = "50 agents, synchronous AMD 3 s", AmdDelay = 3 };
        yield return large with { Name = "50 agents, 1 call a second", CallsPerSecond = 1 };
        yield return large with { Name = "50 agents, 2 calls a second", CallsPerSecond = 2 };
        yield return large with { Name = "50 agents, 5 calls a second", CallsPerSecond = 5 };
        yield return small with { Name = "10 agents, carrier outage of 5 min every day", OutageFrom = 9000, OutageTo = 9300 };
        yield return small with { Name = "10 agents, 6 to lunch together for 45 min", Roster = [new(0, 10), new(12_600, 4), new(15_300, 10)] };
        yield return Cell(20) with { Name = "20 agents, 10 to lunch together for 45 min", Roster = [new(0, 20), new(12_600, 10), new(15_300, 20)] };
        yield return Cell(35) with { Name = "5 agents, then 30 more at once", Roster = [new(0, 5), new(3600, 35)], HoursPerDay = 3 };
        yield return small with { Name = "10 agents, list of 3,000 numbers a day", ListStock = 3000 };
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

    private void Optimum()
    {
        var report = new LabReport("Against the exact optimum of small floors", $"{Command("optimum")}\n\nThe Markov floor: two ringing phases of 11 s, exponential handling of 175 s, exponential patience of 2 s, cap 3 %. "
            + "The optimum is by dynamic programming and sees the phase of every line; ours sees only its age. \"Realistic\" is ours on the floor with realistic ring times.");
        report.Header("agents", "p", "runs", "optimum", "price of one abandoned call, agent-seconds", "ours on the Markov floor", "ours - optimum", "ours, realistic");
        foreach (var (agents, rate) in SmallFloors())
        {
            var (trial, cell) = (Effort(agents), Cell(agents, rate));
            var best = new SmallFloorOptimum(agents, rate).Solve(3e-4);
            var ours = trial.Run(cell with { Law = FloorLaw.Markov, RingTimeout = 60 }, Contenders.Engine());
            report.Row($"{agents}", $"{rate}", Size(trial), LabReport.Number(100 * best.Utilisation), LabReport.Number(best.Price, "0"),
                LabReport.Show(ours), LabReport.Number(ours.Utilisation.Mean - (100 * best.Utilisation), "+0.0;-0.0;0.0"), LabReport.Show(trial.Run(cell, Contenders.Engine())));
            progress.WriteLine($"{_watch.Elapsed:mm\\:ss} optimum of {agents} agents at {rate}: {LabReport.Show(ours)} of {100 * best.Utilisation:0.0}");
            Write("optimum", report);
        }
    }

    /// <summary>The floors whose lines fit into the programme's state: fifty agents at 0.05 have more up at once.</summary>
    private static IEnumerable<(int Agents, double Rate)> SmallFloors() =>
        from agents in new[] { 1, 3, 5, 10, 25, 50 }
        from rate in new[] { 0.05, 0.1, 0.2, 0.4, 0.6 }
        where agents <= 500 * rate + 1e-9
        select (agents, rate);

    /// <summary>What each of the engine's constants is worth, on common random numbers.</summary>
    private void Constants()
    {
        var report = new LabReport("The engine's constants", $"{Command("constants")}\n\nDifferences of utilisation to the engine as it is, on the same seeds, with the abandonment each ended at: more abandonment buys utilisation, so a difference counts at equal abandonment only. {Meaning}");
        var variants = new (string Name, PacingTuning Tuning)[]
        {
            ("controller twice as slow", PacingTuning.Default with { ControllerAnswers = 2 * PacingTuning.Default.ControllerAnswers, ControllerAnswersPerAgent = 2 * PacingTuning.Default.ControllerAnswersPerAgent }),
            ("controller twice as fast", PacingTuning.Default with { ControllerAnswers = PacingTuning.Default.ControllerAnswers / 2, ControllerAnswersPerAgent = PacingTuning.Default.ControllerAnswersPerAgent / 2 }),
            ("no shared deviation of answers", PacingTuning.Default with { SharedDeviation = 0 }),
            ("shared deviation 0.15", PacingTuning.Default with { SharedDeviation = 0.15 }),
            ("start cold for 100 dials", PacingTuning.Default with { ColdDials = 100 }),
            ("calibration up to 6", PacingTuning.Default with { MostCalibration = 6 }),
            ("one memory of the answer rate and an alarm for change", PacingTuning.Default with { RateMemories = [] }),
            ("memories dealt out three times as often", PacingTuning.Default with { RateShare = 3 * PacingTuning.Default.RateShare }),
        };
        report.Header(["agents", "runs", "as it is", .. variants.Select(one => one.Name)]);
        foreach (var agents in new[] { 3, 10, 50 })
        {
            var (cell, trial) = (Cell(agents), Effort(agents, 0.5));
            var ours = trial.Run(cell, Contenders.Engine());
            report.Row([$"{agents}", Size(trial), LabReport.Show(ours), .. variants.Select(one =>
            {
                var outcome = trial.Run(cell, Contenders.Engine(name: one.Name, tuning: one.Tuning));
                return $"{LabReport.Show(outcome.Over(ours))} ({LabReport.Number(outcome.Abandonment, "0.00")})";
            })]);
            Write("constants", report);
        }
    }
}
