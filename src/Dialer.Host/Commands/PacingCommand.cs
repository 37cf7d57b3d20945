using System.CommandLine;
using Dialer.Core.Pacing;
using Dialer.Simulator.PacingLab;

namespace Dialer.Host.Commands;

/// <summary><c>pacing decide | replay | lab | cost</c>: the engine as a process, its log recomputed, its experiments, and what it costs.</summary>
public static class PacingCommand
{
    public static Command Build() => new("pacing", "The predictive pacing engine: as a process, and on trial.")
    {
        Decide(),
        Replay(),
        LabCommand(),
        Cost(),
    };

    private static Command Decide()
    {
        var command = new Command("decide", "Reads one JSON policy, event or snapshot a line, writes one JSON answer a line. Exit code 2 if any line was not understood.");
        command.SetAction(async (_, cancel) =>
        {
            var session = new PacingSession();
            while (await Console.In.ReadLineAsync(cancel) is { } line)
            {
                if (string.IsNullOrWhiteSpace(line))
                    continue;
                await Console.Out.WriteLineAsync(session.Answer(line).AsMemory(), cancel);
                await Console.Out.FlushAsync(cancel);
            }

            return session.Errors == 0 ? 0 : 2;
        });
        return command;
    }

    private static Command Replay()
    {
        var log = new Argument<FileInfo>("log") { Description = "Lines of {\"in\": ..., \"out\": ...}." };
        var command = new Command("replay", "Recomputes a log of decisions and shows every difference. Exit code 1 if there is one.") { log };
        command.SetAction(parsed =>
        {
            var differences = 0;
            foreach (var difference in PacingReplay.Compare(File.ReadLines(parsed.GetValue(log)!.FullName)))
            {
                differences++;
                Console.WriteLine($"line {difference.Line}\n  logged     {difference.Logged}\n  recomputed {difference.Recomputed}");
            }

            Console.WriteLine(differences == 0 ? "Every plan was reproduced bit for bit." : $"{differences} plans differ.");
            return differences == 0 ? 0 : 1;
        });
        return command;
    }

    private static Command LabCommand()
    {
        var folder = new Option<string>("--out") { Description = "Folder for the tables and plots.", DefaultValueFactory = _ => "pacing-lab" };
        var sections = new Option<string[]>("--section") { Description = $"Which experiments ({string.Join(", ", Lab.Sections)}); all when not given.", AllowMultipleArgumentsPerToken = true };
        var effort = new Option<double>("--effort") { Description = "Share of the committed number of simulated days, above 0.", DefaultValueFactory = _ => 1 };
        var command = new Command("lab", "Runs the pacing experiments against the baselines and writes tables and plots.") { folder, sections, effort };
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(sections) is { Length: > 0 } some ? some : [.. Lab.Sections];
            if (wanted.Except(Lab.Sections).FirstOrDefault() is { } unknown)
            {
                Console.Error.WriteLine($"There is no section \"{unknown}\". There are: {string.Join(", ", Lab.Sections)}.");
                return 1;
            }

            new Lab(parsed.GetValue(folder)!, Math.Max(0.01, parsed.GetValue(effort)), Console.Out).Run(wanted);
            return 0;
        });
        return command;
    }

    private static Command Cost()
    {
        var folder = new Option<string>("--out") { Description = "Folder for pacing.md.", DefaultValueFactory = _ => "." };
        var command = new Command("cost", "Measures what a pacing decision costs, beside its limit.") { folder };
        command.SetAction(parsed =>
        {
            Directory.CreateDirectory(parsed.GetValue(folder)!);
            File.WriteAllText(Path.Combine(parsed.GetValue(folder)!, "pacing.md"), DecisionCost.Table());
        });
        return command;
    }
}
