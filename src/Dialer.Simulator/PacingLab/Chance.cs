namespace Dialer.Simulator.PacingLab;

/// <summary>Random numbers addressed by what they are for, not drawn in turn: the k-th dial of a seed has the same fate under every controller (common random numbers).</summary>
internal readonly struct Chance(ulong seed)
{
    /// <summary>A uniform number in (0, 1) for this thing and use.</summary>
    public double Uniform(long thing, int use)
    {
        var x = seed * 0x9E3779B97F4A7C15UL + (ulong)thing * 0xD1B54A32D192ED03UL + (ulong)use * 0x8CB92BA72F3D8DD7UL;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        x ^= x >> 31;
        return ((x >> 11) + 0.5) * (1.0 / (1UL << 53));
    }

    public double Normal(long thing, int use) =>
        Math.Sqrt(-2 * Math.Log(Uniform(thing, use))) * Math.Cos(2 * Math.PI * Uniform(thing, use + 64));

    public double Exponential(long thing, int use, double mean) => -mean * Math.Log(Uniform(thing, use));

    public double LogNormal(long thing, int use, in LogNormalLaw law) => law.Spread <= 0 ? law.Mean : Math.Exp(law.Centre + law.Spread * Normal(thing, use));
}

/// <summary>A log-normal law: its mean, and centre and standard deviation of its logarithm. A coefficient of variation of 0 is the mean itself.</summary>
internal readonly record struct LogNormalLaw(double Mean, double Centre, double Spread)
{
    public static LogNormalLaw Of(double mean, double cv)
    {
        if (cv <= 0)
            return new(mean, 0, 0);
        var variance = Math.Log(1 + cv * cv);
        return new(mean, Math.Log(mean) - variance / 2, Math.Sqrt(variance));
    }
}
