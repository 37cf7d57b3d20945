using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Dialer.Simulator.Audit;

/// <summary>A message by its fixed words: the pieces between what is filled in, in their order. Case, punctuation and spacing do not matter.</summary>
public sealed partial class SpokenMessage
{
    private readonly IReadOnlyList<string> _pieces;

    private SpokenMessage(IReadOnlyList<string> pieces) => _pieces = pieces;

    /// <summary>The message of a template's text, such as <c>Hello. This is {{business}}. We are sorry we missed you.</c>; null when it has no fixed words of its own.</summary>
    /// <remarks>What stands in a condition may be missing, and belongs to no piece. Pieces of fewer than three words ("Hello", "This is") say nothing about which message it is, and are left out.</remarks>
    public static SpokenMessage? Of(string template)
    {
        var pieces = Filled().Split(template).Select(Words).Where(piece => piece.Count(c => c == ' ') >= 4).ToList();
        return pieces.Count == 0 ? null : new SpokenMessage(pieces);
    }

    /// <summary>What one template says, one message for each language that has it.</summary>
    /// <param name="folder">Of all templates.</param>
    /// <param name="template">Its file within a language's folder: <c>queue/wait.xml</c>.</param>
    public static IReadOnlyList<SpokenMessage> ReadTemplates(string folder, string template) =>
        [.. Directory.EnumerateDirectories(folder).Select(language => Path.Combine(language, template)).Where(File.Exists).Order(StringComparer.Ordinal)
            .Select(file => Of(string.Concat(XDocument.Parse(File.ReadAllText(file)).Descendants("Say").Select(say => $"{say.Value} ")))).OfType<SpokenMessage>()];

    public bool IsIn(string heard)
    {
        var text = Words(heard);
        var from = 0;
        foreach (var piece in _pieces)
        {
            var at = text.IndexOf(piece, from, StringComparison.Ordinal);
            if (at < 0)
                return false;
            from = at + piece.Length - 1;
        }

        return true;
    }

    /// <summary>Lower-case words with one space before, between and after.</summary>
    private static string Words(string text)
    {
        var words = new StringBuilder(" ");
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c) || c is '\'' or '’')
                words.Append(char.ToLowerInvariant(c));
            else if (words[^1] != ' ')
                words.Append(' ');
        }

        if (words[^1] != ' ')
            words.Append(' ');
        return words.ToString();
    }

    [GeneratedRegex(@"\{\{#if .*?\{\{/if\}\}|\{\{[^}]*\}\}", RegexOptions.CultureInvariant | RegexOptions.Singleline, 1000)]
    private static partial Regex Filled();
}
