using NodaTime;

namespace Dialer.Simulator.Audit;

/// <summary>Two programs, two clocks: how fast the network's ran, and whether the product's kept with it.</summary>
internal static class Clocks
{
    /// <summary>Simulated seconds in a real one, from the ledger's first and last line; 0 on a virtual clock.</summary>
    public static double SpeedOf(Lines ledger)
    {
        var timed = ledger.All.Where(line => line.Instant("real") is not null).ToList();
        if (timed.Count == 0)
            return 0;
        var real = (timed[^1].Instant("real")!.Value - timed[0].Instant("real")!.Value).TotalSeconds;
        return real <= 0 ? 1 : Math.Round((timed[^1].At - timed[0].At).TotalSeconds / real, 1);
    }

    /// <summary>A call is submitted before the network has it, and noted as placed after. By how much that order is broken, the clocks differ at the least.</summary>
    public static IEnumerable<Violation> Agree(Evidence evidence)
    {
        var ahead = Duration.MinValue;
        var behind = Duration.MinValue;
        foreach (var created in evidence.Outbound("call-created"))
        {
            if (evidence.AttemptBySid.GetValueOrDefault(created.Text("call")!) is not { } attempt)
                continue;
            if (attempt.Instant("submittedAt") is { } submitted)
                ahead = Duration.Max(ahead, submitted - created.At);
            if (attempt.Instant("placedAt") is { } placed)
                behind = Duration.Max(behind, created.At - placed);
        }

        // Both are negative when the clocks agree: then the true difference lies between them and zero is among the possible ones.
        var drift = Duration.Max(ahead, behind);
        if (drift == Duration.MinValue)
            yield break;
        var seconds = Math.Max(0, drift.TotalSeconds);
        evidence.Figures["clockDriftSecondsAtLeast"] = Math.Round(seconds, 3);
        if (seconds > evidence.Limits.LargestDriftSeconds)
            yield return new Violation("clock", "the two clocks", $"the product's clock is at least {seconds:0.0} s {(ahead > behind ? "ahead of" : "behind")} the network's: times of the two cannot be compared");
    }
}
