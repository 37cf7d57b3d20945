using System.Text.Json.Serialization;

namespace Dialer.Core.Pacing;

/// <summary>The campaign's answer rate over several memories side by side, from the last minute's dials to those of days, each weighed by how well it foretold the dials since.</summary>
/// <remarks>
/// A mixture of experts with a fixed share (Herbster and Warmuth, Tracking the Best Expert, 1998): each resolved dial multiplies a memory's weight by the chance that it gave to what came, and a small share of all weight is dealt out evenly again,
/// so that a memory that was wrong for hours is heard within some dozens of dials. On a stationary floor the long memories win; after a sudden change the short ones; a slow drift settles between. Their disagreement is part of the uncertainty.
/// Memories go by the order of launches, not of ends: of calls launched together people answer first and the rest rings out half a minute later, which a short memory would take for a change twice a minute.
/// A call still ringing counts in what is foretold of others and not of itself.
/// </remarks>
public sealed class AnswerMemories
{
    /// <summary>Dials that a memory presumes to have gone as the next longer one says.</summary>
    private const double Lean = 4;

    /// <summary>A pause longer than this many seconds ages nothing further.</summary>
    private const double Pause = 30;

    private const double PaceSeconds = 300;

    /// <summary>Half-lives in dials, shortest first, as they were when the memories began.</summary>
    public double[] HalfLives { get; set; } = [];

    /// <summary>For each memory dials, people and machines, fading.</summary>
    public double[] Dials { get; set; } = [];

    public double[] Humans { get; set; } = [];

    public double[] Machines { get; set; } = [];

    /// <summary>Adds up to 1.</summary>
    public double[] Weights { get; set; } = [];

    /// <summary>At the last decision, the dials of each memory with those still ringing, and its people: what it foretells.</summary>
    public double[] ToldDials { get; set; } = [];

    public double[] ToldHumans { get; set; } = [];

    /// <summary>Dials and seconds of the last minutes, fading; their ratio is the pace by which seconds count as dials.</summary>
    public double PaceDials { get; set; } = 15;

    public double PaceTime { get; set; } = 60;

    /// <summary>Dials that a second is worth, at most.</summary>
    public double FastestPace { get; set; } = 1;

    [JsonIgnore]
    public double Pace => Math.Min(FastestPace, PaceDials / PaceTime);

    /// <summary>Begins with what one memory knew, each taking as much of it as it would have kept.</summary>
    internal void Start(PacingTuning tuning, double dials, double humans, double machines)
    {
        HalfLives = [.. tuning.RateMemories];
        FastestPace = 1 / tuning.RateDialSeconds;
        double[] kept = [.. HalfLives.Select(halfLife => dials > 0 ? Math.Min(1, halfLife / 0.69 / dials) : 0)];
        (Dials, Humans, Machines) = ([.. kept.Select(part => part * dials)], [.. kept.Select(part => part * humans)], [.. kept.Select(part => part * machines)]);
        (ToldDials, ToldHumans) = ([.. Dials], [.. Humans]);
        Weights = new double[HalfLives.Length];
        Array.Fill(Weights, 1d / Weights.Length);
    }

    /// <summary>Learns one resolved dial.</summary>
    /// <param name="since">Seconds since the last one.</param>
    /// <param name="age">Its seconds from launch to its end.</param>
    /// <param name="share">Of all weight, dealt out evenly for each dial's time.</param>
    /// <param name="by">Share of people who answer by that age: to this extent the dial was counted already.</param>
    /// <param name="presumed">Share of people before anything was seen.</param>
    internal void Learn(bool human, bool machine, double since, double age, double by, double share, double presumed)
    {
        var step = Math.Min(Pause, since) * Pace;
        var keep = Math.Exp(-Math.Min(Pause, since) / PaceSeconds);
        (PaceDials, PaceTime) = (PaceDials * keep + 1, PaceTime * keep + Math.Min(Pause, since));
        double longer = presumed, total = 0;
        for (var k = Weights.Length - 1; k >= 0; k--)
        {
            var fade = Math.Pow(2, -step / HalfLives[k]);
            var weight = Math.Pow(2, -age * Pace / HalfLives[k]);
            longer = Foretold(k, by * weight, longer);
            total += Weights[k] *= human ? longer : 1 - longer;
            Dials[k] = Dials[k] * fade + weight;
            Humans[k] = Humans[k] * fade + (human ? weight : 0);
            Machines[k] = Machines[k] * fade + (machine ? weight : 0);
        }

        share = Math.Min(0.5, share * step);
        for (var k = 0; k < Weights.Length; k++)
            Weights[k] = (1 - share) * Weights[k] / total + share / Weights.Length;
    }

    /// <summary>What a memory says of a dial that counts for so much in it already.</summary>
    private double Foretold(int k, double own, double longer)
    {
        var lean = k == Weights.Length - 1 ? AnswerRates.PriorDials : Lean;
        return Math.Clamp((ToldHumans[k] + lean * longer) / (Math.Max(ToldHumans[k], ToldDials[k] - own) + lean), 0.001, 0.97);
    }

    /// <summary>Another hour is known to answer otherwise: people are counted as if they had been asked in it.</summary>
    internal void Rescale(double ratio)
    {
        for (var k = 0; k < Humans.Length; k++)
        {
            Humans[k] = Math.Min(Humans[k] * ratio, Dials[k]);
            ToldHumans[k] = Math.Min(ToldHumans[k] * ratio, ToldDials[k]);
        }
    }

    /// <summary>The rates as they stand, with the variance of the share of people.</summary>
    /// <param name="counts">What a call still ringing at each age counts of a dial.</param>
    /// <param name="ages">Calls still ringing by age: that they ring is evidence too.</param>
    internal (double Human, double Machine, double Variance) Settle(PacingPolicy policy, ReadOnlySpan<double> counts, ReadOnlySpan<int> ages, ReleaseTables tables)
    {
        var count = Weights.Length;
        Span<double> humans = stackalloc double[count], machines = stackalloc double[count], weights = stackalloc double[count];
        var (human, machine) = (policy.PriorAnswerRate, policy.PriorMachineRate);
        var best = double.MinValue;
        for (var k = count - 1; k >= 0; k--)
        {
            var lean = k == count - 1 ? AnswerRates.PriorDials : Lean;
            var fade = Math.Pow(2, -RingShape.BinSeconds * Pace / HalfLives[k]);
            ToldHumans[k] = Humans[k];
            ToldDials[k] = Math.Max(Humans[k], Dials[k] + Ringing(counts, ages, fade));
            weights[k] = Math.Log(Weights[k]) + LogUnresolved(k, human, machine, counts, ages, fade, tables);
            best = Math.Max(best, weights[k]);
            humans[k] = human = (Humans[k] + lean * human) / (ToldDials[k] + lean);
            machines[k] = machine = (Machines[k] + lean * machine) / (ToldDials[k] + lean);
        }

        double total = 0, mean = 0, square = 0, machineMean = 0;
        for (var k = 0; k < count; k++)
        {
            var weight = Math.Exp(weights[k] - best);
            total += weight;
            mean += weight * humans[k];
            machineMean += weight * machines[k];
            square += weight * (humans[k] * humans[k] + humans[k] * (1 - humans[k]) / (ToldDials[k] + Lean + 1));
        }

        mean /= total;
        return (mean, machineMean / total, Math.Max(0, square / total - mean * mean));
    }

    private static double Ringing(ReadOnlySpan<double> counts, ReadOnlySpan<int> ages, double fade)
    {
        double sum = 0, weight = 1;
        for (var age = 0; age < ages.Length; age++, weight *= fade)
        {
            if (ages[age] > 0)
                sum += ages[age] * counts[age] * weight;
        }

        return sum;
    }

    private double LogUnresolved(int k, double longer, double machine, ReadOnlySpan<double> counts, ReadOnlySpan<int> ages, double fade, ReleaseTables tables)
    {
        double sum = 0, weight = 1;
        for (var age = 0; age < ages.Length; age++, weight *= fade)
        {
            if (ages[age] == 0)
                continue;
            var human = Foretold(k, counts[age] * weight, longer);
            sum += ages[age] * Math.Log(tables.Unresolved(new AnswerLevel(human, Math.Min(machine, 0.98 - human)), age));
        }

        return sum;
    }
}
