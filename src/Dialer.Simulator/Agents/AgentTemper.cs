namespace Dialer.Simulator.Agents;

/// <summary>How virtual agents behave beside talking. Seconds are simulated unless they say real.</summary>
public sealed record AgentTemper
{
    public double WrapUpMedianSeconds { get; init; } = 25;

    public double WrapUpSigma { get; init; } = 0.6;

    /// <summary>Chance of a break after a call.</summary>
    public double Breaks { get; init; } = 0.02;

    public double BreakSeconds { get; init; } = 240;

    /// <summary>Chance of reloading the tab after a call; its softphone drops.</summary>
    public double Refreshes { get; init; } = 0.01;

    /// <summary>Chance of losing the network for some seconds after a call.</summary>
    public double NetworkLosses { get; init; } = 0.005;

    /// <summary>How long a softphone without network is kept: the Voice SDK has no reconnection window unless it is given one (maxCallSignalingTimeoutMs), and Twilio lets media be away for a while.</summary>
    public double MediaTimeoutSeconds { get; init; } = 5;

    public double HeartbeatSeconds { get; init; } = 4;

    /// <summary>Simulated seconds in one real second: back-off is real time.</summary>
    public double Speed { get; init; } = 1;
}
