using System.Text;

namespace Dialer.Features.Tests.Ivr;

/// <summary>The planned calls as a committed file, a line each: found once, which takes a while, and then only walked again.</summary>
internal static class PathBook
{
    public const string Command = "DIALER_WRITE_PATHS=1 dotnet test tests/Dialer.Features.Tests --filter FullyQualifiedName~EveryPath";
    private const string Between = " > ";

    public static void Write(IReadOnlyList<PathPlan> plans)
    {
        var text = new StringBuilder().Append("# What scripted callers do, found by PathFinder: flow | setting | language | the moves. Written by\n# ").Append(Command).Append('\n');
        foreach (var plan in plans)
            text.Append(plan.Setting.Flow).Append(" | ").Append(plan.Setting.Name).Append(" | ").Append(plan.Language).Append(" | ").AppendJoin(Between, plan.Steps.Select(step => step.Move.Name)).Append('\n');
        File.WriteAllText(Lines(), text.ToString());
    }

    /// <summary>Every line walked again through the flows of this build.</summary>
    /// <exception cref="InvalidOperationException">A move cannot be done any more: the flows have changed, and the file must be written anew.</exception>
    public static IReadOnlyList<PathPlan> Read() =>
        [.. File.ReadLines(Lines()).Where(line => line.Length > 0 && line[0] != '#').Select((line, index) => Walk(line.Split(" | "), index))];

    /// <summary>An account number of seven digits that no other plan has.</summary>
    public static string NumberOf(int plan) => $"9{plan:000000}";

    private static PathPlan Walk(string[] line, int index)
    {
        var setting = PathSettings.All.Single(one => one.Flow == line[0] && one.Name == line[1]);
        var model = new PathModel(setting, line[2], NumberOf(index));
        var start = model.Begin(out var items);
        var steps = new List<PathStep>();
        foreach (var name in line[3].Split(Between, StringSplitOptions.RemoveEmptyEntries))
        {
            var at = steps.Count > 0 ? steps[^1].To : start;
            var move = PathMoves.At(model, at).FirstOrDefault(one => one.Name == name)
                ?? throw new InvalidOperationException($"'{name}' cannot be done at '{at.Position.Step}' any more ({string.Join(", ", line)}): write the calls anew with {Command}");
            steps.Add(model.Go(at, move));
        }

        return new PathPlan(setting, line[2], model, start, items, steps);
    }

    private static string Lines() => Path.Combine(SpanishTranscript.Root(), "tests", "Dialer.Features.Tests", "Ivr", "paths.txt");
}
