namespace Dialer.Core.Pacing;

/// <summary>Turns the abandonment account into tau, the highest chance of meeting nobody that the next dial may have; and keeps the hard gate.</summary>
/// <remarks>
/// There is no integrator and nothing to reset: tau is a function of the ledger alone. An account under its plan raises tau, one over it lowers tau, by a factor e for each
/// <c>3 * cap * K</c> abandoned calls of difference, so that the budget is spent evenly and a spike is paid back smoothly.
/// </remarks>
internal static class BudgetController
{
    public static double Tau(AbandonmentBudget budget, AbandonmentLedger ledger, int working, PacingTuning tuning)
    {
        var over = ledger.Abandoned - Planned(budget, ledger);
        var slowness = 3 * budget.Cap * Math.Max(tuning.ControllerAnswers, tuning.ControllerAnswersPerAgent * working);
        return Math.Clamp(budget.Cap * Math.Exp(Math.Clamp(-over / slowness, -2.5, 1.5)), 0.002, 0.6);
    }

    /// <summary>Abandoned calls that should have been spent by now. Under the hard gate the plan stays two calls short of the cap, so that the gate itself is rarely felt.</summary>
    private static double Planned(AbandonmentBudget budget, AbandonmentLedger ledger)
    {
        var planned = budget.Guard * budget.Cap * ledger.LiveAnswers;
        return budget.HardGate ? Math.Min(planned, budget.Cap * ledger.LiveAnswers - 2) : planned;
    }

    /// <summary>Whether the cap would still hold if so many of the calls in flight were abandoned and one more answer came.</summary>
    public static bool Allows(AbandonmentBudget budget, AbandonmentLedger ledger, int worstCase) =>
        !budget.HardGate || ledger.Abandoned + 1 + worstCase <= budget.Cap * (ledger.LiveAnswers + 1);
}
