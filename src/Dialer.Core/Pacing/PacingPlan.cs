using System.Text.Json.Serialization;

namespace Dialer.Core.Pacing;

/// <summary>Why the mode in force is not the mode that was asked for.</summary>
public enum Degradation
{
    None = 0,

    /// <summary>Live state is being rebuilt: nothing is dialled.</summary>
    StateIncomplete,

    /// <summary>The abandonment account cannot be read: one line for each idle agent.</summary>
    LedgerUnknown,

    /// <summary>The budget would not survive a bad run of the calls in flight: one line for each idle agent.</summary>
    BudgetGate,

    /// <summary>Fewer working agents than the policy wants for prediction.</summary>
    FewAgents,

    /// <summary>Too few calls were resolved to trust the forecast: at most two lines for each idle agent.</summary>
    ColdStart,
}

/// <summary>What stopped this plan from dialling one more.</summary>
public enum PacingBound
{
    None = 0,
    NoAgents,
    Mode,
    StateIncomplete,

    /// <summary>One line for each idle agent is reached.</summary>
    OneToOne,

    /// <summary>The ratio's lines are reached.</summary>
    Ratio,

    /// <summary>The next dial's chance of meeting nobody is above its limit.</summary>
    Abandonment,
    ColdStart,
    CallsPerSecond,
    Concurrency,
    LinesPerAgent,
    List,

    /// <summary>The rest of the floor's room belongs to other campaigns with the same agents.</summary>
    SharedAgents,
}

/// <summary>A reason as a code for programs and a sentence for people; both are made from the plan's numbers, so they cannot disagree with them.</summary>
public readonly record struct PacingReason(string Code, string Text);

/// <summary>How many calls to start now, and why not more.</summary>
/// <param name="Dials">Calls to start at this instant, at least 0.</param>
/// <param name="Mode">The mode in force.</param>
/// <param name="Degraded">Why that is not the mode of the policy.</param>
/// <param name="Bound">What stopped the next dial.</param>
/// <param name="Loss">L: chance that one more dial, if a person answers it, meets nobody in time.</param>
/// <param name="Tau">The highest L that the budget allows now.</param>
/// <param name="ExpectedAbandonment">Of the people expected to answer the calls in flight and these dials, the share expected to meet nobody.</param>
/// <param name="WorstCase">Abandoned calls out of those in flight and these dials that will not be exceeded but once in a thousand.</param>
/// <param name="Idle">Available agents less answered calls that wait for one.</param>
/// <param name="Working">Agents signed in, not on a break and not leaving.</param>
/// <param name="InFlight">Calls in flight that will need these agents.</param>
/// <param name="AnswerRate">Chance that a person answers a dial of this campaign now.</param>
/// <param name="ExpectedFree">Agents expected to finish by the median moment of answering.</param>
/// <param name="Wanted">Dials that the abandonment rule alone would have started, before limits of lines, tokens and list.</param>
public sealed record PacingPlan(
    int Dials,
    PacingMode Mode,
    Degradation Degraded,
    PacingBound Bound,
    double Loss,
    double Tau,
    double ExpectedAbandonment,
    int WorstCase,
    int Idle,
    int Working,
    int InFlight,
    double AnswerRate,
    double ExpectedFree,
    int Wanted)
{
    /// <summary>The reasons in words and numbers, made when asked for.</summary>
    [JsonInclude]
    public IReadOnlyList<PacingReason> Reasons => PacingReasons.Of(this);
}
