using System.CommandLine;
using System.Text.Json;
using Dialer.Core.Pacing;
using Dialer.Features.Dialing;
using Dialer.Simulator.PacingLab;
using Dialer.Storage.Postgres;
using NodaTime;
using NodaTime.Text;
using Npgsql;

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
        var log = new Argument<FileInfo?>("log") { Description = "Lines of {\"in\": ..., \"out\": ...}.", Arity = ArgumentArity.ZeroOrOne };
        var campaign = new Option<long?>("--campaign") { Description = "Instead of a file: the series that this campaign's leaders have stored in the database that ConnectionStrings__Postgres names." };
        var from = new Option<string?>("--from") { Description = "First instant of the series, ISO 8601 in UTC. Default: the oldest kept." };
        var to = new Option<string?>("--to") { Description = "Last instant of the series. Default: the newest." };
        var command = new Command("replay", "Recomputes decisions, from a file or from what a campaign's leaders stored, and shows every difference. Exit code 0 when every plan came out the same bit for bit, 1 when one did not, 2 when there was nothing to recompute or a line is torn.")
        {
            log, campaign, from, to,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(campaign) is { } id)
                return Report(await ReplayStoredAsync(id, ParseInstant(parsed.GetValue(from), NodaConstants.UnixEpoch), ParseInstant(parsed.GetValue(to), Instant.FromUtc(9000, 1, 1, 0, 0)), cancel), Console.Out, Console.Error);
            if (parsed.GetValue(log) is { } file)
                return await ReplayAsync(file, Console.Out, Console.Error, cancel);
            await Console.Error.WriteLineAsync("Name a file, or a campaign with --campaign.");
            return 2;
        });
        return command;
    }

    private static Instant ParseInstant(string? text, Instant otherwise) =>
        text is null ? otherwise : InstantPattern.ExtendedIso.Parse(text) is { Success: true } parsed ? parsed.Value : throw new StartException($"'{text}' is not an instant such as 2026-03-02T15:04:05Z.");

    private static async Task<List<IReadOnlyList<string>>> ReplayStoredAsync(long campaign, Instant from, Instant to, CancellationToken cancel)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        if (configuration.GetConnectionString("Postgres") is not { Length: > 0 } connectionString)
            throw new StartException("Set ConnectionStrings__Postgres to the database that holds the series.");
        await using var source = NpgsqlDataSource.Create(connectionString);
        var pieces = new List<IReadOnlyList<string>>();
        await foreach (var piece in new PacingSeries(new Database(source)).PiecesAsync(campaign, from, to, cancel))
            pieces.Add(piece);
        return pieces;
    }

    internal static async Task<int> ReplayAsync(FileInfo log, TextWriter output, TextWriter errors, CancellationToken cancel)
    {
        try
        {
            return Report([[.. await File.ReadAllLinesAsync(log.FullName, cancel)]], output, errors);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync(problem.Message);
            return 2;
        }
    }

    private static int Report(IReadOnlyList<IReadOnlyList<string>> pieces, TextWriter output, TextWriter errors)
    {
        int differences = 0, plans = 0;
        try
        {
            foreach (var piece in pieces)
            {
                plans += piece.Count(line => line.Contains("\"out\":", StringComparison.Ordinal));
                foreach (var difference in PacingReplay.Compare(piece))
                {
                    differences++;
                    output.WriteLine($"line {difference.Line}\n  logged     {difference.Logged}\n  recomputed {difference.Recomputed}");
                }
            }
        }
        catch (JsonException torn)
        {
            errors.WriteLine(torn.Message);
            return 2;
        }

        if (plans == 0)
        {
            errors.WriteLine("There is no plan to recompute: no line has an answer, or no stored piece begins with the engine's memory.");
            return 2;
        }

        output.WriteLine(differences == 0 ? $"All {plans} plans in {pieces.Count} pieces were reproduced bit for bit." : $"{differences} of {plans} plans differ.");
        return differences == 0 ? 0 : 1;
    }

    private static Command LabCommand()
    {
        var folder = new Option<string>("--out") { Description = "Folder for the tables and plots.", DefaultValueFactory = _ => "pacing-lab" };
        var sections = new Option<string[]>("--section") { Description = $"Which experiments ({string.Join(", ", Lab.Sections)}); all when not given.", AllowMultipleArgumentsPerToken = true };
        var effort = new Option<double>("--effort") { Description = "Share of twenty seeds a cell, above 0.", DefaultValueFactory = _ => 1 };
        var keep = new Option<string?>("--keep") { Description = "Folder for finished runs: the same experiment goes on from there, and takes more seeds without repeating any." };
        var workers = new Option<int>("--workers") { Description = "Runs at once.", DefaultValueFactory = _ => 2 };
        var command = new Command("lab", "Runs the pacing experiments against the baselines and writes tables and plots.") { folder, sections, effort, keep, workers };
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(sections) is { Length: > 0 } some ? some : [.. Lab.Sections];
            if (wanted.Except(Lab.Sections).FirstOrDefault() is { } unknown)
            {
                Console.Error.WriteLine($"There is no section \"{unknown}\". There are: {string.Join(", ", Lab.Sections)}.");
                return 1;
            }

            new Lab(parsed.GetValue(folder)!, Math.Max(0.01, parsed.GetValue(effort)), Console.Out, parsed.GetValue(keep), Math.Max(1, parsed.GetValue(workers))).Run(wanted);
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
