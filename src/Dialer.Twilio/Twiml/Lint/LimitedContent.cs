using System.Text.RegularExpressions;

namespace Dialer.Twilio.Twiml.Lint;

/// <summary>
/// The grammar of a limited-content message (12 CFR 1006.2(j)): who calls, for which business, a request to reply to a named natural person, and a number. One word more
/// and it is a communication about a debt left where anyone may hear it. The sentences a language allows are in its <c>language.json</c>.
/// </summary>
internal static partial class LimitedContent
{
    private static readonly (string Slot, string Code)[] Required = [("contactName", "lcm-missing-name"), ("business", "lcm-missing-business"), ("callback", "lcm-missing-phone")];

    public static IEnumerable<LintProblem> Check(TemplateFile file, SpokenLanguage language)
    {
        var text = TemplateLint.SayText(file.Source);
        foreach (var (slot, code) in Required.Where(required => !text.Contains($"{{{{{required.Slot}}}}}", StringComparison.Ordinal)))
            yield return new(file.Name, code, $"the message must say {{{{{slot}}}}}");
        foreach (var sentence in Sentences().Split(text).Where(sentence => sentence.Length > 0 && !language.LimitedContent.Contains(sentence)))
            yield return new(file.Name, "lcm-extra-content", $"'{sentence}' is not a sentence a limited-content message may hold");
        if (file.Sample.TryGetValue("business", out var name) && name is string business
            && language.DebtWords.Any(word => Regex.IsMatch(business, $@"\b{Regex.Escape(word)}", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1))))
            yield return new(file.Name, "lcm-name-reveals", "the business's name reveals collections; no limited-content message is possible");
    }

    [GeneratedRegex(@"(?<=\.)\s+", RegexOptions.None, 1000)]
    private static partial Regex Sentences();
}
