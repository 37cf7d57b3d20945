using System.CommandLine;
using System.Text;
using Dialer.Simulator.Samples;
using NodaTime;

namespace Dialer.Host.Commands;

/// <summary><c>./dialer sample --accounts N --seed S --out DIR</c>: a fictional placement file, and the people whom the simulated network lets answer.</summary>
internal static class SampleCommand
{
    public static Command Build()
    {
        var accounts = new Option<int>("--accounts") { Description = "Rows in the file (wrong and repeated ones included).", DefaultValueFactory = _ => SamplePlacement.DefaultCount };
        var seed = new Option<int>("--seed") { Description = "The same seed makes the same files.", DefaultValueFactory = _ => 1 };
        var asOf = new Option<DateOnly>("--as-of") { Description = "The day of the placement (yyyy-MM-dd).", DefaultValueFactory = _ => new DateOnly(2026, 1, 2) };
        var folder = new Option<DirectoryInfo>("--out") { Description = "Where placement.csv and people.jsonl are written.", DefaultValueFactory = _ => new DirectoryInfo(".") };
        var clean = new Option<bool>("--clean") { Description = "No wrong and no repeated rows." };
        accounts.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 5_000_000)
                result.AddError("--accounts must be between 1 and 5,000,000.");
        });
        var command = new Command("sample", "Write a fictional placement file and the people in it.") { accounts, seed, asOf, folder, clean };
        command.SetAction(async (parsed, cancel) =>
        {
            var target = parsed.GetRequiredValue(folder);
            target.Create();
            await using var placement = Create(target, "placement.csv");
            await using var people = Create(target, "people.jsonl");
            cancel.ThrowIfCancellationRequested();
            var summary = SamplePlacement.Write(parsed.GetValue(seed), parsed.GetValue(accounts), LocalDate.FromDateOnly(parsed.GetValue(asOf)), placement, people, parsed.GetValue(clean));
            await Console.Out.WriteLineAsync(
                $"{summary.Rows} rows ({summary.Wrong} wrong on purpose, {summary.Repeated} repeated), {summary.People} people with {summary.Phones} phones, {summary.Balance:0.00} USD: {target.FullName}");
            return 0;
        });
        return command;
    }

    private static StreamWriter Create(DirectoryInfo folder, string name) =>
        new(Path.Combine(folder.FullName, name), append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16) { NewLine = "\n" };
}
