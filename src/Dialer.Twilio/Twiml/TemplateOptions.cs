namespace Dialer.Twilio.Twiml;

/// <summary>Where the words are. Bound from the section <c>Dialer:Templates</c>.</summary>
public sealed class TemplateOptions
{
    public const string Section = "Dialer:Templates";

    /// <summary>The folder with one folder for each language; relative to the program.</summary>
    public string Path { get; set; } = "twiml-templates";

    /// <summary>Read the words again when a file changes (development). A set of files that is not valid is reported and not taken.</summary>
    public bool Reload { get; set; }
}

/// <summary>The templates cannot be used. The message lists every error, one to a line, with its file.</summary>
public sealed class TemplateException(string message) : Exception(message);
