using System.Text.Json;
using System.Text.RegularExpressions;

namespace Dialer.Simulator.Audit;

/// <summary>The words that reveal a debt, by language, as the templates' own <c>language.json</c> lists them for the linter; and any sum of money.</summary>
public sealed partial class DebtVocabulary
{
    private readonly IReadOnlyDictionary<string, IReadOnlyList<Regex>> _words;

    private DebtVocabulary(IReadOnlyDictionary<string, IReadOnlyList<Regex>> words) => _words = words;

    /// <summary>Knows sums of money and no word.</summary>
    public static DebtVocabulary Empty { get; } = new(new Dictionary<string, IReadOnlyList<Regex>>());

    /// <summary>Each word matches at the beginning of a word, whatever its case: "collect" is in "collector".</summary>
    public static DebtVocabulary Of(IReadOnlyDictionary<string, IReadOnlyList<string>> words) => new(words.ToDictionary(
        pair => pair.Key,
        pair => (IReadOnlyList<Regex>)[.. pair.Value.Select(word => new Regex($@"\b{Regex.Escape(word)}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)))],
        StringComparer.OrdinalIgnoreCase));

    /// <summary>What every <c>&lt;lang&gt;/language.json</c> under a folder of TwiML templates says.</summary>
    public static DebtVocabulary ReadTemplates(string folder)
    {
        var words = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var file in Directory.EnumerateDirectories(folder).Select(language => Path.Combine(language, "language.json")).Where(File.Exists))
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            if (json.RootElement.TryGetProperty("debtWords", out var list))
                words[Path.GetFileName(Path.GetDirectoryName(file)!)] = [.. list.EnumerateArray().Select(word => word.GetString()!)];
        }

        return Of(words);
    }

    /// <summary>The first word or sum that reveals a debt; null when there is none.</summary>
    /// <param name="locale">The voice's, "es-US": its language's words are looked for, or those of all languages when it is not among them.</param>
    public string? Find(string text, string? locale)
    {
        if (Sum().Match(text) is { Success: true } sum)
            return sum.Value;
        var language = locale?.Split('-')[0] ?? "";
        return (_words.TryGetValue(language, out var own) ? own : _words.Values.SelectMany(words => words)).Select(word => word.Match(text)).FirstOrDefault(match => match.Success)?.Value.Trim();
    }

    [GeneratedRegex(@"[$€£]\s?\d[\d.,]*|\b\d[\d.,]*\s+(?:dollars?|cents?|dólares|dólar|centavos?)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Sum();
}
