using System.Text;
using System.Text.RegularExpressions;
using Dialer.Core.Ivr;

namespace Dialer.Features.Tests.Ivr;

/// <summary>A planned call as the script of a person on the network: at each step they wait until they hear that step's own words, in its language, and only then do what the plan says.</summary>
internal sealed partial class PathScript
{
    private static readonly (string Field, string Keys)[] Card = [("expiration-date", "1230"), ("security-code", "123"), ("postal-code", "30301#")];

    private readonly string _folder;
    private readonly Dictionary<string, string> _words = [];

    /// <param name="folder">Of the templates.</param>
    public PathScript(string folder) => _folder = folder;

    /// <summary>Everything a caller of this plan does after the call was answered.</summary>
    public string Of(PathPlan plan)
    {
        var script = new StringBuilder();
        var at = plan.Start;
        foreach (var step in plan.Steps)
        {
            if (plan.Model.Flow[at.Position.Step].Kind == IvrNodeKind.Payment && at.Position.Step != "pay-charge")
                Pay(script, at, step.Move.Keys);
            else
                Do(script, at, step.Move.Keys);
            at = step.To;
        }

        return script.Append("waits for '").Append(WordsOf(at)).Append("', waits 2 s, hangs up").ToString();
    }

    /// <summary>Words that every caller at this step hears, whatever their facts: of a call that waits for an agent, those of the line.</summary>
    public string WordsOf(PathPlace place) => place.Over ? WordsOf("queue", "wait", place.Position.Language)
        : place.Position.Step is "pay-session" or "pay-token" ? FieldWords(place, place.Position.Method == PaymentMethod.AchDebit ? "bank-routing-number" : "payment-card-number")
        : WordsOf(place.Position.Flow, place.Position.Step, place.Position.Language);

    private void Do(StringBuilder script, PathPlace at, string keys)
    {
        script.Append("waits for '").Append(WordsOf(at)).Append("', ");
        if (keys == "message")
            script.Append("waits 9.5 s, says 'Please call me', waits 3 s, presses #, ");
        else if (keys.Length > 0)
            script.Append("presses ").Append(keys).Append(", ");
    }

    private void Pay(StringBuilder script, PathPlace at, string keys)
    {
        script.Append("waits for '").Append(WordsOf(at)).Append("', presses ");
        if (keys.StartsWith("bank ", StringComparison.Ordinal))
            script.Append("110000000, waits for '").Append(FieldWords(at, "bank-account-number")).Append("', presses ").Append(keys["bank ".Length..]).Append("#, ");
        else
            script.Append(keys).Append(", ");
        if (keys.Length < 16 || keys[0] == 'b')
            return;
        foreach (var (field, entered) in Card)
            script.Append("waits for '").Append(FieldWords(at, field)).Append("', presses ").Append(entered).Append(", ");
    }

    private string FieldWords(PathPlace at, string field) => Words(
        $"{at.Position.Language}/{at.Position.Step}/{field}", () => Longest(Regex.Match(Text(at.Position.Flow, at.Position.Step, at.Position.Language), $"<Prompt for=\"{field}\">(?<said>.*?)</Prompt>", RegexOptions.Singleline, TimeSpan.FromSeconds(1)).Groups["said"].Value));

    private string WordsOf(string flow, string step, string language) => Words($"{language}/{flow}/{step}", () =>
    {
        var text = Foreign().Replace(Text(flow, step, language), "\n");
        return Longest(Gathered().Match(text) is { Success: true } gather ? gather.Value : text);
    });

    private string Words(string key, Func<string> find)
    {
        if (!_words.TryGetValue(key, out var words))
            _words[key] = words = find() is { Length: > 2 } found ? found : throw new InvalidOperationException($"{key} says nothing that every caller hears.");
        return words;
    }

    private string Text(string flow, string step, string language)
    {
        var own = Path.Combine(_folder, language, flow, step + ".xml");
        return File.ReadAllText(File.Exists(own) ? own : Path.Combine(_folder, language, "shared", step + ".xml"));
    }

    /// <summary>The longest words in one piece: without what is said only under a condition, without values, without quotes, which end a script's words.</summary>
    private static string Longest(string text)
    {
        for (var before = ""; before != text;)
            (before, text) = (text, Conditional().Replace(text, "\n"));
        return Pieces().Split(text).Select(piece => Spaces().Replace(piece, " ").Trim()).MaxBy(piece => piece.Length)!;
    }

    [GeneratedRegex("<lang .*?</lang>", RegexOptions.Singleline, 1000)]
    private static partial Regex Foreign();

    [GeneratedRegex("<Gather .*?</Gather>", RegexOptions.Singleline, 1000)]
    private static partial Regex Gathered();

    [GeneratedRegex(@"\{\{#(?<block>if|each|unless)\b[^}]*\}\}(?:(?!\{\{[#/]).)*\{\{/\k<block>\}\}", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Conditional();

    [GeneratedRegex(@"\{\{.*?\}\}|<[^>]*>|['’&\n]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pieces();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();
}
