namespace Dialer.Twilio.Twiml;

/// <summary>Where the words are. Bound from the section <c>Dialer:Templates</c>.</summary>
public sealed class TemplateOptions
{
    public const string Section = "Dialer:Templates";

    /// <summary>The folder with one folder for each language; relative to the program.</summary>
    public string Path { get; set; } = "twiml-templates";

    /// <summary>A folder of recorded prompts, laid out as the templates are (<c>en/shared/goodbye.mp3</c>); relative to the program. Empty: the synthetic voice says everything.</summary>
    public string AudioPath { get; set; } = "";

    /// <summary>Where the service gives recorded prompts to the carrier. They hold nothing personal.</summary>
    public const string AudioAddress = "/twilio/audio";

    /// <summary>The recordings' whole path; null when there are none.</summary>
    public string? AudioFolder => AudioPath.Length == 0 ? null : System.IO.Path.Combine(AppContext.BaseDirectory, AudioPath);

    /// <summary>Read the words again when a file changes (development). A set of files that is not valid is reported and not taken.</summary>
    public bool Reload { get; set; }
}

/// <summary>The templates cannot be used. The message lists every error, one to a line, with its file.</summary>
public sealed class TemplateException(string message) : Exception(message);
