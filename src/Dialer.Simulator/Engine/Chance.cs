namespace Dialer.Simulator.Engine;

/// <summary>Seeded chance (SplitMix64). Each person, call and fault draws from its own stream, named by what it is for,
/// so that the order of unrelated events never shifts a draw.</summary>
public sealed class Chance
{
    private ulong _state;

    private Chance(ulong state) => _state = state;

    public static Chance Of(long seed, params ReadOnlySpan<string> names) => new(Hash(seed, names));

    /// <summary>A stable 64-bit hash (FNV-1a, then mixed) of a seed and some names.</summary>
    public static ulong Hash(long seed, params ReadOnlySpan<string> names)
    {
        var hash = 14695981039346656037UL ^ Mix((ulong)seed);
        foreach (var name in names)
        {
            foreach (var c in name)
                hash = (hash ^ c) * 1099511628211UL;
            hash = (hash ^ 0x1F) * 1099511628211UL;
        }

        return Mix(hash);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Next() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    public ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15UL;
        return Mix(_state);
    }

    public bool Happens(double probability) => Next() < probability;

    public int Below(int exclusive) => (int)(Next() * exclusive);

    public double Between(double low, double high) => low + ((high - low) * Next());

    /// <summary>Log-normal with this median and sigma of the logarithm.</summary>
    public double LogNormal(double median, double sigma)
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - Next()));
        return median * Math.Exp(sigma * radius * Math.Cos(2 * Math.PI * Next()));
    }

    public double Exponential(double mean) => -mean * Math.Log(1 - Next());

    /// <summary>Picks a case by its weight; weights need not add to one.</summary>
    public T Pick<T>(params ReadOnlySpan<(T Value, double Weight)> cases)
    {
        var total = 0.0;
        foreach (var (_, weight) in cases)
            total += weight;
        var point = Next() * total;
        foreach (var (value, weight) in cases)
        {
            point -= weight;
            if (point < 0)
                return value;
        }

        return cases[^1].Value;
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
