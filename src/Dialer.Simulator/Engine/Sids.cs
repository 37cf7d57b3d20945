namespace Dialer.Simulator.Engine;

/// <summary>Twilio's identifiers: two letters and 32 hex digits, here drawn from the seed and the order of creation.</summary>
public sealed class Sids(long seed)
{
    private static readonly System.Buffers.SearchValues<char> Hex = System.Buffers.SearchValues.Create("0123456789abcdef");
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    public string Next(string prefix)
    {
        var number = _counts.GetValueOrDefault(prefix) + 1;
        _counts[prefix] = number;
        var ordinal = number.ToString();
        return $"{prefix}{Chance.Hash(seed, prefix, ordinal, "a"):x16}{Chance.Hash(seed, prefix, ordinal, "b"):x16}";
    }

    /// <summary>True for the prefix followed by exactly 32 lower-case hex digits.</summary>
    public static bool Is(string? text, string prefix) =>
        text is { Length: 34 } && text.StartsWith(prefix, StringComparison.Ordinal) && !text.AsSpan(2).ContainsAnyExcept(Hex);
}
