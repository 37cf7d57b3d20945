namespace Dialer.Core.Compliance;

/// <summary>The arithmetic of an abandonment limit over a window: abandoned calls among calls a person answered (47 CFR 64.1200(a)(7); 16 CFR 310.4(b)(4)). The pacing engine's hard gate asks it.</summary>
public static class AbandonLimit
{
    /// <summary>Exactly the limit still complies: 30 of 1,000 is 3.00 %, 31 is over.</summary>
    public static bool Breached(long answered, long abandoned, double maxRate) => abandoned > answered * maxRate;

    /// <summary>More lines than agents may be dialled only while one more answered and abandoned call would keep the limit.</summary>
    public static bool MayOverDial(long answered, long abandoned, double maxRate) => !Breached(answered + 1, abandoned + 1, maxRate);
}
