using System.Globalization;
using System.Text.Json;
using Dialer.Core.Compliance;
using Dialer.Twilio.Twiml;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Payments;

/// <summary>The written words of each notice by language: <c>twiml-templates/&lt;lang&gt;/notices.json</c>, a subject and a body with {names}. Read and checked whole at start.</summary>
public sealed class NoticeWords
{
    /// <summary>A sentence, not a notice: that a debt collector writes.</summary>
    public const string DebtCollector = "DebtCollector";

    private sealed record Words(string Subject, string Body);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Dictionary<string, Dictionary<string, Words>> _languages = [];
    private readonly string _first;

    public NoticeWords(IOptions<TemplateOptions> templates)
    {
        var folder = Path.IsPathRooted(templates.Value.Path) ? templates.Value.Path : Path.Combine(AppContext.BaseDirectory, templates.Value.Path);
        foreach (var file in Directory.EnumerateFiles(folder, "notices.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var words = JsonSerializer.Deserialize<Dictionary<string, Words>>(File.ReadAllText(file), Json) ?? [];
            var missing = Enum.GetNames<NoticeKind>().Append(DebtCollector).Except(words.Keys).ToList();
            if (missing.Count > 0)
                throw new TemplateException($"{file}: no words for {string.Join(", ", missing)}.");
            if (words.FirstOrDefault(pair => pair.Key != DebtCollector && ContentRules.Electronic(pair.Value.Body).Count > 0).Key is { } silent)
                throw new TemplateException($"{file}: {silent} may go by e-mail and gives no way to opt out (E_OPTOUT_MISSING, 12 CFR 1006.6(e)).");
            _languages[Path.GetFileName(Path.GetDirectoryName(file)!)] = words;
        }

        if (_languages.Count == 0)
            throw new TemplateException($"{folder}: no language has a notices.json.");
        _first = _languages.ContainsKey("en") ? "en" : _languages.Keys.Order(StringComparer.Ordinal).First();
    }

    /// <summary>Subject and body. A language without words is written in English. Amounts are written "$340.25"; a name that has no value stays visible as {name}.</summary>
    public (string Subject, string Body) Write(string language, string kind, IReadOnlyDictionary<string, string> fields)
    {
        var words = _languages.GetValueOrDefault(language, _languages[_first])[kind];
        return (Fill(words.Subject, fields), Fill(words.Body, fields).Replace("\n\n\n\n", "\n\n", StringComparison.Ordinal)); // a paragraph without words is no paragraph
    }

    private static string Fill(string text, IReadOnlyDictionary<string, string> fields)
    {
        foreach (var (name, value) in fields)
        {
            var shown = name is "amount" or "balance" or "returned" && decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out var money)
                ? money.ToString("$#,##0.00", CultureInfo.InvariantCulture)
                : value;
            text = text.Replace($"{{{name}}}", shown, StringComparison.Ordinal);
        }

        return text;
    }
}
