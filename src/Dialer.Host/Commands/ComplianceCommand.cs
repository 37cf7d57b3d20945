using System.CommandLine;
using System.Text.Json;
using Dialer.Core.Compliance;

namespace Dialer.Host.Commands;

/// <summary>
/// <c>./dialer compliance decide [--policy FILE]... &lt; requests.jsonl</c>: one question a line in, one decision a line out, by the engine that decides every dial.
/// Exit code 0 when every line was decided, 1 when some were not questions (their answer names the fault), 2 when a policy may not be used.
/// </summary>
internal static class ComplianceCommand
{
    public static Command Build()
    {
        var policy = new Option<FileInfo[]>("--policy") { Description = "A policy pack (JSON) that replaces the shipped one of its name, or is added. May be given several times.", AllowMultipleArgumentsPerToken = true };
        var decide = new Command("decide", "Decide contact requests: JSON lines in, JSON lines out. The format is in src/docs/compliance.md.") { policy };
        decide.SetAction((parsed, cancel) => DecideAsync(parsed.GetValue(policy) ?? [], Console.In, Console.Out, Console.Error, cancel));
        var rows = new Command("policy", "Print the rows this build ships with, one JSON object a line.");
        rows.SetAction(_ =>
        {
            foreach (var row in PolicySet.Shipped.Rows)
                Console.Out.WriteLine(PolicySet.Write(row));
            return 0;
        });
        return new Command("compliance", "Ask the rules that every dial is decided by.") { decide, rows };
    }

    internal static async Task<int> DecideAsync(IReadOnlyList<FileInfo> packs, TextReader input, TextWriter output, TextWriter errors, CancellationToken cancel)
    {
        PolicySet policy;
        try
        {
            policy = PolicySet.Shipped.With(packs.Select(file => PolicySet.Read(File.ReadAllText(file.FullName))));
        }
        catch (Exception problem) when (problem is PolicyException or IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync(problem.Message);
            return 2;
        }

        var exit = 0;
        var number = 0;
        while (await input.ReadLineAsync(cancel) is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            string answer;
            try
            {
                var question = ContactJson.Read(line);
                answer = ContactJson.Write(ComplianceEngine.Evaluate(question.Request, question.Facts, policy, question.Now));
            }
            catch (JsonException problem)
            {
                answer = JsonSerializer.Serialize(new { line = number, error = problem.Message });
                exit = 1;
            }

            await output.WriteLineAsync(answer.AsMemory(), cancel);
        }

        return exit;
    }
}
