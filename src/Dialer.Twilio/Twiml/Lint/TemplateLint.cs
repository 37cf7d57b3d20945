using System.Text.RegularExpressions;
using System.Xml.Linq;
using Dialer.Core.Ivr;

namespace Dialer.Twilio.Twiml.Lint;

/// <summary>One thing wrong with one template. <paramref name="Rule"/> is stable, for suppression lists and tests.</summary>
public sealed record LintProblem(string File, string Rule, string Message)
{
    public override string ToString() => $"{File}: {Rule}: {Message}";
}

/// <summary>Checks the words of every flow against TwiML, the flows' own graphs, the law's demands on recorded voices, and each other's languages.</summary>
/// <remarks>
/// Every template is rendered with its sample, once with every condition true, once with every one false, and once with each one turned.
/// Law: 47 CFR 64.1200(b) (identification, number, opt-out), 12 CFR 1006.2(j) (limited-content message), 12 CFR 1006.6(d) (third parties hear nothing).
/// </remarks>
public static partial class TemplateLint
{
    private const int LongestDocument = 64 * 1024;
    private const int LongestSay = 4096;
    private const double WordsPerSecond = 2.6;
    private const double LongestPromptSeconds = 60;
    private const double LongestMessageSeconds = 20;

    private static readonly HashSet<string> OtherNames = ["key", "hasCallback", "this", "else", "position", "waitMinutes", "canCallBack", "music"];
    private static readonly HashSet<string> ArtificialOutbound = ["outbound", "abandoned"];

    public static IReadOnlyList<LintProblem> Check(TwimlTemplates templates, IReadOnlyList<IvrGraph> flows)
    {
        var problems = new List<LintProblem>();
        foreach (var file in templates.Files)
            CheckFile(templates, file, flows, problems);
        foreach (var language in templates.Languages)
        {
            foreach (var flow in flows)
                CheckFlow(templates, language, flow, flows, problems);
        }

        CheckLanguages(templates, problems);
        return [.. problems.Distinct()];
    }

    private static void CheckFile(TwimlTemplates templates, TemplateFile file, IReadOnlyList<IvrGraph> flows, List<LintProblem> problems)
    {
        foreach (var name in Names(file.Source).Where(name => !Known(name)).Distinct())
            problems.Add(new(file.Name, "variable", $"nothing ever gives '{name}' a value"));
        if (!IsSaid(file, flows))
            problems.Add(new(file.Name, "never-said", "no step and no notice of any flow says this template"));
        var vocabulary = templates.Language(file.Language);
        var isPrivate = IsPrivate(file, flows);
        if (!isPrivate)
        {
            foreach (var name in Names(file.Source).Where(IvrWords.DebtNames.Contains).Distinct())
                problems.Add(new(file.Name, "debt-before-verification", $"'{name}' speaks of the debt where the caller is not verified"));
        }

        foreach (var sample in Samples(file))
        {
            var text = templates.Render(file.Language, file.Flow, file.Step, sample);
            if (text.Length > LongestDocument)
                problems.Add(new(file.Name, "size", "the document is longer than 64 kB"));
            var response = XDocument.Parse(text).Root!;
            problems.AddRange(TwimlGrammar.Check(response).Select(found => new LintProblem(file.Name, found.Rule, found.Message)));
            CheckSpeech(file, vocabulary, Spoken(response), isPrivate, problems);
        }
    }

    private static void CheckSpeech(TemplateFile file, SpokenLanguage vocabulary, string spoken, bool isPrivate, List<LintProblem> problems)
    {
        if (spoken.Length > LongestSay)
            problems.Add(new(file.Name, "size", $"more than {LongestSay} characters are said"));
        var seconds = spoken.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length / WordsPerSecond;
        var limit = file.Flow is "machine" or "abandoned" ? LongestMessageSeconds : LongestPromptSeconds;
        if (seconds > limit)
            problems.Add(new(file.Name, "length", $"takes about {seconds:0} seconds to say; the limit is {limit:0}"));
        if (isPrivate)
            return;
        foreach (var word in vocabulary.DebtWords.Where(word => Regex.IsMatch(spoken, $@"\b{Regex.Escape(word)}", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1))))
            problems.Add(new(file.Name, "debt-before-verification", $"'{word}' is said where the caller is not verified"));
    }

    private static void CheckFlow(TwimlTemplates templates, string language, IvrGraph flow, IReadOnlyList<IvrGraph> flows, List<LintProblem> problems)
    {
        foreach (var step in flow.Templates.Concat(NoticesOf(flow)).Where(step => !templates.Has(language, flow.Name, step)))
            problems.Add(new($"{language}/{flow.Name}", "missing", $"the step '{step}' has no words in this language"));
        // Keys are compared with the newest version: an older one on which calls may still be says the same words without what it lacks.
        var newest = flows.Where(other => other.Name == flow.Name).Max(other => other.Version) == flow.Version;
        foreach (var node in flow.Nodes.Where(node => newest && node.Kind is (IvrNodeKind.Menu or IvrNodeKind.Entry) && templates.Has(language, flow.Name, node.Id)))
            CheckNode(templates, templates.Find(language, flow.Name, node.Id), node, problems);
        if (templates.Has(language, flow.Name, flow.Start))
            CheckStart(templates, templates.Find(language, flow.Name, flow.Start), flow, problems);
    }

    /// <summary>The keys a prompt names are the keys its step takes, and the digits it collects are the digits the step wants.</summary>
    private static void CheckNode(TwimlTemplates templates, TemplateFile file, IvrNode node, List<LintProblem> problems)
    {
        var vocabulary = templates.Language(file.Language);
        var response = XDocument.Parse(templates.Render(file.Language, file.Flow, file.Step, Samples(file).First())).Root!;
        if (response.Element("Gather") is not { } gather)
        {
            problems.Add(new(file.Name, "gather", "the step waits for keys but the template has no <Gather>"));
            return;
        }

        var digits = gather.Attribute("numDigits")?.Value;
        var isOpenEnded = digits is null && gather.Attribute("finishOnKey")?.Value == "#";
        if (!isOpenEnded && digits != node.MaxDigits.ToString())
            problems.Add(new(file.Name, "gather", $"the step takes {node.MaxDigits} digits but the <Gather> takes {digits ?? "any number"}"));
        if (gather.ElementsAfterSelf("Redirect").FirstOrDefault()?.Value != gather.Attribute("action")?.Value)
            problems.Add(new(file.Name, "silence", "after the <Gather> there must be a <Redirect> to the same action, or silence ends the call"));
        if (node.Kind != IvrNodeKind.Menu || node.IsScale)
            return;
        var named = PressedKeys(Spoken(gather), vocabulary.Press);
        foreach (var edge in node.Edges.Where(edge => edge is { Key: >= '0' and <= '9', When: null } && edge.Key != '8' && !named.Contains(edge.Key.Value)))
            problems.Add(new(file.Name, "key-unspoken", $"the key {edge.Key} ({edge.Label}) is taken but never named"));
        foreach (var key in named.Where(key => key != '*' && !node.Edges.Any(edge => edge.Key == key)))
            problems.Add(new(file.Name, "key-dead", $"the key {key} is named but does nothing"));
    }

    /// <summary>What the law wants at the beginning of a recorded voice nobody asked for.</summary>
    private static void CheckStart(TwimlTemplates templates, TemplateFile file, IvrGraph flow, List<LintProblem> problems)
    {
        var vocabulary = templates.Language(file.Language);
        var spoken = Spoken(XDocument.Parse(templates.Render(file.Language, file.Flow, file.Step, Samples(file).First())).Root!);
        if (flow.Name == "machine")
        {
            problems.AddRange(LimitedContent.Check(file, vocabulary));
            return;
        }

        if (!ArtificialOutbound.Contains(flow.Name))
            return;
        if (!Names(FirstSentence(file.Source)).Contains("business") && !Names(SecondSentence(file.Source)).Contains("business"))
            problems.Add(new(file.Name, "identification", "the business must be named at the beginning (47 CFR 64.1200(b)(1))"));
        if (!flow[flow.Start].Edges.Any(edge => edge.Key == '9') || !PressedKeys(spoken, vocabulary.Press).Contains('9'))
            problems.Add(new(file.Name, "opt-out", "the first prompt must offer key 9 to stop automated calls, and the step must take it (47 CFR 64.1200(b)(3))"));
        var ending = templates.Has(file.Language, flow.Name, flow[flow.Start].GiveUp) ? templates.Find(file.Language, flow.Name, flow[flow.Start].GiveUp) : file;
        if (!Names(file.Source).Contains("callback") && !Names(ending.Source).Contains("callback"))
            problems.Add(new(ending.Name, "call-back-number", "somebody who only listens must hear a number to call (47 CFR 64.1200(b)(2))"));
    }

    /// <summary>Each language has the same steps, says the same values and waits for the same keys.</summary>
    private static void CheckLanguages(TwimlTemplates templates, List<LintProblem> problems)
    {
        foreach (var group in templates.Files.GroupBy(file => (file.Flow, file.Step)))
        {
            foreach (var language in templates.Languages.Except(group.Select(file => file.Language)))
                problems.Add(new($"{language}/{group.Key.Flow}/{group.Key.Step}.xml", "languages", "exists in another language but not in this one"));
            var first = group.First();
            foreach (var other in group.Skip(1))
            {
                var difference = Names(first.Source).ToHashSet();
                difference.SymmetricExceptWith(Names(other.Source));
                if (difference.Count > 0)
                    problems.Add(new(other.Name, "languages", $"says other values than {first.Name}: {string.Join(", ", difference.Order(StringComparer.Ordinal))}"));
                if (Shape(templates, first) != Shape(templates, other))
                    problems.Add(new(other.Name, "languages", $"has other verbs or waits than {first.Name}"));
            }
        }
    }

    private static string Shape(TwimlTemplates templates, TemplateFile file) => string.Join(' ', XDocument.Parse(templates.Render(file.Language, file.Flow, file.Step, Samples(file).First()))
        .Descendants().Where(element => element.Name.LocalName is "Gather" or "Redirect" or "Hangup" or "Pay" or "Prompt")
        .Select(element => $"{element.Name.LocalName}({element.Attribute("numDigits")?.Value},{element.Attribute("finishOnKey")?.Value},{element.Attribute("for")?.Value})"));

    /// <summary>The sample with every condition true, then every one false, then each one turned.</summary>
    private static IEnumerable<IReadOnlyDictionary<string, object?>> Samples(TemplateFile file)
    {
        var flags = file.Sample.Where(pair => pair.Value is bool).Select(pair => pair.Key).Where(name => file.Source.Contains($"#if {name}", StringComparison.Ordinal)).ToList();
        var allTrue = file.Sample.ToDictionary(pair => pair.Key, pair => pair.Value is bool && flags.Contains(pair.Key) ? true : pair.Value);
        yield return allTrue;
        if (flags.Count == 0)
            yield break;
        yield return allTrue.ToDictionary(pair => pair.Key, pair => flags.Contains(pair.Key) ? false : pair.Value);
        foreach (var flag in flags)
            yield return new Dictionary<string, object?>(allTrue) { [flag] = false };
    }

    private static bool Known(string name) => IvrWords.PublicNames.Contains(name) || IvrWords.DebtNames.Contains(name) || IvrWords.WireNames.Contains(name) || OtherNames.Contains(name);

    private static bool IsSaid(TemplateFile file, IReadOnlyList<IvrGraph> flows) => file.Flow switch
    {
        "fallback" or "queue" => true, // said by code: no store can be asked, or the caller waits in line
        TwimlTemplates.Shared => flows.Any(flow => flow.Templates.Contains(file.Step)) || IvrFlows.Notices.ContainsKey(file.Step),
        _ => flows.Any(flow => flow.Name == file.Flow && flow.Templates.Contains(file.Step)),
    };

    private static bool IsPrivate(TemplateFile file, IReadOnlyList<IvrGraph> flows)
    {
        if (IvrFlows.Notices.TryGetValue(file.Step, out var privateNotice))
            return privateNotice;
        var nodes = flows.Where(flow => file.Flow == TwimlTemplates.Shared || flow.Name == file.Flow).SelectMany(flow => flow.Nodes).Where(node => node.Id == file.Step).ToList();
        return nodes.Count > 0 && nodes.All(node => node.Private);
    }

    private static IEnumerable<string> NoticesOf(IvrGraph flow) =>
        flow.Nodes.Any(node => node.Private) ? IvrFlows.Notices.Keys : flow.Nodes.Any(node => node.Kind == IvrNodeKind.Menu) ? ["not-valid"] : [];

    private static string Spoken(XElement element) => Spaces().Replace(string.Join(' ', element.DescendantsAndSelf("Say").Select(say => say.Value)), " ").Trim();

    private static HashSet<char> PressedKeys(string spoken, string press) =>
        [.. Regex.Matches(spoken, $@"{Regex.Escape(press)} (?<key>\d)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(match => match.Groups["key"].Value[0])];

    internal static IEnumerable<string> Names(string source) => Mustaches().Matches(source).Select(match => match.Groups["name"].Value).Where(name => name is not ("if" or "each" or "unless"));

    private static string FirstSentence(string source) => SayText(source).Split(". ") is [var first, ..] ? first : "";

    private static string SecondSentence(string source) => SayText(source).Split(". ") is [_, var second, ..] ? second : "";

    internal static string SayText(string source) => Spaces().Replace(string.Join(' ', Says().Matches(source).Select(match => Tags().Replace(match.Groups["text"].Value, ""))), " ").Trim();

    [GeneratedRegex(@"\{\{[#/]?(if |each |unless )?(?<name>[A-Za-z]+)\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Mustaches();

    [GeneratedRegex(@"<Say[^>]*>(?<text>.*?)</Say>", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Says();

    [GeneratedRegex(@"<[^>]+>", RegexOptions.None, 1000)]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();
}
