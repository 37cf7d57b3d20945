namespace Dialer.Core.Numbers;

/// <summary>Which of a pool's numbers a person is shown.</summary>
/// <remarks>
/// The highest hash of person and number wins (rendezvous hashing: Thaler and Ravishankar, IEEE/ACM ToN 6(1), 1998), so a person sees one number for as long as it is in the pool,
/// and a number that rests moves only the persons who saw it.
/// </remarks>
public static class CallerIdChoice
{
    /// <summary>Null for an empty pool.</summary>
    public static string? For(long person, IReadOnlyList<string> pool) => pool.Count == 0 ? null : pool.MaxBy(number => Weight(person, number));

    /// <summary>FNV-1a over the number and the person, mixed so that near persons fall far apart.</summary>
    private static ulong Weight(long person, string number)
    {
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var c in number)
            hash = (hash ^ c) * 1_099_511_628_211UL;
        hash ^= (ulong)person * 0x9E37_79B9_7F4A_7C15UL;
        hash = (hash ^ (hash >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D0_49BB_1331_11EBUL;
        return hash ^ (hash >> 31);
    }
}

/// <summary>What the answers to a number's calls say about it.</summary>
public enum CallerIdStanding
{
    /// <summary>Fewer calls than a judgement needs.</summary>
    TooFew,
    Good,

    /// <summary>Answered clearly less often than the other numbers of its pool: perhaps labelled as spam somewhere.</summary>
    Low,
}

/// <param name="Rate">Answered, by a person or a machine, of the calls that rang.</param>
/// <param name="Low">Lower end of the 95 % Wilson interval of the rate; <paramref name="High"/> its upper end.</param>
public sealed record CallerIdHealth(double Rate, double Low, double High, CallerIdStanding Standing)
{
    /// <summary>Calls from which a number is judged.</summary>
    public const int Enough = 50;

    /// <summary>How far below the others a number must surely lie: its interval's upper end under three quarters of their rate.</summary>
    public const double Clearly = 0.75;

    /// <summary>Judges a number against the other numbers of its pool over the same days. With no others to compare it is never Low.</summary>
    public static CallerIdHealth Judge(long calls, long answered, long otherCalls, long otherAnswered)
    {
        var (low, high) = Wilson(answered, calls);
        var rate = calls == 0 ? 0 : (double)answered / calls;
        var standing = calls < Enough ? CallerIdStanding.TooFew
            : otherCalls >= Enough && high < Clearly * otherAnswered / otherCalls ? CallerIdStanding.Low : CallerIdStanding.Good;
        return new CallerIdHealth(rate, low, high, standing);
    }

    /// <summary>The score interval of a proportion (E. B. Wilson, JASA 22, 1927), 95 %.</summary>
    public static (double Low, double High) Wilson(long hits, long trials)
    {
        if (trials == 0)
            return (0, 1);
        const double Z = 1.959963984540054;
        double n = trials, p = hits / n;
        var middle = p + (Z * Z / (2 * n));
        var reach = Z * Math.Sqrt((p * (1 - p) / n) + (Z * Z / (4 * n * n)));
        return (Math.Max(0, (middle - reach) / (1 + (Z * Z / n))), Math.Min(1, (middle + reach) / (1 + (Z * Z / n))));
    }
}
