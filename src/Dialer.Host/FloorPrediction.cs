using Dialer.Core.Pacing;
using Dialer.Features.Dialing;
using Dialer.Simulator.PacingLab;

namespace Dialer.Host;

/// <summary>The next half hour of a floor, played through on the pacing lab's floor with the production engine and what it has learned, several times on the same seeds.</summary>
internal static class FloorPrediction
{
    private const int Seeds = 8;
    private const double Hours = 0.5;

    public static IReadOnlyList<FloorOutlook> Of(IReadOnlyList<FloorSketch> sketches)
    {
        var trial = new Trial(Seeds, days: 1);
        var outcomes = sketches.Select(sketch => trial.Run(Cell(sketch), new Contender("floor", (_, _) => new EnginePacer(
            sketch.Policy with { MaxLinesPerAgent = Math.Clamp(Math.Min(sketch.Policy.MaxLinesPerAgent, (double)sketch.MaxLines / sketch.Agents), 1, 100) },
            1, onEvents: sketch.Agents <= 100, memory: sketch.Memory, account: sketch.Ledger), Learns: true))).ToList();
        return [.. outcomes.Select(outcome => View(outcome, outcomes[0]))];
    }

    /// <summary>The sketch as a cell of the lab: its people answer, talk and wrap up as those learned of, on average.</summary>
    private static LabCell Cell(FloorSketch sketch)
    {
        var learned = sketch.Learned;
        return new LabCell
        {
            Name = "floor",
            Agents = sketch.Agents,
            AnswerRate = learned.AnswerRate,
            MachineOfRest = learned.MachineRate / Math.Max(0.01, 1 - learned.AnswerRate),
            TalkMean = learned.TalkSeconds,
            WrapMean = learned.WrapSeconds,
            RingMean = Math.Max(1, learned.RingSeconds - 2.5),
            RingTimeout = sketch.Policy.RingTimeoutSeconds,
            Hold = sketch.Policy.ConnectWithinSeconds,
            Cap = sketch.Policy.Budget.Cap,
            CallsPerSecond = sketch.CallsPerSecond,
            Amd = sketch.Policy.Amd,
            AmdDelay = sketch.Policy.Amd == AmdMode.None ? 0 : learned.VerdictSeconds,
            InboundPerMinute = sketch.InboundPerMinute,
            HoursPerDay = Hours,
        };
    }

    private static FloorOutlook View(Outcome outcome, Outcome first)
    {
        var (utilisation, difference) = (outcome.Utilisation, outcome.Over(first));
        var abandonment = Estimate.Of([.. outcome.Seeds.Select(seed => 100 * seed.Abandonment)]);
        return new FloorOutlook(
            utilisation.Mean, utilisation.Margin, abandonment.Mean, abandonment.Margin, outcome.Seeds.Average(seed => (double)seed.Dials) / (60 * Hours), outcome.Wait(0.5), difference.Mean, difference.Margin);
    }
}
