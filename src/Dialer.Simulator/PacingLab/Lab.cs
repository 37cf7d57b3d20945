using System.Diagnostics;
using Dialer.Core.Pacing;

namespace Dialer.Simulator.PacingLab;

/// <summary>The committed experiments. Each writes one Markdown table and its plots into a folder, after every row: a run that is cut off leaves what it has.</summary>
/// <param name="effort">1 = twenty seeds a cell; 0.5 = ten of the same, for a look.</param>
/// <param name="keep">Folder of <see cref="KeptRuns"/>, or null.</param>
public sealed partial class Lab(string folder, double effort, TextWriter progress, string? keep = null, int workers = 2)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly KeptRuns _kept = new(keep);

    public static IReadOnlyList<string> Sections { get; } = ["stationary", "engines", "rates", "steps", "caps", "sensitivity", "budget", "recovery", "optimum", "constants"];

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
                case "engines":
                    Engines();
                    break;
                case "rates":
                    OtherRates();
                    break;
                case "steps":
                    StepChanges();
                    break;
                case "caps":
                    Caps();
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
                case "constants":
                    Constants();
                    break;
                default:
                    throw new ArgumentException($"There is no section {section}; there are {string.Join(", ", Sections)}.", nameof(sections));
            }
        }
    }

    /// <summary>Days of a campaign, each from a cold start, that give every size of floor about the same error for about the same time.</summary>
    private Trial Effort(int agents, double share = 1)
    {
        var days = agents switch { <= 3 => 8, <= 5 => 6, <= 10 => 4, <= 50 => 3, <= 100 => 2, _ => 1 };
        return new Trial(SeedsOf(20 * share), days, workers, _kept);
    }

    private int SeedsOf(double atFullEffort) => Math.Max(2, (int)Math.Round(atFullEffort * effort));

    private static string Size(Trial trial) => $"{trial.Seeds} x {trial.Days}";

    private static LabCell Cell(int agents, double rate = 0.2) => new() { Name = $"{agents} agents, p {rate}", Agents = agents, AnswerRate = rate };

    private void Write(string name, LabReport report)
    {
        File.WriteAllText(Path.Combine(folder, name + ".md"), report.ToString());
        progress.WriteLine($"{_watch.Elapsed:mm\\:ss} {name}.md");
    }

    private void Plot(string name, string svg) => File.WriteAllText(Path.Combine(folder, name + ".svg"), svg);

    private string Command(string section) => FormattableString.Invariant($"Made by `./dialer pacing lab --section {section} --effort {effort} --out tests/Dialer.Simulation/results`. \"Runs\" are seeds x days of 8 hours, each seed a campaign from a cold start.");

    private const string Meaning = "Cells are utilisation in percent, (talk + wrap) / signed-in unpaused time, ± half of the 95 % confidence interval over seeds, and in brackets abandoned / live answers in percent. "
        + "\"over\" marks an abandonment above the cap: no result beside controllers that kept it (a short simulation of an average of 97 % of the cap may end there by chance; peers chosen in hindsight were chosen among those within it). Every controller meets the same seeds (common random numbers).";

    private static readonly int[] Sizes = [3, 5, 10, 25, 50, 100, 500];

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
