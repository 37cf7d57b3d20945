namespace Dialer.Core.Pacing;

/// <summary>How a campaign's calls are started.</summary>
public enum PacingMode
{
    /// <summary>The agent types or clicks every number; the engine starts nothing.</summary>
    Manual = 0,

    /// <summary>The agent is shown the account first and starts the call; the engine starts nothing.</summary>
    Preview,

    /// <summary>One line for each idle agent that no call in flight already claims.</summary>
    Progressive,

    /// <summary>A fixed number of lines for each idle agent.</summary>
    Power,

    /// <summary>As many lines as keep expected and tail abandonment inside the budget.</summary>
    Predictive,

    /// <summary>No agent is needed (messages, IVR): a fixed number of lines within the calls-per-second limit.</summary>
    Agentless,
}

/// <summary>What answering-machine detection does to the moment at which an answered call needs an agent.</summary>
public enum AmdMode
{
    /// <summary>Every pick-up is bridged at once and the agent's ear decides.</summary>
    None = 0,

    /// <summary>Every pick-up is bridged at once; the carrier's verdict frees the agent from a machine some seconds later, without wrap-up.</summary>
    Async,

    /// <summary>Only calls classified as human reach an agent, after the detector's delay.</summary>
    Sync,
}

/// <summary>The share of live answers that may meet nobody, kept as an account over a window.</summary>
/// <param name="Cap">Highest share of live answers abandoned in the window: 0.03 is the telemarketing limit per campaign and 30 days, 47 CFR 64.1200(a)(7).</param>
/// <param name="Guard">The share of the cap that is planned for, in (0, 1]: 0.97 aims at 2.91 % under a 3 % cap.</param>
/// <param name="WindowHours">Length of the governing window; 720 is thirty days.</param>
/// <param name="HardGate">When true, no line beyond one for each idle agent is dialled unless the cap would hold even if the calls in flight went badly.</param>
public sealed record AbandonmentBudget(double Cap = 0.03, double Guard = 0.97, double WindowHours = 720, bool HardGate = true);

/// <summary>What a campaign wants of its pacing. One set of defaults serves every floor; a supervisor changes the mode and the budget, rarely anything else.</summary>
public sealed record PacingPolicy
{
    public PacingMode Mode { get; init; } = PacingMode.Predictive;

    /// <summary>Lines for each idle agent in <see cref="PacingMode.Power"/>.</summary>
    public double Ratio { get; init; } = 1;

    /// <summary>Lines held open in <see cref="PacingMode.Agentless"/>.</summary>
    public int AgentlessLines { get; init; }

    public AbandonmentBudget Budget { get; init; } = new();

    public AmdMode Amd { get; init; } = AmdMode.Async;

    /// <summary>Seconds after launch at which an unanswered line is given up. Never below <see cref="MinimumRingSeconds"/>.</summary>
    public double RingTimeoutSeconds { get; init; } = 25;

    /// <summary>Shortest lawful ring: 15 seconds or four rings, 16 CFR 310.4(b)(4)(ii).</summary>
    public double MinimumRingSeconds { get; init; } = 15;

    /// <summary>Seconds in which a live answer must meet an agent, or it counts as abandoned: 47 CFR 64.1200(a)(7).</summary>
    public double ConnectWithinSeconds { get; init; } = 2;

    /// <summary>Highest number of lines in flight for each agent who is signed in and not on a break.</summary>
    public double MaxLinesPerAgent { get; init; } = 20;

    /// <summary>With fewer working agents than this, the campaign is paced progressively. 1 = small teams are predicted too.</summary>
    public int MinimumAgents { get; init; } = 1;

    /// <summary>Answers by people that are expected of a dial before anything was learned.</summary>
    public double PriorAnswerRate { get; init; } = 0.2;

    /// <summary>Answers by machines that are expected of a dial before anything was learned.</summary>
    public double PriorMachineRate { get; init; } = 0.15;

    public double PriorTalkSeconds { get; init; } = 150;

    public double PriorWrapSeconds { get; init; } = 25;

    /// <summary>Everything that makes this policy unusable, in words; empty when it is sound.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (Budget.Cap is not (> 0 and <= 0.5))
            faults.Add("budget.cap must be above 0 and at most 0.5.");
        if (Budget.Guard is not (> 0 and <= 1))
            faults.Add("budget.guard must be above 0 and at most 1.");
        if (Budget.WindowHours is not (> 0 and <= 8784))
            faults.Add("budget.windowHours must be above 0 and at most 8784.");
        if (RingTimeoutSeconds < MinimumRingSeconds)
            faults.Add($"RING_TOO_SHORT: ringTimeoutSeconds {RingTimeoutSeconds:0.#} is below the minimum ring of {MinimumRingSeconds:0.#} s.");
        if (RingTimeoutSeconds > 60)
            faults.Add("ringTimeoutSeconds must be at most 60.");
        if (ConnectWithinSeconds is not (>= 0 and <= 30))
            faults.Add("connectWithinSeconds must be 0 to 30.");
        if (Ratio is not (>= 1 and <= 20))
            faults.Add("ratio must be 1 to 20.");
        if (MaxLinesPerAgent is not (>= 1 and <= 100))
            faults.Add("maxLinesPerAgent must be 1 to 100.");
        if (AgentlessLines is not (>= 0 and <= 10_000))
            faults.Add("agentlessLines must be 0 to 10000.");
        if (PriorAnswerRate is not (> 0 and < 1) || PriorMachineRate is not (>= 0 and < 1) || PriorAnswerRate + PriorMachineRate >= 1)
            faults.Add("priorAnswerRate and priorMachineRate must be shares that leave room for no answer.");
        if (PriorTalkSeconds is not (> 0 and <= 3600) || PriorWrapSeconds is not (> 0 and <= 3600))
            faults.Add("priorTalkSeconds and priorWrapSeconds must be above 0 and at most 3600.");
        return faults;
    }
}
