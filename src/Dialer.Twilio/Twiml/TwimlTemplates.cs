using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using HandlebarsDotNet;
using HandlebarsDotNet.Compiler;

namespace Dialer.Twilio.Twiml;

/// <summary>The words of every flow in every language: <c>&lt;lang&gt;/&lt;flow&gt;/&lt;step&gt;.xml</c>, each a whole TwiML document with Handlebars values.</summary>
/// <remarks>
/// Every value is escaped; the unescaped forms <c>{{{x}}}</c> and <c>{{&amp;x}}</c> are refused. A value a template names and the model lacks is an error, not silence.
/// Several steps can be said in one answer: their verbs follow one another in one document. Immutable; safe for any number of threads.
/// </remarks>
public sealed partial class TwimlTemplates
{
    /// <summary>The folder of steps that flows have in common; a flow's own step of the same name wins.</summary>
    public const string Shared = "shared";

    private static readonly string[] Dials = ["<Dial", "<Refer", "<Connect"];

    private readonly FrozenDictionary<(string Language, string Flow, string Step), Compiled> _templates;
    private readonly FrozenDictionary<string, SpokenLanguage> _languages;

    private TwimlTemplates(
        FrozenDictionary<(string, string, string), Compiled> templates, FrozenDictionary<string, SpokenLanguage> languages, IReadOnlyList<TemplateFile> files)
    {
        _templates = templates;
        _languages = languages;
        Files = files;
    }

    public IReadOnlyList<TemplateFile> Files { get; }

    public IReadOnlyCollection<string> Languages => _languages.Keys;

    public SpokenLanguage Language(string code) => _languages[code];

    public bool Has(string language, string flow, string step) => _templates.ContainsKey((language, flow, step)) || _templates.ContainsKey((language, Shared, step));

    /// <summary>The file that says a step: the flow's own, or the shared one.</summary>
    public TemplateFile Find(string language, string flow, string step) =>
        Files.FirstOrDefault(file => file.Language == language && file.Flow == flow && file.Step == step)
        ?? Files.First(file => file.Language == language && file.Flow == Shared && file.Step == step);

    /// <summary>Reads, compiles and tries every template with its sample. Throws <see cref="TemplateException"/> with every error there is.</summary>
    /// <param name="audio">The folder of recorded prompts, if there are any.</param>
    public static TwimlTemplates Load(string folder, string? audio = null)
    {
        if (!Directory.Exists(folder))
            throw new TemplateException($"The folder of TwiML templates does not exist: {folder}. Set Dialer:Templates:Path.");
        var errors = new List<string>();
        var languages = new Dictionary<string, SpokenLanguage>();
        var files = new List<TemplateFile>();
        foreach (var path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
            ReadLanguage(path, languages, files, errors);
        var handlebars = Handlebars.Create(new HandlebarsConfiguration { TextEncoder = new XmlText(), ThrowOnUnresolvedBindingExpression = true });
        var compiled = new Dictionary<(string, string, string), Compiled>();
        var recorded = new RecordedWords(audio, errors);
        foreach (var file in files)
            Compile(handlebars, file with { Source = recorded.Put(file, errors) }, compiled, errors);
        errors.AddRange(recorded.Unused);
        if (languages.Count == 0)
            errors.Add($"{folder}: no language folder with a language.json.");
        var templates = new TwimlTemplates(compiled.ToFrozenDictionary(), languages.ToFrozenDictionary(), files);
        errors.AddRange(templates.TrySamples());
        return errors.Count == 0 ? templates : throw new TemplateException(string.Join('\n', errors));
    }

    /// <summary>One TwiML document: the steps' verbs one after another.</summary>
    /// <param name="model">Values by name: text, bool, Money, LocalDate, PhoneNumber, whole numbers, and lists of such maps; "nextLanguage" is the code of the language that is offered beside this one.</param>
    public string Render(string language, string flow, IReadOnlyList<string> steps, IReadOnlyDictionary<string, object?> model)
    {
        var spoken = _languages[language];
        var templates = steps.Select(step => Of(language, flow, step)).ToList();
        var next = _languages.GetValueOrDefault(model.GetValueOrDefault("nextLanguage") as string ?? "") ?? NextTo(language);
        var said = new Dictionary<string, object?>(StringComparer.Ordinal) { ["locale"] = spoken.Locale, ["voice"] = spoken.Voice, ["nextLocale"] = next.Locale, ["invitation"] = next.Invitation };
        foreach (var (name, value) in model)
        {
            // Putting a value into words costs more than leaving it out: only what these templates name is put into words.
            if (templates.Exists(template => template.Names.Contains(name)))
                said[name] = spoken.Say(value);
        }

        var text = new StringBuilder(1024);
        text.Append("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>");
        using var writer = new StringWriter(text);
        for (var i = 0; i < steps.Count; i++)
        {
            try
            {
                templates[i].Template(writer, said);
            }
            catch (HandlebarsUndefinedBindingException e)
            {
                throw new TemplateException($"{language}/{flow}/{steps[i]}.xml: {e.Message}");
            }
        }

        return text.Append("</Response>").ToString();
    }

    public string Render(string language, string flow, string step, IReadOnlyDictionary<string, object?> model) => Render(language, flow, [step], model);

    /// <summary>For samples and for words without a caller: the languages in turn.</summary>
    private SpokenLanguage NextTo(string language)
    {
        var codes = _languages.Keys.Order(StringComparer.Ordinal).ToList();
        return _languages[codes[(codes.IndexOf(language) + 1) % codes.Count]];
    }

    private Compiled Of(string language, string flow, string step) =>
        _templates.TryGetValue((language, flow, step), out var template) || _templates.TryGetValue((language, Shared, step), out template)
            ? template
            : throw new TemplateException($"There is no template {language}/{flow}/{step}.xml.");

    /// <summary>Every word between braces: the names the template asks for, and some that are none.</summary>
    private static FrozenSet<string> NamesIn(string source) =>
        Braces().Matches(source).SelectMany(part => Words().Matches(part.Value)).Select(word => word.Value).ToFrozenSet(StringComparer.Ordinal);

    [GeneratedRegex(@"\{\{[^}]*\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Braces();

    [GeneratedRegex(@"\w+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Words();

    /// <summary>The sample values of one flow in one language, for previews and checks.</summary>
    public IReadOnlyDictionary<string, object?> Sample(string language, string flow) => Files.First(file => file.Language == language && file.Flow == flow).Sample;

    private sealed record Compiled(HandlebarsTemplate<TextWriter, object, object> Template, FrozenSet<string> Names);

    private static void ReadLanguage(string path, Dictionary<string, SpokenLanguage> languages, List<TemplateFile> files, List<string> errors)
    {
        var code = Path.GetFileName(path);
        try
        {
            languages[code] = SpokenLanguage.Parse(code, File.ReadAllText(Path.Combine(path, "language.json")));
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            errors.Add($"{code}/language.json: {e.Message}");
            return;
        }

        foreach (var flow in Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal))
        {
            try
            {
                var sample = TemplateSample.Read(File.ReadAllText(Path.Combine(flow, "sample.json")));
                files.AddRange(Directory.EnumerateFiles(flow, "*.xml").Order(StringComparer.Ordinal)
                    .Select(file => new TemplateFile(code, Path.GetFileName(flow), Path.GetFileNameWithoutExtension(file), File.ReadAllText(file).Trim(), sample)));
            }
            catch (Exception e) when (e is JsonException or IOException or FormatException or KeyNotFoundException or InvalidOperationException)
            {
                errors.Add($"{code}/{Path.GetFileName(flow)}/sample.json: {e.Message}");
            }
        }
    }

    private static void Compile(
        IHandlebars handlebars, TemplateFile file, Dictionary<(string, string, string), Compiled> compiled, List<string> errors)
    {
        const string Open = "<Response>";
        const string Close = "</Response>";
        if (file.Source.Contains("{{{", StringComparison.Ordinal) || file.Source.Contains("{{&", StringComparison.Ordinal))
            errors.Add($"{file.Name}: unescaped values ({{{{{{x}}}}}} or {{{{&x}}}}) are not allowed.");
        else if (Dials.Any(verb => file.Source.Contains(verb, StringComparison.OrdinalIgnoreCase)))
            errors.Add($"{file.Name}: a template may not dial or refer: nobody would have asked whether the number may be called.");
        else if (!file.Source.StartsWith(Open, StringComparison.Ordinal) || !file.Source.EndsWith(Close, StringComparison.Ordinal))
            errors.Add($"{file.Name}: must begin with <Response> and end with </Response>.");
        else
        {
            try
            {
                using var reader = new StringReader(file.Source[Open.Length..^Close.Length].Trim());
                compiled[(file.Language, file.Flow, file.Step)] = new Compiled(handlebars.Compile(reader), NamesIn(file.Source));
            }
            catch (HandlebarsException e)
            {
                errors.Add($"{file.Name}: {e.Message}");
            }
        }
    }

    private IEnumerable<string> TrySamples()
    {
        foreach (var file in Files.Where(file => _templates.ContainsKey((file.Language, file.Flow, file.Step))))
        {
            string? error = null;
            try
            {
                _ = XDocument.Parse(Render(file.Language, file.Flow, file.Step, file.Sample));
            }
            catch (Exception e) when (e is HandlebarsException or XmlException or ArgumentException)
            {
                error = $"{file.Name}: {e.Message}";
            }
            catch (TemplateException e)
            {
                error = e.Message;
            }

            if (error is not null)
                yield return error;
        }
    }
}

/// <summary>One template as it is on disk, with its flow's sample values.</summary>
public sealed record TemplateFile(string Language, string Flow, string Step, string Source, IReadOnlyDictionary<string, object?> Sample)
{
    public string Name => $"{Language}/{Flow}/{Step}.xml";
}
