namespace Dialer.Simulator.PacingLab;

/// <summary>What a floor did over its days. Utilisation is (talk + wrap) over signed-in, unpaused time; abandonment is abandoned over all live answers.</summary>
public sealed class FloorResult
{
    public const int WaitBins = 1200;

    public double Talk { get; set; }

    public double Wrap { get; set; }

    /// <summary>Seconds agents spent on machines until the verdict.</summary>
    public double Screening { get; set; }

    public double SignedIn { get; set; }

    public long Dials { get; set; }

    public long Answers { get; set; }

    public long Abandoned { get; set; }

    public long Connected { get; set; }

    public int PeakLines { get; set; }

    public int MostInOneSecond { get; set; }

    /// <summary>Live answers and abandoned ones by day.</summary>
    public List<(long Answers, long Abandoned)> Days { get; init; } = [];

    /// <summary>(Talk + wrap, signed-in) seconds by minute of the day, summed over days.</summary>
    public List<(double Busy, double Signed)> Slots { get; init; } = [];

    /// <summary>Count of agents' waits by whole second.</summary>
    public long[] Waits { get; init; } = new long[WaitBins];

    public double Utilisation => SignedIn <= 0 ? 0 : (Talk + Wrap) / SignedIn;

    public double Abandonment => Answers == 0 ? 0 : (double)Abandoned / Answers;

    public double WaitQuantile(double share)
    {
        long total = 0, seen = 0;
        foreach (var count in Waits)
            total += count;
        for (var second = 0; second < WaitBins; second++)
        {
            seen += Waits[second];
            if (seen >= share * total)
                return second;
        }

        return WaitBins;
    }
}
