using Dialer.Core.Pacing;
using Dialer.Simulator.PacingLab.Peers;

namespace Dialer.Simulator.PacingLab;

/// <summary>A controller by name, made anew for each seed.</summary>
/// <param name="Learns">It is our engine: its results belong to the engine's build.</param>
public sealed record Contender(string Name, Func<LabCell, ulong, IPacer> Make, bool Learns = false);

/// <summary>A mean over seeds with half of its 95 % confidence interval.</summary>
public readonly record struct Estimate(double Mean, double Margin)
{
    public static Estimate Of(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        if (values.Count < 2)
            return new(mean, double.NaN);
        var variance = values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1);
        return new(mean, Student(values.Count - 1) * Math.Sqrt(variance / values.Count));
    }

    /// <summary>Student's 97.5 % point, to about 1 %.</summary>
    private static double Student(int degrees) => degrees switch { 1 => 12.71, 2 => 4.30, 3 => 3.18, 4 => 2.78, 5 => 2.57, _ => 1.96 + 2.5 / degrees };
}

/// <summary>What one controller did in one cell, seed by seed.</summary>
public sealed record Outcome(LabCell Cell, string Contender, IReadOnlyList<FloorResult> Seeds)
{
    public Estimate Utilisation => Estimate.Of([.. Seeds.Select(seed => 100 * seed.Utilisation)]);

    /// <summary>All abandoned over all live answers, percent.</summary>
    public double Abandonment => 100.0 * Seeds.Sum(seed => seed.Abandoned) / Math.Max(1, Seeds.Sum(seed => seed.Answers));

    public bool Complies => Abandonment <= 100 * Cell.Cap;

    public double Wait(double share) => Seeds.Average(seed => seed.WaitQuantile(share));

    /// <summary>Paired difference of utilisation to another controller on the same seeds (common random numbers), points.</summary>
    public Estimate Over(Outcome other) => Estimate.Of([.. Seeds.Zip(other.Seeds, (mine, theirs) => 100 * (mine.Utilisation - theirs.Utilisation))]);
}

/// <summary>Runs cells: every controller meets the same seeds.</summary>
public sealed class Trial(int seeds, int days, int workers = 2, KeptRuns? kept = null)
{
    private readonly KeptRuns _kept = kept ?? new KeptRuns(null);

    public int Seeds => seeds;

    public int Days => days;

    public Outcome Run(LabCell cell, Contender contender)
    {
        var results = new FloorResult[seeds];
        Parallel.For(0, seeds, new ParallelOptions { MaxDegreeOfParallelism = workers }, seed =>
            results[seed] = _kept.Of(cell, contender, (ulong)seed + 1, days, () => new LabFloor(cell, contender.Make(cell, (ulong)seed + 1), (ulong)seed + 1).Run(days)));
        return new Outcome(cell, contender.Name, results);
    }

    /// <summary>The controller of a family that did best within the cap, chosen in hindsight for this very cell; null when none complied.</summary>
    /// <remarks>All are tried on three of the seeds; the five best of those that may be within the cap, given how little three seeds can show, meet all of them, and then the cap decides.</remarks>
    public Outcome? BestInHindsight(LabCell cell, string name, IEnumerable<Contender> family)
    {
        var trial = new Trial(Math.Min(3, seeds), days, workers, _kept);
        var promising = family.Select(one => (Contender: one, Outcome: trial.Run(cell, one)))
            .Where(one => one.Outcome.Abandonment <= 100 * cell.Cap * 1.1)
            .OrderByDescending(one => one.Outcome.Utilisation.Mean).Take(5);
        return promising.Select(one => Run(cell, one.Contender)).Where(outcome => outcome.Complies).MaxBy(outcome => outcome.Utilisation.Mean) is { } best
            ? best with { Contender = $"{name} ({best.Contender})" }
            : null;
    }
}

/// <summary>The controllers on trial.</summary>
public static class Contenders
{
    public static Contender Progressive { get; } = new("1:1", (_, _) => new RatioPacer(1));

    public static Contender VicidialDefault { get; } = new("VICIdial default", (_, _) => new VicidialPacer(VicidialMode.HardLimit, availableOnly: false));

    public static Contender VicidialAverage { get; } = new("VICIdial average", (_, _) => new VicidialPacer(VicidialMode.Average, availableOnly: false));

    public static Contender VicidialTapered { get; } = new("VICIdial tapered", (_, _) => new VicidialPacer(VicidialMode.Tapered, availableOnly: false));

    public static Contender Replay { get; } = new("resampling", (cell, seed) => new ReplayPacer(seed, cell.Cap));

    public static Contender Erlang { get; } = new("blind Erlang-B rate", (cell, _) => new ErlangPacer(cell));

    public static Contender Clairvoyant { get; } = new("perfect information", (cell, _) => new ClairvoyantPacer(cell));

    /// <summary>VICIdial on available agents only, with every level cap that an expert might try.</summary>
    public static IEnumerable<Contender> VicidialExperts { get; } =
        from mode in new[] { VicidialMode.HardLimit, VicidialMode.Average }
        from level in new[] { 1.5, 2, 3, 4, 5, 6, 8, 10, 14 }
        select new Contender($"max {level}, {mode}", (_, _) => new VicidialPacer(mode, availableOnly: true, level));

    public static IEnumerable<Contender> Ratios { get; } =
        from ratio in new[] { 1, 1.2, 1.4, 1.6, 1.8, 2, 2.2, 2.5, 2.75, 3, 3.25, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20 }
        select new Contender($"ratio {ratio}", (_, _) => new RatioPacer(ratio));

    public static IEnumerable<Contender> RatiosOfLargeFloors { get; } =
        from ratio in new[] { 5, 7, 8, 9, 10, 11, 12, 14d }
        select new Contender($"ratio {ratio}", (_, _) => new RatioPacer(ratio));

    /// <summary>Ours, from a cold start.</summary>
    /// <param name="tuning">Other constants than the engine's own: to ask what each is worth.</param>
    /// <param name="windowHours">The account's window, hours leaving it; 0 is a campaign that is younger than its window.</param>
    public static Contender Engine(bool hardGate = false, string name = "ours", PacingTuning? tuning = null, double windowHours = 0) =>
        new($"{name}{(hardGate ? ", gate" : "")}{(windowHours > 0 ? $", {windowHours} h" : "")}",
            (cell, _) => new EnginePacer(EnginePacer.PolicyOf(cell, hardGate, windowHours > 0 ? windowHours : 720), IntervalOf(cell), cell.Agents <= 100, tuning, rolls: windowHours > 0), Learns: true);

    /// <summary>Ours, with everything but the account learned beforehand on another seed of the same cell.</summary>
    public static Contender Taught(LabCell cell) => Prepared("ours, taught", cell, days: 1, told: false);

    /// <summary>Ours with known parameters: told the true answer rates before each decision, with times learned beforehand over four days.</summary>
    public static Contender Told(LabCell cell) => Prepared("ours, told", cell, days: 4, told: true);

    private static Contender Prepared(string name, LabCell cell, int days, bool told)
    {
        var memory = Teach(cell, days, PacingTuning.Default);
        return new(name, (met, _) => new EnginePacer(EnginePacer.PolicyOf(met, hardGate: false), IntervalOf(met), met.Agents <= 100, memory: memory.Value, told: told ? met : null), Learns: true);
    }

    /// <summary>The engine with the answer rate of the best detector of change: what recovery can be had from the evidence.</summary>
    /// <param name="steady">The cell without its changes, on which times are learned beforehand.</param>
    public static Contender Observer(LabCell steady)
    {
        var memory = Teach(steady, 4, PacingTuning.First);
        return new("best observer", (cell, _) => new ChangeObserver(cell, memory.Value), Learns: true);
    }

    private static Lazy<string> Teach(LabCell cell, int days, PacingTuning tuning) => new(() =>
    {
        var teacher = new EnginePacer(EnginePacer.PolicyOf(cell, hardGate: false), 2, onEvents: false, tuning);
        new LabFloor(cell, teacher, 9_999).Run(days);
        return teacher.Engine.Save();
    });

    private static double IntervalOf(LabCell cell) => cell.Agents > 100 ? 0.5 : cell.Agents >= 25 ? 2 : 1;
}
