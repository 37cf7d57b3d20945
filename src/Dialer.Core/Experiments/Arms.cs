namespace Dialer.Core.Experiments;

public enum Arm
{
    A,
    B,
}

/// <summary>Which of two strategies a person gets: by a hash of experiment and person, so that it is the same on every node, at every call and for all debts of one person, and unrelated to anything else.</summary>
public static class Arms
{
    public static Arm Of(long experiment, long person)
    {
        // SplitMix64's finaliser over both (Steele, Lea and Flood, OOPSLA 2014): neighbouring ids fall into either arm as by a coin.
        var x = Mix((ulong)person + Mix((ulong)experiment + 0x9E37_79B9_7F4A_7C15UL));
        return (x >> 63) == 0 ? Arm.A : Arm.B;
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EBUL;
        return x ^ (x >> 31);
    }
}
