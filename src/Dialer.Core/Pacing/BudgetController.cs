using Dialer.Core.Compliance;

namespace Dialer.Core.Pacing;

/// <summary>Turns the abandonment account into tau, the highest chance of meeting nobody that the next dial may have; and keeps the hard gate.</summary>
/// <remarks>
/// There is no integrator and nothing to reset: tau is a function of the ledger and of the forecast's <see cref="Calibration"/>. An account under its plan raises tau, one over it lowers tau, by a factor e for each
/// <c>3 * cap * K</c> abandoned calls of difference, so that the budget is spent evenly and a spike is paid back smoothly.
/// </remarks>
public static class BudgetController
{
    private const double ShortWindowHours = 48;

    public static double Tau(AbandonmentBudget budget, AbandonmentLedger ledger, int working, PacingTuning tuning, double calibration = 1)
    {
        var slowness = 3 * budget.Cap * Math.Max(tuning.ControllerAnswers, tuning.ControllerAnswersPerAgent * working);
        if (tuning.ShortWindowSteps > 0 && budget.WindowHours <= ShortWindowHours)
            slowness = Math.Min(slowness, Math.Max(1, budget.Cap * ledger.LiveAnswers / tuning.ShortWindowSteps));
        var over = ledger.Abandoned - Planned(budget, ledger, slowness, tuning);
        return Math.Clamp(budget.Cap * calibration * Math.Exp(Math.Clamp(-over / slowness, -2.5, 1.5)), 0.002, 0.6);
    }

    /// <summary>Abandoned calls that should have been spent by now: the guarded share of the cap, and in a long account the cap less a fixed reserve, since chance
    /// moves the account by about the root of half the controller's slowness and not by more as it grows. A short window has few answers to spread chance over: it keeps what one window in a hundred would exceed, or half of what it may bear where that is less. Under the hard gate the plan stays two calls short of the cap, so that the gate itself is rarely felt.</summary>
    private static double Planned(AbandonmentBudget budget, AbandonmentLedger ledger, double slowness, PacingTuning tuning)
    {
        var allowed = budget.Cap * ledger.LiveAnswers;
        var reserve = budget.WindowHours > ShortWindowHours
            ? Math.Min((1 - budget.Guard) * allowed, 3.5 * Math.Sqrt(slowness))
            : Math.Min(allowed / 2, 2.33 * Math.Sqrt(tuning.ShortWindowNoise * slowness) + 1);
        return allowed - (budget.HardGate ? Math.Max(2, reserve) : reserve);
    }

    /// <summary>Of the account and what it will be when its oldest hour has left, the one that can bear less.</summary>
    public static AbandonmentLedger Tighter(AbandonmentBudget budget, AbandonmentLedger ledger, AbandonmentLedger? ahead) =>
        ahead is { } later && Left(budget, later) < Left(budget, ledger) ? later : ledger;

    private static double Left(AbandonmentBudget budget, AbandonmentLedger ledger) => budget.Cap * ledger.LiveAnswers - ledger.Abandoned;

    /// <summary>Whether the cap would still hold if so many of the calls in flight were abandoned and one more answer came.</summary>
    public static bool Allows(AbandonmentBudget budget, AbandonmentLedger ledger, int worstCase) =>
        !budget.HardGate || AbandonLimit.MayOverDial(ledger.LiveAnswers, ledger.Abandoned + worstCase, budget.Cap);
}
