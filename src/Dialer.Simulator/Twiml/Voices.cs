using System.Text.RegularExpressions;

namespace Dialer.Simulator.Twiml;

/// <summary>Which voices and languages Say knows, and which of them go together.</summary>
/// <remarks>https://www.twilio.com/docs/voice/twiml/say/text-speech. Google's voices have their language in their name; of Amazon's those that American
/// contact centres use are known by theirs, and any other is taken to speak what it is asked to.</remarks>
public static partial class Voices
{
    private static readonly Dictionary<string, string> Polly = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Joanna"] = "en-US", ["Matthew"] = "en-US", ["Ivy"] = "en-US", ["Kendra"] = "en-US", ["Kimberly"] = "en-US", ["Salli"] = "en-US", ["Joey"] = "en-US", ["Justin"] = "en-US", ["Kevin"] = "en-US",
        ["Ruth"] = "en-US", ["Stephen"] = "en-US", ["Danielle"] = "en-US", ["Gregory"] = "en-US", ["Amy"] = "en-GB", ["Brian"] = "en-GB", ["Emma"] = "en-GB", ["Nicole"] = "en-AU", ["Russell"] = "en-AU",
        ["Olivia"] = "en-AU", ["Aditi"] = "en-IN", ["Raveena"] = "en-IN", ["Lupe"] = "es-US", ["Miguel"] = "es-US", ["Penelope"] = "es-US", ["Pedro"] = "es-US", ["Mia"] = "es-MX", ["Andres"] = "es-MX",
        ["Conchita"] = "es-ES", ["Enrique"] = "es-ES", ["Lucia"] = "es-ES", ["Sergio"] = "es-ES", ["Celine"] = "fr-FR", ["Mathieu"] = "fr-FR", ["Lea"] = "fr-FR", ["Chantal"] = "fr-CA", ["Gabrielle"] = "fr-CA",
        ["Marlene"] = "de-DE", ["Hans"] = "de-DE", ["Vicki"] = "de-DE", ["Bianca"] = "it-IT", ["Giorgio"] = "it-IT", ["Camila"] = "pt-BR", ["Vitoria"] = "pt-BR", ["Ricardo"] = "pt-BR",
    };

    public static bool IsVoice(string voice) => Name().IsMatch(voice);

    public static bool IsLanguage(string language) => Tag().IsMatch(language);

    /// <summary>False for a voice that cannot speak this language: the Say fails. A language that is not given is the voice's own.</summary>
    public static bool GoTogether(string? voice, string? language)
    {
        if (string.IsNullOrEmpty(voice) || string.IsNullOrEmpty(language) || Name().Match(voice) is not { Success: true } name)
            return true;
        var own = name.Groups["google"] is { Success: true } google ? google.Value : Polly.GetValueOrDefault(name.Groups["polly"].Value);
        return own is null || own.Equals(language, StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex(@"^(?:man|woman|alice|Polly\.(?<polly>\p{L}+)(?:-(?:Neural|Generative|Long-Form))?|Google\.(?<google>[a-z]{2,3}-[A-Za-z0-9]{2,4})-[A-Za-z0-9-]+)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex("^[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tag();
}
