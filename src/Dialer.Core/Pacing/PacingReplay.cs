using System.Text.Json;

namespace Dialer.Core.Pacing;

/// <summary>Recomputes a log of decisions and says where it differs. A log is lines of <c>{"in": line in, "out": line out}</c> as <see cref="PacingSession"/> speaks them, from an engine's start or a saved memory on. A line without <c>out</c> is applied and not compared.</summary>
public static class PacingReplay
{
    /// <param name="Line">Counted from 1.</param>
    public readonly record struct Difference(int Line, string Logged, string Recomputed);

    /// <summary>The differences, first to last; none means that every plan was reproduced bit for bit.</summary>
    /// <exception cref="JsonException">A line is not an entry of a log.</exception>
    public static IEnumerable<Difference> Compare(IEnumerable<string> log)
    {
        var session = new PacingSession();
        var number = 0;
        foreach (var line in log)
        {
            number++;
            using var entry = Parse(line, number);
            if (entry.RootElement.ValueKind != JsonValueKind.Object || !entry.RootElement.TryGetProperty("in", out var given))
                throw new JsonException($"Line {number} has no \"in\".");
            var recomputed = session.Answer(given.GetRawText());
            if (entry.RootElement.TryGetProperty("out", out var logged) && !string.Equals(recomputed, logged.GetRawText(), StringComparison.Ordinal))
                yield return new Difference(number, logged.GetRawText(), recomputed);
        }
    }

    private static JsonDocument Parse(string line, int number)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException torn)
        {
            throw new JsonException($"Line {number} is not JSON: {torn.Message}", torn);
        }
    }
}
