namespace Dialer.Core.Pacing;

/// <summary>Words for a plan's numbers.</summary>
internal static class PacingReasons
{
    public static IReadOnlyList<PacingReason> Of(PacingPlan plan)
    {
        var reasons = new List<PacingReason>(4);
        if (Degraded(plan) is { } degraded)
            reasons.Add(degraded);
        reasons.Add(Bound(plan));
        reasons.Add(new("FLOOR", $"{plan.Working} agents work, {plan.Idle} idle, {plan.ExpectedFree:0.0} more expected free in time; {plan.InFlight} calls in flight; {plan.AnswerRate:P1} answer."));
        if (plan.Dials < plan.Wanted)
            reasons.Add(new("HELD_BACK", $"{plan.Wanted - plan.Dials} more would have been dialled but for that limit."));
        return reasons;
    }

    private static PacingReason? Degraded(PacingPlan plan) => plan.Degraded switch
    {
        Degradation.StateIncomplete => new("STATE_INCOMPLETE", "Nothing is dialled: the live state is being rebuilt, or calls have gone silent because webhooks are missing."),
        Degradation.LedgerUnknown => new("LEDGER_UNKNOWN", "One line an idle agent: the abandonment account cannot be read."),
        Degradation.BudgetGate => new("BUDGET_GATE", $"One line an idle agent: {plan.WorstCase} more abandoned calls would not fit into the budget."),
        Degradation.FewAgents => new("FEW_AGENTS", $"One line an idle agent: {plan.Working} agents are fewer than the policy wants for prediction."),
        Degradation.ColdStart => new("COLD_START", "At most two lines an idle agent until enough calls have been resolved."),
        _ => null,
    };

    private static PacingReason Bound(PacingPlan plan) => plan.Bound switch
    {
        PacingBound.NoAgents => new("NO_AGENTS", "No agent is signed in and working."),
        PacingBound.Mode => new("MODE", $"In {plan.Mode} mode the agent starts the calls."),
        PacingBound.StateIncomplete => new("STATE_INCOMPLETE", "Pacing is zero until the state is whole."),
        PacingBound.OneToOne => new("ONE_TO_ONE", $"Every one of {Math.Max(0, plan.Idle)} idle agents has a line."),
        PacingBound.Ratio => new("RATIO", "The ratio's lines are open."),
        PacingBound.Abandonment => new("ABANDONMENT", $"The next answer has a {plan.Loss:P1} chance of meeting no agent; the limit is {plan.Tau:P1}."),
        PacingBound.ColdStart => new("COLD_START_LINES", "Two lines an idle agent are open."),
        PacingBound.CallsPerSecond => new("CALLS_PER_SECOND", "The carrier's calls per second are used up."),
        PacingBound.Concurrency => new("CONCURRENCY", "No line is left."),
        PacingBound.LinesPerAgent => new("LINES_PER_AGENT", "The highest number of lines an agent is open."),
        PacingBound.List => new("LIST", "No further number is dialable now."),
        PacingBound.SharedAgents => new("SHARED_AGENTS", "The rest of the room belongs to other campaigns with the same agents."),
        _ => new("NONE", "Nothing held the plan back."),
    };
}
