namespace Dialer.Core.Pacing;

/// <summary>What an engine has learned, as the few means that a sketch of its floor needs. Each rests on the policy's prior while little has been seen.</summary>
/// <param name="AnswerRate">Chance that a person answers a dial.</param>
/// <param name="MachineRate">Chance that a machine answers a dial.</param>
/// <param name="RingSeconds">Mean time from launch to a person's answer.</param>
/// <param name="LineSeconds">Mean time a dial keeps its line until it is answered or given up.</param>
public readonly record struct LearnedFloor(double AnswerRate, double MachineRate, double TalkSeconds, double WrapSeconds, double RingSeconds, double LineSeconds, double VerdictSeconds, long Resolved)
{
    public double HandleSeconds => TalkSeconds + WrapSeconds;

    public static LearnedFloor Of(PacingMemory memory, PacingPolicy policy)
    {
        const double Prior = AnswerRates.PriorDials;
        var weight = memory.Rates.Dials.Sum() + Prior;
        var human = (memory.Rates.Humans.Sum() + Prior * policy.PriorAnswerRate) / weight;
        var machine = (memory.Rates.Machines.Sum() + Prior * policy.PriorMachineRate) / weight;
        double Ring(double[] story) => story.Sum() is > 0 and var sum ? story.Select((count, bin) => count * (bin + 0.5) * RingShape.BinSeconds).Sum() / sum : policy.RingTimeoutSeconds;
        var (ring, other, nothing) = (Ring(memory.Shape.Human), Ring(memory.Shape.Machine), Ring(memory.Shape.Nothing));
        return new(human, machine, Mean(memory.Talk), Mean(memory.Wrap), ring, human * ring + machine * other + Math.Max(0, 1 - human - machine) * nothing, Mean(memory.Screening), memory.Rates.Resolved);
    }

    private static double Mean(DurationCurve curve) => (10 * curve.PriorMean + curve.AtRisk.Sum()) / (10 + curve.Ended.Sum());
}
