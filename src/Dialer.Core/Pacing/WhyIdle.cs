namespace Dialer.Core.Pacing;

/// <summary>How agents' idle time came about, as a share of it.</summary>
/// <param name="Code">What held the dialling back while agents stood idle.</param>
/// <param name="AgentSeconds">Idle seconds of agents under it.</param>
/// <param name="Share">Of all idle seconds looked at, 0 to 1.</param>
public readonly record struct IdleCause(PacingBound Code, double AgentSeconds, double Share);

/// <summary>Answers "why idle?", and what no pacing can exceed.</summary>
public static class WhyIdle
{
    /// <param name="looks">The floor at successive moments: agents idle, for how many seconds, and what bound the plan then.</param>
    public static IReadOnlyList<IdleCause> Of(IEnumerable<(int Idle, double Seconds, PacingBound Bound)> looks)
    {
        var causes = looks.Where(look => look is { Idle: > 0, Seconds: > 0 }).GroupBy(look => look.Bound).Select(group => (Bound: group.Key, Seconds: group.Sum(look => look.Idle * look.Seconds))).ToList();
        var all = causes.Sum(cause => cause.Seconds);
        return [.. causes.OrderByDescending(cause => cause.Seconds).ThenBy(cause => cause.Bound).Select(cause => new IdleCause(cause.Bound, cause.Seconds, cause.Seconds / all))];
    }

    /// <summary>The highest utilisation that so many calls a second allow, whatever the algorithm: calls x answer rate x handle time / agents; at most 1.</summary>
    public static double MostByCallsPerSecond(double callsPerSecond, double answerRate, double handleSeconds, int agents) =>
        agents <= 0 ? 1 : Math.Min(1, callsPerSecond * answerRate * handleSeconds / agents);

    /// <summary>The same for lines: lines x answer rate x handle time / (agents x mean time of a dial on its line).</summary>
    public static double MostByLines(double lines, double answerRate, double handleSeconds, double lineSeconds, int agents) =>
        agents <= 0 || lineSeconds <= 0 ? 1 : Math.Min(1, lines * answerRate * handleSeconds / (agents * lineSeconds));
}
