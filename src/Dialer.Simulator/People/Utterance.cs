using System.Text.Json.Nodes;

namespace Dialer.Simulator.People;

public enum UtteranceKind
{
    Say,
    Play,
    Tone,
    Music,
    Silence,
    Beep,
}

/// <summary>Something a phone hears: its text (or the address of the recording), its language and how long it lasts.</summary>
public sealed record Utterance(UtteranceKind Kind, string Text, string Language, double Seconds)
{
    private const double SecondsPerWord = 0.36;
    private const int LongestMemory = 12_000;

    /// <summary>Speech at about 165 words a minute; digits are read one by one.</summary>
    public static Utterance Say(string text, string language)
    {
        var words = 0;
        var inWord = false;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c) || (char.IsLetter(c) && !inWord))
                words++;
            inWord = char.IsLetter(c) || c == '\'';
        }

        return new Utterance(UtteranceKind.Say, text.Trim(), language, Math.Round(0.25 + (words * SecondsPerWord), 2));
    }

    /// <summary>What somebody remembers of what was said before and what is said now: the last few thousand characters, however long it goes on.</summary>
    public static string Remember(string before, string now)
    {
        var both = $"{before} {now}".Trim();
        return both.Length <= LongestMemory ? both : both[^LongestMemory..];
    }

    public static Utterance Silence(double seconds) => new(UtteranceKind.Silence, string.Empty, "en-US", seconds);
}

/// <summary>What a person says aloud: words, and what they mean (result, promise, reason), as a listener would understand it.</summary>
public sealed record Speech(string Text, JsonObject? Intent = null)
{
    /// <summary>True when it came over from another leg: it is not carried on, and so cannot go round in circles.</summary>
    public bool Carried { get; init; }
}
