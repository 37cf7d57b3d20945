namespace Dialer.Simulator.Calls;

/// <summary>Digits to send with pauses: <c>0-9A-D#*</c>, <c>w</c> half a second, <c>W</c> one second.</summary>
public static class DialString
{
    private static readonly System.Buffers.SearchValues<char> Keys = System.Buffers.SearchValues.Create("0123456789ABCDabcd#*wW");

    public static bool IsValid(string? text, int longest = 32) =>
        text is null || (text.Length <= longest && !text.AsSpan().ContainsAnyExcept(Keys));

    /// <summary>How long it takes to send: a quarter of a second each tone, and the pauses.</summary>
    public static double Seconds(string? text) => ((text?.Count(c => c is not ('w' or 'W')) ?? 0) * 0.25) + PauseSeconds(text);

    public static double PauseSeconds(string? text) => text?.Sum(c => c == 'w' ? 0.5 : c == 'W' ? 1 : 0) ?? 0;
}
