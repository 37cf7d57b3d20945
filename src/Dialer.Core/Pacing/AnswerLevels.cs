namespace Dialer.Core.Pacing;

/// <summary>What a dial of some class does: shares of people, machines and neither. They add up to 1.</summary>
internal readonly record struct AnswerLevel(double Human, double Machine)
{
    public double Nothing => 1 - Human - Machine;
}

/// <summary>The answer rates as they stand at one decision.</summary>
internal sealed class AnswerLevels
{
    private readonly AnswerLevel[] _classes = new AnswerLevel[CallClass.Count];

    public AnswerLevel Campaign { get; private set; }

    /// <summary>Relative standard deviation of the campaign's answer rate, from the evidence at hand.</summary>
    public double RelativeDeviation { get; private set; }

    /// <summary>Of pick-ups, the share that are machines.</summary>
    public double MachineShare => Campaign.Machine / (Campaign.Human + Campaign.Machine);

    /// <param name="kind">The index of a <see cref="CallClass"/>.</param>
    public AnswerLevel Of(int kind) => _classes[kind];

    /// <summary>Learned counts, the calls still ringing and the priors, made into rates.</summary>
    /// <remarks>
    /// Of the dials of one age, people have answered to the extent H that people answer by that age, while those already resolved count whole. A call still ringing therefore counts
    /// as 1 - (1 - H) / U of a dial, U being the chance of still ringing: then the expected count is H for each dial launched, and the rate is unbiased however many lines are up.
    /// Counting H for each ringing call instead made a floor of 100 agents believe in 16 % where 20 % answered.
    /// </remarks>
    public void Settle(PacingMemory memory, PacingPolicy policy, PacingSnapshot snapshot, ReleaseTables tables)
    {
        var rates = memory.Rates;
        Span<double> dials = stackalloc double[CallClass.Count];
        double humans = 0, machines = 0, total = 0;
        for (var i = 0; i < CallClass.Count; i++)
            dials[i] = rates.Dials[i];
        var before = Sound(memory.Expected > 0 ? memory.Expected : policy.PriorAnswerRate, policy.PriorMachineRate);
        // A floor has thousands of calls and few ages: what one counts is worked out once for each age.
        Span<double> counts = stackalloc double[RingShape.Bins];
        counts.Fill(double.NaN);
        Span<int> ages = stackalloc int[RingShape.Bins];
        foreach (ref readonly var call in Spans.Of(snapshot.Calls))
        {
            if (call.Foreign)
                continue;
            var age = RingShape.BinOf(call.AgeSeconds - call.QueuedSeconds);
            if (double.IsNaN(counts[age]))
                counts[age] = 1 - (1 - tables.HumanBy(age)) / tables.Unresolved(before, age);
            dials[call.Class.Index] += counts[age];
            ages[age]++;
        }

        for (var i = 0; i < CallClass.Count; i++)
        {
            dials[i] = Math.Max(dials[i], rates.Humans[i]);
            humans += rates.Humans[i];
            machines += rates.Machines[i];
            total += dials[i];
        }

        var weight = total + AnswerRates.PriorDials;
        (double Human, double Machine) all = ((humans + AnswerRates.PriorDials * policy.PriorAnswerRate) / weight, (machines + AnswerRates.PriorDials * policy.PriorMachineRate) / weight);
        if (rates.Memories.Weights.Length > 0)
        {
            SettleMemories(rates, dials, total, all, rates.Memories.Settle(policy, counts, ages, tables));
            return;
        }

        Campaign = Sound(all.Human, all.Machine);
        RelativeDeviation = Math.Sqrt((1 - Campaign.Human) / (Campaign.Human * (weight + 1)));
        for (var i = 0; i < CallClass.Count; i++)
        {
            const double Shrink = AnswerRates.ClassPriorDials;
            _classes[i] = dials[i] < 0.01 ? Campaign : Sound(
                (rates.Humans[i] + Shrink * Campaign.Human) / (dials[i] + Shrink),
                (rates.Machines[i] + Shrink * Campaign.Machine) / (dials[i] + Shrink));
        }
    }

    /// <summary>The campaign's level from its memories; a class stands to it as the class stands to all classes over the same stretch.</summary>
    /// <param name="total">Dials of all classes.</param>
    /// <param name="all">Shares of people and machines among them.</param>
    /// <param name="level">What the memories say.</param>
    private void SettleMemories(AnswerRates rates, ReadOnlySpan<double> dials, double total, (double Human, double Machine) all, (double Human, double Machine, double Variance) level)
    {
        const double Shrink = AnswerRates.ClassPriorDials;
        Campaign = Sound(level.Human, level.Machine);
        RelativeDeviation = Math.Sqrt(level.Variance) / Campaign.Human;
        for (var i = 0; i < CallClass.Count; i++)
        {
            _classes[i] = dials[i] < 0.01 || dials[i] > total - 0.01 ? Campaign : Sound(
                Campaign.Human * (rates.Humans[i] + Shrink * all.Human) / ((dials[i] + Shrink) * all.Human),
                Campaign.Machine * (rates.Machines[i] + Shrink * all.Machine) / ((dials[i] + Shrink) * Math.Max(1e-6, all.Machine)));
        }
    }

    private static AnswerLevel Sound(double human, double machine)
    {
        human = Math.Clamp(human, 0.002, 0.95);
        return new(human, Math.Clamp(machine, 0, 0.98 - human));
    }
}
