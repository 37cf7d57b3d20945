using System.Text.RegularExpressions;

namespace Dialer.Twilio.Twiml;

/// <summary>
/// A person's recording instead of the synthetic voice: <c>&lt;lang&gt;/&lt;flow&gt;/&lt;step&gt;.mp3</c> (or <c>.wav</c>) replaces the first <c>&lt;Say&gt;</c> of that template,
/// <c>step.2.mp3</c> the second. The template's text stays the truth that is checked and reviewed; only words that never change can be recorded.
/// </summary>
/// <remarks>Twilio plays MP3 and WAV, among others; the file is fetched once and kept (https://www.twilio.com/docs/voice/twiml/play).</remarks>
internal sealed partial class RecordedWords
{
    private readonly string? _folder;
    private readonly HashSet<string> _unused;

    /// <param name="folder">Null: nothing is recorded.</param>
    public RecordedWords(string? folder, List<string> errors)
    {
        _folder = folder;
        if (folder is not null && !Directory.Exists(folder))
            errors.Add($"The folder of recorded prompts does not exist: {folder}. Set Dialer:Templates:AudioPath, or leave it empty.");
        _unused = _folder is not null && Directory.Exists(_folder)
            ? [.. Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Where(IsAudio).Select(file => Path.GetRelativePath(_folder, file).Replace('\\', '/'))]
            : [];
    }

    /// <summary>Recordings that no prompt is said with.</summary>
    public IEnumerable<string> Unused => _unused.Order(StringComparer.Ordinal).Select(file => $"{file}: no template has such a prompt.");

    public static bool IsAudio(string file) => Path.GetExtension(file) is ".mp3" or ".wav";

    /// <summary>The template with a <c>&lt;Play&gt;</c> for each prompt that has a recording.</summary>
    public string Put(TemplateFile file, List<string> errors)
    {
        if (_unused.Count == 0)
            return file.Source;
        var number = 0;
        return Say().Replace(file.Source, say =>
        {
            number++;
            var stem = $"{file.Language}/{file.Flow}/{file.Step}" + (number == 1 ? "" : $".{number}");
            if (new[] { stem + ".mp3", stem + ".wav" }.FirstOrDefault(_unused.Remove) is not { } audio)
                return say.Value;
            if (say.Groups["words"].Value.Contains("{{", StringComparison.Ordinal))
                errors.Add($"{audio}: the words of {file.Name} change from call to call, so no recording can say them. Delete the recording, or put what changes into a <Say> of its own.");
            return $"<Play>{TemplateOptions.AudioAddress}/{audio}</Play>";
        });
    }

    [GeneratedRegex("<Say\\b[^>]*>(?<words>.*?)</Say>", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Say();
}
