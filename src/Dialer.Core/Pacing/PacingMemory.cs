using NodaTime;

namespace Dialer.Core.Pacing;

/// <summary>All that the engine remembers between decisions: learned rates and curves, nothing else. Serialisable, so that the next leader resumes with what this one knew.</summary>
public sealed class PacingMemory
{
    public PacingMemory()
    {
    }

    internal PacingMemory(PacingPolicy policy)
    {
        Rules = PacingTuning.NewestRules;
        Shape = RingShape.Prior(policy.RingTimeoutSeconds);
        Talk = new DurationCurve(policy.PriorTalkSeconds);
        Wrap = new DurationCurve(policy.PriorWrapSeconds);
        Screening = new DurationCurve(policy.Amd == AmdMode.None ? 8 : 3);
    }

    public AnswerRates Rates { get; init; } = new();

    public RingShape Shape { get; init; } = new();

    public DurationCurve Talk { get; init; } = new();

    public DurationCurve Wrap { get; init; } = new();

    public DurationCurve Screening { get; init; } = new();

    public Calibration Calibration { get; init; } = new();

    /// <summary>The engine's rules under which this was learned: a replay follows them, a new leader goes over to <see cref="PacingTuning.NewestRules"/>.</summary>
    public int Rules { get; set; }

    /// <summary>The answer rate at the last decision, against which the next answers are judged for sudden change; 0 before the first.</summary>
    public double Expected { get; set; }

    /// <summary>When the first event was seen, or null.</summary>
    public Instant? StartedAt { get; set; }
}
